"""When each visit was last seen: no record, so it is overwritten, and gone with the visit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from sqlalchemy import Connection, delete, insert, select, update

from compliance.access.nouns import Account, Visit
from compliance.plain import from_json
from compliance.storage.tables import ACCOUNT, VISIT, VISIT_SEEN


class Standing(NamedTuple):
    """How a visit stands: on record, whose it is, and when it was last seen, in seconds since 1970.

    What there is not is None; a visit that is over is seen no more.
    """

    visit: Visit | None
    account: Account | None
    last_s: int | None


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


def standing(connection: Connection, visit: str) -> Standing:
    """All that says whether a visit lasts, in one question: it is asked at almost every click."""
    newest = select(VISIT.c.account, VISIT.c.record).where(VISIT.c.id == visit)
    newest = newest.order_by(VISIT.c.position.desc()).limit(1)
    its = newest.subquery()
    account = select(ACCOUNT.c.record).where(ACCOUNT.c.id == its.c.account)
    account = account.order_by(ACCOUNT.c.position.desc()).limit(1)
    last = select(VISIT_SEEN.c.at).where(VISIT_SEEN.c.visit == visit)
    row = connection.execute(
        select(its.c.record, account.scalar_subquery(), last.scalar_subquery())
    ).first()
    if row is None:
        return Standing(None, None, None)
    return Standing(from_json(Visit, row[0]), row[1] and from_json(Account, row[1]), row[2])


def before(connection: Connection, at_s: int) -> tuple[str, ...]:
    """The visits that were last seen before that, in seconds since 1970."""
    return tuple(connection.scalars(select(VISIT_SEEN.c.visit).where(VISIT_SEEN.c.at < at_s)))
