"""When each visit was last seen: no record, so it is overwritten, and gone with the visit."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, delete, insert, select, update

from compliance.storage.tables import VISIT_SEEN


def begin(connection: Connection, visit: str, at_s: int) -> None:
    """A visit begins.

    Args:
        at_s: seconds since 1970.
    """
    connection.execute(insert(VISIT_SEEN), {"visit": visit, "at": at_s})


def note(connection: Connection, seen: Mapping[str, int]) -> None:
    """Visits were seen, in seconds since 1970; one that ended meanwhile stays gone."""
    for visit, at_s in seen.items():
        here = (VISIT_SEEN.c.visit == visit) & (VISIT_SEEN.c.at < at_s)
        connection.execute(update(VISIT_SEEN).where(here).values(at=at_s))


def end(connection: Connection, visit: str) -> None:
    """A visit is over."""
    connection.execute(delete(VISIT_SEEN).where(VISIT_SEEN.c.visit == visit))


def last(connection: Connection, visit: str) -> int | None:
    """When a visit was last seen, in seconds since 1970; None: it is over, or never began."""
    found = connection.scalar(select(VISIT_SEEN.c.at).where(VISIT_SEEN.c.visit == visit))
    return None if found is None else int(found)


def before(connection: Connection, at_s: int) -> tuple[str, ...]:
    """The visits that were last seen before that, in seconds since 1970."""
    return tuple(connection.scalars(select(VISIT_SEEN.c.visit).where(VISIT_SEEN.c.at < at_s)))
