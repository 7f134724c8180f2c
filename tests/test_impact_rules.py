"""Duties on impact assessments, checked on the assessments that the desk keeps."""

from __future__ import annotations

from dataclasses import replace

import pytest
from test_impact_workspace import finish

from compliance.impact.nouns import Decision, Gauge, Impact, ImpactKind, Opinion, Outcome, Voice
from compliance.register.nouns import Organisation
from compliance.rules.nouns import State
from compliance.workspace import Workspace
from tests.conftest import Begin, add_orders

ACTIVITY = {
    "purposes": ["recommend products"],
    "lawful_basis": "legitimate_interests",
    "datasets": ["orders"],
    "role": "controller",
    "stage": "design",
    "dpia_trigger": ["evaluation_scoring", "systematic_monitoring"],
    "go_live_at": "2099-01-01",
}


@pytest.fixture
def desk(begin: Begin, orders_csv: bytes) -> Workspace:
    return begin("impact-rules", lambda shop: _fill(shop, orders_csv))


def _fill(shop: Workspace, orders: bytes) -> None:
    add_orders(shop, orders)
    shop.discover("orders")
    shop.set_organisation(Organisation(name="Teal Shop", officer="A. Officer", country="DE"))
    shop.governance.register.record("activity", "advice", ACTIVITY, name="Advice")


def begun(desk: Workspace, kind: ImpactKind = ImpactKind.DPIA) -> Impact:
    return desk.governance.impacts.begin(kind, "recommendation", activity="advice")


def states(desk: Workspace, rule: str) -> set[State]:
    """What a rule says of what is about the activity, or of its assessments."""
    return {
        verdict.state
        for verdict in desk.assess().verdicts
        if verdict.rule == rule and (verdict.entity == "dpia" or verdict.subject_id == "advice")
    }


def test_an_activity_that_needs_one_has_a_dpia_once_it_is_validated(desk: Workspace) -> None:
    assert states(desk, "GDPR-35-1") == {State.NOT_MET}
    id_ = begun(desk).id
    assert State.MET not in states(desk, "GDPR-35-1")

    finish(desk, id_)

    assert states(desk, "GDPR-35-1") == {State.MET}


def test_contents_and_opinions_are_checked_on_the_assessment(desk: Workspace) -> None:
    id_ = begun(desk).id
    assert states(desk, "GDPR-35-7") == {State.NOT_MET}
    assert states(desk, "GDPR-35-2") == {State.NOT_MET}

    finish(desk, id_)

    assert states(desk, "GDPR-35-7") == {State.MET}
    assert states(desk, "GDPR-35-2") == {State.MET}
    assert states(desk, "GDPR-35-11") == {State.NOT_APPLICABLE}


def test_a_changed_fact_asks_for_a_review_until_it_is_validated_again(desk: Workspace) -> None:
    id_ = begun(desk).id
    finish(desk, id_)
    desk.governance.register.record("activity", "advice", {"purposes": ["sell more"]})

    assert states(desk, "GDPR-35-11") == {State.NOT_MET}
    desk.governance.impacts.redraw(id_)
    assert states(desk, "GDPR-35-11") == {State.NOT_MET}

    finish(desk, id_)

    assert states(desk, "GDPR-35-11") == {State.NOT_APPLICABLE}


def test_high_risk_without_consultation_is_found(desk: Workspace) -> None:
    area = desk.governance.impacts
    id_ = begun(desk).id
    finish(desk, id_)
    for after in (False, True):
        area.gauge(
            id_, "access", severity=Gauge.MAXIMUM, likelihood=Gauge.MAXIMUM, after=after, why="x"
        )
    area.decide(id_, decision=Decision.CONSULT, because="High risk is left.")
    area.opinion(id_, Opinion(of=Voice.OFFICER, by="A. Officer", text="Ask first."))
    area.validate(id_)

    assert states(desk, "GDPR-36") == {State.NOT_MET}


def test_legitimate_interests_need_an_assessment_that_passed(desk: Workspace) -> None:
    assert State.MET not in states(desk, "GDPR-6-1-F")
    id_ = begun(desk, ImpactKind.LIA).id
    assert State.MET not in states(desk, "GDPR-6-1-F")

    assert finish(desk, id_).outcome is Outcome.PASSED

    assert states(desk, "GDPR-6-1-F") == {State.MET}


def test_an_interest_that_failed_its_test_carries_nothing(desk: Workspace) -> None:
    area = desk.governance.impacts
    id_ = begun(desk, ImpactKind.LIA).id
    finish(desk, id_)
    area.decide(id_, outcome=Outcome.FAILED, because="People outweigh it.")
    area.validate(id_)

    assert states(desk, "GDPR-6-1-F") == {State.NOT_MET}


def test_what_was_signed_counts_until_something_else_is_signed(desk: Workspace) -> None:
    area = desk.governance.impacts
    id_ = begun(desk, ImpactKind.LIA).id
    finish(desk, id_)
    area.decide(id_, outcome=Outcome.FAILED, because="People outweigh it.")
    area.validate(id_)

    area.decide(id_, outcome=Outcome.PASSED, because="On second thoughts.")

    assert states(desk, "GDPR-6-1-F") == {State.NOT_MET}
    area.validate(id_)
    assert states(desk, "GDPR-6-1-F") == {State.MET}


def test_verdicts_show_nothing_that_was_typed_into_an_assessment(desk: Workspace) -> None:
    id_ = begun(desk).id
    finish(desk, id_)
    area = desk.governance.impacts
    area.answer(id_, "necessity", "Secret words 4711")
    area.opinion(id_, Opinion(of=Voice.PEOPLE, reason="Secret words 4711"))

    told = str([replace(v) for v in desk.assess().verdicts if v.entity in ("dpia", "activity")])
    assert "Secret words" not in told
