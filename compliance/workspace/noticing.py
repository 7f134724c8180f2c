"""What another process did to the same workspace, noticed by this one.

Everything that is asked for is read from the records, so nothing that is shown grows old. Only
what is kept in memory can: rows of people whom another process erased or corrected. They are let
go of at the next look.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from compliance.rights.nouns import Rewriting
from compliance.storage import records, tables
from compliance.workspace.recent import let_go

if TYPE_CHECKING:
    from compliance.workspace.desk import Desk

EVERY_S = 1.0


class Noticing:
    """How many rewritings of datasets this process knows of."""

    def __init__(self) -> None:
        self._known: int | None = None
        self._next_s = 0.0

    def look(self, desk: Desk) -> None:
        """Let go of what was rewritten since; asked again and again, it looks once a second."""
        if time.monotonic() < self._next_s:
            return
        self._next_s = time.monotonic() + EVERY_S
        with desk.database.reading() as connection:
            newest = records.last_position(connection, tables.REWRITING)
            if newest == self._known:
                return
            every = records.every(connection, tables.REWRITING, Rewriting)
        if self._known is not None:
            let_go({one.before for one in every})
            desk.let_go()
        self._known = newest
