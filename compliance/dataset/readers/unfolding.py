"""Small files that would fill the memory: refused before they are unfolded.

Real tables are packed ten- to a hundredfold. A file that says a few bytes over and over again can
be packed a thousandfold (gzip, ZIP), or state its size without holding it (Parquet, rows that are
shorter than the header). Up to `FREE` nobody asks.
"""

from __future__ import annotations

from gzip import GzipFile
from typing import IO

from compliance.errors import FileTooLargeError, UnfoldsError
from compliance.settings import MAX_FILE_BYTES

FREE_BYTES = 64 * 2**20
FREE_CELLS = 10_000_000
MOST_PACKED = 250
_PIECE = 2**20


def check_cells(name: str, *, rows: int, columns: int, size: int, per_byte: int) -> None:
    """Refuse `rows` × `columns` cells from a file of `size` bytes.

    Args:
        per_byte: how many cells one byte of such a file may stand for.

    Raises:
        UnfoldsError: it is out of all proportion.
    """
    cells = rows * columns
    if cells > FREE_CELLS and cells > size * per_byte:
        raise UnfoldsError(name=name, what=f"{cells:,} cells")


def check_bytes(name: str, unfolded: int, packed: int) -> None:
    """Refuse `unfolded` bytes from `packed` ones.

    Raises:
        UnfoldsError: it is out of all proportion.
    """
    if unfolded > FREE_BYTES and unfolded > packed * MOST_PACKED:
        raise UnfoldsError(name=name, what=f"more than {unfolded // 2**20:,} MB")


def inflated(name: str, stream: IO[bytes] | GzipFile, packed: int) -> bytes:
    """What `stream` unpacks from `packed` bytes.

    Raises:
        UnfoldsError, FileTooLargeError: it is out of all proportion, or too large.
    """
    found = bytearray()
    while piece := stream.read(_PIECE):
        found += piece
        if len(found) > MAX_FILE_BYTES:
            raise FileTooLargeError(name=name, limit=f"{MAX_FILE_BYTES // 2**30} GB")
        check_bytes(name, len(found), packed)
    return bytes(found)
