"""The trail: every act an entry, each carrying the hash of the one before."""

from compliance.trail.record import (
    BEGINNING,
    Head,
    commitment,
    read_checkpoint,
    record,
    to_checkpoint,
    to_entry,
    to_export,
    verify,
)
from compliance.trail.signing import hand_over, sign, signer
from compliance.trail.tiles import HEIGHT, WIDTH, Tile, Tiling, pyramid, split
from compliance.trail.verify_trail import (
    Line,
    Node,
    consistency_path,
    hash_of,
    inclusion_path,
    leaf_of,
    root_of,
)

__all__ = [
    "BEGINNING",
    "HEIGHT",
    "WIDTH",
    "Head",
    "Line",
    "Node",
    "Tile",
    "Tiling",
    "commitment",
    "consistency_path",
    "hand_over",
    "hash_of",
    "inclusion_path",
    "leaf_of",
    "pyramid",
    "read_checkpoint",
    "record",
    "root_of",
    "sign",
    "signer",
    "split",
    "to_checkpoint",
    "to_entry",
    "to_export",
    "verify",
]
