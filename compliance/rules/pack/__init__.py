"""Packs of rules: read with the line of every slip, joined, and checked before they are used."""

from compliance.rules.pack.joining import join, order_of
from compliance.rules.pack.lined import LARGEST_PACK_BYTES
from compliance.rules.pack.reading import Part, read_part
from compliance.rules.pack.shipped import desk_pack, shipped
from compliance.rules.pack.writing import to_pack_file

__all__ = [
    "LARGEST_PACK_BYTES",
    "Part",
    "desk_pack",
    "join",
    "order_of",
    "read_part",
    "shipped",
    "to_pack_file",
]
