"""What another process did to the same workspace, noticed by this one.

Everything that is asked for is read from the records, so nothing that is shown grows old. Only
what is kept in memory can: rows of people whom another process erased or corrected. They are let
go of at the next look.
"""

from __future__ import annotations

import time

from compliance.rights.nouns import Rewriting
from compliance.storage import Database, records, tables
from compliance.workspace.recent import let_go

EVERY_S = 1.0


class Noticing:
    """How many rewritings of datasets this process knows of."""

    def __init__(self) -> None:
        self._known: int | None = None
        self._next_s = 0.0

    def look(self, database: Database) -> bool:
        """Let go of what was rewritten since, and say whether something was.

        Asked again and again, it looks once a second.
        """
        if time.monotonic() < self._next_s:
            return False
        self._next_s = time.monotonic() + EVERY_S
        with database.reading() as connection:
            newest = records.last_position(connection, tables.REWRITING)
            if newest == self._known:
                return False
            every = records.every(connection, tables.REWRITING, Rewriting)
        was_known, self._known = self._known is not None, newest
        if was_known:
            let_go({one.before for one in every})
        return was_known
