"""An invented office and its trail, with incidents sown among the ordinary work.

Everything is drawn from a seeded generator. The office's people have hours and tasks of their own;
nothing in the way they are drawn looks at the thresholds of the watch.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np

from compliance.trail.nouns import Entry
from compliance.watch.nouns import AlarmKind, Known

START = date(2026, 1, 5)
DAYS = 240
END = datetime(2026, 1, 5, tzinfo=UTC) + timedelta(days=DAYS)
LOOKED_BACK = timedelta(days=90)
HOLIDAYS = {date(2026, 4, 3), date(2026, 4, 6), date(2026, 5, 1), date(2026, 5, 25)}
COLUMNS = {
    "customers": ("customer", "email", "phone", "birth", "city", "country", "income", "health"),
    "orders": ("customer", "amount", "country", "store", "device", "returned", "note", "iban"),
    "clicks": ("customer", "page", "seconds", "device", "referrer", "hour", "ip", "campaign"),
    "reviews": ("customer", "stars", "product", "language", "text", "helpful", "verified", "name"),
}
USUAL = {name: columns[:1] + columns[3:6] for name, columns in COLUMNS.items()}
PERSONAL = {
    "customers": frozenset({"email", "phone", "health"}),
    "orders": frozenset({"note", "iban"}),
    "clicks": frozenset({"ip"}),
    "reviews": frozenset({"name", "text"}),
}
KINDS = tuple(AlarmKind)
ANALYSTS, STRANGERS_TO_IT = ("Ada", "Ben"), ("Cleo", "Dina", "Eli")
NONE = "0" * 64

Said = tuple[datetime, str, str, str, dict[str, object]]
"""When, who, which act, on what, facts."""


@dataclass(frozen=True, slots=True)
class Worker:
    """Somebody's habits: the hours, how many acts a day, and the tasks with their shares."""

    name: str
    begins: float
    ends: float
    acts: float
    tasks: dict[str, float]
    works_weekends: bool = False
    since: int = 0


@dataclass(frozen=True, slots=True)
class Turn:
    """Somebody at work: who, when, on which version of what, and what was answered before."""

    actor: str
    at: datetime
    dataset: str
    version: int
    answered: set[str]
    rng: np.random.Generator

    def said(self, act: str, facts: dict[str, object], minutes: int = 0) -> Said:
        """An act of this turn."""
        return self.at + timedelta(minutes=minutes), self.actor, act, self.dataset, facts

    def question(
        self, statistic: str, by: str, where: Sequence[tuple[str, str, str]], rho: float
    ) -> dict[str, Any]:
        """The facts of an answer."""
        return question(self.dataset, self.version, statistic, by, where, float(rho))


@dataclass(frozen=True, slots=True)
class Incident:
    """What was sown: its kind, by whom, and its entries."""

    kind: AlarmKind
    actor: str
    entries: frozenset[int]


@dataclass(frozen=True, slots=True)
class Office:
    """A trail, what helps to judge it, and what was sown in it."""

    entries: tuple[Entry, ...]
    sown: tuple[Incident, ...] = ()
    known: Known = field(default_factory=lambda: Known(personal=PERSONAL))

    def multiplied(self, copies: int, most: int) -> Office:
        """The same trail by so many offices of other people, side by side."""
        all_ = [
            replace(entry, actor=f"{entry.actor} {copy}", subject=f"{entry.subject}-{copy}")
            for copy in range(copies)
            for entry in self.entries
        ]
        ordered = sorted(all_, key=lambda entry: entry.at)[:most]
        return Office(tuple(replace(e, number=n + 1) for n, e in enumerate(ordered)))


ANALYST = {
    "ask": 0.5,
    "attack": 0.08,
    "describe": 0.1,
    "discover": 0.12,
    "report": 0.1,
    "assess": 0.1,
}
STEWARD = {"output": 0.12, "export": 0.12, "discover": 0.3, "label": 0.3, "assess": 0.16}
SUPPORT = {"reveal": 0.5, "describe": 0.2, "assess": 0.3}
AUDITOR = {"report": 0.3, "trail": 0.15, "assess": 0.5, "ask": 0.05}


