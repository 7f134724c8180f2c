"""The page of impact assessments: begun, answered, gauged, signed, outdated and drawn again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from compliance.dataset import RawFile
from compliance.impact import method
from compliance.impact.nouns import (
    Decision,
    Gauge,
    Impact,
    ImpactKind,
    Opinion,
    Origin,
    Outcome,
    Status,
    Voice,
)
from compliance.report.nouns import ReportKind
from compliance.workspace import Workspace
from tests.pages.conftest import Desk, refusals, turn_to, words
from tests.walked_shop import SAID, orders


@pytest.fixture
def desk(empty_desk: Desk) -> Desk:
    workspace = empty_desk.workspace
    workspace.add_files([RawFile(name="orders.csv", data=orders())], "orders", SAID)
    workspace.discover("orders")
    return empty_desk


def begun(desk: Desk, kind: ImpactKind = ImpactKind.DPIA) -> Impact:
    area = desk.workspace.governance.impacts
    return area.begin(kind, "analytics", datasets=["orders"])


def signed(workspace: Workspace, id_: str) -> Impact:
    """Everything that is missing, said, and signed."""
    completed(workspace, id_)
    return workspace.governance.impacts.validate(id_)


def completed(workspace: Workspace, id_: str) -> None:
    """Everything that is missing, said."""
    area = workspace.governance.impacts
    impact = area.one(id_)
    wanted = [q.id for q in method().questions(impact.kind) if not impact.answers[q.id].counts]
    area.answer_all(id_, dict.fromkeys(wanted, "Said."))
    area.screen_by_hand(id_, dict.fromkeys(impact.screening, (False, "Looked at.")))
    for event in impact.events:
        for field in ("impacts", "threats", "sources"):
            area.answer(id_, f"{event.id}.{field}", "Said.")
        for after in (False, True):
            area.gauge(id_, event.id, severity=Gauge.LIMITED, likelihood=Gauge.LIMITED, after=after)
    area.opinion(id_, Opinion(of=Voice.OFFICER, by="A", text="Go on."))
    area.opinion(id_, Opinion(of=Voice.PEOPLE, reason="A panel follows."))
    area.decide(id_, decision=Decision.GO, because="Little is left.")


def area_labelled(visitor: AppTest, label: str) -> object:
    return next(one for one in visitor.text_area if one.label == label)


def test_an_assessment_is_begun_on_the_page(desk: Desk) -> None:
    visitor = desk.open("impact")
    visitor.multiselect(key="impact_datasets").set_value(["orders"])
    visitor.selectbox(key="impact_template").set_value("analytics")
    visitor.button(key="impact_begin").click().run()

    (impact,) = desk.workspace.governance.impacts.list()
    assert impact.template == "analytics"
    assert "drawn from facts" in words(visitor)
    assert [tab.label for tab in visitor.tabs] == [
        *("Context", "Fundamental principles", "Risks", "Validation")
    ]


def test_beginning_on_nothing_is_refused_in_one_sentence(desk: Desk) -> None:
    visitor = desk.open("impact")
    visitor.button(key="impact_begin").click().run()

    ((title, says),) = refusals(visitor)
    assert title == "Not begun"
    assert "Name an activity or datasets" in says
    assert desk.workspace.governance.impacts.list() == ()


def test_typed_answers_are_saved_and_untouched_ones_stay_drawn(desk: Desk) -> None:
    id_ = begun(desk).id
    visitor = desk.open("impact")
    necessity = area_labelled(visitor, "Why can the purpose not be reached with less?")
    necessity.set_value("Because counts need rows.")  # type: ignore[attr-defined]
    visitor.button(key="impact_save_necessity").click().run()

    answers = desk.workspace.governance.impacts.one(id_).answers
    assert answers["necessity"].text == "Because counts need rows."
    assert answers["necessity"].origin is Origin.TYPED
    assert answers["purposes"].origin is Origin.DRAWN
    assert answers["minimisation"].origin is Origin.TEMPLATE


def test_proposals_count_once_an_officer_stands_behind_them(desk: Desk) -> None:
    id_ = begun(desk).id
    visitor = desk.open("impact")
    box = next(one for one in visitor.checkbox if one.key and "_overview_" in one.key)
    box.set_value(True)
    visitor.button(key="impact_save_overview").click().run()

    assert desk.workspace.governance.impacts.one(id_).answers["description"].counts


def test_gauges_move_the_map(desk: Desk) -> None:
    id_ = begun(desk).id
    visitor = desk.open("impact")
    chosen = {
        "severity": Gauge.IMPORTANT,
        "likelihood": Gauge.LIMITED,
        "severity_after": Gauge.LIMITED,
        "likelihood_after": Gauge.NEGLIGIBLE,
    }
    for name, gauge in chosen.items():
        key = f"impact_gauge_{id_}_change_{name}_None"
        visitor.radio(key=key).set_value(gauge)
    visitor.button(key="impact_save_change").click().run()

    assert not refusals(visitor)
    (chart,) = turn_to(visitor, "Risks").get("plotly_chart")
    assert "2 Unwanted change of data: medium → low" in chart.proto.alt
    assert len(desk.workspace.governance.impacts.history(id_)) == 3


def test_a_gauge_that_rises_by_measures_is_refused(desk: Desk) -> None:
    id_ = begun(desk).id
    visitor = desk.open("impact")
    for name, gauge in (("severity", Gauge.LIMITED), ("severity_after", Gauge.MAXIMUM)):
        visitor.radio(key=f"impact_gauge_{id_}_change_{name}_None").set_value(gauge)
    visitor.button(key="impact_save_change").click().run()

    assert "measures do not raise it" in refusals(visitor)[0][1]


def test_a_signed_assessment_is_outdated_by_a_changed_fact_and_redrawn(desk: Desk) -> None:
    id_ = begun(desk).id
    workspace = desk.workspace
    assert signed(workspace, id_).status is Status.VALIDATED
    assert "Outdated" not in titles(desk.open("impact"))
    said = workspace.dataset("orders").description
    workspace.describe("orders", replace(said, retention_months=60))

    visitor = desk.open("impact")
    assert any("Outdated" in title for title in titles(visitor))
    assert "The retention of orders changed." in words(visitor)
    visitor.button(key="impact_redraw").click().run()

    assert desk.workspace.governance.impacts.one(id_).status is Status.DRAFT
    assert "Now: Rows of “orders” are kept 60 months" in words(visitor)
    assert not any("Outdated" in title for title in titles(visitor))


def titles(visitor: AppTest) -> list[str]:
    return [error.proto.title for error in visitor.error]


def test_plan_opinion_and_decision_are_recorded(desk: Desk) -> None:
    id_ = begun(desk).id
    visitor = desk.open("impact")
    visitor.selectbox(key=f"impact_plan_known_{id_}_0").set_value("backups")
    visitor.button(key="impact_plan_save").click().run()
    visitor.text_area(key="impact_opinion_text_2").set_value("Go on.")
    visitor.button(key="impact_opinion_save").click().run()
    visitor.radio(key="impact_decision_3").set_value(Decision.GO)
    visitor.text_area(key="impact_because_3").set_value("Little is left.")
    visitor.button(key="impact_decision_save").click().run()

    impact = desk.workspace.governance.impacts.one(id_)
    assert [one.what for one in impact.measures] == ["Tested back-ups"]
    assert [one.of for one in impact.opinions] == [Voice.OFFICER]
    assert (impact.decision, impact.because) == (Decision.GO, "Little is left.")


def test_signing_asks_and_names_who_signs(desk: Desk) -> None:
    id_ = begun(desk).id
    completed(desk.workspace, id_)
    visitor = desk.open("impact")
    visitor.button(key="impact_validate").click().run()

    assert desk.workspace.settings.actor in words(visitor)
    assert desk.workspace.governance.impacts.one(id_).status is Status.DRAFT
    visitor.button(key="impact_sign").click().run()

    assert desk.workspace.governance.impacts.one(id_).status is Status.VALIDATED
    assert any("Validated by" in one.value for one in visitor.success)


def test_signing_what_is_incomplete_is_refused_with_what_is_missing(desk: Desk) -> None:
    id_ = begun(desk).id
    visitor = desk.open("impact")
    visitor.button(key="impact_validate").click().run()
    visitor.button(key="impact_sign").click().run()

    assert "Still missing" in dict(refusals(visitor))["Not validated"]
    assert len(desk.workspace.governance.impacts.history(id_)) == 1


def test_the_report_is_built_from_the_page(desk: Desk) -> None:
    begun(desk)
    visitor = desk.open("impact")
    turn_to(visitor, "Validation").button(key="impact_report").click().run()

    assert not visitor.exception
    (report,) = desk.workspace.reports()
    assert (report.kind, report.datasets) == (ReportKind.DPIA, ("orders",))


def test_what_is_missing_is_listed_and_signing_is_refused(desk: Desk) -> None:
    begun(desk)
    visitor = desk.open("impact")
    visitor.button(key="impact_submit").click().run()

    assert "The opinion of the data protection officer" in words(visitor).replace("the o", "The o")
    assert "Still missing" in refusals(visitor)[0][1]


def test_a_legitimate_interest_assessment_has_its_tests(desk: Desk) -> None:
    id_ = begun(desk, ImpactKind.LIA).id
    visitor = desk.open("impact")
    visitor.radio(key="impact_decision_1").set_value(Outcome.PASSED)
    visitor.text_area(key="impact_because_1").set_value("It is balanced.")
    visitor.button(key="impact_decision_save").click().run()

    assert [tab.label for tab in visitor.tabs] == [
        *("Purpose test", "Necessity test", "Balancing test", "Safeguards", "Outcome")
    ]
    assert desk.workspace.governance.impacts.one(id_).outcome is Outcome.PASSED


def test_names_of_a_file_never_act_as_markdown(empty_desk: Desk, tmp_path: Path) -> None:
    workspace = empty_desk.workspace
    workspace.add_files([RawFile(name="o.csv", data=b"a,b\n1,2\n3,4\n")], "orders")
    workspace.governance.impacts.begin(
        ImpactKind.DPIA, datasets=["orders"], title="![x](http://evil.example/x.png)"
    )
    visitor = empty_desk.open("impact")

    assert not any("![x](" in header.value for header in visitor.header)
    assert not visitor.exception
