"""Adding or removing one person must change nothing by more than its stated sensitivity.

    tables ────────────────▶ parts, scores ─┐
    tables + one person ───▶ parts, scores ─┴─ difference ≤ what the noise is calibrated to

The person may have any rows, in any groups and in every joined table, with any values, before or
after those of the others. The attack is one function, `told_apart`. It runs on the desk as it is,
where it must find nothing, and on desks from which one protection was taken, where it must find
the person.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from compliance.privacy import (
    Aggregate,
    aggregates,
    calibrate,
    lots,
    rows,
    selections,
    to_query,
)
from compliance.privacy.aggregates import CHOICES, Part, Ranked, Role, parts_of
from compliance.privacy.nouns import SelectionEvent
from compliance.privacy.nouns.question import Mechanism, Query, StatisticKind
from compliance.privacy.selections import scores
from tests.privacy_cases import EVERY_STATISTIC, budget, summed

Order = tuple[str | None, str | None, dt.datetime | None, float | None, int | None]
Profile = tuple[str | None, str | None, int | None]
JOIN = [{"dataset": "profiles", "unit": "id"}]
MONTH = {"column": "day", "per": "month"}
BARS = {"column": "amount", "edges": [-100, 0, 10, 1000]}
AGE = {"mean": {"column": "profiles.age", "lower": 18, "upper": 99}}
PUBLIC = {
    "city": ["a", "b", "x"],
    "day": ["1969-12", "1970-01", "2024-02"],
    "profiles.plan": ["free", "gold"],
}
NOTHING = Ranked(values=np.zeros(0, np.int64), starts=np.zeros(2, np.int64))


@dataclass(frozen=True, kw_only=True)
class Worlds:
    """The same question asked without and with one person."""

    query: Query
    without: Aggregate
    with_person: Aggregate


def told_apart(worlds: Worlds) -> set[str]:
    """What of an answer shows the person beyond what the noise is calibrated to; mostly nothing."""
    found = set(_by_people(worlds))
    for part in parts_of(worlds.query):
        is_choice = part.statistic.kind is StatisticKind.QUANTILE
        if (_by_scores if is_choice else _by_numbers)(worlds, part):
            found.add(part.name)
    return found


def _by_people(worlds: Worlds) -> Iterator[str]:
    moved = _moved(worlds, worlds.without.units, worlds.with_person.units)
    if sum(moved.values()) > worlds.query.groups_per_unit or max(moved.values(), default=0) > 1:
        yield "people per group"
    if not 0 <= worlds.with_person.people - worlds.without.people <= 1:
        yield "people"


def _by_numbers(worlds: Worlds, part: Part) -> bool:
    before, after = (a.parts[part.name] for a in (worlds.without, worlds.with_person))
    moved = _moved(worlds, before, after)
    if max(moved.values(), default=0) > part.per_group or sum(moved.values()) > part.l1:
        return True
    if sum(m**2 for m in moved.values()) > part.l2_squared:
        return True
    if part.role is not Role.CHOICE:
        return False
    rises = _moved(worlds, before, after, size=lambda change: int(-change.min()))
    return max(rises.values(), default=0) > 0  # half the price rests on going one way


def _by_scores(worlds: Worlds, part: Part) -> bool:
    events = {p.name: event for p, event in calibrate(worlds.query, budget()).parts}
    event = events[part.name]
    assert isinstance(event, SelectionEvent)
    moved = []
    for key in {*worlds.without.keys, *worlds.with_person.keys}:
        before, after = (
            scores(*_ranked(a, part, key), part.statistic, part.role, event)
            for a in (worlds.without, worlds.with_person)
        )
        moved.append(int(np.abs(after - before).max()))
    return max(moved, default=0) > event.sensitivity or sum(map(bool, moved)) > event.groups


def _ranked(aggregate: Aggregate, part: Part, key: tuple[str, ...]) -> tuple[Ranked, int]:
    """A group's values; a group that is not there is an empty one."""
    if key not in aggregate.keys:
        return NOTHING, 0
    return aggregate.ranked[part.statistic.name], aggregate.keys.index(key)


def _moved(
    worlds: Worlds,
    before: Any,
    after: Any,
    size: Callable[[Any], int] = lambda change: int(np.abs(change).sum()),
) -> Mapping[tuple[str, ...], int]:
    """Per group that changed, by how much; groups are compared by what they are called."""
    assert len(set(worlds.with_person.keys)) == len(worlds.with_person.keys)
    old = dict(zip(worlds.without.keys, before, strict=True))
    new = dict(zip(worlds.with_person.keys, after, strict=True))
    changes = {key: np.asarray(new.get(key, 0) - old.get(key, 0)) for key in {*old, *new}}
    return {key: size(change) for key, change in changes.items() if change.any()}


def asked(**change: object) -> Query:
    raw: dict[str, Any] = {
        "unit": "who",
        "by": ["city"],
        "max_groups": 2,
        "max_rows_per_group": 2,
        "statistics": list(EVERY_STATISTIC.values()),
    }
    return to_query({**raw, **change})


