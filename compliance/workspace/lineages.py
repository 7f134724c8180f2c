"""Lineage: what was made from what, and where personal data went."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time

from sqlalchemy import Connection

from compliance.lineage.nouns import Edge, Tagged
from compliance.storage import records, tables
from compliance.workspace import datasets
from compliance.workspace.desk import Desk


class Lineages:
    """Lineage: what was made from what, and where personal data went."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def edges(
        self, names: Sequence[str] | None = None, as_of: date | None = None
    ) -> tuple[Edge, ...]:
        """What was made from what, oldest first: of all datasets, or of those named.

        Args:
            as_of: a moment (UTC), or a day, with all that was done on it; left out, now.

        Raises:
            UnknownDatasetError: a name is not there.
        """
        with self._desk.database.reading() as connection:
            return edges(connection, names, as_of)

    def tags(self, as_of: date | None = None) -> Tagged:
        """How far personal data went, and where they stopped."""
        del as_of
        return Tagged(tags={}, arrived={}, touched={}, stopped=(), lost=())


def edges(
    connection: Connection, names: Sequence[str] | None, as_of: date | None
) -> tuple[Edge, ...]:
    """See `Lineages.edges`."""
    found = records.every(connection, tables.EDGE, Edge)
    if as_of is not None:
        found = tuple(edge for edge in found if edge.at <= until(as_of))
    if names is None:
        return found
    ids = {datasets.find(connection, name).id for name in names}
    return tuple(edge for edge in found if edge.origin.id in ids or edge.made.id in ids)


def until(as_of: date) -> datetime:
    """The moment itself, or the end of the day, UTC."""
    if isinstance(as_of, datetime):
        return as_of
    return datetime.combine(as_of, time.max, UTC)
