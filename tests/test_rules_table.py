"""Every rule of the desk, generated from a table: met, not met, not assessed, not applicable."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rule_cases import CASES, facts_of, met_facts, rule_of, state_of, verdict_on

from compliance.rules import desk_pack
from compliance.rules.nouns import State

BROKEN = [(id_, place) for id_, case in CASES.items() for place in range(len(case["broken"]))]
NEEDED = [(id_, fact) for id_, case in CASES.items() for fact in case["met"]]
IDLE = [id_ for id_, case in CASES.items() if "idle" in case]


def test_every_rule_has_its_cases_and_every_case_its_rule() -> None:
    assert list(CASES) == [rule.id for rule in desk_pack().rules]


def test_every_triple_of_every_rule_can_break_it() -> None:
    for id_, case in CASES.items():
        assert len(case["broken"]) == len(rule_of(id_).asserts), id_


def test_every_rule_that_asks_for_an_occasion_has_a_case_without_it() -> None:
    assert set(IDLE) == {rule.id for rule in desk_pack().rules if rule.when}


@pytest.mark.parametrize("id_", CASES)
def test_a_duty_is_met_where_all_its_facts_are_there(id_: str) -> None:
    assert state_of(id_, met_facts(id_)) is State.MET


@pytest.mark.parametrize(("id_", "place"), BROKEN)
def test_a_duty_is_not_met_where_one_fact_speaks_against_it(id_: str, place: int) -> None:
    change = facts_of(id_, CASES[id_]["broken"][place])
    verdict = verdict_on(rule_of(id_), met_facts(id_) | change)

    assert verdict.state is State.NOT_MET
    assert verdict.remedy.endswith(".")
    assert [one.fact for one in verdict.outcomes if one.holds is False]


@pytest.mark.parametrize(("id_", "fact"), NEEDED)
def test_one_unknown_fact_is_enough_not_to_pass(id_: str, fact: str) -> None:
    facts = {name: value for name, value in met_facts(id_).items() if name != fact}
    verdict = verdict_on(rule_of(id_), facts)

    assert verdict.state is State.NOT_ASSESSED
    assert verdict.because
    assert verdict.missing


@pytest.mark.parametrize("id_", CASES)
def test_a_duty_on_facts_nobody_knows_is_never_met(id_: str) -> None:
    assert state_of(id_, {}) is State.NOT_ASSESSED


@pytest.mark.parametrize("id_", IDLE)
def test_a_duty_without_its_occasion_does_not_apply_and_says_why(id_: str) -> None:
    verdict = verdict_on(rule_of(id_), met_facts(id_) | facts_of(id_, CASES[id_]["idle"]))

    assert verdict.state is State.NOT_APPLICABLE
    assert verdict.because.startswith("Applies where “")


@pytest.mark.parametrize(("id_", "fact"), NEEDED)
def test_a_fact_recorded_as_absent_is_never_what_meets_a_duty(id_: str, fact: str) -> None:
    assert state_of(id_, met_facts(id_) | {fact: None}) is not State.MET


# Values that nobody should record for what a rule asks.
JUNK = st.one_of(
    st.floats(),
    st.decimals(),
    st.binary(max_size=3),
    st.text(max_size=12),
    st.dates(),
    st.datetimes(),
    st.lists(st.text(max_size=3) | st.integers() | st.lists(st.none(), max_size=2), max_size=3),
    st.dictionaries(st.text(max_size=3), st.integers(), max_size=2),
    st.sampled_from(["2026-13-01", "24:61", "", "\ud800", "9" * 40, -1, 10**30, object()]),
)


@settings(deadline=None)
@given(st.sampled_from(NEEDED), JUNK)
def test_whatever_is_recorded_a_rule_says_something(needed: tuple[str, str], junk: object) -> None:
    id_, fact = needed
    verdict = verdict_on(rule_of(id_), met_facts(id_) | {fact: junk})

    assert verdict.state in State
    if isinstance(junk, (bytes, dict)) and verdict.state is State.MET:
        asked = [t[1] for t in (*rule_of(id_).when, *rule_of(id_).asserts) if t[0] == fact]
        assert set(asked) <= {"exists", "nonempty"}
