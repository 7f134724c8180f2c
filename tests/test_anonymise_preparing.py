"""A table and a plan become codes: ladders, shares, missing and unmapped values, populations."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.anonymise.hierarchies import read_hierarchy
from compliance.anonymise.nouns import (
    Build,
    Builder,
    Criterion,
    Hierarchy,
    Ladder,
    Model,
    Plan,
    QuasiIdentifier,
)
from compliance.anonymise.preparing import Prepared, prepare
from compliance.dataset import RawFile, Table, read, take_in
from compliance.dataset.nouns import Column, ColumnName, ColumnType
from compliance.errors import HierarchyError, UnknownColumnError

Store = Callable[..., tuple[Table, tuple[Column, ...]]]

AGE, CITY, ILLNESS = ColumnName("age"), ColumnName("city"), ColumnName("illness")
AGES = Hierarchy(
    column=AGE,
    levels=(("20", "21", "30", "31"), ("20-29", "20-29", "30-39", "30-39"), ("*",) * 4),
)
CITIES = Hierarchy(
    column=CITY, levels=(("Bonn", "Kiel", "Lyon"), ("DE", "DE", "FR"), ("*", "*", "*"))
)


def plan(*columns: ColumnName, criteria: tuple[Criterion, ...] = ()) -> Plan:
    return Plan(
        quasi_identifiers=tuple(QuasiIdentifier(column=c, hierarchy=f"{c}.csv") for c in columns),
        criteria=criteria,
    )


def shown(ladder: Ladder, level: int) -> list[str | None]:
    """What each row shows at a level."""
    return [ladder.names[level][group] for group in ladder.maps[level][ladder.codes]]


def prepared(
    stored: Store, values: Mapping[str, list[object]], *hierarchies: Hierarchy, **settings: object
) -> Prepared:
    table, columns = stored(**values)
    asked = plan(*(h.column for h in hierarchies), **settings)  # type: ignore[arg-type]
    return prepare(table, columns, asked, {h.column: h for h in hierarchies})


def test_every_row_shows_the_name_of_its_value_at_each_level(stored: Store) -> None:
    ladders = prepared(
        stored, {"age": [31, 20, 30], "city": ["Lyon", "Bonn", "Kiel"]}, AGES, CITIES
    ).problem.ladders

    assert [ladder.column for ladder in ladders] == [AGE, CITY]
    assert shown(ladders[0], 0) == ["31", "20", "30"]
    assert shown(ladders[0], 1) == ["30-39", "20-29", "30-39"]
    assert shown(ladders[1], 1) == ["FR", "DE", "DE"]
    assert shown(ladders[1], 2) == ["*", "*", "*"]
    assert ladders[0].maps[0].tolist() == [0, 1, 2, 3]
    assert (ladders[0].lowest, ladders[0].highest) == (0, 2)


def test_a_share_counts_the_values_of_the_hierarchy_not_of_the_table(stored: Store) -> None:
    ladder = prepared(stored, {"age": [31, 31]}, AGES).problem.ladders[0]

    assert [shares.tolist() for shares in ladder.shares] == [[0.25] * 4, [0.5, 0.5], [1.0]]


def test_missing_values_are_a_group_of_their_own_until_nothing_is_told(stored: Store) -> None:
    ladder = prepared(stored, {"city": ["Bonn", None, "Lyon"]}, CITIES).problem.ladders[0]

    assert [shown(ladder, level) for level in range(3)] == [
        ["Bonn", None, "Lyon"],
        ["DE", None, "FR"],
        ["*", "*", "*"],
    ]
    assert ladder.shares[1].tolist() == pytest.approx([2 / 3, 1 / 3, 1 / 3])
    assert ladder.shares[2].tolist() == [1.0]


def test_missing_values_do_not_take_a_name_that_says_what_they_are(stored: Store) -> None:
    people = Hierarchy(column=CITY, levels=(("Bonn", "Lyon"), ("Europe", "Europe")))

    ladder = prepared(stored, {"city": ["Bonn", None]}, people).problem.ladders[0]

    assert shown(ladder, 1) == ["*", "*"]


def test_values_match_however_they_are_written(stored: Store) -> None:
    spaced = Hierarchy(column=CITY, levels=((" bonn", "KIEL", "Lyon"), ("DE", "DE", "FR")))
    result = prepared(
        stored, {"age": [20.0, 31.0, 20.5], "city": ["Bonn", "Kiel", "Lyon"]}, AGES, spaced
    )

    assert shown(result.problem.ladders[1], 1) == ["DE", "DE", "FR"]
    assert shown(result.problem.ladders[0], 1) == ["20-29", "30-39", "20-29"]
    assert result.unmapped == {AGE: 1}


def test_values_that_the_hierarchy_lacks_are_counted_and_given_a_place(stored: Store) -> None:
    result = prepared(stored, {"city": ["Rome", "Bonn", "Rome", "Oslo", None]}, CITIES)

    ladder = result.problem.ladders[0]
    assert result.unmapped == {CITY: 2}
    assert result.unmapped_rows == {CITY: 3}
    assert shown(ladder, 0) == ["Rome", "Bonn", "Rome", "Oslo", None]
    assert shown(ladder, 1) == ["*", "DE", "*", "*", None]
    assert shown(ladder, 2) == ["*"] * 5
    assert "Rome" not in " ".join(result.notes)


def test_the_population_has_the_same_leaves_and_groups(stored: Store) -> None:
    table, columns = stored(city=["Bonn", "Lyon"])
    population, _ = stored(city=["Lyon", "Rome", None, "Bonn"])

    result = prepare(table, columns, plan(CITY), {CITY: CITIES}, population)

    ours, theirs = result.problem.ladders[0], result.problem.population[0]
    assert shown(theirs, 0) == ["Lyon", "Rome", None, "Bonn"]
    assert ours.codes.tolist() == [theirs.codes[3], theirs.codes[0]]
    assert all((a == b).all() for a, b in zip(ours.maps, theirs.maps, strict=True))
    assert ours.names == theirs.names
    assert result.unmapped == {CITY: 1}
    assert result.unmapped_rows == {CITY: 0}


def test_sensitive_values_are_ranked_and_missing_ones_come_last(stored: Store) -> None:
    criteria = (Criterion(model=Model.ORDERED_T, value=0.2, column=ILLNESS),)

    found = prepared(
        stored, {"age": [20] * 4, "illness": [30, 4, None, 30]}, AGES, criteria=criteria
    ).problem.sensitive[0]

    assert found.codes.tolist() == [1, 0, 2, 1]
    assert found.values == 3
    assert found.maps == ()


def test_a_sensitive_hierarchy_groups_the_values_that_there_are(stored: Store) -> None:
    table, columns = stored(age=[20] * 4, illness=["flu", "ulcer", "gastritis", "ulcer"])
    tree = Hierarchy(
        column=ILLNESS,
        levels=(("ulcer", "rabies", "gastritis", "flu"), ("stomach", "x", "stomach", "lung")),
    )
    criteria = (Criterion(model=Model.HIERARCHICAL_T, value=0.2, column=ILLNESS),)

    result = prepare(table, columns, plan(AGE, criteria=criteria), {AGE: AGES, ILLNESS: tree})

    groups = result.problem.sensitive[0].maps[1]
    assert result.problem.sensitive[0].codes.tolist() == [0, 2, 1, 2]
    assert groups[1] == groups[2] != groups[0]
    assert set(groups.tolist()) == {0, 1}


def test_hierarchical_closeness_without_a_hierarchy_is_refused(stored: Store) -> None:
    criteria = (Criterion(model=Model.HIERARCHICAL_T, value=0.2, column=ILLNESS),)

    with pytest.raises(HierarchyError, match="illness"):
        prepared(stored, {"age": [20], "illness": ["flu"]}, AGES, criteria=criteria)


def test_levels_and_weights_come_from_the_plan(stored: Store) -> None:
    table, columns = stored(age=[20, 31])
    quasi = QuasiIdentifier(column=AGE, hierarchy="age.csv", lowest=1, highest=1, weight=2.5)

    result = prepare(table, columns, Plan(quasi_identifiers=(quasi,), criteria=()), {AGE: AGES})

    ladder = result.problem.ladders[0]
    assert (ladder.lowest, ladder.highest, ladder.weight) == (1, 1, 2.5)
    assert result.problem.nodes == 1


@pytest.mark.parametrize(("lowest", "highest"), [(0, 3), (3, None), (2, 1)])
def test_levels_beyond_the_hierarchy_are_refused(
    stored: Store, lowest: int, highest: int | None
) -> None:
    table, columns = stored(age=[20, 31])
    quasi = QuasiIdentifier(column=AGE, hierarchy="age.csv", lowest=lowest, highest=highest)

    with pytest.raises(HierarchyError, match="levels 0 to 2"):
        prepare(table, columns, Plan(quasi_identifiers=(quasi,), criteria=()), {AGE: AGES})


def test_a_hierarchy_that_is_not_given_is_asked_for_by_its_file(stored: Store) -> None:
    table, columns = stored(age=[20])

    with pytest.raises(HierarchyError, match=r"age\.csv"):
        prepare(table, columns, plan(AGE), {})


def test_a_hierarchy_can_be_built_from_the_table(stored: Store) -> None:
    table, columns = stored(city=["Bonn", "Lyon", None])
    quasi = QuasiIdentifier(column=CITY, hierarchy=Build(builder=Builder.SUPPRESS))

    result = prepare(table, columns, Plan(quasi_identifiers=(quasi,), criteria=()), {})

    assert shown(result.problem.ladders[0], 0) == ["Bonn", "Lyon", None]
    assert shown(result.problem.ladders[0], 1) == ["*", "*", "*"]


def test_columns_that_are_not_there_are_named(stored: Store) -> None:
    table, columns = stored(age=[20])
    population, _ = stored(city=["Bonn"])

    with pytest.raises(UnknownColumnError, match="city"):
        prepare(table, columns, plan(CITY), {CITY: CITIES})
    with pytest.raises(UnknownColumnError, match="the population"):
        prepare(table, columns, plan(AGE), {AGE: AGES}, population)


def test_a_column_without_any_value_has_one_class(stored: Store) -> None:
    table, columns = stored(age=[20, 20], city=[None, None])

    ladder = prepare(table, columns, plan(CITY), {CITY: CITIES}).problem.ladders[0]

    assert shown(ladder, 0) == [None, None]
    assert shown(ladder, 2) == ["*", "*"]


@pytest.mark.realdata
def test_adult_has_the_loss_that_arx_finds_at_its_optimum(shared_data: Path) -> None:
    """ARX 3.9.2, k = 5, no suppression: 0.5731509655590044, see the benchmark's source there."""
    folder = shared_data / "adult_arx"
    taken = take_in([read(RawFile(name="a.csv", data=(folder / "adult.csv").read_bytes()))])
    table = Table.in_memory(pq.read_table(pa.BufferReader(taken.parquet)))
    optimum = {
        "sex": 0, "age": 4, "race": 1, "marital-status": 1, "education": 3, "native-country": 2,
        "workclass": 2, "occupation": 1, "salary-class": 0,
    }  # fmt: skip
    hierarchies = {
        ColumnName(name): read_hierarchy(
            (folder / f"adult_hierarchy_{name}.csv").read_bytes(), ColumnName(name)
        ).hierarchy
        for name in optimum
    }

    result = prepare(table, taken.columns, plan(*hierarchies), hierarchies)

    losses = []
    for ladder, level in zip(result.problem.ladders, optimum.values(), strict=True):
        leaf = ladder.shares[0][0]
        mean = ladder.shares[level][ladder.maps[level][ladder.codes]].mean()
        losses.append((mean - leaf) / (1 - leaf))
    assert result.unmapped == {}
    assert result.problem.nodes == 12_960
    assert np.exp(np.log1p(losses).mean()) - 1 == pytest.approx(0.5731509655590044, abs=1e-9)


