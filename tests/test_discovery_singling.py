"""Which columns single people out, counted in two ways."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.dataset.table import Table
from compliance.discovery import singling, singling_out
from compliance.discovery.nouns import Singling


def table_of(columns: Mapping[str, Sequence[object]]) -> Table:
    return Table.in_memory(pa.table({name: pa.array(list(v)) for name, v in columns.items()}))


def test_columns_that_are_harmless_alone_single_out_together() -> None:
    people = list(itertools.product(range(20), range(20), range(2)))
    found = singling_out(
        table_of({"age": [p[0] for p in people], "place": [p[1] for p in people],
                  "sex": [p[2] for p in people]}), ["age", "place", "sex"]
    )  # fmt: skip

    assert all(each.alone == 0 for each in found.each)
    (together,) = found.together
    assert together.columns == ("age", "place", "sex")
    assert (together.alone, together.of, together.share) == (800, 800, 1.0)
    assert found.is_exhaustive


def test_a_column_that_adds_nothing_is_not_named() -> None:
    found = singling_out(
        table_of({"a": [n // 30 for n in range(900)], "b": [n % 30 for n in range(900)],
                  "same": [1] * 900}), ["a", "b", "same"]
    )  # fmt: skip

    assert [together.columns for together in found.together] == [("a", "b")]


small = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 3), st.none() | st.sampled_from("xyz"),
              st.integers(0, 5)), min_size=1, max_size=40,
)  # fmt: skip


@given(small)
def test_measures_are_those_of_a_plain_count(rows: list[tuple[int, int, str | None, int]]) -> None:
    table = table_of({name: [row[n] for row in rows] for n, name in enumerate("abc")})
    for counted in singling_out(table, ["a", "b", "c"]).each:
        values = [row["abc".index(counted.columns[0])] for row in rows]
        assert counted == _plainly(counted.columns, values)


def _plainly(columns: tuple[str, ...], values: Sequence[object]) -> Singling:
    counts = Counter(values)
    pairs = list(itertools.combinations(values, 2))
    return Singling(
        columns=columns,
        alone=sum(counts[value] == 1 for value in values),
        of=len(values),
        distinction=len(counts) / len(values),
        separation=pytest.approx(sum(a != b for a, b in pairs) / len(pairs) if pairs else 0.0),
    )


@given(small)
def test_people_with_several_rows_are_counted_once(
    rows: list[tuple[int, int, str | None, int]],
) -> None:
    names = dict(enumerate(("a", "b", "c", "person")))
    table = table_of({name: [row[n] for row in rows] for n, name in names.items()})
    holders: dict[int, set[int]] = {}
    for row in rows:
        holders.setdefault(row[0], set()).add(row[3])
    alone = {next(iter(who)) for who in holders.values() if len(who) == 1}
    counted = next(
        each for each in singling_out(table, ["a", "b"], "person").each if each.columns == ("a",)
    )

    assert counted.is_of_people
    assert (counted.alone, counted.of) == (len(alone), len({row[3] for row in rows}))


def test_a_large_table_is_searched_on_some_rows_and_counted_on_all(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rng = np.random.default_rng(5)
    columns = {f"c{n}": rng.integers(0, size, 5_000) for n, size in enumerate((40, 30, 20, 7))}
    whole = singling_out(table_of(columns), list(columns))
    monkeypatch.setattr(singling, "SEARCHED", 1_000)
    some = singling_out(table_of(columns), list(columns))
    shuffled = {name: held[::-1] for name, held in columns.items()}

    assert whole.is_exhaustive
    assert (some.is_exhaustive, some.searched_rows < 2_000) == (False, True)
    counted = {together.columns: together for together in whole.together}
    assert some.together
    assert all(counted.get(one.columns, one) == one for one in some.together)
    assert all(one.of == 5_000 for one in some.together)
    assert singling_out(table_of(shuffled), list(columns)) == some


def test_two_hundred_columns_are_no_obstacle() -> None:
    rng = np.random.default_rng(3)
    columns = {f'"{n}"': rng.integers(0, 3 + n, 500) for n in range(200)}
    found = singling_out(table_of(columns), list(columns))

    assert len(found.each) == 200
    assert found.together[0].alone > 300
    assert not found.is_exhaustive


@pytest.mark.parametrize("rows", [0, 1], ids=["no row", "one row"])
def test_tables_of_hardly_any_rows_are_measured(rows: int) -> None:
    found = singling_out(table_of({"a": list(range(rows)), "b": ["x"] * rows}), ["a", "b"])

    assert [each.alone for each in found.each] == [rows, rows]
    assert found.together == ()
    assert singling_out(table_of({"a": [1]}), []).each == ()


def test_rows_that_are_all_unique_are_all_alone() -> None:
    found = singling_out(table_of({"id": range(100), "sex": [0, 1] * 50}), ["id", "sex"])

    assert found.each[0].columns == ("id",)
    assert (found.each[0].share, found.each[0].separation) == (1.0, 1.0)
    assert found.together == ()
