"""Plan files: what they may say, and the sentence that each slip gets."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from compliance.anonymise.hierarchies import SETTINGS
from compliance.anonymise.hierarchies.schemes import UNITS
from compliance.anonymise.nouns import (
    Build,
    Builder,
    Criterion,
    LossKind,
    Method,
    Model,
    Plan,
    QuasiIdentifier,
    Treatment,
    TreatmentKind,
)
from compliance.anonymise.plan_files import from_plan
from compliance.anonymise.plans import OF_PLAN, to_plan
from compliance.dataset.nouns import ColumnName
from compliance.errors import MalformedRecipeError
from compliance.plain import to_yaml

ROOT = Path(__file__).resolve().parent.parent
CONTRACT = """
quasi_identifiers:
  age: {hierarchy: adult_hierarchy_age.csv}
  sex: {hierarchy: adult_hierarchy_sex.csv}
sensitive:
  occupation: {l: {kind: distinct, value: 5}}
k: 5
suppression_limit: 0.05
loss: loss
method: full_domain
"""
EVERYTHING = """
quasi_identifiers:
  age: {build: intervals, width: 5, factor: 2, lowest: 1, highest: 3, weight: 2}
  zip: {build: prefix, scheme: postal}
  born: {build: dates, levels: [month, year, decade]}
  2019: {hierarchy: years.csv}
  town: {build: categories, groups: {West: [Bonn, Aachen], East: [Jena]}}
sensitive:
  illness:
    l: {kind: recursive, value: 3, c: 2.5}
    t: {kind: hierarchical, value: 0.2}
    hierarchy: illness.csv
    beta: 1.5
    enhanced_beta: 1.25
    delta_disclosure: 2
  income: {l: {kind: entropy, value: 2.5}, t: {kind: ordered, value: 0}}
  party: {t: {kind: hierarchical, value: 1}, hierarchy: {build: suppress}}
k: 3
k_map: 7
population: all customers
delta_presence: {lower: 0.1, upper: 0.5}
mean_risk: 1e-2
population_uniques: {share: 0.05, sampling_fraction: 0.1}
suppression_limit: 1
loss: entropy
method: local
columns:
  email: drop
  name: {pseudonym: {}}
  joined: {shift_dates: {days: 30}}
  amount: [{top_bottom: {lower: 5, upper: 100}}, {round: {base: 10}}]
time_limit_s: 30
"""


def plan_of(text: str) -> Plan:
    return to_plan(yaml.safe_load(text))


def changed(**changes: object) -> dict[str, Any]:
    """The contract's plan with other settings; None takes one away."""
    raw = {**yaml.safe_load(CONTRACT), **changes}
    return {key: value for key, value in raw.items() if value is not None}


def test_the_plan_of_the_contract_is_read() -> None:
    assert plan_of(CONTRACT) == Plan(
        quasi_identifiers=(
            QuasiIdentifier(column=ColumnName("age"), hierarchy="adult_hierarchy_age.csv"),
            QuasiIdentifier(column=ColumnName("sex"), hierarchy="adult_hierarchy_sex.csv"),
        ),
        criteria=(
            Criterion(model=Model.K_ANONYMITY, value=5),
            Criterion(model=Model.DISTINCT_L, value=5, column=ColumnName("occupation")),
        ),
        suppression_limit=0.05,
        loss=LossKind.LOSS,
        method=Method.FULL_DOMAIN,
    )


def test_everything_that_a_plan_can_say_is_read() -> None:
    plan = plan_of(EVERYTHING)

    assert plan.columns == ["age", "zip", "born", "2019", "town"]
    age, _, born, year, town = plan.quasi_identifiers
    assert (age.lowest, age.highest, age.weight) == (1, 3, 2)
    assert age.hierarchy == Build(builder=Builder.INTERVALS, settings={"width": 5, "factor": 2})
    assert born.hierarchy == Build(
        builder=Builder.DATES, settings={"levels": "month, year, decade"}
    )
    assert year.hierarchy == "years.csv"
    assert town.hierarchy == Build(
        builder=Builder.CATEGORIES, settings={"groups": "West: Bonn, Aachen; East: Jena"}
    )
    by_model = {criterion.model: criterion for criterion in plan.criteria}
    assert len(plan.criteria) == 13
    assert by_model[Model.RECURSIVE_CL].c == 2.5
    assert by_model[Model.DELTA_PRESENCE] == Criterion(
        model=Model.DELTA_PRESENCE, value=0.5, lower=0.1
    )
    assert by_model[Model.MEAN_RISK].value == 0.01
    assert by_model[Model.POPULATION_UNIQUES].sampling_fraction == 0.1
    hierarchical = [c.hierarchy for c in plan.criteria if c.model is Model.HIERARCHICAL_T]
    assert hierarchical == ["illness.csv", Build(builder=Builder.SUPPRESS)]
    assert (plan.k, plan.population, plan.time_limit_s) == (3, "all customers", 30)
    assert plan.treatments == (
        Treatment(column=ColumnName("email"), kind=TreatmentKind.DROP),
        Treatment(column=ColumnName("name"), kind=TreatmentKind.PSEUDONYM),
        Treatment(
            column=ColumnName("joined"), kind=TreatmentKind.SHIFT_DATES, settings={"days": 30}
        ),
        Treatment(
            column=ColumnName("amount"),
            kind=TreatmentKind.TOP_BOTTOM,
            settings={"lower": 5, "upper": 100},
        ),
        Treatment(column=ColumnName("amount"), kind=TreatmentKind.ROUND, settings={"base": 10}),
    )


