"""Nouns into rows and rows into nouns: the only SQL about the desk's own records."""

from __future__ import annotations

import hashlib
import heapq
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple, TypeVar

from sqlalchemy import (
    ColumnElement,
    Connection,
    Table,
    bindparam,
    false,
    func,
    insert,
    literal,
    select,
    union_all,
    update,
)

from compliance.plain import from_json, to_json
from compliance.storage import tiles
from compliance.storage.tables import RECORDS, TRAIL, TRAIL_HEAD
from compliance.trail import BEGINNING, Head, Line

Noun = TypeVar("Noun")

_AT_A_TIME = 1_000
# Which tables hold anything behind a place in each: most hold nothing, and are not asked then.
_FILLED = union_all(
    *(
        select(literal(str(table.name))).where(
            select(table.c.position).where(table.c.position > bindparam(str(table.name))).exists()
        )
        for table in RECORDS
    )
)


def append(connection: Connection, table: Table, noun: object, *, entry: int, **keys: str) -> str:
    """Store `noun` under `keys`, bound to the trail entry of the same transaction; its hash."""
    values = {"record": to_json(noun), "entry": entry, **keys}
    connection.execute(insert(table), values)
    return _hash_of(table, values)


class Stored(NamedTuple):
    """What one row of records comes to: its act's entry, its place in its table, its hash."""

    entry: int
    table: str
    position: int
    hash: str


def stored_after(connection: Connection, positions: Mapping[str, int]) -> Iterator[Stored]:
    """Every record by the entry of the act that stored it; only a few are in memory at a time.

    Args:
        positions: per table the place behind which to read; all of it where it is not named.
    """
    behind = {str(table.name): positions.get(table.name, -1) for table in RECORDS}
    filled = set(connection.scalars(_FILLED, behind))
    read = [table for table in RECORDS if table.name in filled]
    streams = [_stored(connection, table, behind[table.name]) for table in read]
    return heapq.merge(*streams, key=lambda row: row.entry)


def last_position(connection: Connection, table: Table) -> int:
    """The place of the newest record of `table`; 0 where there is none."""
    return int(connection.scalar(select(func.max(table.c.position))) or 0)


def positions_at(connection: Connection, entry: int) -> dict[str, int]:
    """Per table the place of the last record that was stored by that entry of the trail."""
    found = {}
    for table in RECORDS:
        query = select(table.c.position).where(table.c.entry <= entry)
        last = connection.scalar(query.order_by(table.c.entry.desc(), table.c.position.desc()))
        if last is not None:
            found[str(table.name)] = int(last)
    return found


def _stored(connection: Connection, table: Table, position: int) -> Iterator[Stored]:
    names = [str(column.name) for column in table.c]
    query = select(table).where(table.c.position > position)
    query = query.order_by(table.c.entry, table.c.position)
    with connection.execute(query.execution_options(yield_per=_AT_A_TIME)) as rows:
        for row in rows:
            values = dict(zip(names, row, strict=True))
            yield Stored(values["entry"], table.name, values["position"], _hash_of(table, values))


def _under(table: Table, keys: Mapping[str, str]) -> list[ColumnElement[bool]]:
    """What picks the rows under `keys`; none has a key with a NUL, which PostgreSQL cannot keep."""
    return [false() if "\0" in value else table.c[key] == value for key, value in keys.items()]


def every(
    connection: Connection, table: Table, kind: type[Noun], /, **keys: str
) -> tuple[Noun, ...]:
    """All nouns of `table` under `keys`, oldest first."""
    wanted = _under(table, keys)
    query = select(table.c.record).where(*wanted).order_by(table.c.position)
    return tuple(from_json(kind, text) for text in connection.scalars(query))


def up_to(
    connection: Connection, table: Table, kind: type[Noun], entry: int | None
) -> tuple[Noun, ...]:
    """All nouns of `table` that were stored by that entry of the trail, oldest first; None: all."""
    wanted = [] if entry is None else [table.c.entry <= entry]
    query = select(table.c.record).where(*wanted).order_by(table.c.position)
    return tuple(from_json(kind, text) for text in connection.scalars(query))


def with_entries(
    connection: Connection, table: Table, kind: type[Noun], /, **keys: str
) -> tuple[tuple[int, Noun], ...]:
    """As `every`, each with the number of the entry that came with it."""
    wanted = _under(table, keys)
    query = select(table.c.entry, table.c.record).where(*wanted).order_by(table.c.position)
    return tuple((int(entry), from_json(kind, text)) for entry, text in connection.execute(query))


