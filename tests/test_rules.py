"""Duties on facts: met, not met, not assessed; and the ring that is told from the same facts."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rule_cases import met_facts, rule_of, state_of, verdict_on

from compliance.rules import Pack, Tally, assess, desk_pack, stages
from compliance.rules.nouns import (
    POLICY,
    Assessment,
    Progress,
    Severity,
    State,
    Subject,
    Triple,
)

AT = datetime(2026, 11, 24, tzinfo=UTC)
ROOT = Path(__file__).resolve().parent.parent
PLANNED = {"register", "residency", "impact"}


def test_a_known_breach_outweighs_an_unknown_fact() -> None:
    assert state_of("POL-SITES", {"sites_left_out": 2}) is State.NOT_MET


def desk_only() -> Pack:
    """The rules that the desk asks of itself."""
    rules = tuple(rule for rule in desk_pack().rules if rule.law == POLICY)
    return replace(desk_pack(), rules=rules)


def on_orders(facts: dict[str, object]) -> Assessment:
    return assess(desk_only(), [Subject(entity="dataset", name="orders", facts=facts)], AT)


def test_findings_come_first_and_the_worst_of_them_first() -> None:
    facts: dict[str, object] = {
        "contains_personal_data": True,
        "discovered": True,
        "unconfirmed_columns": 3,
        "rare_columns": 1,
        "anonymised": True,
        "k_missing": 2,
    }
    found = on_orders(facts)

    assert [v.rule for v in found.findings] == ["POL-ANONYMISED", "POL-RARE", "POL-CONFIRMED"]
    assert found.verdicts[:3] == found.findings
    assert [v.severity for v in found.findings] == [
        Severity.CRITICAL,
        Severity.HIGH,
        Severity.MEDIUM,
    ]


def test_the_score_counts_only_what_was_decided() -> None:
    facts: dict[str, object] = {"discovered": True, "rare_columns": 2}

    assert on_orders(facts).score == 50.0
    assert assess(desk_pack(), [], AT).score is None


def test_evidence_names_facts_but_no_value_that_was_typed() -> None:
    facts: dict[str, object] = {"name": "Xanthippe Quisling", "contact": ""}
    verdict = verdict_on(rule_of("ORG-CONTACT"), facts)

    assert verdict.evidence == (
        "name of the organisation: recorded; contact of the data-protection officer: not recorded."
    )


@pytest.mark.parametrize("typed", ["4929123456789", "19850412", "1985", "0612345678"])
def test_evidence_shows_no_number_of_a_person_that_was_typed(typed: str) -> None:
    facts: dict[str, object] = {"name": typed, "contact": typed}
    verdict = verdict_on(rule_of("ORG-CONTACT"), facts)

    assert verdict.evidence == (
        "name of the organisation: recorded; contact of the data-protection officer: recorded."
    )


def test_evidence_shows_numbers_that_a_rule_names_as_choices() -> None:
    facts = {**met_facts("GDPR-46-SCC"), "scc_module": "2"}

    assert ": 2;" in verdict_on(rule_of("GDPR-46-SCC"), facts).evidence


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
    pages = {path.stem for path in (ROOT / "pages").glob("*/*.py")} | PLANNED
    pack = desk_pack()
    for rule in pack.rules:
        assert rule.verified.source, rule.id
        assert not rule.remedy or rule.remedy.endswith("."), rule.id
        assert (rule.page or pack.entities[rule.entity].page) in pages, rule.id
        assert 1 <= (rule.stage or pack.entities[rule.entity].stage) <= 10, rule.id
        words = {word.rpartition(".")[2] for word in pack.words}
        assert {t[0] for t in (*rule.when, *rule.asserts)} <= words, rule.id
    assert len({rule.id for rule in pack.rules}) == len(pack.rules)


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
