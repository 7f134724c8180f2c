"""Duties on facts: met, not met, not assessed; and the ring that is told from the same facts."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.rules import Pack, Tally, assess, desk_pack, stages
from compliance.rules.nouns import Progress, Rule, Severity, State, Subject, Triple

AT = datetime(2026, 11, 24, tzinfo=UTC)
ROOT = Path(__file__).resolve().parent.parent

# Per rule: facts with which it is met, and a change that breaks it.
CASES: dict[str, tuple[dict[str, object], dict[str, object]]] = {
    "ORG-CONTACT": ({"name": "Shop", "contact": "dpo@shop"}, {"contact": ""}),
    "GDPR-5-1-B": ({"contains_personal_data": True, "purpose": "billing"}, {"purpose": ""}),
    "GDPR-6-1": (
        {"contains_personal_data": True, "legal_basis": "contract"},
        {"legal_basis": None},
    ),
    "GDPR-5-1-E": (
        {"contains_personal_data": True, "retention_months": 24},
        {"retention_months": None},
    ),
    "GDPR-30-1": (
        {"contains_personal_data": True, "data_subjects": "x", "source": "y", "region": "DE"},
        {"region": ""},
    ),
    "GDPR-9-2": ({"special_columns": 1, "special_condition": "9(2)(a)"}, {"special_condition": ""}),
    "POL-DISCOVERED": ({"discovered": True}, {"discovered": False}),
    "POL-CONFIRMED": (
        {"contains_personal_data": True, "unconfirmed_columns": 0},
        {"unconfirmed_columns": 1},
    ),
    "POL-RARE": ({"discovered": True, "rare_columns": 0}, {"rare_columns": 1}),
    "POL-NEWKINDS": (
        {"refreshed": True, "discovered": True, "new_kinds": 0},
        {"new_kinds": 1},
    ),
    "POL-ANONYMISED": ({"anonymised": True, "k_missing": 0}, {"k_missing": 1}),
    "POL-UNIT": ({"direct_columns": 1, "unit": "id"}, {"unit": None}),
    "POL-BUDGET-DECIDED": ({"budget_decided": True}, {"budget_decided": False}),
    "POL-BUDGET-LEFT": ({"share_spent": 0.8}, {"share_spent": 0.8001}),
    "POL-SITES": ({"sites_left_out": 0, "smallest_site": 100}, {"smallest_site": 99}),
    "POL-NOISE": ({"contains_personal_data": True, "has_noise": True}, {"has_noise": False}),
    "POL-READABLE": (
        {"has_noise": False, "contains_personal_data": True, "rows_readable": 0},
        {"rows_readable": 1},
    ),
    "POL-TRAIL": ({"trail_whole": True}, {"trail_whole": False}),
}


def rule_of(id_: str) -> Rule:
    return next(rule for rule in desk_pack().rules if rule.id == id_)


def state_of(id_: str, facts: dict[str, object]) -> State:
    rule = rule_of(id_)
    only = replace(desk_pack(), rules=(rule,))
    (verdict,) = assess(only, [Subject(entity=rule.entity, name="it", facts=facts)], AT).verdicts
    return verdict.state


def test_every_rule_of_the_desk_has_its_cases() -> None:
    assert set(CASES) == {rule.id for rule in desk_pack().rules}


@pytest.mark.parametrize("id_", CASES)
def test_a_duty_is_met_where_all_its_facts_are_there(id_: str) -> None:
    assert state_of(id_, CASES[id_][0]) is State.MET


@pytest.mark.parametrize("id_", CASES)
def test_a_duty_is_not_met_where_a_fact_speaks_against_it(id_: str) -> None:
    facts, change = CASES[id_]

    assert state_of(id_, facts | change) is State.NOT_MET


@pytest.mark.parametrize("id_", CASES)
def test_a_duty_on_facts_nobody_knows_is_never_met(id_: str) -> None:
    assert state_of(id_, {}) is State.NOT_ASSESSED


@pytest.mark.parametrize(
    ("id_", "fact"), [(i, f) for i, (facts, _) in CASES.items() for f in facts]
)
def test_one_unknown_fact_is_enough_not_to_pass(id_: str, fact: str) -> None:
    facts = {name: value for name, value in CASES[id_][0].items() if name != fact}

    assert state_of(id_, facts) is State.NOT_ASSESSED


@pytest.mark.parametrize(
    ("id_", "facts"),
    [
        pytest.param("GDPR-6-1", {"contains_personal_data": False}, id="no personal data"),
        pytest.param("GDPR-9-2", {"special_columns": 0}, id="no special category"),
        pytest.param("POL-UNIT", {"direct_columns": 0}, id="no direct identifier"),
    ],
)
def test_a_duty_without_its_occasion_does_not_apply(id_: str, facts: dict[str, object]) -> None:
    assert state_of(id_, facts) is State.NOT_APPLICABLE


def test_a_known_breach_outweighs_an_unknown_fact() -> None:
    facts: dict[str, object] = {"sites_left_out": 2}

    assert state_of("POL-SITES", facts) is State.NOT_MET


def test_findings_come_first_and_the_worst_of_them_first() -> None:
    facts: dict[str, object] = {
        "contains_personal_data": True,
        "purpose": "",
        "legal_basis": None,
        "discovered": True,
        "unconfirmed_columns": 3,
    }
    found = assess(desk_pack(), [Subject(entity="dataset", name="orders", facts=facts)], AT)

    assert [v.rule for v in found.findings] == ["GDPR-6-1", "GDPR-5-1-B", "POL-CONFIRMED"]
    assert found.verdicts[:3] == found.findings
    assert [v.severity for v in found.findings] == [
        Severity.CRITICAL,
        Severity.HIGH,
        Severity.MEDIUM,
    ]


def test_the_score_counts_only_what_was_decided() -> None:
    facts: dict[str, object] = {"contains_personal_data": True, "purpose": "x", "legal_basis": None}
    subjects = [Subject(entity="dataset", name="orders", facts=facts)]

    assert assess(desk_pack(), subjects, AT).score == 50.0
    assert assess(desk_pack(), [], AT).score is None


def test_evidence_names_facts_but_no_value_that_was_typed() -> None:
    facts: dict[str, object] = {"name": "Xanthippe Quisling", "contact": ""}
    found = assess(desk_pack(), [Subject(entity="organisation", name="it", facts=facts)], AT)

    assert found.verdicts[0].evidence == (
        "name of the organisation: recorded; contact of the data-protection officer: not recorded."
    )


def test_an_unknown_operator_is_an_error_and_never_a_pass() -> None:
    pack = pack_of(("fact", "resembles", 1))

    with pytest.raises(ValueError, match="unknown operator resembles"):
        assess(pack, [Subject(entity="thing", name="it", facts={"fact": 1})], AT)


def pack_of(*asserts: Triple) -> Pack:
    rule = replace(rule_of("POL-TRAIL"), entity="thing", when=(), asserts=asserts)
    return replace(desk_pack(), words={t[0]: t[0] for t in asserts}, rules=(rule,))


@given(st.dictionaries(st.sampled_from("abc"), st.booleans()), st.sets(st.sampled_from("abc")))
def test_knowing_more_never_turns_a_breach_into_a_pass(
    facts: dict[str, bool], forgotten: set[str]
) -> None:
    pack = pack_of(*((fact, "eq", True) for fact in "abc"))
    known = {name: value for name, value in facts.items() if name not in forgotten}
    (less,) = assess(pack, [Subject(entity="thing", name="it", facts=known)], AT).verdicts
    (more,) = assess(pack, [Subject(entity="thing", name="it", facts=facts)], AT).verdicts

    assert less.state in (more.state, State.NOT_ASSESSED)


def test_each_rule_says_where_it_was_read_and_where_it_is_mended() -> None:
    pages = {path.stem for path in (ROOT / "pages").glob("*/*.py")} | {"settings"}
    for rule in desk_pack().rules:
        assert rule.verified.source, rule.id
        assert rule.remedy.endswith("."), rule.id
        assert rule.page in pages, rule.id
        assert 1 <= rule.stage <= 10, rule.id
        assert {t[0] for t in (*rule.when, *rule.asserts)} <= desk_pack().words.keys(), rule.id
    assert len({rule.id for rule in desk_pack().rules}) == len(desk_pack().rules)


EMPTY = Tally(
    datasets=0,
    described=0,
    cleaning_steps=0,
    with_region=0,
    discovered=0,
    confirmed=0,
    releases=0,
    runs=0,
    anonymised=0,
    edges=0,
    entries=0,
    reports=0,
    trail_problems=0,
    assessment=None,
    closed=0,
)


def test_an_empty_desk_asks_for_data_and_everything_else_waits() -> None:
    ring = stages(EMPTY)

    assert [stage.number for stage in ring] == list(range(1, 11))
    assert ring[0].progress is Progress.OPEN
    assert {stage.progress for stage in ring[1:]} == {Progress.WAITING}
    assert [stage.next_step for stage in ring if stage.next_step] == [
        "Load a table, or open the demo shop."
    ]


@pytest.mark.parametrize(
    ("change", "number", "progress"),
    [
        pytest.param({"described": 1}, 1, Progress.OPEN, id="one dataset lacks its purpose"),
        pytest.param({"described": 2}, 1, Progress.DONE, id="all described"),
        pytest.param({"discovered": 2, "confirmed": 1}, 3, Progress.OPEN, id="labels to confirm"),
        pytest.param({"discovered": 2, "confirmed": 2}, 3, Progress.DONE, id="labels confirmed"),
        pytest.param({"with_region": 1}, 4, Progress.OPEN, id="a region missing"),
        pytest.param({"runs": 1}, 5, Progress.DONE, id="a federated run is analysis too"),
        pytest.param({"trail_problems": 1}, 7, Progress.OPEN, id="a broken trail"),
        pytest.param({}, 8, Progress.OPEN, id="duties not checked"),
        pytest.param({}, 10, Progress.WAITING, id="nothing to improve yet"),
        pytest.param({"reports": 1}, 9, Progress.DONE, id="a report built"),
    ],
)
def test_a_stage_is_done_only_when_nothing_is_open_in_it(
    change: dict[str, int], number: int, progress: Progress
) -> None:
    stage = stages(replace(EMPTY, **{"datasets": 2, **change}))[number - 1]

    assert stage.progress is progress
    assert bool(stage.next_step) == (progress is Progress.OPEN)
