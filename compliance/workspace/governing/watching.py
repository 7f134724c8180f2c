"""Alarms, as the workspace offers them: raised from the trail, kept, looked into."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
from itertools import islice

import msgspec
from sqlalchemy import Connection

from compliance.discovery.nouns import IdentifierClass
from compliance.errors import AcknowledgementError, UnknownAlarmError
from compliance.storage import records, tables
from compliance.trail import to_entry
from compliance.trail.nouns import Entry
from compliance.watch import cannot_tell, watch
from compliance.watch.nouns import Acknowledgement, Alarm, Known, Raised
from compliance.workspace.data import datasets, labels
from compliance.workspace.desk import Desk
from compliance.workspace.guarding import guarded

SHORTEST_REASON = 5
WATCHED = "trail.watch"
_DAYS_ENOUGH = 200
_AT_ONCE = 50_000
_GROWN = 2  # an alarm looked into comes back when it is about so many times more entries
_TELLING = (IdentifierClass.DIRECT, IdentifierClass.SENSITIVE)


@guarded
class Watching:
    """What is unusual in what was done."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._worked = desk.kept("worked", _Worked)

    def look(self) -> tuple[Raised, ...]:
        """Look at the whole trail and keep what is new; all alarms on record, open ones first.

        An alarm that was looked into is raised again when it has grown to twice its entries.
        That somebody looked is in the trail, whatever was found.
        """
        with self._desk.database.reading() as connection:
            entries, known = _entries(connection), _known(connection)
        found = watch(entries, self._desk.clock(), known)  # takes its time, and holds up nobody
        with self._desk.act(WATCHED, "trail") as act:
            news = _news(every(act.connection), found)
            for one in news:
                act.store(tables.ALARM, replace(one, raised_at=act.at), id=one.alarm.id)
            act.facts |= {"entries": len(entries), "raised": [one.alarm.id for one in news]}
        with self._desk.database.reading() as connection:
            return every(connection)

    def alarms(self) -> tuple[Raised, ...]:
        """All alarms on record: those nobody has looked into first, then the latest first."""
        with self._desk.database.reading() as connection:
            return every(connection)

    def alarm(self, id_: str) -> Raised:
        """One alarm on record.

        Raises:
            UnknownAlarmError: there is none of that id.
        """
        with self._desk.database.reading() as connection:
            return _one(connection, id_)

    def acknowledge(self, id_: str, why: str, *, is_ordinary: bool = False) -> Raised:
        """Say what an alarm was; who says so is in the trail, and the reason on record.

        Args:
            is_ordinary: it was ordinary work: the like of it is habit from now on.

        Raises:
            UnknownAlarmError: there is none of that id.
            AcknowledgementError: no reason is given, or somebody looked into it already.
        """
        if len(why.strip()) < SHORTEST_REASON:
            raise AcknowledgementError(reason="say what it was; the reason is kept with it")
        with self._desk.act("alarm.acknowledge", id_) as act:
            raised = _one(act.connection, id_)
            if raised.acknowledged is not None:
                by = raised.acknowledged.by
                raise AcknowledgementError(reason=f"{by} has looked into it already")
            said = Acknowledgement(
                by=act.actor, at=act.at, why=why.strip()[:500], is_ordinary=is_ordinary
            )
            done = replace(raised, acknowledged=said)
            act.store(tables.ALARM, done, id=id_)
            act.facts |= {"kind": str(raised.alarm.kind), "ordinary": is_ordinary}
        return done

    def cannot_tell(self) -> tuple[str, ...]:
        """What the trail is too short to judge yet, one sentence each."""
        with self._worked.one_reads, self._desk.database.reading() as connection:
            self._worked.read_on(connection)
            return cannot_tell(self._worked.days)