def workers(rng: np.random.Generator) -> list[Worker]:
    """Who works here; their hours differ from office to office."""
    early, late = rng.uniform(5.5, 7), rng.uniform(9, 10.5)
    return [
        Worker("Ada", early, early + 8.5, 14, ANALYST),
        Worker("Ben", late, late + 9, 10, ANALYST),
        Worker("Cleo", 8, 17, 12, STEWARD),
        Worker("Dina", 8.5, 17.5, 8, SUPPORT, works_weekends=True),
        Worker("Eli", 7.5, 16, 5, AUDITOR),
        Worker("Fay", 9, 18, 9, ANALYST, since=int(rng.integers(60, 200))),
        Worker("night audit", 2, 2.5, 3, {"assess": 0.6, "report": 0.4}, works_weekends=True),
    ]


def ordinary(seed: int) -> Office:
    """An office in which nothing happens but work."""
    return Office(_entries(list(_work(np.random.default_rng(seed))))[0])


def with_sown(seed: int, of_each: int) -> Office:
    """The same office, with incidents of every kind in its last quarter."""
    rng = np.random.default_rng(seed)
    work = list(_work(rng))
    return _sown(work, [(kind, _SOWN[kind](rng, n)) for kind in KINDS for n in range(of_each)])


def rummaged(seed: int, acts: int, times: int, actors: Sequence[str]) -> Office:
    """An office in which one of these actors rummages, with so many acts at a time."""
    rng = np.random.default_rng(seed)
    work = list(_work(rng))
    return _sown(
        work, [(AlarmKind.UNUSUAL, _rummaging(rng, n, acts, actors)) for n in range(times)]
    )


def _sown(work: Sequence[Said], sown: Sequence[tuple[AlarmKind, list[Said]]]) -> Office:
    said = [*work, *(one for _, incident in sown for one in incident)]
    entries, numbers = _entries(said)
    place, incidents = len(work), []
    for kind, incident in sown:
        own = frozenset(numbers[place : place + len(incident)])
        incidents.append(Incident(kind, incident[0][1], own))
        place += len(incident)
    return Office(entries, tuple(incidents))


def _entries(said: Sequence[Said]) -> tuple[tuple[Entry, ...], list[int]]:
    """The trail in order, and the number that each act got."""
    order = sorted(range(len(said)), key=lambda n: said[n][0])
    numbers = [0] * len(said)
    entries = []
    for number, n in enumerate(order, start=1):
        at, actor, act, subject, facts = said[n]
        numbers[n] = number
        entries.append(
            Entry(
                number=number,
                at=at,
                actor=actor,
                act=act,
                subject=subject,
                facts=facts,
                previous=NONE,
                hash=NONE,
            )
        )
    return tuple(entries), numbers


def _work(rng: np.random.Generator) -> Iterator[Said]:
    versions, team = dict.fromkeys(COLUMNS, 1), workers(rng)
    answered: set[str] = set()
    delivered = START.month
    for n in range(DAYS):
        day = START + timedelta(days=n)
        if day.weekday() < 5 and day.month != delivered:
            delivered = day.month
            for name in COLUMNS:
                versions[name] += 1
                yield _at(day, 8 + rng.random()), "Cleo", "dataset.add", name, {"columns": 8}
        for worker in team:
            if n >= worker.since and _comes(worker, day, rng):
                yield from _day_of(worker, day, versions, answered, rng)


def _comes(worker: Worker, day: date, rng: np.random.Generator) -> bool:
    if worker.name == "night audit":
        return True
    if day in HOLIDAYS:
        return False
    if day.weekday() >= 5:
        return rng.random() < (0.35 if worker.works_weekends else 0.004)
    return rng.random() < 0.9