def latest(connection: Connection, table: Table, kind: type[Noun], /, **keys: str) -> Noun | None:
    """The newest noun of `table` under `keys`; None where there is none."""
    wanted = _under(table, keys)
    query = select(table.c.record).where(*wanted).order_by(table.c.position.desc()).limit(1)
    text = connection.scalar(query)
    return None if text is None else from_json(kind, text)


def newest(
    connection: Connection, table: Table, kind: type[Noun], count: int, **keys: str
) -> tuple[Noun, ...]:
    """The last `count` nouns of `table` under `keys`, newest first."""
    wanted = _under(table, keys)
    query = select(table.c.record).where(*wanted).order_by(table.c.position.desc()).limit(count)
    return tuple(from_json(kind, text) for text in connection.scalars(query))


def newest_by(connection: Connection, table: Table, kind: type[Noun], key: str) -> dict[str, Noun]:
    """The newest noun of `table` for each value of `key`, in the order of first writing."""
    place = table.c.position
    ends = (
        select(func.min(place).label("first"), func.max(place).label("last"))
        .group_by(table.c[key])
        .subquery()
    )
    query = (
        select(table.c[key], table.c.record).join(ends, place == ends.c.last).order_by(ends.c.first)
    )
    return {name: from_json(kind, text) for name, text in connection.execute(query)}


def texts_by_key(connection: Connection, table: Table) -> dict[str, list[str]]:
    """All records of `table` as the texts that they are stored as, by their keys."""
    keys = [c for c in table.c if c.name not in ("position", "record", "entry")]
    found: dict[str, list[str]] = defaultdict(list)
    query = select(*keys, table.c.record).order_by(table.c.position)
    for *key, written in connection.execute(query):
        found[":".join(map(str, key))].append(written)
    return found


def head_of(connection: Connection) -> Head:
    """Where the trail ends."""
    row = connection.execute(select(TRAIL_HEAD.c.entries, TRAIL_HEAD.c.hash)).first()
    return BEGINNING if row is None else Head(entries=row.entries, hash=row.hash)


def append_line(connection: Connection, line: Line) -> None:
    """Add `line` to the trail and move its head."""
    append_lines(connection, [line])


def append_lines(connection: Connection, lines: Sequence[Line]) -> None:
    """Add `lines`, which follow one another, to the trail; move its head and grow its tree."""
    if not lines:
        return
    rows = [{"number": place, "body": body, "hash": hash_} for place, body, hash_ in lines]
    connection.execute(insert(TRAIL), rows)
    values = {"entries": lines[-1].place, "hash": lines[-1].hash}
    if connection.execute(update(TRAIL_HEAD).values(values)).rowcount == 0:
        connection.execute(insert(TRAIL_HEAD).values(id=1, **values))
    tiles.grow(connection, lines[0].place - 1, lines)


def entry_of(connection: Connection, table: Table, **keys: str) -> int | None:
    """The number of the entry that came with the newest row of `table` under `keys`."""
    wanted = _under(table, keys)
    query = select(table.c.entry).where(*wanted).order_by(table.c.position.desc()).limit(1)
    found = connection.scalar(query)
    return None if found is None else int(found)


def lines_of(connection: Connection, *, newest: int | None = None) -> Sequence[Line]:
    """The trail's lines in their order; with `newest` only so many of the last, newest first."""
    if newest is None:
        return list(lines_after(connection, 0))
    query = select(TRAIL.c.number, TRAIL.c.body, TRAIL.c.hash)
    query = query.order_by(TRAIL.c.number.desc()).limit(newest)
    return [Line(*row) for row in connection.execute(query)]


def lines_after(connection: Connection, number: int) -> Iterator[Line]:
    """The trail's lines behind `number`, in their order; only a few are in memory at a time."""
    query = select(TRAIL.c.number, TRAIL.c.body, TRAIL.c.hash)
    query = query.where(TRAIL.c.number > number).order_by(TRAIL.c.number)
    with connection.execute(query.execution_options(yield_per=_AT_A_TIME)) as rows:
        for row in rows:  # whoever stops before the end leaves no cursor open
            yield Line(*row)


def line(connection: Connection, number: int) -> Line | None:
    """The line of entry `number`; None where there is none."""
    query = select(TRAIL.c.number, TRAIL.c.body, TRAIL.c.hash).where(TRAIL.c.number == number)
    row = connection.execute(query).first()
    return None if row is None else Line(*row)


def count(connection: Connection, table: Table) -> int:
    """How many rows `table` has."""
    return int(connection.scalar(select(func.count()).select_from(table)) or 0)


def _hash_of(table: Table, values: Mapping[str, object]) -> str:
    """SHA-256 over the table, the keys and the record; the place in the table does not count."""
    said = {name: value for name, value in values.items() if name not in ("position", "entry")}
    return hashlib.sha256(to_json([str(table.name), said]).encode()).hexdigest()
