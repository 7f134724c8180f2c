"""Every person is limited to so many groups and rows, whatever anybody else does."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from compliance.dataset import Table
from compliance.dataset.nouns import Column
from compliance.privacy import aggregate, to_query
from compliance.privacy.bounding import Bounded, bound
from compliance.privacy.nouns.question import Query

Stored = Callable[..., tuple[Table, tuple[Column, ...]]]
KEY = b"k" * 32
FUNCTION_FIXTURE = settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def query(**change: object) -> Query:
    raw: dict[str, Any] = {
        "unit": "who",
        "by": ["city"],
        "max_groups": 2,
        "max_rows_per_group": 3,
        "statistics": [{"sum": {"column": "amount", "lower": 0, "upper": 100}}],
    }
    return to_query({**raw, **change})


def contents(bounded: Bounded, table: Table) -> Counter[tuple[object, ...]]:
    """The rows that count, as a multiset of their contents."""
    columns = [table.codes(c) for c in ("who", "city", "amount")]  # type: ignore[arg-type]
    return Counter(
        tuple(c.texts()[c.codes[row]] if c.codes[row] >= 0 else None for c in columns)
        for row in bounded.rows
    )


PEOPLE = st.lists(
    st.tuples(
        st.sampled_from(["ann", "bob", "cem", None]),
        st.sampled_from(["Bonn", "Trier", "Ulm", None]),
        st.integers(-5, 200),
    ),
    min_size=1,
    max_size=40,
)


def columns_of(rows: list[tuple[str | None, str | None, int]]) -> dict[str, list[object]]:
    return {
        "who": [r[0] for r in rows],
        "city": [r[1] for r in rows],
        "amount": [r[2] for r in rows],
    }


@FUNCTION_FIXTURE
@given(rows=PEOPLE, groups=st.integers(1, 3), per_group=st.integers(1, 4))
def test_nobody_counts_in_more_groups_or_rows_than_allowed(
    stored: Stored, rows: list[tuple[str | None, str | None, int]], groups: int, per_group: int
) -> None:
    table, columns = stored(**columns_of(rows))
    asked = query(max_groups=groups, max_rows_per_group=per_group)

    bounded = bound(table, asked, columns, KEY)

    who = table.codes(asked.unit).codes[bounded.rows]
    pairs = Counter(zip(who.tolist(), bounded.groups.tolist(), strict=True))
    assert all(count <= per_group for count in pairs.values())
    assert all(n <= groups for n in Counter(person for person, _ in pairs).values())
    assert (who >= 0).all()
    assert bounded.is_first_of_unit.sum() == len(pairs)


@FUNCTION_FIXTURE
@given(rows=PEOPLE, seed=st.integers(0, 99))
def test_the_order_of_rows_does_not_matter(
    stored: Stored, rows: list[tuple[str | None, str | None, int]], seed: int
) -> None:
    shuffled = [rows[i] for i in np.random.default_rng(seed).permutation(len(rows))]
    one, columns = stored(**columns_of(rows))
    other, _ = stored(**columns_of(shuffled))

    kept = contents(bound(one, query(), columns, KEY), one)

    assert contents(bound(other, query(), columns, KEY), other) == kept


@FUNCTION_FIXTURE
@given(rows=PEOPLE)
def test_what_is_kept_of_a_person_depends_on_nobody_else(
    stored: Stored, rows: list[tuple[str | None, str | None, int]]
) -> None:
    table, columns = stored(**columns_of(rows))
    others = [row for row in rows if row[0] != "ann"] or [("bob", "Ulm", 1)]
    without, _ = stored(**columns_of(others))

    kept = contents(bound(table, query(), columns, KEY), table)
    kept_without = contents(bound(without, query(), columns, KEY), without)

    if any(row[0] != "ann" for row in rows):
        assert {r: n for r, n in kept.items() if r[0] != "ann"} == dict(kept_without)


def test_another_key_keeps_other_rows(stored: Stored) -> None:
    table, columns = stored(who=["ann"] * 50, city=["Bonn"] * 50, amount=list(range(50)))

    kept = [contents(bound(table, query(), columns, key), table) for key in (b"a" * 32, b"b" * 32)]

    assert kept[0] != kept[1]


def test_what_is_dropped_is_counted(stored: Stored) -> None:
    table, columns = stored(
        who=["ann", "ann", "ann", "bob", None],
        city=["Bonn", "Bonn", "Ulm", "Bonn", "Bonn"],
        amount=[1, 2, 3, 4, 5],
    )

    bounded = bound(table, query(max_groups=1, max_rows_per_group=1), columns, KEY)

    assert (bounded.dropped.rows, bounded.dropped.units, bounded.dropped.rows_without_unit) == (
        3,
        1,
        1,
    )


def test_public_groups_are_all_there_and_no_others(stored: Stored) -> None:
    table, columns = stored(who=["ann", "bob"], city=["Bonn", "Secret"], amount=[1, 2])

    exact = aggregate(table, query(public_keys={"city": ["Bonn", "Ulm"]}), columns, KEY)

    assert exact.keys == (("Bonn",), ("Ulm",))
    assert exact.units.tolist() == [1, 0]


def test_a_missing_key_is_a_group_of_its_own(stored: Stored) -> None:
    table, columns = stored(who=["ann", "bob"], city=["Bonn", None], amount=[1, 2])

    exact = aggregate(table, query(), columns, KEY)

    assert sorted(exact.keys) == [("(no value)",), ("Bonn",)]


def test_two_columns_make_groups_of_both(stored: Stored) -> None:
    table, columns = stored(
        who=["ann", "bob", "cem"],
        city=["Bonn", "Bonn", "Ulm"],
        kind=["a", "b", "a"],
        amount=[1, 2, 3],
    )

    exact = aggregate(table, query(by=["city", "kind"]), columns, KEY)

    assert dict(zip(exact.keys, exact.units.tolist(), strict=True)) == {
        ("Bonn", "a"): 1,
        ("Bonn", "b"): 1,
        ("Ulm", "a"): 1,
    }


WHERE = [
    pytest.param("amount > 2", 2, id="number"),
    pytest.param("amount != 2", 3, id="missing never matches"),
    pytest.param("city = 'Bonn'", 2, id="text"),
    pytest.param("city = 'Nowhere'", 0, id="a value that is not there"),
    pytest.param("day >= 2024-01-02", 2, id="date"),
    pytest.param("ok = true", 2, id="truth value"),
    pytest.param("amount > 1 and city = 'Ulm'", 1, id="both"),
]


@pytest.mark.parametrize(("where", "expected"), WHERE)
def test_conditions_choose_rows(stored: Stored, where: str, expected: int) -> None:
    import datetime as dt

    days = [dt.date(2024, 1, 1), dt.date(2024, 1, 2), None, dt.date(2024, 1, 3)]
    table, columns = stored(
        who=["a", "b", "c", "d"],
        city=["Bonn", "Bonn", "Ulm", None],
        amount=[1, 3, 5, None],
        day=days,
        ok=[True, None, False, True],
    )
    if where == "amount != 2":
        expected = 3

    exact = aggregate(
        table, query(by=[], where=where, statistics=[{"count": "rows"}]), columns, KEY
    )

    assert exact.parts["count_rows:value"].tolist() == [expected]


AMOUNTS = [
    pytest.param([1, 250, -7], "whole", 0, 100, 101, id="clamped on both sides"),
    pytest.param([1.234, 2.345, 3.0], "cents", 0, 100, 658, id="money in cents"),
    pytest.param([2.5, 3.5, 0.4], "whole", 0, 100, 6, id="rounded to wholes"),
    pytest.param([1, None, 5], "whole", 2, 100, 7, id="missing adds nothing"),
    pytest.param([10**18, 3, 4], "cents", 0, 50, 5700, id="huge values do not overflow"),
    pytest.param([0.29, 0.57, 1.15], "cents", 0, 5, 201, id="binary fractions"),
]


@pytest.mark.parametrize(("amounts", "unit", "lower", "upper", "total"), AMOUNTS)
def test_sums_are_whole_numbers_of_clamped_values(
    stored: Stored, amounts: list[float], unit: str, lower: int, upper: int, total: int
) -> None:
    table, columns = stored(who=["a", "b", "c"], city=["x"] * 3, amount=amounts)
    statistics = [{"sum": {"column": "amount", "lower": lower, "upper": upper, "unit": unit}}]

    exact = aggregate(table, query(by=[], statistics=statistics), columns, KEY)

    assert exact.parts["sum_amount:value"].dtype == np.int64
    assert exact.parts["sum_amount:value"].tolist() == [total]


def test_a_mean_is_a_centred_sum_and_the_rows_with_a_value(stored: Stored) -> None:
    table, columns = stored(who=["a", "b", "c"], city=["x"] * 3, amount=[10, None, 30])
    statistics = [{"mean": {"column": "amount", "lower": 0, "upper": 100}}]

    exact = aggregate(table, query(by=[], statistics=statistics), columns, KEY)

    assert exact.parts["mean_amount:centred_sum"].tolist() == [(10 - 50) + (30 - 50)]
    assert exact.parts["mean_amount:present_rows"].tolist() == [2]
