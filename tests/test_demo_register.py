"""The demo shop's register: taken in whole, without contradictions, and its faults are found."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from compliance.demo import shop_register
from compliance.register import kinds
from compliance.rules import desk_pack, judge
from compliance.rules.facts import contradictions
from compliance.rules.nouns import Assessment, Knowledge, State
from compliance.settings import Settings
from compliance.workspace import Workspace
from compliance.workspace.governing.knowing import known

AT = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)

# Each fault that was put in, and what must be said of it.
FAULTS = {
    ("GDPR-37", "Birnwald & Söhne Online"): "reported to the authority: no",
    ("CCPA-SCOPE", "Birnwald & Söhne Online"): "assessed whether the CCPA applies",
    ("PIPL-53", "Birnwald & Söhne Online"): "representative in China: not recorded",
    ("GDPR-32", "customers"): "last test of the security measures: 2025",
    ("GDPR-5-1-E", "clicks"): "rows kept past their retention: 3",
    ("GDPR-5-1-C", "clicks"): "personal columns that no activity needs: 6",
    ("GDPR-35-1", "Recommendations"): "impact assessment: not recorded",
    ("GDPR-6-1-F", "Recommendations"): "legitimate-interest assessment: not recorded",
    ("GDPR-28-3", "Lettermill"): "contract: not recorded",
    ("GDPR-28-3", "Nachtlicht Support"): "contract expired: yes",
    ("GDPR-28-2", "Nachtlicht Support"): "without the same duties: 1",
    ("GDPR-46-TIA", "Night support in India"): "transfer impact assessment: not recorded",
    ("CN-CBDF-5", "Orders from China"): "impact assessment done: no",
    ("GDPR-33-1", "Laptop left on a train"): "late without a reason: yes",
    ("GDPR-12-3", "Erasure, open"): "not done",
    ("GDPR-15", "Access, answered"): "missing: transfer safeguards",
    ("GDPR-21-3", "Objection to advertising"): "marketing sent after the objection: 2",
    ("GDPR-13", "Privacy policy of the shop"): "10 of 12; missing: ",
    ("GDPR-7-2", "Banner of the country shops"): "bundled with the terms of service: yes",
    ("GDPR-7-1", "Banner of the country shops"): "purpose of the consent: not recorded",
    ("GDPR-22", "Check before payment by invoice"): "way to contest the decision: not recorded",
}
IN_ORDER = {
    ("GDPR-28-3", "Rheinwolke Hosting"),
    ("GDPR-45", "Returns from the United Kingdom"),
    ("GDPR-45-US", "Newsletter through the United States"),
    ("GDPR-33-5", "Two invoices in wrong parcels"),
    ("GDPR-7-1", "Newsletter"),
    ("GDPR-6-1", "Newsletter"),
    ("UK-12A", "Access from the United Kingdom"),
    ("UK-164A", "Letters after an objection"),
    ("GDPR-30-1", "Newsletter"),
}


@pytest.fixture(scope="module")
def audited(tmp_path_factory: pytest.TempPathFactory) -> tuple[Knowledge, Assessment]:
    home: Path = tmp_path_factory.mktemp("shop")
    workspace = Workspace(Settings.from_environment({}, home=home), lambda: AT)
    workspace.build_demo()
    for dataset in workspace.datasets():
        workspace.discover(dataset.name)
    desk = workspace._desk
    with desk.database.reading() as connection:
        return known(desk, connection, AT), workspace.assess()


def states(assessment: Assessment, rule: str, subject: str) -> list[State]:
    return [v.state for v in assessment.verdicts if (v.rule, v.subject) == (rule, subject)]


# What may tell which law governs something.
TELLING = (
    *("law", "datasets", "country", "countries_of_subjects", "countries_of_establishment"),
    *("origin", "origin_regime", "ccpa_applies"),
)


def without_each(knows: Knowledge) -> Iterator[tuple[str, Knowledge]]:
    """What is known, each time without one thing that may tell which law governs something."""
    records, holdings = knows.register.records, knows.holdings
    yield "country", replace(knows, organisation=replace(knows.organisation, country=""))
    for at, record in enumerate(records):
        for field in TELLING:
            if field in record.values:
                values = {name: one for name, one in record.values.items() if name != field}
                rest = (*records[:at], replace(record, values=values), *records[at + 1 :])
                what = f"{record.kind} {record.id}: {field}"
                yield what, replace(knows, register=replace(knows.register, records=rest))
    for at, holding in enumerate(holdings):
        said = replace(holding.dataset.description, region="")
        placeless = replace(holding, dataset=replace(holding.dataset, description=said))
        for less in (placeless, replace(holding, residents=None), replace(holding, discovery=None)):
            some = (*holdings[:at], less, *holdings[at + 1 :])
            yield f"dataset {holding.dataset.name}", replace(knows, holdings=some)


@pytest.mark.anywhere
def test_whoever_forgets_which_law_governs_something_meets_no_duty_more(
    audited: tuple[Knowledge, Assessment],
) -> None:
    knows, before = audited
    met = {verdict.key for verdict in before.verdicts if verdict.state is State.MET}
    more = {
        what: now
        for what, less in without_each(knows)
        if (now := {v.key for v in judge(desk_pack(), less).verdicts if v.state is State.MET} - met)
    }

    assert more == {}


def test_days_of_the_register_count_from_the_moment_of_building() -> None:
    def received(at: datetime) -> Any:
        return next(r for r in shop_register(at) if r["id"] == "R-102")["values"]["received_at"]

    assert received(AT) == "2026-10-07"
    assert received(AT + timedelta(days=1)) == "2026-10-08"


def test_moments_of_the_register_keep_their_time_of_day() -> None:
    breach = next(r for r in shop_register(AT) if r["id"] == "laptop-2026")["values"]

    assert breach["aware_at"] == "2026-07-27T09:10:00+00:00"


def test_every_kind_of_record_that_rules_look_at_is_in_the_shop() -> None:
    unused = {"dpia", "sharing", "retention_rule"}  # made on their own pages, or drawn

    assert {r["kind"] for r in shop_register(AT)} == set(kinds()) - unused


def test_the_register_is_taken_in_whole_and_contradicts_nothing(
    audited: tuple[Knowledge, Assessment],
) -> None:
    knows, _ = audited

    assert contradictions(knows) == ()
    for row in shop_register(AT):
        assert knows.register.record(row["kind"], row["id"]) is not None


def test_no_dataset_is_used_twice_for_one_purpose(audited: tuple[Knowledge, Assessment]) -> None:
    purposes = [
        purpose
        for record in audited[0].register.of("activity")
        for purpose in record.several("purposes")
    ]

    assert len(purposes) == len(set(purposes))


@pytest.mark.parametrize(("rule", "subject"), FAULTS)
def test_each_fault_is_found(
    audited: tuple[Knowledge, Assessment], rule: str, subject: str
) -> None:
    found = [v for v in audited[1].findings if (v.rule, v.subject) == (rule, subject)]

    assert len(found) == 1
    assert FAULTS[rule, subject] in found[0].evidence


@pytest.mark.parametrize(("rule", "subject"), sorted(IN_ORDER))
def test_what_is_in_order_is_found_in_order(
    audited: tuple[Knowledge, Assessment], rule: str, subject: str
) -> None:
    assert states(audited[1], rule, subject) == [State.MET]


def test_a_law_that_an_officer_says_does_not_apply_asks_nothing_of_data(
    audited: tuple[Knowledge, Assessment],
) -> None:
    of_data = [
        v.rule
        for v in audited[1].verdicts
        if v.law == "CCPA" and v.entity != "org" and v.state is not State.NOT_APPLICABLE
    ]

    assert of_data == []
