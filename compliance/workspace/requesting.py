"""Requests, as the workspace offers them."""

from __future__ import annotations

from compliance.rights.nouns import Request
from compliance.workspace.desk import Desk
from compliance.workspace.requested import (
    advance,
    check_may_carry_out,
    every,
    held_by,
    one,
    standing_holds,
    store,
)

__all__ = [
    "Requesting",
    "advance",
    "check_may_carry_out",
    "every",
    "held_by",
    "one",
    "standing_holds",
    "store",
]


class Requesting:
    """Requests from intake to answer, holds, and the board of what is due."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def find(self, id_: str) -> Request:
        """One request as it stands.

        Raises:
            UnknownRequestError: there is none.
        """
        with self._desk.database.reading() as connection:
            return one(connection, id_)

    def requests(self) -> tuple[Request, ...]:
        """All requests as they stand, in the order in which they came in."""
        with self._desk.database.reading() as connection:
            return every(connection)
