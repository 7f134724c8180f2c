"""Entries of the trail as deeds: who did what when, how much was taken, what was asked."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from compliance.trail.nouns import Entry
from compliance.watch.nouns import Alarm, AlarmKind
from compliance.watch.thresholds import Meaning, meanings

_ADDED = "dataset.add"
_NOTHING = Meaning()
Condition = tuple[str, str, str]
"""The column, how it compares, and the keyed hash of what it is compared with."""


@dataclass(frozen=True, slots=True)
class Deed:
    """One entry, as far as it can be unusual.

    Attributes:
        number, at, day, hour, actor, act, subject: of the entry; the hour with its fraction, UTC.
        meaning: of the act.
        taken: how much was taken, by what.
        columns: that were named.
        questions: keyed hashes of what was asked, one per statistic.
        shapes: the same without the conditions.
        conditions: of the question.
        unit: the person's own column in it.
        epsilon, rho: what the answer cost; None where it cost nothing.
        width: how many columns a dataset that was added has; None for other acts.
    """

    number: int
    at: datetime
    day: date
    hour: float
    actor: str
    act: str
    subject: str
    meaning: Meaning
    taken: Mapping[str, int]
    columns: tuple[str, ...]
    questions: tuple[str, ...]
    shapes: tuple[str, ...]
    conditions: frozenset[Condition]
    unit: str
    epsilon: float | None
    rho: float | None
    width: int | None

    @property
    def is_weekend(self) -> bool:
        return self.day.weekday() >= 5


Days = Mapping[str, Mapping[date, Sequence[Deed]]]
"""Deeds by actor and day, days in order."""


def deeds(entries: Iterable[Entry], at: datetime) -> tuple[Deed, ...]:
    """The entries up to `at`, in the order of their numbers; what a clock did is no deed."""
    known = meanings()
    ordered = sorted((e for e in entries if e.at <= at), key=lambda entry: entry.number)
    meant = ((entry, known.get(entry.act, _NOTHING)) for entry in ordered)
    return tuple(_deed(entry, meaning) for entry, meaning in meant if not meaning.by_clock)


def by_day(done: Iterable[Deed]) -> Days:
    """Deeds by actor and day."""
    found: dict[str, dict[date, list[Deed]]] = defaultdict(lambda: defaultdict(list))
    for deed in done:
        found[deed.actor][deed.day].append(deed)
    return found


def alarm(
    kind: AlarmKind,
    about: Sequence[Deed],
    reasons: Sequence[str],
    excess: float,
    facts: Mapping[str, object],
    *names: str,
) -> Alarm:
    """An alarm on deeds, the earliest first.

    Args:
        excess: how far beyond its threshold it is, 1 and more.
        names: what tells it from others of its kind, beside the actor and the first day.
    """
    actor = ", ".join(dict.fromkeys(deed.actor for deed in about))
    said = "\n".join((kind.value, actor, about[0].day.isoformat(), *names))
    return Alarm(
        id=f"alarm-{hashlib.sha256(said.encode()).hexdigest()[:10]}",
        kind=kind,
        actor=actor,
        since=about[0].at,
        until=about[-1].at,
        entries=tuple(deed.number for deed in about),
        reasons=tuple(reasons),
        weight=round(1 - 0.5 / max(excess, 1), 3),
        facts=facts,
    )


def _deed(entry: Entry, meaning: Meaning) -> Deed:
    facts, at = entry.facts, entry.at
    asks = meaning.asks
    return Deed(
        entry.number,
        at,
        at.date(),
        at.hour + at.minute / 60,
        entry.actor,
        entry.act,
        entry.subject,
        meaning,
        {what: _count(facts, how) for what, how in meaning.takes.items()} if meaning.takes else {},
        _named(facts, meaning.columns) if meaning.columns else (),
        _texts(facts.get("questions")) if asks else (),
        _texts(facts.get("shapes")) if asks else (),
        _conditions(facts.get("conditions")) if asks else frozenset(),
        str(facts.get("unit") or "") if asks else "",
        _number(facts.get("epsilon")),
        _number(facts.get("rho")) if asks else None,
        _count(facts, "columns") if entry.act == _ADDED else None,
    )


def _count(facts: Mapping[str, object], how: str | int) -> int:
    if isinstance(how, int):
        return how
    value = facts.get(how)
    return value if isinstance(value, int) else 0


def _named(facts: Mapping[str, object], names: Sequence[str]) -> tuple[str, ...]:
    found: list[str] = []
    for name in names:
        value = facts.get(name)
        found += [value] if isinstance(value, str) else _texts(value)
    return tuple(dict.fromkeys(found))


def _texts(value: object) -> tuple[str, ...]:
    return tuple(str(each) for each in value) if isinstance(value, list | tuple) else ()


def _conditions(value: object) -> frozenset[Condition]:
    rows = value if isinstance(value, list | tuple) else ()
    return frozenset(
        (str(row.get("column")), str(row.get("is")), str(row.get("value")))
        for row in rows
        if isinstance(row, Mapping)
    )


def _number(value: object) -> float | None:
    """Numbers with a fraction are kept as text in the trail."""
    if value is None or isinstance(value, bool):
        return None
    try:
        return float(str(value))
    except ValueError:
        return None
