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
from compliance.trail.verify_trail import Line, hash_of

__all__ = [
    "BEGINNING",
    "Head",
    "Line",
    "commitment",
    "hash_of",
    "read_checkpoint",
    "record",
    "to_checkpoint",
    "to_entry",
    "to_export",
    "verify",
]
