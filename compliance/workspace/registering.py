"""The register, as the workspace offers it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from compliance.register.nouns import Organisation, Record, Register
from compliance.rules.nouns import Holding
from compliance.storage import records, tables
from compliance.workspace.desk import Desk


def register_of(
    connection: Connection, organisation: Organisation, holdings: Sequence[Holding], at: datetime
) -> Register:
    """The register as it stands: what was typed, over what follows from what the desk holds.

    The values of a record are plain: dates and moments ISO 8601, several choices a tuple, a value
    that was recorded as absent None; `Record.day` and `Record.moment` read them.

    Args:
        organisation: who is accountable.
        holdings: every dataset, each with what was found out about it.
        at: the moment, UTC: what lies before it is over.
    """
    found: dict[tuple[str, str], Record] = {}
    for record in records.every(connection, tables.REGISTER, Record):
        found[record.kind, record.id] = record
    return Register(records=tuple(one for one in found.values() if not one.is_removed))


class Registering:
    """What only people know: look it up, record it, bring it in, take it out."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