def _day_of(
    worker: Worker,
    day: date,
    versions: dict[str, int],
    answered: set[str],
    rng: np.random.Generator,
) -> Iterator[Said]:
    is_month_end = (day + timedelta(days=3)).month != day.month
    is_short = day.weekday() >= 5
    busy = worker.acts * (1.9 if is_month_end else 1.0) * (0.3 if is_short else 1.0)
    late = 2.5 * rng.random() if rng.random() < (0.3 if is_month_end else 0.04) else 0
    tasks, shares = zip(*worker.tasks.items(), strict=True)
    for _ in range(max(1, int(rng.poisson(busy)))):
        hour = np.clip(
            rng.normal((worker.begins + worker.ends) / 2, 2.2),
            worker.begins - 0.5,
            worker.ends + late,
        )
        task = str(rng.choice(tasks, p=np.array(shares) / sum(shares)))
        dataset = str(rng.choice(list(COLUMNS), p=(0.35, 0.4, 0.15, 0.1)))
        turn = Turn(worker.name, _at(day, float(hour)), dataset, versions[dataset], answered, rng)
        yield from _TASKS[task](turn)


def _at(day: date, hour: float) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(hours=hour)


def _hash(*parts: object) -> str:
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]


def question(
    dataset: str,
    version: int,
    statistic: str,
    by: str,
    where: Sequence[tuple[str, str, str]],
    rho: float,
) -> dict[str, Any]:
    """The facts of an answer."""
    shape = _hash(dataset, version, statistic, by)
    conditions = [{"column": c, "is": o, "value": _hash(c, v)} for c, o, v in where]
    return {
        "epsilon": repr(4 * rho**0.5),
        "rho": repr(rho),
        "unit": "customer",
        "columns": ["customer", by, *(c for c, _, _ in where)],
        "questions": [_hash(shape, sorted(where))],
        "shapes": [shape],
        "conditions": conditions,
    }


def _ask(turn: Turn) -> Iterator[Said]:
    usual, rng = USUAL[turn.dataset], turn.rng
    statistic = str(rng.choice(["count", "people", "sum", "mean", "median", "histogram"]))
    # Now and then somebody asks with a column that is not among the usual ones.
    pool = COLUMNS[turn.dataset][1:] if rng.random() < 0.02 else usual[1:]
    by = str(rng.choice([c for c in pool if c not in PERSONAL[turn.dataset]]))
    facts = turn.question(statistic, by, _conditions(usual, rng), rng.choice([0.01, 0.02, 0.05]))
    # What was answered is on record and cost budget, so that it is mostly looked up.
    if facts["questions"][0] in turn.answered and rng.random() < 0.85:
        return
    turn.answered.add(facts["questions"][0])
    yield turn.said("release.reserve", {"epsilon": facts["epsilon"]})
    yield turn.said("release.publish", facts)
    if rng.random() < 0.05:  # once more, with other noise
        yield turn.said("release.publish", facts | {"rho": repr(0.02)}, minutes=9)


def _conditions(usual: Sequence[str], rng: np.random.Generator) -> list[tuple[str, str, str]]:
    drawn = rng.random()
    if drawn < 0.5:
        return []
    if drawn < 0.85:  # a slice
        return [(str(rng.choice(usual[1:])), "=", f"v{rng.integers(12)}")]
    return [(usual[1], ">=", f"w{rng.integers(12)}")]


def _attack(turn: Turn) -> Iterator[Said]:
    usual, rng = USUAL[turn.dataset], turn.rng
    by = str(rng.choice(usual[1:]))
    facts = turn.question("count", by, _conditions(usual, rng), 0.02)
    act = "attack.try" if rng.random() < 0.5 else "error.compare"
    yield turn.said(act, {**facts, "epsilon": None, "internal": True})


def _output(turn: Turn) -> Iterator[Said]:
    columns = list(USUAL[turn.dataset][1:])
    yield turn.said("dataset.anonymise", {"rows": 20_000, "quasi_identifiers": columns})