AMOUNTS = st.one_of(
    # Values that are alike in part, so that choosing among them meets equals.
    st.sampled_from([0.0, -0.0, 0.2, 1.0, None]),
    st.integers(-(10**6), 10**6).map(float),
    st.floats(allow_nan=False, allow_infinity=False),
)
MOMENTS = st.sampled_from(
    [
        None,
        dt.datetime(1969, 12, 31, 23, 59, 59),
        dt.datetime(1970, 1, 1),
        dt.datetime(2024, 2, 29, 12, 0, 0, 1),
        dt.datetime(2024, 2, 29, 12, 0, 0, 2),  # written like the one before
    ]
)
KINDS = st.one_of(st.none(), st.integers(0, 12), st.integers(-(2**63), 2**63 - 1))
CITIES = st.sampled_from(["a", "b", "c", "(no value)", None])


def orders(people: Sequence[str | None]) -> st.SearchStrategy[list[Order]]:
    row = st.tuples(st.sampled_from(people), CITIES, MOMENTS, AMOUNTS, KINDS)
    return st.lists(row, max_size=25)


def profiles(people: Sequence[str | None]) -> st.SearchStrategy[list[Profile]]:
    plan, age = st.sampled_from(["free", "gold", "new", None]), st.integers(0, 120)
    return st.lists(st.tuples(st.sampled_from(people), plan, st.none() | age), max_size=10)


@st.composite
def questions(draw: st.DrawFn) -> Query:
    choices: list[list[object]] = [[], ["city"], ["day"], ["city", MONTH], [BARS, "city"]]
    choices += [["profiles.plan"], ["city", "profiles.plan", MONTH]]
    by = draw(st.sampled_from(choices))
    named = [str(b["column"]) if isinstance(b, dict) else str(b) for b in by]
    has_public_keys = draw(st.booleans())
    period = MONTH | {"most": draw(st.integers(1, 2))} if MONTH in by else None
    largest = [] if by else ["largest", "most people"]
    statistics = [raw for name, raw in EVERY_STATISTIC.items() if name not in largest]
    return asked(
        by=by,
        public_keys={c: PUBLIC[c] for c in named if c in PUBLIC} if has_public_keys else {},
        period=period if draw(st.booleans()) else None,
        max_groups=draw(st.integers(1, 3)),
        max_rows_per_group=draw(st.integers(1, 3)),
        where=draw(st.sampled_from(["", "kind > 1", "amount > 0", "profiles.age >= 40"])),
        join=JOIN,
        statistics=[*statistics, AGE],
        mechanism=draw(st.sampled_from(["gaussian", "laplace"])),
    )


def two_worlds(
    folder: Path,
    query: Query,
    others: tuple[Sequence[Order], Sequence[Profile]],
    person: tuple[Sequence[Order], Sequence[Profile]],
) -> Worlds:
    """The person's rows come first, where numbers that tables give to values would be theirs."""
    together = [[*hers, *theirs] for hers, theirs in zip(person, others, strict=True)]
    return Worlds(
        query=query,
        without=summed(folder, query, *others),
        with_person=summed(folder, query, *together),
    )


OTHERS: list[str | None] = ["ann", "bob", "cem", None]


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    query=questions(),
    others=st.tuples(orders(OTHERS), profiles(OTHERS)),
    person=st.tuples(orders(["eve"]), profiles(["eve"])),
)
def test_one_person_changes_nothing_by_more_than_its_sensitivity(
    tmp_path: Path,
    query: Query,
    others: tuple[list[Order], list[Profile]],
    person: tuple[list[Order], list[Profile]],
) -> None:
    assert told_apart(two_worlds(tmp_path, query, others, person)) == set()


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(others=orders(OTHERS), person=orders(["eve"]))
def test_of_changed_answers_one_person_gives_one(
    tmp_path: Path, others: list[Order], person: list[Order]
) -> None:
    query = asked(
        public_keys={"city": ["a", "c"]},
        max_groups=1,
        statistics=[{"count": "units"}],
        mechanism=Mechanism.RANDOMISED_RESPONSE,
    )

    worlds = two_worlds(tmp_path, query, (others, ()), (person, ()))

    assert told_apart(worlds) == set()
    assert worlds.with_person.units.sum() <= worlds.with_person.people


# ------------------------------------------------------- desks from which one protection was taken


def _order(city: str = "a", month: int = 1, amount: float = 1.0, kind: int = 1) -> Order:
    return ("eve", city, dt.datetime(2024, month, 5), amount, kind)


def _unbounded(monkeypatch: pytest.MonkeyPatch, change: Callable[[Query], Query]) -> None:
    kept = aggregates.bound
    monkeypatch.setattr(
        aggregates, "bound", lambda table, query, *rest: kept(table, change(query), *rest)
    )


def no_limit_on_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    _unbounded(monkeypatch, lambda query: replace(query, max_rows_per_group=999))