@pytest.mark.parametrize("text", [CONTRACT, EVERYTHING], ids=["contract", "everything"])
def test_a_plan_is_written_as_it_is_read(text: str) -> None:
    plan = plan_of(text)

    assert to_plan(from_plan(plan)) == plan
    assert to_plan(yaml.safe_load(to_yaml(from_plan(plan)))) == plan


_AGE = {"age": {"hierarchy": "a.csv"}}


@pytest.mark.parametrize(
    ("changes", "place", "reason"),
    [
        ({"supression_limit": 0.1}, "the plan", "perhaps “suppression_limit” is meant"),
        ({"quux": 1}, "the plan", "possible: quasi_identifiers"),
        ({"quasi_identifiers": None}, "quasi_identifiers", "1 to 64 columns"),
        ({"quasi_identifiers": ["age"]}, "quasi_identifiers", "names with their values"),
        ({"quasi_identifiers": {"age": {}}}, "quasi_identifiers.age", "give a file"),
        ({"quasi_identifiers": {"age": "a.csv"}}, "quasi_identifiers.age", "names with"),
        (
            {"quasi_identifiers": {"age": {"hierarchy": "a", "build": "order"}}},
            "quasi_identifiers.age",
            "give a file",
        ),
        ({"quasi_identifiers": {"age": {"hierachy": "a"}}}, "quasi_identifiers.age", "“hierarchy”"),
        (
            {"quasi_identifiers": {"age": {"build": "interval"}}},
            "quasi_identifiers.age.build",
            "perhaps “intervals” is meant",
        ),
        (
            {"quasi_identifiers": {"age": {"build": "intervals", "widht": 5}}},
            "quasi_identifiers.age",
            "perhaps “width” is meant",
        ),
        (
            {"quasi_identifiers": {"age": {"build": "intervals", "width": float("inf")}}},
            "quasi_identifiers.age.width",
            "a number",
        ),
        (
            {"quasi_identifiers": {"age": {"hierarchy": "a", "lowest": 2, "highest": 1}}},
            "quasi_identifiers.age.highest",
            "from 2 to 1,000,000,000",
        ),
        (
            {"quasi_identifiers": {"age": {"hierarchy": "a", "weight": 0}}},
            "quasi_identifiers.age.weight",
            "at least 1e-06",
        ),
        ({"quasi_identifiers": {True: {"hierarchy": "a"}}}, "quasi_identifiers", "in quotes"),
        (
            {"quasi_identifiers": {1: {"hierarchy": "a"}, "1": {"hierarchy": "a"}}},
            "quasi_identifiers",
            "named twice",
        ),
        ({"k": 0}, "k", "from 1 to 1,000,000,000"),
        ({"k": 2.5}, "k", "whole number"),
        ({"k": True}, "k", "whole number"),
        ({"k": float("nan")}, "k", "whole number"),
        ({"k": None, "sensitive": None}, "the plan", "what must hold"),
        ({"k_map": 5}, "k_map", "population"),
        ({"delta_presence": {"upper": 0.5}}, "delta_presence", "population"),
        ({"delta_presence": {"lower": 0.5}}, "delta_presence.upper", "at least 0.5 and at most 1"),
        ({"delta_presence": {"lower": 0.5, "upper": 0.4}}, "delta_presence.upper", "least 0.5"),
        ({"mean_risk": 0}, "mean_risk", "above 0 and at most 1"),
        (
            {"population_uniques": {"share": 0.1}},
            "population_uniques.sampling_fraction",
            "at least 1e-09",
        ),
        ({"suppression_limit": 1.5}, "suppression_limit", "at least 0 and at most 1"),
        ({"suppression_limit": -1}, "suppression_limit", "at least 0 and at most 1"),
        ({"suppression_limit": float("nan")}, "suppression_limit", "a number"),
        ({"suppression_limit": "some"}, "suppression_limit", "a number"),
        ({"loss": "losss"}, "loss", "perhaps “loss” is meant"),
        ({"method": 3}, "method", "full_domain, local"),
        ({"time_limit_s": 0}, "time_limit_s", "above 0"),
        ({"time_limit_s": float("inf")}, "time_limit_s", "above 0"),
        ({"population": 3}, "population", "a text"),
        ({"sensitive": {"age": {"beta": 1}}}, "sensitive", "a quasi-identifier and sensitive"),
        ({"sensitive": {"job": {}}}, "sensitive.job", "how it is protected"),
        ({"sensitive": {"job": {"l": 5}}}, "sensitive.job.l", "names with their values"),
        ({"sensitive": {"job": {"l": {"value": 5}}}}, "sensitive.job.l.kind", "distinct, entropy"),
        (
            {"sensitive": {"job": {"l": {"kind": "distinct", "value": 1.5}}}},
            "sensitive.job.l.value",
            "whole",
        ),
        (
            {"sensitive": {"job": {"l": {"kind": "recursive", "value": 3}}}},
            "sensitive.job.l.c",
            "above 0",
        ),
        (
            {"sensitive": {"job": {"l": {"kind": "distinct", "value": 3, "c": 1}}}},
            "sensitive.job.l",
            "“c” is not known",
        ),
        (
            {"sensitive": {"job": {"t": {"kind": "equal", "value": 2}}}},
            "sensitive.job.t.value",
            "at least 0 and at most 1",
        ),
        (
            {"sensitive": {"job": {"t": {"kind": "hierarchical", "value": 0.2}}}},
            "sensitive.job",
            "hierarchical t takes a “hierarchy”",
        ),
        (
            {"sensitive": {"job": {"beta": 1, "hierarchy": "j.csv"}}},
            "sensitive.job",
            "nothing else does",
        ),
        ({"sensitive": {"job": {"delta_disclosure": -1}}}, "sensitive.job.delta", "above 0"),
        (
            {"quasi_identifiers": {"job": {"build": "categories", "groups": {"a;b": ["x"]}}}},
            "quasi_identifiers.job.groups",
            "names with lists",
        ),
        ({"columns": {"age": "drop"}}, "columns", "a quasi-identifier and treated otherwise"),
        ({"columns": {"email": "dorp"}}, "columns.email", "perhaps “drop” is meant"),
        ({"columns": {"email": []}}, "columns.email", "nothing says"),
        ({"columns": {"email": {"drop": {}, "mask": {}}}}, "columns.email", "one treatment"),
        (
            {"columns": {"email": {"mask": {"keep": float("nan")}}}},
            "columns.email.mask.keep",
            "a number",
        ),
    ],
)
def test_a_slip_gets_a_sentence_that_names_its_place(
    changes: dict[str, object], place: str, reason: str
) -> None:
    with pytest.raises(MalformedRecipeError) as refused:
        to_plan(changed(**changes))

    assert str(refused.value.facts["place"]).startswith(place)
    assert reason in str(refused.value)


