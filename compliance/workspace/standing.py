"""Records that change step by step, as they stand now: requests, holds, erasures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Generic, Protocol, TypeVar

from sqlalchemy import Connection, Table

from compliance.errors import (
    ComplianceError,
    UnknownErasureError,
    UnknownHoldError,
    UnknownRequestError,
)
from compliance.rights.nouns import Erasure, Hold, Request, Stage
from compliance.storage import records, tables
from compliance.workspace.desk import Act

_SHOWN = 40


class _Named(Protocol):
    @property
    def id(self) -> str: ...


T = TypeVar("T", bound=_Named)


@dataclass(frozen=True, slots=True)
class Standing(Generic[T]):
    """All records of one kind, each known by its id.

    Attributes:
        table: where they lie.
        kind: what they are.
        unknown: the error for an id of which there is none.
    """

    table: Table
    kind: type[T]
    unknown: Callable[[str], ComplianceError]

    def one(self, connection: Connection, id_: str) -> T:
        """The one of that id as it stands.

        Raises:
            ComplianceError: there is none of that id; which error, `unknown` says.
        """
        found = records.latest(connection, self.table, self.kind, id=id_)
        if found is None:
            raise self.unknown(id_[:_SHOWN])
        return found

    def every(self, connection: Connection) -> tuple[T, ...]:
        """All as they stand, in the order in which they came."""
        return tuple(records.newest_by(connection, self.table, self.kind, "id").values())

    def store(self, act: Act, record: T) -> None:
        """Keep `record` as it stands now, as part of `act`."""
        act.store(self.table, record, id=record.id)


REQUESTS = Standing(tables.REQUEST, Request, lambda id_: UnknownRequestError(request=id_))
HOLDS = Standing(tables.HOLD, Hold, lambda id_: UnknownHoldError(hold=id_))
ERASURES = Standing(tables.ERASURE, Erasure, lambda id_: UnknownErasureError(erasure=id_))


def is_erased(connection: Connection, request: str) -> bool:
    """Whether rows of the person of `request` went, by an erasure that is proved or not yet."""
    gone = (Stage.SWITCHED, Stage.PROVED)
    return any(
        request in one.requests and one.stage in gone and one.rewritings
        for one in ERASURES.every(connection)
    )


def key_destroyed(act: Act, request: str) -> None:
    """Note, as part of `act`, that it cannot be read any more who was erased by `request`.

    To be called when its key is destroyed. The certificate of a batch says so when the last is.
    """
    for erasure in ERASURES.every(act.connection):
        if request in erasure.keys_left:
            left = tuple(one for one in erasure.keys_left if one != request)
            at = None if left else act.at
            ERASURES.store(act, replace(erasure, keys_left=left, key_destroyed_at=at))