def no_limit_on_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    _unbounded(monkeypatch, lambda query: replace(query, max_groups=999))


def no_limit_on_periods(monkeypatch: pytest.MonkeyPatch) -> None:
    _unbounded(
        monkeypatch,
        lambda query: replace(query, period=query.period and replace(query.period, most=999)),
    )


def no_clamp(monkeypatch: pytest.MonkeyPatch) -> None:
    unclipped = SimpleNamespace(**{**vars(np), "clip": lambda values, *_: values})
    monkeypatch.setattr(aggregates, "np", unclipped)


def no_centre(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sums that are not centred on the middle, with the sensitivity of those that are."""
    centred = aggregates.reach
    of = {s.name: centred(s) for s in asked().statistics if s.upper is not None}
    monkeypatch.setattr(aggregates, "reach", lambda statistic: of[statistic.name])
    monkeypatch.setattr(aggregates, "middle", lambda statistic: -10 * of[statistic.name])


def no_quotient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aggregates, "_rounded_quotient", lambda values, step: values)


def groups_kept_by_their_number(monkeypatch: pytest.MonkeyPatch) -> None:
    """Which groups a person keeps then depends on which the table shows first."""
    numbered = lambda groups, key: np.arange(len(groups.keys), dtype=np.uint64)  # noqa: E731
    monkeypatch.setattr(lots, "hashed_groups", numbered)
    monkeypatch.setattr(lots, "mixed", lambda hashes: hashes)
    monkeypatch.setattr(lots.OwnLots, "_salt", lambda self, use: np.uint64(0))
    monkeypatch.setattr(lots, "hashed", lambda codes, key: np.zeros(9, np.uint64))


def joined_values_kept_by_their_number(monkeypatch: pytest.MonkeyPatch) -> None:
    def first_seen(people: Any, values: Any, _: bytes) -> np.ndarray:
        found = [values.codes[people.codes == who] for who in range(len(people.labels))]
        return np.array([codes.min() for codes in found], dtype=np.int32)

    monkeypatch.setattr(rows, "_one_each", first_seen)


def scores_of_a_neighbouring_share(monkeypatch: pytest.MonkeyPatch) -> None:
    """Scores counted as for a larger share than the one whose sensitivity was stated."""
    monkeypatch.setattr(selections, "to_ratio", lambda at: (19, 1))


MUTATIONS = [
    pytest.param(no_clamp, {}, [_order(amount=1e7)], id="clamp"),
    pytest.param(no_limit_on_rows, {}, [_order(amount=n, kind=n) for n in range(5)], id="rows"),
    pytest.param(no_limit_on_groups, {}, [_order(city) for city in "abc"], id="groups"),
    pytest.param(
        no_limit_on_periods,
        {"by": ["city", MONTH], "max_groups": 1, "period": MONTH | {"most": 1}},
        [_order(month=month) for month in (1, 2, 3)],
        id="periods",
    ),
    pytest.param(no_centre, {}, [_order(amount=90)], id="centring"),
    pytest.param(no_quotient, {}, [_order(amount=900)], id="quotient"),
    pytest.param(
        groups_kept_by_their_number,
        {"max_groups": 1, "statistics": [{"count": "rows"}, {"count": "units"}]},
        [_order("b")],
        id="choice of groups",
    ),
    pytest.param(
        joined_values_kept_by_their_number,
        {"by": ["profiles.plan"], "join": JOIN, "max_groups": 1},
        [_order()],
        id="choice of joined values",
    ),
    pytest.param(scores_of_a_neighbouring_share, {}, [_order(kind=9)] * 2, id="scores"),
]


@pytest.mark.parametrize(("mutate", "change", "person"), MUTATIONS)
def test_a_protection_that_is_taken_away_is_missed(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    mutate: Callable[[pytest.MonkeyPatch], None],
    change: dict[str, object],
    person: list[Order],
) -> None:
    """Ann and Bob each have two cities and two plans; Eve comes before them, as listed."""
    query = asked(**change)
    others: list[Order] = [
        (who, city, dt.datetime(2024, 1, 5), 3.0, 1) for city in "ab" for who in ("ann", "bob")
    ]
    plans: list[Profile] = [(w, p, 30) for p in ("free", "gold") for w in ("ann", "bob")]

    def attack() -> set[str]:
        eve = (person, [("eve", "gold", 40)])
        return told_apart(two_worlds(tmp_path, query, (others, plans), eve))

    assert attack() == set()
    mutate(monkeypatch)
    assert attack()


def test_the_private_search_for_quantiles_prices_every_group_of_a_person() -> None:
    events = [e for p, e in calibrate(asked(), budget()).parts if p.role in CHOICES]

    assert {(e.statistic, e.groups) for e in events if isinstance(e, SelectionEvent)} >= {
        ("median_amount:choice", 2),
        ("quantile_0.9_kind:choice_low", 2),
        ("top_2_rows:choice", 1),
    }
