"""Recipes: a plan kept for the next delivery, and what is said when that differs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.anonymise.nouns import (
    Build,
    Builder,
    Criterion,
    Found,
    Hierarchy,
    Losses,
    Measures,
    Model,
    Plan,
    QuasiIdentifier,
    Risk,
    SensitiveMeasures,
    Treatment,
    TreatmentKind,
)
from compliance.anonymise.nouns.recipe import Drift, DriftKind, Recipe
from compliance.anonymise.preparing import Prepared, prepare
from compliance.anonymise.recipes import column_drift, drift, stability, to_recipe
from compliance.dataset import Table
from compliance.dataset.cleaning import clean
from compliance.dataset.nouns import Column, ColumnName
from compliance.plain import from_json, to_json

CITY, AGE, ILLNESS = ColumnName("city"), ColumnName("age"), ColumnName("illness")
CITIES = Hierarchy(
    column=CITY,
    levels=(("Bonn", "Kiel", "Lyon", "Rome"), ("DE", "DE", "FR", "IT"), ("*",) * 4),
)
PLAN = Plan(
    quasi_identifiers=(
        QuasiIdentifier(column=CITY, hierarchy="city.csv"),
        QuasiIdentifier(
            column=AGE,
            hierarchy=Build(builder=Builder.INTERVALS, settings={"width": 10, "levels": 2}),
        ),
    ),
    criteria=(
        Criterion(model=Model.K_ANONYMITY, value=2),
        Criterion(model=Model.DISTINCT_L, value=2, column=ILLNESS),
    ),
    suppression_limit=0.05,
    treatments=(Treatment(column=ColumnName("email"), kind=TreatmentKind.DROP),),
)
LEVELS = (1, 1)
START: dict[str, list[object]] = {
    "city": ["Bonn", "Kiel", "Lyon", "Rome"] * 250,
    "age": [20, 30, 40, 50, 60] * 200,
    "illness": ["flu", "cold"] * 500,
    "email": ["a@b.org"] * 1000,
}


def taken(columns: dict[str, list[object]]) -> tuple[Table, Sequence[Column]]:
    cleaned = clean(pa.table({name: pa.array(values) for name, values in columns.items()}))
    return Table.in_memory(cleaned.table), cleaned.columns


def measures(rows: int = 1000, k: int = 50, distinct_l: int = 2) -> Measures:
    risk = Risk(max=1 / k, mean=0.01)
    sensitive = SensitiveMeasures(
        distinct_l=distinct_l,
        entropy_l=2.0,
        recursive_c=2.0,
        equal_t=0.1,
        ordered_t=0.1,
        beta=0.5,
        delta=0.5,
    )
    return Measures(
        rows=rows,
        classes=20,
        k=k,
        uniques=0,
        prosecutor=risk,
        journalist=risk,
        marketer=risk,
        sensitive={ILLNESS: sensitive},
    )


@pytest.fixture(scope="module")
def kept() -> tuple[Recipe, Prepared]:
    table, columns = taken(START)
    prepared = prepare(table, columns, PLAN, {CITY: CITIES})
    losses = Losses(
        loss=0.1, entropy=1, discernibility=1, class_size=1, granularity=0.9, suppressed_share=0
    )
    found = Found(
        levels=LEVELS, classes=20, suppressed=0, losses=losses, optimal=True, bound=0.1,
        nodes_checked=9, nodes=9,
    )  # fmt: skip
    return to_recipe("monthly", PLAN, columns, prepared, found, measures()), prepared


def drifts(
    kept: tuple[Recipe, Prepared], reached: Measures | None = None, **changes: list[object]
) -> list[Drift]:
    """What is said of a delivery that differs from the first in some columns."""
    recipe, before = kept
    table, columns = taken({**START, **changes})
    now = prepare(table, columns, PLAN, before.hierarchies)
    return list(drift(recipe, now, reached or measures(rows=table.rows)))


def kinds(found: Sequence[Drift]) -> list[tuple[DriftKind, str | None, bool]]:
    return [(each.kind, each.column, each.is_alarm) for each in found]


def test_the_same_delivery_again_has_not_drifted(kept: tuple[Recipe, Prepared]) -> None:
    assert drifts(kept) == []
    assert column_drift(kept[0], kept[0].columns) == ()


def test_rows_in_another_order_are_no_drift(kept: tuple[Recipe, Prepared]) -> None:
    assert drifts(kept, **{name: values[::-1] for name, values in START.items()}) == []


def test_a_recipe_holds_no_value_of_the_table(kept: tuple[Recipe, Prepared]) -> None:
    text = to_json(kept[0])

    assert not [word for word in ("Bonn", "DE", "20-29", "flu", "a@b") if word in text]
    assert from_json(Recipe, text) == kept[0]


def test_values_that_the_hierarchy_lacks_are_told(kept: tuple[Recipe, Prepared]) -> None:
    few = ["Oslo"] * 4 + START["city"][4:]
    many = ["Oslo"] * 40 + START["city"][40:]

    assert kinds(drifts(kept, city=few)) == [(DriftKind.NEW_VALUES, CITY, False)]
    told = drifts(kept, city=many)[0]
    assert kinds([told]) == [(DriftKind.NEW_VALUES, CITY, True)]
    assert told.sentence == (
        "4.0% of the rows have a value of “city” that its hierarchy does not hold."
    )


def test_a_column_spread_in_another_way_is_told(kept: tuple[Recipe, Prepared]) -> None:
    moved = ["Bonn"] * 700 + ["Lyon"] * 150 + ["Rome"] * 150

    found = drifts(kept, city=moved)

    assert kinds(found) == [(DriftKind.SHIFTED, CITY, False)]
    assert found[0].now == pytest.approx(
        stability(np.array([500, 250, 250]), np.array([700, 150, 150]))
    )
    gone = drifts(kept, city=["Bonn"] * 990 + ["Lyon"] * 5 + ["Rome"] * 5)
    assert kinds(gone) == [(DriftKind.SHIFTED, CITY, True)]


def test_a_shift_within_a_group_of_the_chosen_level_is_none(
    kept: tuple[Recipe, Prepared],
) -> None:
    within = ["Kiel" if city == "Bonn" else city for city in START["city"]]

    assert drifts(kept, city=within) == []


def test_missing_values_that_become_more_are_told(kept: tuple[Recipe, Prepared]) -> None:
    def without(rows: int) -> list[object]:
        return [None] * rows + START["age"][rows:]

    assert drifts(kept, age=without(10)) == []
    assert kinds(drifts(kept, age=without(50))) == [(DriftKind.MISSING_VALUES, AGE, False)]
    assert kinds(drifts(kept, age=without(300))) == [(DriftKind.MISSING_VALUES, AGE, True)]


def test_a_smaller_k_is_told_and_one_below_the_plan_is_an_alarm(
    kept: tuple[Recipe, Prepared],
) -> None:
    assert kinds(drifts(kept, measures(k=7))) == [(DriftKind.K_FALLEN, None, False)]
    assert kinds(drifts(kept, measures(k=1))) == [(DriftKind.K_FALLEN, None, True)]
    assert drifts(kept, measures(k=80)) == []


def test_a_criterion_that_no_longer_holds_is_an_alarm(kept: tuple[Recipe, Prepared]) -> None:
    found = drifts(kept, measures(distinct_l=1))

    assert kinds(found) == [(DriftKind.CRITERION_BROKEN, ILLNESS, True)]
    assert found[0].sentence == "The plan asks 2 of “illness”, and the output has 1."


@pytest.mark.parametrize(
    ("model", "field", "value"),
    [
        (Model.ENTROPY_L, "entropy_l", 1.5),
        (Model.EQUAL_T, "equal_t", 0.3),
        (Model.ORDERED_T, "ordered_t", 0.3),
        (Model.HIERARCHICAL_T, "hierarchical_t", 0.3),
        (Model.BETA_LIKENESS, "beta", 2.5),
        (Model.DELTA_DISCLOSURE, "delta", 2.5),
    ],
)
def test_each_sensitive_criterion_is_checked_by_its_own_yardstick(
    kept: tuple[Recipe, Prepared], model: Model, field: str, value: float
) -> None:
    recipe, prepared = kept
    asked = Criterion(model=model, value=2 if model is not Model.EQUAL_T else 0.2, column=ILLNESS)
    asked = replace(asked, value=0.2) if field.endswith("_t") else asked
    strict = replace(recipe, plan=replace(PLAN, criteria=(asked,)))
    reached = measures()
    worse = replace(reached.sensitive[ILLNESS], **{field: value})

    found = drift(strict, prepared, replace(reached, sensitive={ILLNESS: worse}))

    assert kinds(found) == [(DriftKind.CRITERION_BROKEN, ILLNESS, True)]
    assert found[0].now == value


def test_the_risk_on_average_is_checked(kept: tuple[Recipe, Prepared]) -> None:
    recipe, prepared = kept
    asked = Criterion(model=Model.MEAN_RISK, value=0.005)

    found = drift(replace(recipe, plan=replace(PLAN, criteria=(asked,))), prepared, measures())

    assert kinds(found) == [(DriftKind.CRITERION_BROKEN, None, True)]


def test_more_rows_left_out_than_allowed_are_an_alarm(kept: tuple[Recipe, Prepared]) -> None:
    assert drifts(kept, measures(rows=950)) == []
    assert kinds(drifts(kept, measures(rows=949))) == [(DriftKind.SUPPRESSION, None, True)]


def test_far_fewer_rows_are_told(kept: tuple[Recipe, Prepared]) -> None:
    def first(rows: int) -> list[Drift]:
        return drifts(kept, **{name: values[:rows] for name, values in START.items()})

    assert kinds(first(600)) == []
    assert kinds(first(400)) == [(DriftKind.ROWS, None, False)]
    assert kinds(first(80)) == [(DriftKind.ROWS, None, True)]


def test_more_or_fewer_sensitive_values_are_told(kept: tuple[Recipe, Prepared]) -> None:
    found = drifts(kept, illness=["flu", "cold", "rabies", "flu"] * 250)

    assert kinds(found) == [(DriftKind.SENSITIVE_VALUES, ILLNESS, False)]


def test_another_hierarchy_is_an_alarm(kept: tuple[Recipe, Prepared]) -> None:
    recipe, before = kept
    other = replace(CITIES, levels=(CITIES.levels[0], ("DE", "DE", "EU", "EU"), ("*",) * 4))
    table, columns = taken(START)
    now = prepare(table, columns, PLAN, {**before.hierarchies, CITY: other})

    assert kinds(drift(recipe, now, measures())) == [(DriftKind.HIERARCHY_CHANGED, CITY, True)]


def test_columns_that_came_went_or_changed_are_told(kept: tuple[Recipe, Prepared]) -> None:
    recipe, _ = kept
    _, columns = taken(
        {"city": [1, 2], "illness": ["flu", "cold"], "age": [20, 30], "shoe": [40, 41]}
    )

    assert kinds(column_drift(recipe, columns)) == [
        (DriftKind.COLUMN_MISSING, "email", True),
        (DriftKind.COLUMN_NEW, "shoe", True),
        (DriftKind.TYPE_CHANGED, "city", True),
    ]


def test_alarms_come_first(kept: tuple[Recipe, Prepared]) -> None:
    found = drifts(kept, measures(k=1), city=["Oslo"] * 4 + START["city"][4:])

    assert [each.is_alarm for each in found] == [True, False]


def test_after_local_recoding_the_last_telling_level_is_compared() -> None:
    table, columns = taken(START)
    prepared = prepare(table, columns, PLAN, {CITY: CITIES})
    losses = Losses(
        loss=0, entropy=0, discernibility=0, class_size=1, granularity=1, suppressed_share=0
    )
    found = Found(
        levels=(), classes=1, suppressed=0, losses=losses, optimal=False, bound=0,
        nodes_checked=0, nodes=9,
    )  # fmt: skip

    recipe = to_recipe("local", PLAN, columns, prepared, found, measures())

    assert [profile.level for profile in recipe.profiles] == [1, 2]
    assert drift(recipe, prepared, measures()) == ()


_COUNTS = st.lists(st.integers(0, 1000), min_size=2, max_size=8)


@given(st.data(), _COUNTS)
def test_the_stability_index_is_zero_for_the_same_and_never_below(
    data: st.DataObject, before: list[int]
) -> None:
    now = data.draw(st.lists(st.integers(0, 1000), min_size=len(before), max_size=len(before)))

    assert stability(np.array(before), np.array(before)) == pytest.approx(0, abs=1e-12)
    assert stability(np.array(before), np.array(now)) >= 0
    assert stability(np.array(before), np.array(now)) == pytest.approx(
        stability(np.array(now), np.array(before))
    )


def test_deliveries_from_the_same_people_raise_no_alarm(kept: tuple[Recipe, Prepared]) -> None:
    """A false alarm in one of the 40 has a chance of 40 · 2 · 1e-6 by the chi-square limit."""
    generator = np.random.default_rng(1)
    for _ in range(40):
        rows = generator.integers(0, 1000, 60)
        sample = {name: [values[row] for row in rows] for name, values in START.items()}
        found = drifts(kept, measures(rows=60), **sample)
        assert [each for each in found if each.kind is DriftKind.SHIFTED] == []
