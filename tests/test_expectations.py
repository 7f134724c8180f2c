"""Real data sets against what a careful officer would say of them, and against their truth."""

from __future__ import annotations

import fnmatch
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from compliance import shipped
from compliance.dataset.nouns import Description
from compliance.discovery.nouns import IdentifierClass
from compliance.plain import from_plain
from compliance.register.nouns import Organisation
from compliance.rules.facts import subjects
from compliance.rules.nouns import Assessment, Holding, Knowledge, State, Subject
from compliance.settings import Settings
from compliance.workspace import Workspace
from compliance.workspace.governing.knowing import known

pytestmark = pytest.mark.realdata

AT = datetime(2026, 11, 24, 9, tzinfo=UTC)
EXPECTED: Mapping[str, Any] = shipped.values(
    (Path(__file__).parent / "expectations.yaml").read_bytes()
)
OF_DATA = ("dataset", "activity", "org")


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A data set as it was brought in, assessed, and what is expected of it."""

    expected: Mapping[str, Any]
    truth: Mapping[str, Any]
    knows: Knowledge
    assessment: Assessment

    def holding(self, name: str) -> Holding:
        return next(h for h in self.knows.holdings if h.dataset.name == name)

    def subject(self, name: str) -> Subject:
        return next(s for s in subjects(self.knows) if (s.entity, s.name) == ("dataset", name))

    def states(self, rule: str, subject: str | None = None) -> set[State]:
        return {
            v.state
            for v in self.assessment.verdicts
            if v.rule == rule and (subject is None or v.subject == subject)
        }


@pytest.fixture(scope="module", params=EXPECTED)
def case(
    request: pytest.FixtureRequest, shared_data: Path, tmp_path_factory: pytest.TempPathFactory
) -> Case:
    expected, folder = EXPECTED[request.param], shared_data / request.param
    home = tmp_path_factory.mktemp(request.param)
    workspace = Workspace(Settings.from_environment({}, home=home), lambda: AT)
    workspace.set_organisation(from_plain(Organisation, expected["organisation"]))
    for name, row in expected["datasets"].items():
        said = from_plain(Description, row["description"]) if "description" in row else None
        places = [folder / place for place in row["places"]]
        workspace.add_places(places, name, said, table=row.get("table"))
        workspace.discover(name)
    assessment = workspace.assess()
    desk = workspace._desk
    with desk.database.reading() as connection:
        knows = known(desk, connection, AT)
    return Case(
        expected=expected,
        truth=shipped.values((folder / "truth.yaml").read_bytes()),
        knows=knows,
        assessment=assessment,
    )


def test_findings_a_careful_officer_would_raise_are_raised_and_no_others(case: Case) -> None:
    found: dict[str, set[str]] = {}
    for verdict in case.assessment.findings:
        if verdict.entity in OF_DATA:
            found.setdefault(verdict.rule, set()).add(verdict.subject)

    assert found == {rule: set(names) for rule, names in case.expected["not_met"].items()}


def test_what_nobody_can_know_is_left_open_and_says_what_is_missing(case: Case) -> None:
    for rule, (subject, word) in case.expected["not_assessed"].items():
        assert case.states(rule, subject) == {State.NOT_ASSESSED}, rule
        said = [
            v.because + v.evidence
            for v in case.assessment.verdicts
            if (v.rule, v.subject) == (rule, subject)
        ]
        assert word in said[0], rule


def test_what_is_in_order_is_found_in_order(case: Case) -> None:
    for rule, subject in case.expected["met"].items():
        assert case.states(rule, subject) == {State.MET}, rule


def test_nothing_is_asked_that_the_data_give_no_reason_for(case: Case) -> None:
    for rule in case.expected["not_applicable"]:
        assert case.states(rule) == {State.NOT_APPLICABLE}, rule


def test_facts_are_those_counted_by_hand(case: Case) -> None:
    for name, facts in case.expected["facts"].items():
        found = case.subject(name).facts
        as_lists = {f: list(v) if isinstance(v, tuple) else v for f, v in found.items()}

        assert {fact: as_lists[fact] for fact in facts} == facts


def truth_of(case: Case, name: str) -> list[Mapping[str, Any]]:
    """The columns of a dataset as its truth has them."""
    wanted = case.expected["datasets"][name]["truth"]
    return [
        column
        for file in case.truth["files"]
        if file["path"] == wanted or fnmatch.fnmatch(file["path"], wanted)
        for column in file["columns"]
    ]


def test_no_fact_contradicts_the_truth(case: Case) -> None:
    for name, row in case.expected["datasets"].items():
        columns, facts = truth_of(case, name), case.subject(name).facts
        assert columns, name
        direct = {c["name"].strip() for c in columns if "direct" in (c["class"], c.get("also"))}
        keys = {c["name"].strip() for c in columns if c.get("pseudonymous")}
        discovery = case.holding(name).discovery
        assert discovery is not None

        assert facts["contains_personal_data"] is any(c["personal_data"] for c in columns)
        found = {str(column) for column in discovery.columns_of(IdentifierClass.DIRECT)}
        assert found <= direct | keys
        assert {c["name"].strip() for c in columns if c["class"] == "direct"} <= found
        assert facts.get("pseudonymised", False) is (direct <= keys)
        if "people" in row:
            assert case.holding(name).people == case.truth["stats"][row["people"]]
        if "rows" in row:
            assert case.holding(name).dataset.rows == case.truth["stats"][row["rows"]]
