"""Facts of what only people know: drawn from dates and numbers on record, and from the datasets."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from compliance.dataset.nouns import Description
from compliance.discovery.nouns import IdentifierClass, LegalClass
from compliance.register import kinds
from compliance.rules import assess, desk_pack
from compliance.rules.facts import PROVIDED, subjects
from compliance.rules.nouns import (
    Assessed,
    Finding,
    Governed,
    Severity,
    State,
    Status,
    TrailKnown,
    Waiver,
)
from tests.facts_cases import (
    AT,
    COUNTRY,
    KEY,
    LIVING,
    REACH,
    facts_of,
    holding,
    knowing,
    label,
    record,
    subject_of,
    with_records,
)

CARD = label(
    "card",
    "credit_card",
    IdentifierClass.DIRECT,
    (LegalClass.PIPL_SENSITIVE, LegalClass.CCPA_SENSITIVE),
)
TRACE = label("session", "session_id")
SCREENED = {"datasets": ("customers",), "dpia_trigger": ()}


def test_every_fact_that_a_rule_asks_for_is_recorded_or_computed() -> None:
    asked = {
        (rule.entity, triple[0])
        for rule in desk_pack().rules
        for triple in (*rule.when, *rule.asserts)
    }
    fields = {(kind.id, field.id) for kind in kinds().values() for field in kind.fields}
    computed = {(entity, fact) for entity, facts in PROVIDED.items() for fact in facts}

    assert asked - fields - computed == set()


def test_an_activity_that_nobody_screened_and_the_desk_cannot_is_not_passed() -> None:
    known = knowing(holding(KEY), records=(record("activity", "A", datasets=("customers",)),))
    found = subject_of(known, "activity")

    assert "dpia_trigger" not in found.facts
    assert "dpia_trigger" in found.unknown


def test_a_screening_by_an_officer_settles_what_the_desk_cannot_tell() -> None:
    known = knowing(holding(KEY), records=(record("activity", "A", **SCREENED),))

    assert facts_of(known, "activity")["dpia_trigger"] == ()


def test_two_criteria_call_for_an_assessment_whatever_an_officer_said() -> None:
    used = record("activity", "A", **SCREENED, purpose_type="recommendation")
    known = knowing(holding(KEY, TRACE, CARD), records=(used,))

    assert facts_of(known, "activity")["dpia_trigger"] == (
        "evaluation_scoring",
        "systematic_monitoring",
        "sensitive_data",
    )


def test_special_categories_of_many_people_are_enough_alone() -> None:
    health = label("d", "health_condition", legal=(LegalClass.GDPR_SPECIAL,))
    many = replace(holding(KEY, health), people=10_000)
    few = replace(holding(KEY, health), people=9_999)
    used = record("activity", "A", **SCREENED)

    found = facts_of(knowing(many, records=(used,)), "activity")["dpia_trigger"]
    assert "large_scale_special_or_criminal" in found  # type: ignore[operator]
    assert facts_of(knowing(few, records=(used,)), "activity")["dpia_trigger"] == ()


@pytest.mark.parametrize(
    ("made", "facts"),
    [
        pytest.param(
            {"completed": date(2026, 5, 1)},
            {"dpia_id": "I", "dpia_completed_at": date(2026, 5, 1)},
            id="finished",
        ),
        pytest.param({}, {"dpia_id": None}, id="a draft"),
        pytest.param(
            {"completed": date(2026, 5, 1), "is_outdated": True}, {"dpia_id": None}, id="outdated"
        ),
    ],
)
def test_only_a_finished_assessment_counts(
    made: dict[str, object], facts: dict[str, object]
) -> None:
    one = Assessed(id="I", title="I", kind="dpia", activity="A", **made)  # type: ignore[arg-type]
    known = knowing(holding(KEY), records=(record("activity", "A", **SCREENED),))
    found = facts_of(replace(known, impacts=(one,)), "activity")

    assert {f: found[f] for f in facts} == facts
    assert ("dpia_completed_at" in found) == ("dpia_completed_at" in facts)


def test_the_parts_of_the_record_of_processing_are_counted_on_the_record() -> None:
    bare = record("activity", "A", datasets=("customers",))
    full = record(
        "activity",
        "A",
        datasets=("customers",),
        purposes=("delivery",),
        recipients=(),
        transfers=(),
        security_measures=("backup",),
    )

    assert facts_of(knowing(holding(KEY), records=(bare,)), "activity")["ropa_fields"] == (
        "controller_name_contact",
        "joint_controller_representative_dpo",
        "categories_of_subjects",
        "categories_of_data",
        "erasure_time_limits",
    )
    found = facts_of(knowing(holding(KEY), records=(full,)), "activity")["ropa_fields"]
    assert set(found) == {  # type: ignore[call-overload]
        *("controller_name_contact", "joint_controller_representative_dpo", "purposes"),
        *("categories_of_subjects", "categories_of_data", "recipients", "third_country_transfers"),
        *("art49_safeguard_documentation", "erasure_time_limits", "security_measures"),
    }


def test_data_of_people_in_china_that_go_to_a_processor_need_an_assessment_there() -> None:
    used = record("activity", "A", datasets=("customers",), processors=("P",))
    known = knowing(holding(KEY, CARD, COUNTRY), records=(used,))

    assert facts_of(known, "activity")["pipia_trigger"] == ("sensitive", "entrust_provide_publish")


@pytest.mark.parametrize(
    ("ends", "expired"),
    [
        pytest.param("2026-11-23", True, id="yesterday"),
        pytest.param("2026-11-24", False, id="today"),
        pytest.param(None, False, id="no end"),
    ],
)
def test_a_contract_has_expired_from_the_day_after_its_end(
    ends: str | None, *, expired: bool
) -> None:
    known = knowing(records=(record("processor", "P", contract_id="C", contract_ends_at=ends),))

    assert facts_of(known, "processor")["contract_expired"] is expired


def test_a_contract_of_which_nothing_is_on_record_is_not_told_to_hold() -> None:
    assert "contract_expired" not in facts_of(
        knowing(records=(record("processor", "P"),)), "processor"
    )


def test_sub_processors_without_the_same_duties_are_counted() -> None:
    main = record("processor", "P", clauses=("confidentiality",), subprocessors=("A", "B", "C"))
    known = knowing(
        records=(
            main,
            record("processor", "A", contract_id="X", clauses=("confidentiality", "more")),
            record("processor", "B", contract_id=None),
            record("processor", "C", contract_id="Y", clauses=()),
        )
    )

    assert facts_of(known, "processor", "P")["subprocessors_without_flowdown"] == 2


def test_a_sub_processor_that_is_not_on_record_leaves_its_duties_open() -> None:
    known = knowing(records=(record("processor", "P", subprocessors=("A",)),))

    assert "subprocessors_without_flowdown" not in facts_of(known, "processor")


def test_the_law_of_a_transfer_is_that_of_the_country_it_begins_in() -> None:
    found = subject_of(knowing(records=(record("transfer", "T", origin="CN"),)), "transfer")

    assert found.facts["origin_regime"] == "CN_PIPL"
    assert found.governed.laws == ("CN_PIPL",)


def test_a_regime_that_is_not_that_of_the_origin_is_believed_nowhere() -> None:
    wrong = record("transfer", "T", origin="CN", origin_regime="EU_GDPR")
    found = subject_of(knowing(records=(wrong,)), "transfer")

    assert "origin_regime" not in found.facts
    assert "origin_regime" in found.unknown


def test_what_decision_tables_say_of_a_transfer_is_among_its_facts() -> None:
    known = knowing(records=(record("transfer", "T", origin="DE"),))
    judged = replace(known, judged={"T": {"adequacy_expired": True}})

    assert facts_of(judged, "transfer")["adequacy_expired"] is True


def test_a_processor_abroad_without_a_transfer_on_record_is_one_that_nobody_assessed() -> None:
    at_work = {"datasets": ("customers",), "country": "IN"}
    known = knowing(holding(KEY), records=(record("processor", "Calls", **at_work),))

    found = subject_of(known, "transfer")
    assert found.id == "processor Calls from DE to IN"
    assert (found.facts["origin_regime"], found.facts["destination"]) == ("EU_GDPR", "IN")
    verdicts = {v.rule: v for v in assess(desk_pack(), subjects(known), AT).verdicts}
    assert verdicts["GDPR-44"].state is State.NOT_ASSESSED


@pytest.mark.parametrize("country", ["DE", "FR", "CH"])
def test_what_may_go_without_a_safeguard_needs_no_transfer_on_record(country: str) -> None:
    at_work = {"datasets": ("customers",), "country": country}
    known = knowing(holding(KEY), records=(record("processor", "Calls", **at_work),))

    assert not [one for one in subjects(known) if one.entity == "transfer"]


def test_a_transfer_on_record_speaks_for_the_processor_behind_it() -> None:
    at_work = {"datasets": ("customers",), "country": "IN"}
    moved = {"datasets": ("customers",), "origin": "DE", "destination": "IN"}
    both = (record("processor", "Calls", **at_work), record("transfer", "T", **moved))

    assert subject_of(knowing(holding(KEY), records=both), "transfer").id == "T"


def test_no_safeguard_is_asked_for_where_what_moves_was_measured_to_be_about_nobody() -> None:
    moved = record("transfer", "T", datasets=("customers",), origin="DE", destination="IN")
    of_nobody = holding(label("weight", "quantity", IdentifierClass.NONE))
    about_people = knowing(holding(KEY), records=(moved,))

    assert subject_of(about_people, "transfer").governed.laws == ("EU_GDPR",)
    assert subject_of(knowing(of_nobody, records=(moved,)), "transfer").governed.laws == ()
    claimed = replace(moved, values={**moved.values, "form": "anonymous rows"})
    assert subject_of(knowing(holding(KEY), records=(claimed,)), "transfer").governed.by("EU_GDPR")


def test_a_destination_that_is_no_country_is_not_known() -> None:
    known = knowing(records=(record("transfer", "T", origin="DE", destination="QQ"),))

    assert subject_of(known, "transfer").unknown["destination"] == "it is no country"


@pytest.mark.parametrize(
    ("told", "late"),
    [
        pytest.param("2026-11-04T08:00:00+00:00", False, id="72 hours"),
        pytest.param(None, True, id="never"),
    ],
)
def test_a_breach_told_in_time_needs_no_reason_and_one_never_told_has_none(
    told: str | None, *, late: bool
) -> None:
    known = knowing(
        records=(
            record("breach", "B", aware_at="2026-11-01T08:00:00+00:00", authority_notified_at=told),
        )
    )

    assert facts_of(known, "breach")["late_without_reason"] is late


def test_a_breach_told_late_has_no_reason_that_the_desk_could_know() -> None:
    late = record(
        "breach",
        "B",
        aware_at="2026-11-01T08:00:00+00:00",
        authority_notified_at="2026-11-04T08:00:01+00:00",
    )

    assert "late_without_reason" not in facts_of(knowing(records=(late,)), "breach")


def test_the_attorney_general_is_told_of_more_than_500_people_only() -> None:
    few = knowing(records=(record("breach", "B", ca_residents_affected=500),))
    many = knowing(records=(record("breach", "B", ca_residents_affected=501),))

    assert facts_of(few, "breach")["ag_notice_late"] is False
    assert "ag_notice_late" not in facts_of(many, "breach")


def test_refusals_and_pauses_without_a_reason_are_counted() -> None:
    refused = record(
        "request",
        "R",
        outcome="refused",
        refusal_reason=None,
        responded_at="2026-11-01",
        pauses=({"since": "2026-10-01", "until": None, "reason": ""},),
    )
    facts = facts_of(knowing(records=(refused,)), "request")

    assert (facts["refusals_without_reason"], facts["pauses_without_reason"]) == (1, 1)


def test_an_answer_of_which_nobody_said_what_it_was_may_have_been_a_refusal() -> None:
    known = knowing(records=(record("request", "R", responded_at="2026-11-01"),))

    assert "refusals_without_reason" not in facts_of(known, "request")


def test_a_request_is_extended_once_people_were_told() -> None:
    assert facts_of(knowing(records=(record("request", "R"),)), "request")["extended"] is False
    told = record("request", "R", extension_notice_at="2026-11-01")
    assert facts_of(knowing(records=(told,)), "request")["extended"] is True


def test_an_extension_of_which_nobody_was_told_moves_no_deadline() -> None:
    said = record("request", "R", extended=True)
    found = subject_of(knowing(records=(said,)), "request")

    assert "extended" not in found.facts
    assert found.unknown["extended"] == "no notice of the extension is on record"


def test_earlier_requests_of_the_same_person_are_counted_over_twelve_months() -> None:
    def asked(id_: str, day: str, who: str = "case 1") -> object:
        return record("request", id_, subject_ref=who, received_at=day)

    known = with_records(
        knowing(),
        asked("R", "2026-11-01"),  # type: ignore[arg-type]
        asked("A", "2025-11-01"),  # type: ignore[arg-type]
        asked("B", "2025-10-31"),  # type: ignore[arg-type]
        asked("C", "2026-06-01", "case 2"),  # type: ignore[arg-type]
    )

    assert facts_of(known, "request", "R")["prior_requests_12m"] == 1


def test_consent_asked_for_again_within_a_year_of_an_opt_out_is_seen() -> None:
    soon = record("consent", "C", prior_opt_out_at="2026-01-10", given_at="2027-01-09")
    late = record("consent", "C", prior_opt_out_at="2025-01-10", given_at="2026-01-10")

    assert facts_of(knowing(records=(soon,)), "consent")["asked_again_before_deadline"] is True
    assert facts_of(knowing(records=(late,)), "consent")["asked_again_before_deadline"] is False


def test_a_child_is_below_the_age_of_digital_consent() -> None:
    for age, below in ((15, True), (16, False)):
        known = knowing(records=(record("consent", "C", subject_age=age),))
        assert facts_of(known, "consent")["below_digital_age"] is below


def test_nobody_can_say_that_a_withdrawn_consent_was_not_used_elsewhere() -> None:
    known = knowing(records=(record("consent", "C", withdrawn_at="2026-11-01"),))

    assert "processing_after_withdrawal" in subject_of(known, "consent").unknown


def governed(**values: object) -> Governed:
    return subject_of(knowing(records=(record("request", "R", **values),)), "request").governed


def test_a_record_that_names_its_law_is_under_that_law_only() -> None:
    assert governed(law="UK_GDPR", country="DE") == Governed(laws=("UK_GDPR",))


def test_a_record_that_names_no_law_may_be_under_any() -> None:
    assert {law: governed().by(law) for law in REACH} == dict.fromkeys(REACH)
    assert governed().gap("EU_GDPR") == ("law", "it names no law")


def test_a_request_without_a_law_may_be_under_those_of_the_person_and_of_the_organisation() -> None:
    found = governed(country="GB")

    assert found.laws == ()
    assert set(found.perhaps) == {"EU_GDPR", "UK_GDPR"}
    assert found.by("CN_PIPL") is False


def test_an_activity_without_datasets_is_under_the_law_of_who_carries_it_out() -> None:
    activity = record("activity", "A", purposes=("mail",))
    found = subject_of(knowing(records=(activity,)), "activity").governed

    assert found.laws == ("EU_GDPR",)
    assert found.gap("CN_PIPL") == ("datasets", "it names no dataset")


@pytest.mark.parametrize(("said", "governs"), [(True, True), (False, False), (None, None)])
def test_a_law_for_large_ones_governs_where_somebody_said_how_large_the_organisation_is(
    said: bool | None, governs: bool | None
) -> None:
    org = record("org", "org", **({} if said is None else {"ccpa_applies": said}))
    here = replace(holding(KEY), residents=replace(LIVING, counts={"DE": 5, "US-CA": 5}))

    assert subject_of(knowing(here, records=(org,)), "dataset").governed.by("CCPA") is governs


def test_the_trail_has_been_verified_and_taken_outside_when_it_says_so() -> None:
    known = replace(knowing(), trail=TrailKnown(problems=("torn",), verified_at=AT))
    facts = facts_of(known, "audit_log")

    assert facts == {
        "last_verified_at": AT,
        "verification_result": "failed",
        "last_anchored_at": None,
        "anchors_failing": 0,
    }


def test_findings_are_one_duty_however_many_there_are() -> None:
    finding = Finding(
        id="F",
        rule="R",
        entity="dataset",
        subject_id="d",
        subject="d",
        title="t",
        severity=Severity.HIGH,
        stage=3,
        status=Status.OPEN,
        opened_at=AT,
        due=AT.date(),
    )
    late = replace(finding, due=AT.date() - timedelta(days=1), owner="Ada")
    waiver = Waiver(by="Ada", why="soon", until=AT.date(), at=AT)
    closed = replace(finding, status=Status.CLOSED, owner="Ada", closed_by="Ada")
    found = (
        *(finding, late, replace(finding, waiver=waiver), replace(finding, entity="finding")),
        *(closed, replace(closed, closed_by="Bob")),
    )
    known = replace(knowing(), findings=found)

    assert facts_of(known, "finding") == {
        "open": 2,
        "without_owner": 1,
        "overdue": 1,
        "closed": 2,
        "closed_by_owner": 1,
    }


def test_personal_data_that_no_activity_uses_are_processed_for_no_purpose_on_record() -> None:
    described = holding(KEY, said=Description(region="DE"))
    found = subject_of(knowing(described), "activity")

    assert found.name == "Use of customers, not on record"
    assert (found.facts["purposes"], found.facts["lawful_basis"]) == ((), None)
    assert found.facts["ropa_fields"] == ()


def test_data_of_nobody_need_no_activity() -> None:
    goods = holding(label("sku", "product_id", IdentifierClass.NONE))

    assert [s for s in subjects(knowing(goods)) if s.entity == "activity"] == []


def test_an_assessment_of_some_datasets_looks_at_the_records_that_name_them() -> None:
    ours = record("processor", "P", datasets=("customers",))
    other = record("processor", "Q", datasets=("staff",))
    known = replace(knowing(holding(KEY), records=(ours, other)), is_whole=False)

    assert [s.id for s in subjects(known) if s.entity == "processor"] == ["P"]


def test_a_request_from_a_country_with_laws_of_its_parts_may_be_under_them() -> None:
    assert set(governed(country="US").perhaps) == {"EU_GDPR", "CCPA"}