class _Worked:
    """Who worked on which day, as far as the trail was read."""

    def __init__(self) -> None:
        self.one_reads = threading.Lock()
        self.days: set[tuple[str, date]] = set()
        self._read = 0

    def read_on(self, connection: Connection) -> None:
        """Note who worked on which day; a trail of many days is long enough after few entries.

        Of a long one that is not, some are read each time, for no page waits for all.
        """
        if self._read == 0 and not cannot_tell(days := _days(connection)):
            self.days, self._read = days, records.head_of(connection).entries
        for line in islice(records.lines_after(connection, self._read), _AT_ONCE):
            act = msgspec.json.decode(line.body, type=_Act)
            self.days.add((act.actor, act.at.date()))
            self._read = line.place


class _Act(msgspec.Struct):
    """Of an entry, only who and when: that is read fast."""

    actor: str
    at: datetime


def _days(connection: Connection) -> set[tuple[str, date]]:
    """Of each of the first days, who worked first on it; read from few entries of each day."""
    found: set[tuple[str, date]] = set()
    number, end = 1, records.head_of(connection).entries
    while number <= end and len(found) < _DAYS_ENOUGH:
        line = records.line(connection, number)
        if line is None:
            break
        act = msgspec.json.decode(line.body, type=_Act)
        found.add((act.actor, act.at.date()))
        number = _first_after(connection, act.at.date(), number, end)
    return found


def _first_after(connection: Connection, day: date, low: int, end: int) -> int:
    """The first entry of a later day; entries follow one another in time."""
    high = end + 1
    while low + 1 < high:
        middle = (low + high) // 2
        line = records.line(connection, middle)
        if line is not None and msgspec.json.decode(line.body, type=_Act).at.date() <= day:
            low = middle
        else:
            high = middle
    return high


def every(connection: Connection) -> tuple[Raised, ...]:
    """All alarms on record: those nobody has looked into first, then the latest first."""
    found = records.newest_by(connection, tables.ALARM, Raised, "id").values()
    latest = sorted(found, key=lambda one: (one.alarm.until, one.alarm.id), reverse=True)
    return tuple(sorted(latest, key=lambda one: one.acknowledged is not None))


def count_open(connection: Connection) -> int:
    """How many alarms on record nobody has looked into."""
    return sum(one.acknowledged is None for one in every(connection))


def _one(connection: Connection, id_: str) -> Raised:
    found = records.latest(connection, tables.ALARM, Raised, id=id_)
    if found is None:
        raise UnknownAlarmError(alarm=id_[:80])
    return found


def _news(kept: Iterable[Raised], found: Iterable[Alarm]) -> list[Raised]:
    """What is not on record yet, or has grown since; times are set when it is stored."""
    before = {one.alarm.id: one for one in kept}
    return [
        Raised(alarm=alarm, raised_at=alarm.until)
        for alarm in found
        if _is_new(before.get(alarm.id), alarm)
    ]


def _is_new(before: Raised | None, alarm: Alarm) -> bool:
    if before is None:
        return True
    grew = len(alarm.entries) - len(before.alarm.entries)
    if before.acknowledged is None:
        return grew > 0
    return len(alarm.entries) >= _GROWN * len(before.alarm.entries)


def _entries(connection: Connection) -> tuple[Entry, ...]:
    """The whole trail."""
    return tuple(to_entry(line) for line in records.lines_of(connection))


def _known(connection: Connection) -> Known:
    """Which columns are telling, and what officers took for ordinary work."""
    personal: dict[str, frozenset[str]] = defaultdict(frozenset)
    for dataset in datasets.newest(connection):
        found = labels.latest(connection, dataset)
        if found is not None:
            telling = (la.column for la in found.labels if la.identifier_class in _TELLING)
            personal[dataset.name] = frozenset(map(str, telling))
    ordinary = (
        one.alarm.id
        for one in every(connection)
        if one.acknowledged is not None and one.acknowledged.is_ordinary
    )
    return Known(personal=personal, ordinary=frozenset(ordinary))
