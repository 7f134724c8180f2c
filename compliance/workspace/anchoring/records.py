"""What is on record of verifications."""

from __future__ import annotations

from sqlalchemy import Connection

from compliance.storage import records, tables
from compliance.trail.nouns import Verified


def newest_verified(connection: Connection) -> Verified | None:
    """The newest verification on record; None: never."""
    return records.latest(connection, tables.VERIFIED, Verified)
