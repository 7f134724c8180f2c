"""Findings worked on and mended on the page, from the list to the re-test."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from compliance.i18n import locales, speaking
from compliance.rules.nouns import Status
from tests.pages.conftest import Desk, refusals, words

CONTACT = "Controller and contact are on record"
SOON = datetime.now(UTC).date() + timedelta(days=30)


def opened(desk: Desk, title: str = CONTACT) -> tuple[AppTest, str]:
    """A visitor with one finding opened, and its id."""
    id_ = next(f.id for f in desk.workspace.governance.mending.findings() if f.title == title)
    visitor = desk.open("decisions")
    return visitor.selectbox(key="decisions_finding").select(id_).run(), id_


def table(visitor: AppTest, column: str) -> pd.DataFrame:
    """The first table on the page that has this column."""
    return next(frame.value for frame in visitor.dataframe if column in frame.value.columns)


def acts(desk: Desk) -> list[str]:
    return [entry.act for entry in desk.workspace.entries(50)]


def test_the_list_names_duty_subject_article_and_how_well_that_was_read(full_desk: Desk) -> None:
    visitor = full_desk.open("decisions")

    listed = table(visitor, "Owner")
    row = listed[listed["Duty"] == CONTACT].iloc[0]
    assert row["On"] == "Teal Shop"
    assert row["Article"].startswith("GDPR Art. 30(1)(a)")
    assert row["Read"] == "legal text"
    assert row["Owner"] == "–"


def test_a_finding_shows_each_triple_with_icon_and_word_and_its_source(full_desk: Desk) -> None:
    visitor, _ = opened(full_desk)

    said = words(visitor)
    assert ":green-badge[:material/check_circle: met] name of the organisation" in said
    assert ":red-badge[:material/error: not met] contact of the data-protection officer" in said
    assert "read in the legal text" in said
    assert "Read in: Regulation (EU) 2016/679" in said


def test_the_list_is_filtered_by_law_owner_and_status(full_desk: Desk) -> None:
    mending = full_desk.workspace.governance.mending
    visitor, id_ = opened(full_desk)
    mending.assign(id_, "Anna")
    visitor.run()

    visitor.selectbox(key="decisions_owner").select("Anna").run()
    by_owner = table(visitor, "Owner")
    visitor.selectbox(key="decisions_law").select("GDPR").run()
    visitor.selectbox(key="decisions_show").select("overdue").run()

    assert by_owner["Duty"].tolist() == [CONTACT]
    assert "No finding fits" in words(visitor)


def test_when_a_release_was_made_is_written_as_the_language_does(full_desk: Desk) -> None:
    visitor = full_desk.open("decisions")
    made = full_desk.workspace.releases("orders")[0].released_at
    subjects = list(table(visitor, "Owner")["On"])
    visitor.selectbox(key="session_language").set_value("zh").run()

    assert f"Release from orders, {locales.moment(made)}" in subjects
    with speaking("zh"):
        assert f"orders的发布，{locales.moment(made)}" in list(table(visitor, "负责人")["对象"])


def test_owner_due_date_and_status_are_kept_with_one_form(full_desk: Desk) -> None:
    visitor, id_ = opened(full_desk)
    visitor.text_input(key=f"decisions_owner_{id_}").input("Anna")
    visitor.date_input(key=f"decisions_due_{id_}").set_value(SOON)
    visitor.checkbox(key=f"decisions_begin_{id_}").check()
    visitor.button(key="decisions_keep").click().run()

    found = full_desk.workspace.governance.mending.finding(id_)
    assert (found.owner, found.due, found.status) == ("Anna", SOON, Status.IN_PROGRESS)
    assert {"finding.assign", "finding.due", "finding.start"} <= set(acts(full_desk))


def test_a_comment_is_kept_inside_and_not_in_the_trail(full_desk: Desk) -> None:
    visitor, _ = opened(full_desk)
    visitor.text_area(key="decisions_comment").input("Ask Zoe Zander")
    visitor.button(key="decisions_say").click().run()

    assert "Ask Zoe Zander" in words(visitor)
    assert "Zander" not in full_desk.workspace.export_trail()


def test_a_duty_is_left_unmet_for_a_time_and_taken_back(full_desk: Desk) -> None:
    visitor, id_ = opened(full_desk)
    visitor.button(key="decisions_waive").click().run()
    visitor.text_area(key="decisions_why").input("The shop moves")
    visitor.date_input(key="decisions_until").set_value(SOON)
    visitor.button(key="decisions_waived").click().run()
    waived = full_desk.workspace.governance.mending.finding(id_).waiver
    visitor.selectbox(key="decisions_show").select("waived").run()
    shown = words(visitor)
    visitor.button(key="decisions_unwaive").click().run()

    assert waived is not None
    assert (waived.why, waived.until) == ("The shop moves", SOON)
    assert "Waived by" in shown
    assert full_desk.workspace.governance.mending.finding(id_).waiver is None


def test_a_waiver_without_a_reason_is_refused_in_a_sentence(full_desk: Desk) -> None:
    visitor, id_ = opened(full_desk)
    visitor.button(key="decisions_waive").click().run()
    visitor.date_input(key="decisions_until").set_value(date(2020, 1, 1))
    visitor.text_area(key="decisions_why").input("x")
    visitor.button(key="decisions_waived").click().run()

    assert [title for title, said in refusals(visitor) if "is past" in said] == ["Not waived"]
    assert full_desk.workspace.governance.mending.finding(id_).waiver is None


def test_findings_without_an_owner_are_handed_out_at_once(full_desk: Desk) -> None:
    visitor = full_desk.open("decisions")
    visitor.text_input(key="decisions_owners").input("Anna")
    visitor.button(key="decisions_hand").click().run()

    owners = {f.owner for f in full_desk.workspace.governance.mending.findings()}
    assert owners == {"Anna"}


def test_a_remedy_is_tried_applied_and_shown_predicted_against_actual(full_desk: Desk) -> None:
    visitor, id_ = opened(full_desk)
    before = full_desk.state()
    visitor.button(key="decisions_try").click().run()
    tried = words(visitor)
    untouched = full_desk.state() == before
    visitor.button(key="decisions_apply_0").click().run()
    visitor.text_input(key="decisions_said_contact").input("privacy@shop.example")
    visitor.button(key="decisions_applied").click().run()

    assert untouched
    assert "ends this finding" in tried
    assert "needs a person’s word" in tried
    assert not refusals(visitor)
    assert full_desk.workspace.organisation().contact == "privacy@shop.example"
    assert full_desk.workspace.governance.mending.finding(id_).status is Status.CLOSED
    assert "came as predicted" in words(visitor)
    found = table(visitor, "Predicted")
    assert (found["Predicted"] == found["Actual"]).all()
    assert acts(full_desk)[0] == "remedy.apply"


def test_a_remedy_that_asks_says_what_is_missing(full_desk: Desk) -> None:
    visitor, id_ = opened(full_desk)
    visitor.button(key="decisions_try").click().run()
    visitor.button(key="decisions_apply_0").click().run()
    visitor.button(key="decisions_applied").click().run()

    assert any("say also: contact" in said for _, said in refusals(visitor))
    assert full_desk.workspace.governance.mending.finding(id_).status is Status.OPEN


@pytest.mark.parametrize("state", ["not assessed", "not applicable", "met"])
def test_every_duty_can_be_looked_up_by_state(full_desk: Desk, state: str) -> None:
    visitor = full_desk.open("decisions")
    visitor.radio(key="decisions_view").set_value("All duties").run()
    visitor.selectbox(key="decisions_state").select(state).run()

    found = table(visitor, "Why, or what is missing")
    assert set(found["State"]) == {state}
    if state != "met":
        assert (found["Why, or what is missing"].str.len() > 0).all()


def test_what_was_mended_is_told_with_whether_it_came_as_predicted(full_desk: Desk) -> None:
    mending = full_desk.workspace.governance.mending
    id_ = next(f.id for f in mending.findings() if f.title == CONTACT)
    mending.apply(id_, "record", {"contact": "privacy@shop.example"})
    visitor = full_desk.open("decisions")
    visitor.radio(key="decisions_view").set_value("Improvement").run()

    found = table(visitor, "As predicted")
    assert found["As predicted"].tolist() == ["yes"]
    assert "Came as predicted 1 / 1" in words(visitor)
