"""Worked cases of the decision tables, law by law."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance import shipped
from compliance.register.nouns import Contradiction
from compliance.rules.nouns import Answer, Flow, Form, Level
from compliance.rules.residency import judge, tables
from compliance.rules.residency.conditions import OPERATORS
from compliance.rules.residency.tables import ANSWERS
from tests.residency_cases import AT, answer, flow, knowing, said

FREE, ALLOWED = Answer.FREE, Answer.ALLOWED
NEEDS, BLOCKED, UNKNOWN = Answer.NEEDS, Answer.BLOCKED, Answer.UNKNOWN

CASES_FILE = Path(__file__).with_name("residency_laws.yaml")


@dataclass(frozen=True, kw_only=True)
class Case:
    """One line of the worked cases."""

    law: str
    case: str
    origin: str
    to: str
    facts: dict[str, Any]
    answer: Answer
    tier: str

    def moved(self, facts: dict[str, Any]) -> Flow:
        return flow(self.origin, self.to, **facts)


def cases() -> list[Case]:
    raw = shipped.values(CASES_FILE.read_bytes())
    found = []
    for line in raw["cases"]:
        facts: dict[str, Any] = {}
        for group in line.pop("use", ()):
            facts |= raw["groups"][group]
        facts |= line.pop("facts")
        if "form" in facts:
            facts["form"] = Form(facts["form"])
        found.append(Case(**{**line, "answer": Answer(line["answer"])}, facts=facts))
    return found


CASES = cases()
SCC = next(case.facts for case in CASES if case.case == "India, clauses whole")


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.law}: {case.case}")
def test_a_law_says_what_its_table_says(case: Case) -> None:
    found = said(case.law, case.moved(case.facts))

    assert (found.answer, found.tier) == (case.answer, case.tier)
    assert bool(found.needs) or case.answer is not NEEDS


def test_every_row_of_every_table_decides_some_case() -> None:
    rows = {(law, r.tier) for law, t in tables().laws.items() for r in (*t.first, *t.rows)}
    seen = {(case.law, case.tier) for case in CASES}

    assert rows - seen == set()


def test_the_british_decision_ends_with_its_last_day() -> None:
    last = datetime(2031, 12, 27, 23, tzinfo=UTC)

    assert answer("EU_GDPR", flow("DE", "GB"), last) is ALLOWED
    assert "it ends on 2031-12-27" in said("EU_GDPR", flow("DE", "GB"), last).warnings
    assert answer("EU_GDPR", flow("DE", "GB"), last + timedelta(days=1)) is NEEDS
    claimed = flow("DE", "GB", mechanism="adequacy")
    assert answer("EU_GDPR", claimed, last + timedelta(days=1)) is BLOCKED


@given(days=st.integers(min_value=1, max_value=20_000))
def test_an_expired_decision_never_allows(days: int) -> None:
    after = datetime(2031, 12, 27, tzinfo=UTC) + timedelta(days=days)

    assert answer("EU_GDPR", flow("DE", "GB", scope_condition_met=True), after) is NEEDS


def test_what_holds_to_a_day_says_so() -> None:
    assert said("EU_GDPR", flow("DE", "GB")).until == date(2031, 12, 27)
    assert said("EU_GDPR", flow("DE", "CH")).until is None


def test_an_old_list_says_that_somebody_should_look_again() -> None:
    fresh = datetime(2026, 8, 1, tzinfo=UTC)

    assert not said("EU_GDPR", flow("DE", "CH"), fresh).warnings
    assert "look again" in said("EU_GDPR", flow("DE", "CH"), fresh + timedelta(days=1)).warnings[0]


def test_a_table_from_memory_says_so() -> None:
    assert said("UK_GDPR", flow("GB", "CH")).level is Level.MEMORY
    assert said("EU_GDPR", flow("DE", "IN")).level is Level.TEXT


@pytest.mark.parametrize("destination", ["", "XX", "EU", "UK"])
def test_a_country_that_does_not_exist_is_not_assessed(destination: str) -> None:
    assert answer("EU_GDPR", flow("DE", destination, **SCC)) is UNKNOWN


def test_an_unknown_start_is_not_assessed() -> None:
    (found,) = judge(flow("", "IN"), None, tables(), AT, knowing())

    assert found.answer is UNKNOWN
    assert "where it starts" in found.because


def test_a_country_without_a_table_is_not_assessed() -> None:
    (found,) = judge(flow("CH", "IN"), None, tables(), AT, knowing())

    assert (found.answer, "Switzerland" in found.because) == (UNKNOWN, True)


def test_a_movement_of_tomorrow_is_not_assessed() -> None:
    assert answer("EU_GDPR", flow("DE", "CH", since=date(2026, 11, 27))) is UNKNOWN


def test_a_record_that_contradicts_itself_is_not_assessed() -> None:
    against = Contradiction(kind="transfer", record="T1", fields=("since",), says="It ends first.")

    found = said("EU_GDPR", flow("DE", "CH"), knowledge=knowing(contradictions=[against]))

    assert (found.answer, "It ends first." in found.because) == (UNKNOWN, True)


def test_the_law_on_record_governs_beside_that_of_the_place() -> None:
    lying_in_us = flow("US", "IN", origin_regime="EU_GDPR")

    found = [j.law for j in judge(lying_in_us, None, tables(), AT, knowing())]

    assert found == ["EU_GDPR", "CCPA", "US_DOJ_BULK_DATA"]


def test_only_laws_in_scope_are_asked() -> None:
    assert judge(flow("DE", "IN"), ["CN_PIPL"], tables(), AT, knowing()) == ()


def test_what_is_claimed_and_what_is_measured_are_told_apart_in_words() -> None:
    claimed = said("EU_GDPR", flow("DE", "IN", Form.CLAIMED_ANONYMOUS))
    measured = said("EU_GDPR", flow("DE", "IN", Form.ANONYMOUS))

    assert "nothing measured says so" in claimed.warnings[0]
    assert measured.article == "Recital 26"
    assert "test it again" in measured.warnings[0]


@given(case=st.sampled_from(CASES), data=st.data())
def test_fewer_facts_never_allow_more(case: Case, data: st.DataObject) -> None:
    facts = {"people": 100, "sensitive": 0, **case.facts}
    kept = data.draw(st.sets(st.sampled_from(sorted(facts)))) | {"origin_regime"}
    unknown = {"people": None, "sensitive": None, "form": Form.UNKNOWN}
    fewer = {fact: facts[fact] for fact in facts if fact in kept}
    fewer |= {f: v for f, v in unknown.items() if f in facts and f not in kept}

    found = said(case.law, case.moved(fewer)).answer

    assert found not in (FREE, ALLOWED) or case.answer in (FREE, ALLOWED)


def test_every_table_ends_in_a_row_that_always_holds() -> None:
    assert {law for law, t in tables().laws.items() if t.rows[-1].when} == set()


def test_tables_name_only_what_they_know() -> None:
    by = tables()
    for law, table in by.laws.items():
        for row in (*table.first, *table.rows):
            assert row.answer in ANSWERS, law
            assert set(row.offers) <= set(table.mechanisms), (law, row.tier)
            assert row.source, (law, row.tier)
            for triple in (*row.when, *row.asks, *row.forbids):
                assert triple[1] in OPERATORS, (law, row.tier)
                is_known = triple[0] in by.facts or triple[0] == table.mechanism
                assert is_known, (law, row.tier, triple[0])
    for list_ in by.lists.values():
        for entry in list_.entries.values():
            for triple in (*entry.scope, *entry.beyond_scope, *entry.asks):
                assert triple[1] in OPERATORS
                assert triple[0] in by.facts


def test_a_table_with_an_unknown_operator_is_a_slip() -> None:
    by = tables()
    row = replace(by.laws["CCPA"].rows[0], when=(("mechanism", "sounds_like", "x"),))
    broken = replace(by, laws={"CCPA": replace(by.laws["CCPA"], rows=(row,))})

    with pytest.raises(KeyError):
        judge(flow("US", "IN"), None, broken, AT, knowing())
