"""Every person is limited to so many groups and rows, whatever anybody else does."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from compliance.dataset import Table
from compliance.dataset.nouns import Column, ColumnName
from compliance.privacy import Bounded, aggregate, bound, choice_of, joined, to_query
from compliance.privacy.grouping import Groups, hashed_groups
from compliance.privacy.nouns.question import Query
from compliance.privacy.rows import hashed_numbers

Stored = Callable[..., tuple[Table, tuple[Column, ...]]]
KEY = b"k" * 32
AMOUNT = {"column": "amount", "lower": 0, "upper": 50}
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


def contents(bounded: Bounded, table: Table, *more: str) -> Counter[tuple[object, ...]]:
    """The rows that count, as a multiset of their contents."""
    columns = [table.codes(ColumnName(c)) for c in ("who", "city", "amount", *more)]
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
    assert bounded.units.sum() == len(pairs)


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


@FUNCTION_FIXTURE
@given(rows=PEOPLE, seed=st.integers(0, 99), groups=st.integers(1, 3), most=st.integers(1, 2))
def test_with_a_period_too_neither_order_nor_others_decide(
    stored: Stored,
    rows: list[tuple[str | None, str | None, int]],
    seed: int,
    groups: int,
    most: int,
) -> None:
    asked = query(
        by=["city", {"column": "day", "per": "month"}],
        period={"column": "day", "per": "month", "most": most},
        max_groups=groups,
        max_rows_per_group=2,
    )
    dated = [(*row, dt.date(2024, 1 + abs(row[2]) % 3, 1)) for row in rows]
    dated.append(("zoe", "Ulm", 7, None))  # no moment, so it never counts
    shuffled = [dated[i] for i in np.random.default_rng(seed).permutation(len(dated))]
    others = [row for row in shuffled if row[0] != "ann"]

    def kept(
        content: list[tuple[str | None, str | None, int, dt.date | None]],
    ) -> Counter[tuple[object, ...]]:
        who, city, amount, day = (list(column) for column in zip(*content, strict=True))
        table, columns = stored(who=who, city=city, amount=amount, day=day)
        return contents(bound(table, asked, columns, KEY), table, "day")

    everyone = kept(dated)
    months = {(row[0], row[3]) for row in everyone}
    places = {(row[0], row[1], row[3]) for row in everyone}

    assert kept(shuffled) == everyone
    assert kept(others) == Counter({r: n for r, n in everyone.items() if r[0] != "ann"})
    assert all(n <= most for n in Counter(person for person, _ in months).values())
    assert all(n <= groups for n in Counter((p, day) for p, _, day in places).values())
    assert "zoe" not in {row[0] for row in everyone}


def test_a_period_is_filled_stretch_by_stretch(stored: Stored) -> None:
    cells = [(city, month) for city in ("Bonn", "Trier", "Ulm") for month in (1, 2, 3)]
    table, columns = stored(
        who=["ann"] * 9,
        city=[city for city, _ in cells],
        amount=list(range(9)),
        day=[dt.date(2024, month, 5) for _, month in cells],
    )
    asked = query(
        by=["city", {"column": "day", "per": "month"}],
        period={"column": "day", "per": "month", "most": 2},
    )

    bounded = bound(table, asked, columns, KEY)

    assert sorted(Counter(cells[row][1] for row in bounded.rows).values()) == [2, 2]


def test_people_with_the_same_groups_keep_different_ones(stored: Stored) -> None:
    """Otherwise a group that many have beside others could lose all of them at once."""
    people = [f"p{i}" for i in range(100)]
    table, columns = stored(who=people * 2, city=["Bonn"] * 100 + ["Ulm"] * 100, amount=[1] * 200)

    exact = aggregate(table, query(max_groups=1), columns, KEY)

    # All 100 keep the same one of two with probability 2 ** -99.
    assert exact.units.sum() == 100
    assert exact.units.min() > 0


@pytest.mark.parametrize(
    ("public", "total", "groups"),
    [
        pytest.param(
            {"city": ["Trier", "Bonn"], "kind": ["a", "b"]}, 3, "Ba Bb Ta Tb", id="both typed"
        ),
        pytest.param({"city": ["Bonn"]}, 11, "Ba Bb Bx", id="first typed"),
        pytest.param({"kind": ["a", "b"]}, 7, "Ba Bb Ua", id="second typed"),
    ],
)
def test_rows_beside_the_typed_keys_count_nowhere(
    stored: Stored, public: dict[str, list[str]], total: int, groups: str
) -> None:
    table, columns = stored(
        who=["ann", "bob", "cem", "dan"],
        city=["Bonn", "Bonn", "Ulm", "Bonn"],
        kind=["a", "b", "a", "x"],
        amount=[1, 2, 4, 8],
    )

    exact = aggregate(table, query(by=["city", "kind"], public_keys=public), columns, KEY)

    assert exact.parts["sum_amount:value"].sum() == total
    assert " ".join(sorted(city[0] + kind for city, kind in exact.keys)) == groups


def test_of_many_rows_the_bound_is_filled_and_every_row_has_a_chance(stored: Stored) -> None:
    people = [f"p{i % 200}" for i in range(8_000)]
    table, columns = stored(who=people, city=["Bonn"] * 8_000, amount=list(range(8_000)))

    bounded = bound(table, query(max_rows_per_group=10), columns, KEY)

    assert Counter(np.array(people)[bounded.rows]) == dict.fromkeys(people, 10)
    assert bounded.dropped.rows == 6_000
    # Each row is kept with probability 1/4; more than 1,220 or fewer than 780 of the first half
    # happen with probability below 1e-10 (hypergeometric, standard deviation 20).
    assert 780 < (bounded.rows < 4_000).sum() < 1_220


def test_the_two_zeros_are_one_number(stored: Stored) -> None:
    """They are told apart by their bits alone, so which came first must not matter."""
    zeros = [0.0, -0.0] * 4 + [0.5]
    one, _ = stored(who=["ann"] * 9, city=["Bonn"] * 9, amount=zeros)
    numbers = one.numbers(ColumnName("amount"))

    hashes = hashed_numbers(numbers, np.arange(9), KEY)

    assert np.signbit(numbers.values).any()
    assert len(set(hashes.tolist())) == 2


def test_no_two_groups_are_alike_when_they_are_hashed() -> None:
    """Which of alike groups a person keeps would hang on their numbers, so on other people."""
    keys = (("a\x1fb", "c"), ("a", "b\x1fc"), ("a', 'b", "c"), ("a", "b', 'c"), ("a", "b", "c"))

    hashes = hashed_groups(Groups(numbers=np.zeros(0, np.int64), keys=keys), KEY)

    assert len(set(hashes.tolist())) == len(keys)


def test_how_a_moment_is_written_depends_on_no_other_moment(stored: Stored) -> None:
    """Else one person's row at noon would rename everybody's groups."""
    at = [dt.datetime(2024, 1, 5), dt.datetime(2024, 1, 5, 12)]
    table, _ = stored(who=["ann", "bob"], at=at, day=[at[0].date()] * 2)

    assert table.codes(ColumnName("at")).texts() == ["2024-01-05 00:00:00", "2024-01-05 12:00:00"]
    assert table.codes(ColumnName("day")).texts() == ["2024-01-05"]


@pytest.mark.parametrize(
    ("change", "is_shared"),
    [
        pytest.param({"statistics": [{"count": "units"}, {"mean": AMOUNT}]}, True, id="statistics"),
        pytest.param({"mechanism": "laplace"}, True, id="noise"),
        pytest.param({"statistics": [{"count": "rows"}]}, False, id="columns computed with"),
        pytest.param({"where": "amount > 2"}, False, id="conditions"),
        pytest.param({"max_rows_per_group": 4}, False, id="rows"),
        pytest.param({"max_groups": 3}, False, id="groups"),
        pytest.param({"by": ["city", "kind"]}, False, id="keys"),
        pytest.param({"public_keys": {"city": ["Bonn"]}}, False, id="public keys"),
        pytest.param({"unit": "household"}, False, id="unit"),
    ],
)
def test_only_queries_that_keep_the_same_rows_share_them(
    change: dict[str, object], is_shared: bool
) -> None:
    assert (choice_of(query(**change)) == choice_of(query())) == is_shared


@FUNCTION_FIXTURE
@given(rows=PEOPLE, seed=st.integers(0, 99))
def test_a_join_gives_each_person_one_of_their_own_values_whatever_the_order(
    stored: Stored, rows: list[tuple[str | None, str | None, int]], seed: int
) -> None:
    here, _ = stored(id=["ann", "bob", "cem", "dan", None], amount=[1, 2, 3, 4, 5])
    shuffled = [rows[i] for i in np.random.default_rng(seed).permutation(len(rows))]
    asked = query(unit="id", by=["there.city"], join=[{"dataset": "there", "unit": "who"}])

    def cities(content: list[tuple[str | None, str | None, int]]) -> list[str | None]:
        there, _ = stored(**columns_of(content))
        found = joined(here, asked, {"there": there}, KEY).codes(ColumnName("there.city"))
        return [found.texts()[code] if code >= 0 else None for code in found.codes]

    joined_here = cities(rows)
    own = {who: {c for w, c, _ in rows if w == who and c} for who in ("ann", "bob", "cem", "dan")}

    assert cities(shuffled) == joined_here
    assert joined_here[4] is None
    for who, city in zip(own, joined_here, strict=False):
        assert city in (own[who] or {None})


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
