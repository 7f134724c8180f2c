"""Which rules look at what: scope, days in force, subjects, waivers; what a verdict carries."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from rule_cases import AT, CASES, met_facts, rule_of

from compliance.register.nouns import Organisation, Record, Register
from compliance.rules import assess, desk_pack, in_scope, judge, standing
from compliance.rules.nouns import (
    Assessment,
    Finding,
    Gap,
    Governed,
    Knowledge,
    Level,
    Pack,
    Severity,
    State,
    Status,
    Subject,
    Verdict,
    Waiver,
)

SHOP = Subject(entity="org", name="Shop", facts={"name": "Shop", "contact": "x"}, id="org")
ORDERS = Subject(
    entity="dataset", name="orders", facts={"contains_personal_data": True}, id="orders"
)


def only(*ids: str, **changes: object) -> Pack:
    """A pack of these rules, each with `changes`."""
    rules = tuple(replace(rule_of(id_), **changes) for id_ in ids)  # type: ignore[arg-type]
    return replace(desk_pack(), rules=rules)


def one(found: Assessment) -> Verdict:
    (verdict,) = found.verdicts
    return verdict


def test_a_law_out_of_scope_has_one_verdict_per_rule_that_says_why() -> None:
    many = [replace(ORDERS, name=f"set {n}", id=f"{n}") for n in range(9)]
    verdict = one(assess(only("GDPR-10"), [SHOP, *many], AT, laws={"CN_PIPL": "it says so"}))

    assert (verdict.state, verdict.subject) == (State.NOT_APPLICABLE, "Shop")
    assert verdict.because.startswith("GDPR is not in scope; it applies to: established in the EU")


def test_the_organisations_own_policy_is_always_in_scope() -> None:
    assert one(assess(only("POL-DISCOVERED"), [ORDERS], AT, laws={})).subject == "orders"


def test_a_subject_is_asked_only_by_the_laws_that_govern_it() -> None:
    here = replace(ORDERS, governed=Governed(laws=("EU_GDPR",)))
    there = replace(ORDERS, name="other", id="other", governed=Governed(laws=("CN_PIPL",)))

    assert one(assess(only("GDPR-10"), [here, there], AT)).subject == "orders"
    assert {v.subject for v in assess(only("POL-DISCOVERED"), [here, there], AT).verdicts} == {
        "orders",
        "other",
    }
    nobody = one(assess(only("GDPR-10"), [SHOP, there], AT))
    assert (nobody.state, nobody.because) == (
        State.NOT_APPLICABLE,
        "No dataset on record is under GDPR.",
    )


UNTOLD = Governed(perhaps={"EU_GDPR": Gap("countries_of_subjects", "nobody said where")})


@pytest.mark.parametrize(
    "facts",
    [{"criminal_data": True, "art10_authorisation": given} for given in ("Act 5", None)],
    ids=["in order", "not in order"],
)
def test_a_duty_of_a_law_that_may_not_govern_its_subject_is_not_assessed(
    facts: dict[str, object],
) -> None:
    verdict = one(assess(only("GDPR-10"), [replace(ORDERS, facts=facts, governed=UNTOLD)], AT))

    assert verdict.state is State.NOT_ASSESSED
    assert verdict.because == (
        "Whether it applies is not known: laws that govern it (unknown: nobody said where)."
    )
    assert verdict.remedy == "Record: laws that govern it."
    assert verdict.missing == ("countries_of_subjects",)


def test_where_a_duty_applies_under_no_law_it_matters_not_which_one_governs() -> None:
    facts = {"criminal_data": False}
    verdict = one(assess(only("GDPR-10"), [replace(ORDERS, facts=facts, governed=UNTOLD)], AT))

    assert verdict.state is State.NOT_APPLICABLE


def test_the_organisations_own_policy_governs_what_may_be_under_any_law() -> None:
    found = assess(only("POL-DISCOVERED"), [replace(ORDERS, governed=UNTOLD)], AT)

    assert "laws that govern it" not in one(found).because


@pytest.mark.parametrize(
    ("day", "state", "because"),
    [
        (date(2026, 4, 30), State.NOT_APPLICABLE, "Not in force yet; it binds from 2026-05-01 on."),
        (date(2026, 5, 1), State.NOT_ASSESSED, "Whether it applies is not known"),
        (date(2026, 8, 31), State.NOT_ASSESSED, "Whether it applies is not known"),
        (date(2026, 9, 1), State.NOT_APPLICABLE, "No longer in force; it bound until 2026-08-31."),
    ],
)
def test_a_rule_binds_on_the_days_it_is_in_force(day: date, state: State, because: str) -> None:
    pack = only("GDPR-10", effective_from=date(2026, 5, 1), effective_until=date(2026, 8, 31))
    at = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    verdict = one(assess(pack, [SHOP, ORDERS], at))

    assert verdict.state is state
    assert verdict.because.startswith(because)


def test_a_rule_that_is_switched_off_says_by_whom_and_why() -> None:
    pack = replace(only("GDPR-10"), disabled={"GDPR-10": "no such data, says our lawyer"})
    verdict = one(assess(pack, [SHOP, ORDERS], AT))

    assert verdict.state is State.NOT_APPLICABLE
    assert verdict.because == "Switched off: no such data, says our lawyer"


@pytest.mark.parametrize("id_", ["GDPR-33-5", "UK-164A", "GDPR-28-3", "GDPR-35-7", "APPI-27"])
def test_where_nothing_of_the_kind_is_on_record_a_rule_does_not_apply(id_: str) -> None:
    verdict = one(assess(only(id_), [SHOP, ORDERS], AT))

    assert verdict.state is State.NOT_APPLICABLE
    assert verdict.because.endswith(" is on record.")


@pytest.mark.parametrize("id_", ["GDPR-5-1-B", "GDPR-13"])
def test_who_holds_personal_data_has_activities_and_notices(id_: str) -> None:
    """That none is on record is a gap, and never a pass."""
    verdict = one(assess(only(id_), [SHOP, ORDERS], AT))
    assert verdict.state is State.NOT_ASSESSED
    assert "though personal data may be held" in verdict.because

    empty = replace(ORDERS, facts={"contains_personal_data": False})
    assert one(assess(only(id_), [SHOP, empty], AT)).state is State.NOT_APPLICABLE
    assert one(assess(only(id_), [SHOP], AT)).state is State.NOT_APPLICABLE


def test_where_only_some_datasets_are_looked_at_rules_on_others_are_left_out() -> None:
    assert assess(only("GDPR-13"), [SHOP, ORDERS], AT, is_whole=False).verdicts == ()


def finding(until: date) -> Finding:
    return Finding(
        id="F1",
        rule="GDPR-10",
        entity="dataset",
        subject_id="orders",
        subject="orders",
        title="",
        severity=Severity.HIGH,
        stage=3,
        status=Status.OPEN,
        opened_at=AT,
        due=date(2026, 12, 1),
        waiver=Waiver(by="Mara", why="the supplier moves", until=until, at=AT),
    )


CRIMES = {"contains_personal_data": True, "criminal_data": True, "art10_authorisation": None}


@pytest.mark.parametrize(
    ("until", "state"),
    [(date(2026, 11, 26), State.WAIVED), (date(2026, 11, 25), State.NOT_MET)],
)
def test_a_waiver_counts_until_its_day_is_over(until: date, state: State) -> None:
    subjects = [replace(ORDERS, facts=CRIMES)]
    found = assess(only("GDPR-10"), subjects, AT, findings=[finding(until)])
    verdict = one(found)

    assert verdict.state is state
    assert verdict.evidence == "authorisation for criminal-offence data: not recorded."
    if state is State.WAIVED:
        assert verdict.because == f"Waived by Mara until {until}: the supplier moves"
        assert found.score is None


def test_a_waiver_is_for_its_own_subject_and_only_where_the_duty_is_unmet() -> None:
    waived = [finding(date(2027, 1, 1))]
    other = replace(ORDERS, name="other", id="other", facts=CRIMES)
    met = replace(ORDERS, facts=CRIMES | {"art10_authorisation": "Act 5"})
    unknown = replace(ORDERS, facts={"criminal_data": True})

    for subject, state in (
        (other, State.NOT_MET),
        (met, State.MET),
        (unknown, State.NOT_ASSESSED),
    ):
        assert one(assess(only("GDPR-10"), [subject], AT, findings=waived)).state is state


def test_a_verdict_says_where_it_was_read_and_how_sure_that_is() -> None:
    subject = Subject(entity="breach", name="b", facts=met_facts("PIPA-34"))
    verdict = one(assess(only("PIPA-34"), [subject], AT))

    assert verdict.level is Level.SECONDARY
    assert verdict.source.startswith("dlapiperdataprotection.com")
    assert verdict.as_of == "2026-11-23"
    assert verdict.reference == "PIPA Art. 34"
    assert (verdict.page, verdict.stage) == ("register", 7)


def test_a_verdict_shows_each_triple_with_what_it_said() -> None:
    facts = {"contains_personal_data": True, "columns_without_purpose": 3}
    verdict = one(assess(only("GDPR-5-1-C"), [replace(ORDERS, facts=facts)], AT))

    told = [(o.word, o.wanted, o.known, o.holds) for o in verdict.outcomes]
    assert told == [
        ("holds personal data", "yes", "yes", True),
        ("personal columns that no activity needs", "0", "3", False),
    ]
    assert verdict.remedy == "Bring “personal columns that no activity needs” from 3 to 0."


def test_a_reason_why_a_fact_is_unknown_is_told() -> None:
    unknown = {"criminal_data": "two records contradict each other"}
    verdict = one(assess(only("GDPR-10"), [replace(ORDERS, unknown=unknown)], AT))

    assert verdict.because == (
        "Whether it applies is not known: data on crimes or convictions "
        "(unknown: two records contradict each other)."
    )
    assert verdict.missing == ("criminal_data",)


def test_every_rule_of_the_desk_gives_one_verdict_where_nothing_is_known() -> None:
    found = assess(desk_pack(), [], AT)

    assert len(found.verdicts) == len(CASES)
    assert {v.state for v in found.verdicts} <= {State.NOT_APPLICABLE, State.NOT_ASSESSED}
    assert found.pack == "laws 2026.11 + desk 2026.11"


def test_a_standing_counts_verdicts_and_scores_each_stage() -> None:
    subjects = [
        Subject(entity="dataset", name="a", facts=met_facts("GDPR-10")),
        Subject(entity="dataset", name="b", facts=CRIMES),
        Subject(entity="activity", name="c", facts=met_facts("GDPR-5-1-B")),
    ]
    told = standing(assess(only("GDPR-10", "GDPR-5-1-B"), subjects, AT))

    assert told.counts[State.MET] == 2
    assert told.counts[State.NOT_MET] == 1
    assert told.score == 66.7
    assert told.stages[0] == 100.0  # stage 1, activities
    assert told.stages[2] == 50.0  # stage 3, datasets
    assert told.stages[9] is None


def known(country: str = "", people_in: str = "", *records: Record) -> Knowledge:
    values = {"countries_of_subjects": (people_in,)} if people_in else {}
    activity = Record(kind="activity", id="a", name="Sales", values=values)
    return Knowledge(
        at=AT,
        organisation=Organisation(name="Shop", country=country),
        holdings=(),
        register=Register(records=(activity, *records)),
    )


@pytest.mark.parametrize(
    ("country", "people_in", "laws"),
    [
        ("DE", "", {"EU_GDPR"}),
        ("", "US-CA", {"CCPA", "US_DOJ_BULK_DATA"}),
        ("", "US", {"CCPA", "US_VA_VCDPA", "US_DOJ_BULK_DATA"}),
        ("GB", "CN", {"UK_GDPR", "CN_PIPL"}),
        ("AU", "", set()),
    ],
)
def test_laws_follow_from_where_the_organisation_and_its_data_are(
    country: str, people_in: str, laws: set[str]
) -> None:
    found = in_scope(desk_pack(), known(country, people_in))

    assert found is not None
    assert set(found) == laws


@pytest.mark.parametrize("code", ["UK", "EU", "XX", "ZZ-CA"])
def test_a_country_that_does_not_exist_puts_no_law_out_of_scope(code: str) -> None:
    assert in_scope(desk_pack(), known(code)) is None
    assert in_scope(desk_pack(), known("", code)) is None


def test_laws_are_those_that_the_organisation_says() -> None:
    said = Record(kind="org", id="org", name="Shop", values={"laws_in_scope": ("SG_PDPA",)})
    found = in_scope(desk_pack(), known("DE", "", said))

    assert found == {"SG_PDPA": "it is among the laws in scope on record"}


def test_where_nobody_said_anything_of_it_every_law_is_looked_at() -> None:
    assert in_scope(desk_pack(), known()) is None


def test_where_nobody_said_anything_of_it_no_law_is_kept() -> None:
    found = judge(desk_pack(), known())
    said = {(v.law, v.state) for v in found.verdicts if v.state in (State.MET, State.NOT_MET)}

    assert {law for law, _ in said} == {"POLICY"}


def test_judging_takes_scope_waivers_and_lists_from_what_is_known() -> None:
    found = judge(desk_pack(), known("DE"))
    states = {v.rule: v for v in found.verdicts}

    assert "PIPL is not in scope" in states["PIPL-13"].because
    assert states["ORG-CONTACT"].state is State.NOT_MET
    assert found.assessed_at == AT
