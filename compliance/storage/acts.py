"""Entries of the trail by what was done, found without reading the others.

The name of an act is the first thing that an entry says, `{"act":"…"`, so an index over that piece
of its text finds them: nothing is stored twice, and nothing beside an entry can say otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, String, func, or_, select
from sqlalchemy.ext.compiler import compiles

from compliance.plain import from_json, to_json
from compliance.storage.tables import TRAIL
from compliance.trail import Line

# The same words as in the migration that made the index; else it is not used.
_ON_SQLITE = "substr(trail.body, 9, instr(substr(trail.body, 9), '\"') - 1)"
_ON_POSTGRESQL = "split_part(trail.body, '\"', 4)"
_ESCAPE = "\\"


class _Act(ColumnElement[str]):
    """What was done, of an entry."""

    type = String()
    inherit_cache = True


@compiles(_Act, "sqlite")
def _on_sqlite(_element: _Act, _compiler: Any, **_: Any) -> str:
    return _ON_SQLITE


@compiles(_Act, "postgresql")
def _on_postgresql(_element: _Act, _compiler: Any, **_: Any) -> str:
    return _ON_POSTGRESQL


class _Actor(ColumnElement[str]):
    """Who did it, of an entry, as its text has it: a quote in a name stands there escaped."""

    type = String()
    inherit_cache = True


@compiles(_Actor, "sqlite")
def _actor_on_sqlite(_element: _Actor, _compiler: Any, **_: Any) -> str:
    after = 'substr(trail.body, instr(trail.body, \'","actor":"\') + 11)'
    return f'substr({after}, 1, instr({after}, \'","at":"\') - 1)'


@compiles(_Actor, "postgresql")
def _actor_on_postgresql(_element: _Actor, _compiler: Any, **_: Any) -> str:
    after = 'split_part(trail.body, \'","actor":"\', 2)'
    return f'split_part({after}, \'","at":"\', 1)'


_LINE = (TRAIL.c.number, TRAIL.c.body, TRAIL.c.hash)


def lines_by(connection: Connection, acts: Iterable[str]) -> list[Line]:
    """The entries of these acts, in their order."""
    query = select(*_LINE).where(_Act().in_(list(acts))).order_by(TRAIL.c.number)
    return [Line(*row) for row in connection.execute(query)]


def newest_by(connection: Connection, act: str) -> Line | None:
    """The newest entry of an act; None: it was never done."""
    query = select(*_LINE).where(_Act() == act).order_by(TRAIL.c.number.desc()).limit(1)
    row = connection.execute(query).first()
    return None if row is None else Line(*row)


def lines_on(connection: Connection, subjects: Iterable[str]) -> list[Line]:
    """The entries whose text ends with one of these subjects, in their order; it reads all.

    A damaged entry may be among them.
    """
    said = [_like(f'"subject":{to_json(subject)}}}') for subject in subjects]
    if not said:
        return []
    matches = or_(*(TRAIL.c.body.like(f"%{one}", escape=_ESCAPE) for one in said))
    query = select(*_LINE).where(matches).order_by(TRAIL.c.number)
    return [Line(*row) for row in connection.execute(query)]


def lines_saying(connection: Connection, words: str) -> list[Line]:
    """The entries whose text holds `words` as they stand, in their order; it reads all."""
    query = select(*_LINE).where(TRAIL.c.body.like(f"%{_like(words)}%", escape=_ESCAPE))
    return [Line(*row) for row in connection.execute(query.order_by(TRAIL.c.number))]


def is_told(connection: Connection, act: str, word: str) -> bool:
    """Whether an entry of `act` says `word`."""
    said = (_Act() == act, TRAIL.c.body.contains(f'"{word}"', autoescape=True))
    return connection.scalar(select(TRAIL.c.number).where(*said).limit(1)) is not None


def done_since(connection: Connection, acts: Iterable[str], entry: int) -> frozenset[str]:
    """Which of these acts were done after that entry; however long the trail, as fast."""

    def last(act: str) -> int:
        return int(connection.scalar(select(func.max(TRAIL.c.number)).where(_Act() == act)) or 0)

    return frozenset(act for act in acts if last(act) > entry)


def acts_done(connection: Connection) -> tuple[str, ...]:
    """Every act that was ever done, by name; from one to the next, however often each was."""
    found: list[str] = []
    query = select(func.min(_Act())).select_from(TRAIL)
    while act := connection.scalar(query if not found else query.where(_Act() > found[-1])):
        found.append(str(act))
    return tuple(found)


def actors(connection: Connection) -> set[str]:
    """Everybody who ever did anything, as the trail names them; it reads all.

    A damaged entry names nobody.
    """
    found = set()
    for name in connection.scalars(select(_Actor()).select_from(TRAIL).distinct()):
        with suppress(msgspec.DecodeError):
            found.add(from_json(str, f'"{name}"'))
    return found - {""}


def found(
    connection: Connection,
    *,
    act: str = "",
    actor: str = "",
    after: int = 0,
    until: int | None = None,
    count: int = 500,
) -> Sequence[Line]:
    """The newest entries that are asked for, newest first.

    Args:
        act, actor: what was done and by whom; empty: whatever, by whomever.
        after, until: the number behind which to look, and the last to look at.
        count: so many at most.
    """
    wanted: list[ColumnElement[bool]] = [TRAIL.c.number > after]
    if until is not None:
        wanted.append(TRAIL.c.number <= until)
    if act:
        wanted.append(_Act() == act)
    if actor:
        said = _like(f'","actor":{to_json(actor)},"at":')
        wanted.append(TRAIL.c.body.like(f"%{said}%", escape=_ESCAPE))
    query = select(*_LINE).where(*wanted).order_by(TRAIL.c.number.desc()).limit(count)
    return [Line(*row) for row in connection.execute(query)]


def _like(words: str) -> str:
    """`words` as they stand, for a pattern."""
    for sign in (_ESCAPE, "%", "_"):
        words = words.replace(sign, _ESCAPE + sign)
    return words