def _export(turn: Turn) -> Iterator[Said]:
    yield turn.said("output.export", {"rows": int(turn.rng.lognormal(9.6, 0.5))})


def _reveal(turn: Turn) -> Iterator[Said]:
    facts = {"column": "email", "pseudonyms": 1 + int(turn.rng.poisson(2))}
    act = "vault.refuse" if turn.rng.random() < 0.06 else "vault.open"
    yield turn.said(act, facts)


def _plain(act: str) -> Callable[[Turn], Iterator[Said]]:
    def task(turn: Turn) -> Iterator[Said]:
        yield turn.said(act, {})

    return task


_TASKS: dict[str, Callable[[Turn], Iterator[Said]]] = {
    "ask": _ask,
    "attack": _attack,
    "output": _output,
    "export": _export,
    "reveal": _reveal,
    "describe": _plain("dataset.describe"),
    "discover": _plain("dataset.discover"),
    "label": _plain("label.decide"),
    "report": _plain("report.build"),
    "trail": _plain("trail.export"),
    "assess": _plain("duties.assess"),
}


# Incidents


def _when(rng: np.random.Generator, hour: float | None = None) -> datetime:
    """A working moment in the last quarter."""
    while True:
        day = START + timedelta(days=int(rng.integers(DAYS - 85, DAYS - 3)))
        if day.weekday() < 5 and day not in HOLIDAYS:
            return _at(day, float(rng.uniform(10, 14)) if hour is None else hour)


def _bulk(rng: np.random.Generator, n: int) -> list[Said]:
    at = _when(rng)
    if n % 3 == 0:  # many originals in few looks
        size = int(rng.integers(80, 400))
        return [
            (
                at + timedelta(minutes=4 * i),
                "Dina",
                "vault.open",
                "customers",
                {"column": "email", "pseudonyms": size},
            )
            for i in range(int(rng.integers(1, 5)))
        ]
    if n % 3 == 1:  # everything that was ever made
        return [
            (
                at + timedelta(minutes=2 * i),
                "Cleo",
                "output.export",
                str(rng.choice(list(COLUMNS))),
                {"rows": int(rng.integers(20_000, 60_000))},
            )
            for i in range(int(rng.integers(18, 40)))
        ]
    return [
        (at + timedelta(minutes=3 * i), "Eli", "report.build", "orders", {})
        for i in range(int(rng.integers(40, 80)))
    ]


def _night(rng: np.random.Generator, _n: int) -> list[Said]:
    at = _when(rng, float(rng.uniform(21.5, 26)))
    actor = str(rng.choice(["Ada", "Cleo", "Eli"]))
    facts = {"rows": 9_000}
    acts = [
        ("output.export", facts),
        ("discover", {}),
        ("dataset.describe", {}),
        ("report.build", {}),
    ]
    return [
        (at + timedelta(minutes=6 * i), actor, *_act(acts[int(rng.integers(4))]))
        for i in range(int(rng.integers(2, 7)))
    ]


def _act(chosen: tuple[str, dict[str, object]]) -> tuple[str, str, dict[str, object]]:
    act, facts = chosen
    return ("dataset.discover" if act == "discover" else act), "customers", facts


def _reach(rng: np.random.Generator, n: int) -> list[Said]:
    dataset = str(rng.choice(["customers", "orders"]))
    at, actor = _when(rng), str(rng.choice(["Ada", "Ben"]))
    wanted = sorted(PERSONAL[dataset])
    rest = [c for c in COLUMNS[dataset][1:] if c not in USUAL[dataset] and c not in wanted]
    return [
        (
            at + timedelta(minutes=5 * i),
            actor,
            "release.publish",
            dataset,
            question(dataset, 99, f"reach{i}{n}{at}", column, [], 0.02),
        )
        for i, column in enumerate([*wanted, *rest])
    ]


