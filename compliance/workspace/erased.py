"""Erasures as they lie in the records."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import Connection

from compliance.errors import UnknownErasureError
from compliance.rights.nouns import Erasure, Stage
from compliance.storage import records, tables
from compliance.workspace.desk import Act

_SHOWN = 40


def one(connection: Connection, id_: str) -> Erasure:
    """The erasure as it stands.

    Raises:
        UnknownErasureError: there is none of that id.
    """
    found = records.latest(connection, tables.ERASURE, Erasure, id=id_)
    if found is None:
        raise UnknownErasureError(erasure=id_[:_SHOWN])
    return found


def every(connection: Connection) -> tuple[Erasure, ...]:
    """All erasures as they stand, in the order in which they were begun."""
    return tuple(records.newest_by(connection, tables.ERASURE, Erasure, "id").values())


def is_switched(connection: Connection, request: str) -> bool:
    """Whether rows of the person of `request` went, by an erasure that is done or not yet."""
    gone = (Stage.SWITCHED, Stage.PROVED)
    return any(
        request in one.requests and one.stage in gone and one.rewritings
        for one in every(connection)
    )


def store(act: Act, erasure: Erasure) -> None:
    """Keep `erasure` as it stands now, as part of `act`."""
    act.store(tables.ERASURE, erasure, id=erasure.id)


def closed(act: Act, request: str) -> None:
    """Note, as part of `act`, that it cannot be read any more who was erased by `request`.

    To be called when its key is destroyed. The certificate of a batch says so when the last is.
    """
    for erasure in every(act.connection):
        if request in erasure.keys_left:
            left = tuple(one for one in erasure.keys_left if one != request)
            store(act, replace(erasure, keys_left=left, key_destroyed_at=None if left else act.at))
