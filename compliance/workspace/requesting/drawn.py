"""Requests as records of the register, so that the rules in force judge them."""

from __future__ import annotations

from sqlalchemy import Connection

from compliance.dataset.nouns import Dataset
from compliance.register.nouns import Record
from compliance.rights.requests import to_record
from compliance.storage import records as stored
from compliance.storage import tables
from compliance.workspace.requesting.requested import every


def records(connection: Connection) -> tuple[Record, ...]:
    """One record for each request or complaint; what an officer types over it wins."""
    requests = every(connection)
    if not requests:
        return ()
    names = {one.id: str(one.name) for one in stored.every(connection, tables.DATASET, Dataset)}
    return tuple(to_record(request, names) for request in requests)