_NAMES = st.sampled_from(["a", "b", "c", "d", "e"])


@st.composite
def _nested(draw: st.DrawFn) -> Hierarchy:
    values = draw(st.lists(_NAMES, min_size=1, unique=True))
    made = [tuple(values)]
    for height in range(draw(st.integers(0, 3))):
        name = {group: f"{draw(_NAMES)}{height}" for group in made[-1]}
        made.append(tuple(name[group] for group in made[-1]))
    return Hierarchy(column=CITY, levels=tuple(made))


@given(st.lists(_NAMES | st.none(), min_size=1, max_size=12), _nested())
def test_codes_show_what_looking_names_up_shows(
    values: list[str | None], hierarchy: Hierarchy
) -> None:
    """Two ways to the same names; and groups that nest, with shares of all values."""
    table = Table.in_memory(pa.table({"city": pa.array(values, pa.string())}))
    columns = (Column(name=CITY, type=ColumnType.TEXT),)

    result = prepare(table, columns, plan(CITY), {CITY: hierarchy})

    ladder, used = result.problem.ladders[0], result.hierarchies[CITY]
    for level, names in enumerate(used.levels):
        by_value: dict[str | None, str | None] = dict(zip(used.values, names, strict=True))
        is_told = level == 0 or len(set(names)) > 1
        expected = [by_value.get(v, None if is_told else "*") for v in values]
        if not is_told and None in values:
            expected = ["*"] * len(values)
        assert shown(ladder, level) == expected
        known = [s for s, n in zip(ladder.shares[level], ladder.names[level], strict=True) if n]
        assert sum(known) == pytest.approx(1)
        assert len(ladder.names[level]) == ladder.maps[level].max() + 1
    for finer, coarser in pairwise(ladder.maps):
        assert len(set(zip(finer.tolist(), coarser.tolist(), strict=True))) == finer.max() + 1


@pytest.mark.parametrize(
    ("values", "names"),
    [
        pytest.param([True, False], ("true", "false"), id="truth values"),
        pytest.param([1, 2], ("1.0", "2"), id="whole numbers"),
        pytest.param([0.5, 2.0], ("0.50", "2"), id="decimals"),
        pytest.param(
            [date(2026, 1, 31), date(1999, 2, 1)], ("2026-01-31", "1999-02-01"), id="days"
        ),
        pytest.param(["ＡＢ", "straße"], ("ab", "STRASSE"), id="width and case"),
    ],
)
def test_values_of_every_type_find_their_place(
    values: list[object], names: tuple[str, ...]
) -> None:
    table = Table.in_memory(pa.table({"city": pa.array(values)}))
    hierarchy = Hierarchy(column=CITY, levels=(names, ("one", "two")))

    result = prepare(
        table, (Column(name=CITY, type=ColumnType.TEXT),), plan(CITY), {CITY: hierarchy}
    )

    assert result.unmapped == {}
    assert shown(result.problem.ladders[0], 1) == ["one", "two"]
