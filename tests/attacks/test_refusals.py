"""A refusal must tell nothing about the data: it depends on the question and the budget alone.

    question ──table one────▶ answered, or refused in words ─┐
    question ──table two────▶ answered, or refused in words ─┴─ the same, word for word

The tables have the same columns and the same number of rows, and hold whatever numbers, texts and
moments their columns can. A crash or a warning on one of them would tell as much as a refusal.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from compliance.errors import ComplianceError, TooManyGroupsError
from compliance.privacy import (
    aggregate,
    bounding,
    calibrate,
    check_query,
    joined,
    joined_columns,
    mechanisms,
    preview,
    publish,
    to_query,
)
from compliance.privacy.nouns import Budget
from compliance.settings import MAX_GROUPS
from tests.privacy_cases import KEY, ORDERS, PROFILES, budget, table_of

Rows = list[tuple[object, ...]]
JOIN = [{"dataset": "profiles", "unit": "id"}]
COLUMNS = ["who", "city", "day", "amount", "kind", "profiles.plan", "profiles.age", "nowhere"]

PEOPLE = st.sampled_from(["ann", "bob", "cem", "", "(no value)", "a\x1fb", None])
TEXTS = st.sampled_from(["a", "b", "(no value)", "a\x1fb", "", "ß", None])
MOMENTS = st.none() | st.datetimes(dt.datetime(1700, 1, 1), dt.datetime(2261, 1, 1))
NUMBERS = st.one_of(
    st.none(),
    st.sampled_from([0.0, -0.0, 5e-324, -1.7976931348623157e308, 1e300]),
    st.floats(allow_nan=False, allow_infinity=False),
)
INTEGERS = st.one_of(
    st.none(), st.integers(0, 9), st.sampled_from([2**63 - 1, -(2**63), 2**53 + 1])
)
ROW = st.tuples(PEOPLE, TEXTS, MOMENTS, NUMBERS, INTEGERS)
EMPTY = (None, None, None, None, None)  # a table without any value
PROFILE = st.tuples(PEOPLE, TEXTS, INTEGERS)


@st.composite
def two_tables(draw: st.DrawFn) -> tuple[tuple[Rows, Rows], tuple[Rows, Rows]]:
    """Orders and profiles, each twice with the same number of rows."""
    rows, others = draw(st.integers(1, 12)), draw(st.integers(1, 5))
    one = st.lists(ROW, min_size=rows, max_size=rows) | st.just([EMPTY] * rows)
    other = st.lists(PROFILE, min_size=others, max_size=others)
    return (draw(one), draw(one)), (draw(other), draw(other))


BOUNDS = st.sampled_from([0, 1, -3, 50, 0.5, 1e10, -1e10, 1e11, None, "x"])
UNITS = st.sampled_from(["whole", "cents", "tenths"])


@st.composite
def statistics(draw: st.DrawFn) -> dict[str, object]:
    """A statistic, often one that cannot be asked."""
    kinds = ["count", "sum", "mean", "variance", "standard_deviation", "median", "quantile"]
    kind = draw(st.sampled_from([*kinds, "histogram", "top", "mode"]))
    if kind == "count":
        return {kind: draw(st.sampled_from(["rows", "units", "words"]))}
    if kind == "top":
        return {kind: {"groups": draw(st.sampled_from([1, 3, 0])), "of": "units"}}
    about: dict[str, object] = {"column": draw(st.sampled_from(COLUMNS))}
    about |= {"lower": draw(BOUNDS), "upper": draw(BOUNDS), "unit": draw(UNITS)}
    more = {"quantile": {"at": 0.9}, "histogram": {"bins": 4}}.get(kind, {})
    if kind in ("median", "quantile"):
        more |= draw(st.sampled_from([{}, {"step": 1}, {"step": 10**8}]))
    return {kind: about | more}


BY = st.sampled_from(
    [
        *(name for name in COLUMNS if name != "nowhere"),
        {"column": "day", "per": "month"},
        {"column": "day", "per": "quarter"},
        {"column": "city", "per": "year"},
        {"column": "amount", "edges": [-1, 0, 2.5]},
        {"column": "kind", "edges": [0, 5, 10]},
        {"column": "profiles.age", "edges": [0, 50, 99]},
    ]
)
KEYS = {"city": ["a", "(no value)"], "day": ["1969-12", "2024-Q1"], "profiles.plan": ["a"]}


@st.composite
def questions(draw: st.DrawFn) -> dict[str, object]:
    by = draw(st.lists(BY, max_size=2, unique_by=str))
    named = [str(b["column"]) if isinstance(b, dict) else b for b in by]
    chosen = draw(st.sampled_from([{}, KEYS]))
    return {
        "unit": draw(st.sampled_from(["who", "who", "who", "kind", "profiles.id", "nowhere"])),
        "by": by,
        "public_keys": {c: keys for c, keys in chosen.items() if c in named},
        "max_groups": draw(st.sampled_from([1, 2, 10**6])),
        "max_rows_per_group": draw(st.sampled_from([1, 3, 10**6])),
        "statistics": draw(st.lists(statistics(), min_size=1, max_size=3)),
        "mechanism": draw(st.sampled_from(["gaussian", "laplace", "randomised_response"])),
        "where": draw(
            st.sampled_from(["", "kind > 3", "amount <= 1e9", "city != 'a'", "day > 1970-01-01"])
            | st.sampled_from(["kind = x", "city > 3", "profiles.age > 1", "nowhere = 1"])
        ),
        "period": draw(st.sampled_from([None, {"column": "day", "per": "month", "most": 2}])),
        "join": JOIN,
    }


# Questions that can be asked, so that the whole way is gone often.
SOUND = st.fixed_dictionaries(
    {
        "unit": st.just("who"),
        "by": st.lists(
            BY, max_size=2, unique_by=lambda b: b["column"] if isinstance(b, dict) else b
        ).map(
            lambda chosen: [
                b for b in chosen if b not in ("who", {"column": "city", "per": "year"})
            ]
        ),
        "max_groups": st.integers(1, 3),
        "max_rows_per_group": st.integers(1, 3),
        "statistics": st.sampled_from(
            [
                [{"sum": {"column": "amount", "lower": -1e10, "upper": 1e10, "unit": "cents"}}],
                [{"variance": {"column": "kind", "lower": -1e10, "upper": 1e10, "unit": "cents"}}],
                [
                    {"mean": {"column": "profiles.age", "lower": 0, "upper": 1e10}},
                    {"count": "rows"},
                ],
                [{"median": {"column": "amount", "lower": -1e10, "upper": 1e10}}],
                [{"quantile": {"column": "kind", "lower": 0, "upper": 9, "at": 0.001}}],
                [{"histogram": {"column": "amount", "lower": 0, "upper": 1}}, {"count": "units"}],
            ]
        ),
        "mechanism": st.sampled_from(["gaussian", "laplace"]),
        "join": st.just(JOIN),
    }
)


def outcome(
    folder: Path, raw: dict[str, Any], asked: Budget, orders: Rows, profiles: Rows
) -> tuple[str, str]:
    """How the whole way from the question to what is published ended. Nothing else may come out."""
    table, columns = table_of(folder, ORDERS, orders)
    other, beside = table_of(folder, PROFILES, profiles)
    every = (*columns, *joined_columns("profiles", beside))
    try:
        query = to_query(raw)
        check_query(query, every)
        calibration = calibrate(query, asked)
        exact = aggregate(joined(table, query, {"profiles": other}, KEY), query, every, KEY)
        preview(exact, query, asked)
        publish(exact, query, calibration, mechanisms)
    except ComplianceError as refusal:
        return type(refusal).__name__, str(refusal)
    return "answered", ""


def ends(
    folder: Path, raw: dict[str, Any], asked: Budget, tables: tuple[Any, Any]
) -> set[tuple[str, str]]:
    """How the question ends on either pair of tables; more than one way tells them apart."""
    return {outcome(folder, raw, asked, *content) for content in zip(*tables, strict=True)}


@settings(max_examples=250, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    raw=st.one_of(questions(), SOUND),
    tables=two_tables(),
    epsilon=st.sampled_from(["1e-6", "0.5", "100"]),
)
def test_two_tables_of_one_shape_are_answered_or_refused_alike(
    tmp_path: Path, raw: dict[str, Any], tables: tuple[Any, Any], epsilon: str
) -> None:
    assert len(ends(tmp_path, raw, budget(epsilon), tables)) == 1


EXTREMES = [
    pytest.param({"by": ["city"], "max_groups": 10**6}, "BadBoundsError", id="64 bits"),
    pytest.param({"mechanism": "laplace"}, "answered", id="nearly 64 bits"),
    pytest.param({"max_rows_per_group": 1}, "answered", id="huge but bounded"),
    pytest.param(
        {"by": ["city"], "max_groups": 10**6, "statistics": [{"top": {"groups": 1000}}]},
        "answered",
        id="a thousand largest of two",
    ),
    pytest.param({"where": "amount > 1e400"}, "answered", id="a bound beyond all numbers"),
]


@pytest.mark.parametrize(("change", "end"), EXTREMES)
def test_extremes_end_in_words_or_answers(
    tmp_path: Path, change: dict[str, object], end: str
) -> None:
    raw: dict[str, Any] = {
        "unit": "who",
        "max_rows_per_group": 10**6,
        "statistics": [
            {"sum": {"column": "amount", "lower": -1e10, "upper": 1e10, "unit": "cents"}},
            {"variance": {"column": "amount", "lower": -1e10, "upper": 1e10, "unit": "cents"}},
        ],
    }
    rows: Rows = [("ann", "a", None, 1e308, 2**63 - 1), ("bob", "b", None, -1e308, -(2**63))]

    found, _ = outcome(tmp_path, {**raw, **change}, budget(), rows, [("ann", "a", 1)])

    assert found == end


def test_a_refusal_that_counts_groups_would_be_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = {"unit": "who", "by": ["city"], "statistics": [{"count": "rows"}]}
    one: Rows = [("ann", "a", None, 1.0, 1), ("bob", "a", None, 1.0, 1)]
    other: Rows = [("ann", "a", None, 1.0, 1), ("bob", "b", None, 1.0, 1)]
    tables = (one, other), ([("ann", "a", 1)],) * 2
    grouped = bounding.groups_of

    def counting(*given: Any) -> Any:
        groups = grouped(*given)
        if len(groups.keys) > 1:
            raise TooManyGroupsError(groups=len(groups.keys), limit=1)
        return groups

    assert len(ends(tmp_path, raw, budget(), tables)) == 1
    monkeypatch.setattr(bounding, "groups_of", counting)
    assert len(ends(tmp_path, raw, budget(), tables)) == 2


def test_more_groups_than_may_be_typed_are_no_reason_to_refuse(tmp_path: Path) -> None:
    """How many private groups there are depends on the data, so it must not decide."""
    rows: Rows = [(f"p{i}", f"c{i}", None, 1.0, 1) for i in range(100_001)]
    query = to_query({"unit": "who", "by": ["city"], "statistics": [{"count": "rows"}]})
    table, columns = table_of(tmp_path, ORDERS, rows)

    seen = preview(aggregate(table, query, columns, KEY), query, budget())

    assert seen.withheld_groups == 100_001 > MAX_GROUPS