@pytest.mark.parametrize("raw", [None, 3, "k: 5", [1], {}, {"quasi_identifiers": _AGE}])
def test_what_is_no_plan_is_refused(raw: object) -> None:
    with pytest.raises(MalformedRecipeError):
        to_plan(raw)


_PLAIN = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=5,
)


@given(
    st.dictionaries(
        st.sampled_from(
            ["quasi_identifiers", "sensitive", "k", "k_map", "delta_presence", "columns", "loss"]
        ),
        _PLAIN | st.dictionaries(st.sampled_from(["age", "job"]), _PLAIN),
    )
)
def test_whatever_a_file_holds_is_a_plan_or_refused(raw: dict[str, object]) -> None:
    try:
        plan = to_plan({"quasi_identifiers": _AGE, "k": 2, **raw})
    except MalformedRecipeError:
        return

    assert to_plan(from_plan(plan)) == plan


@given(
    st.integers(1, 10**6),
    st.floats(0, 1),
    st.sampled_from(LossKind),
    st.floats(0, 1e9, exclude_min=True),
)
def test_numbers_come_back_as_they_were(
    k: int, limit: float, loss: LossKind, time_limit: float
) -> None:
    raw = changed(k=k, suppression_limit=limit, loss=str(loss), time_limit_s=time_limit)

    plan = to_plan(raw)

    assert (plan.k, plan.suppression_limit, plan.loss) == (k, limit, loss)
    assert to_plan(from_plan(plan)) == plan


def test_the_document_names_every_setting_builder_and_treatment() -> None:
    text = (ROOT / "docs" / "anonymise-plans.md").read_text(encoding="utf-8")
    settings = {name for builder in SETTINGS.values() for name in builder}
    wanted = {*OF_PLAN, *settings, *Builder, *TreatmentKind, *LossKind, *Method, *UNITS}

    assert [name for name in wanted if not re.search(rf"\b{name}\b", text)] == []


def test_the_plans_of_the_document_are_read() -> None:
    text = (ROOT / "docs" / "anonymise-plans.md").read_text(encoding="utf-8")
    first = re.search(r"^```yaml\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)

    assert first is not None
    assert plan_of(first[1]).k == 5