def _average(rng: np.random.Generator, n: int) -> list[Said]:
    at, actor = _when(rng), str(rng.choice(["Ada", "Ben"]))
    asked = question("orders", 98, f"average{n}{at}", "country", [("store", "=", "v1")], 0.01)
    gap = float(rng.choice([0.1, 1, 20, 50]))  # in minutes, hours, daily, every other day
    return [
        (at + timedelta(hours=gap * i), actor, "release.publish", "orders", asked)
        for i in range(int(rng.integers(5, 12)))
    ]


def _differ(rng: np.random.Generator, n: int) -> list[Said]:
    at, actor = _when(rng), str(rng.choice(["Ada", "Ben"]))
    name = f"differ{n}{at}"
    if n % 3 == 0:  # with and without one person
        wheres = [[], [("customer", "!=", f"p{rng.integers(1000)}")]]
    elif n % 3 == 1:  # values left out, one by one
        wheres = [[], *([("country", "!=", f"c{i}")] for i in range(int(rng.integers(2, 5))))]
    else:  # a limit that creeps
        wheres = [[("amount", "<", f"a{i}")] for i in range(int(rng.integers(8, 14)))]
    return [
        (
            at + timedelta(minutes=7 * i),
            actor,
            "release.publish",
            "orders",
            question("orders", 97, name, "country", where, 0.02),
        )
        for i, where in enumerate(wheres)
    ]


def _refuse(rng: np.random.Generator, _n: int) -> list[Said]:
    at, actor = _when(rng), str(rng.choice(["Dina", "Ben"]))
    return [
        (
            at + timedelta(minutes=i),
            actor,
            "vault.refuse",
            "customers",
            {"column": "email", "pseudonyms": 1},
        )
        for i in range(int(rng.integers(6, 15)))
    ]


def _stranger(rng: np.random.Generator, n: int) -> list[Said]:
    at, actor = _when(rng), f"visitor {n}"
    first = (at, actor, "dataset.discover", "customers", {})
    act = ("vault.open", {"column": "email", "pseudonyms": 3})
    if rng.random() < 0.5:
        act = ("output.export", {"rows": 12_000})
    return [
        first,
        *(
            (at + timedelta(minutes=9 * (i + 1)), actor, act[0], "customers", act[1])
            for i in range(int(rng.integers(1, 4)))
        ),
    ]


def _rummage(rng: np.random.Generator, n: int) -> list[Said]:
    return _rummaging(rng, n, int(rng.integers(30, 50)), STRANGERS_TO_IT)


def _rummaging(rng: np.random.Generator, n: int, acts: int, actors: Sequence[str]) -> list[Said]:
    """A little too much of everything, in nobody's usual way, below every single limit."""
    at, actor = _when(rng), str(rng.choice(list(actors)))
    said: list[Said] = []
    for i in range(acts):
        dataset = list(COLUMNS)[i % 4]
        by = USUAL[dataset][1 + i % 3]
        moment = at + timedelta(minutes=1.2 * i)
        choice = i % 3
        if choice == 0:
            facts = question(dataset, 96, f"rummage{n}{i}{at}", by, [], 0.03)
            said.append((moment, actor, "release.publish", dataset, facts))
        elif choice == 1:
            facts = question(dataset, 96, f"look{n}{i}{at}", by, [], 0.03)
            said.append((moment, actor, "attack.try", dataset, {**facts, "epsilon": None}))
        else:
            said.append((moment, actor, "dataset.discover", dataset, {}))
    return said


_SOWN: dict[AlarmKind, Callable[[np.random.Generator, int], list[Said]]] = {
    AlarmKind.BULK_EXPORT: _bulk,
    AlarmKind.ODD_HOURS: _night,
    AlarmKind.UNUSUAL_COLUMNS: _reach,
    AlarmKind.AVERAGING: _average,
    AlarmKind.DIFFERENCING: _differ,
    AlarmKind.REFUSALS: _refuse,
    AlarmKind.NEW_ACTOR: _stranger,
    AlarmKind.UNUSUAL: _rummage,
}
