"""Consent as an officer uses it: purposes, files, one person, and what may be used."""

from __future__ import annotations

import pandas as pd
import pytest

from compliance.dataset import RawFile
from compliance.rights.nouns import ConsentState
from tests.consent_cases import PEOPLE, email_of
from tests.consent_cases import workspace as shop
from tests.pages.conftest import Desk, chart_of, refusals, words


@pytest.fixture
def desk(empty_desk: Desk) -> Desk:
    """Visits that need consent, which everybody gave."""
    made = shop(empty_desk.home, consent=True)
    made.rights.consents.keep_purpose("visits", "See visits", datasets_=["visits"])
    rows = "\n".join(f"{email_of(n)},visits,2026-06-01" for n in range(PEOPLE))
    made.rights.consents.import_(f"email,purpose,given_at\n{rows}\n".encode(), "c.csv")
    return empty_desk


def states(desk: Desk) -> dict[ConsentState, int]:
    (one,) = desk.workspace.rights.consents.standing()
    return dict(one.states)


def test_people_are_shown_in_numbers_as_a_chart_and_a_table(desk: Desk) -> None:
    visitor = desk.open("consent")

    figure = chart_of(visitor, "consent_standing")
    assert [list(trace["x"]) for trace in figure["data"]] == [[PEOPLE]]
    assert f"Consents that hold {PEOPLE}" in words(visitor)
    assert email_of(0) not in words(visitor)
    (table,) = [frame.value for frame in visitor.dataframe if "To be asked again" in frame.value]
    assert table["Agreed"].tolist() == [PEOPLE]


def test_where_nothing_tells_people_apart_none_are_counted(desk: Desk) -> None:
    desk.workspace.add_files([RawFile(name="t.csv", data=b"town,visits\nUlm,2\n")], "plain")
    visitor = desk.open("consent")

    (table,) = [frame.value for frame in visitor.dataframe if "Answer" in frame.value]
    rows = {row["Dataset"]: row for row in table.to_dict("records")}
    assert (rows["visits"]["Rows"], rows["visits"]["People"]) == (90, PEOPLE)
    assert rows["plain"]["Rows"] == 1
    assert pd.isna(rows["plain"]["People"])


def test_somebody_withdraws_and_is_not_shown(desk: Desk) -> None:
    visitor = desk.open("consent")
    visitor.text_input(key="consent_person_value_0").input(email_of(0))
    visitor.button(key="consent_withdraw").click().run()

    assert states(desk)[ConsentState.WITHDRAWN] == 1
    assert "The withdrawal is recorded" in words(visitor)
    assert email_of(0) not in words(visitor)
    assert visitor.text_input(key="consent_person_value_1").value == ""
    assert "consent_person_value_0" not in visitor.session_state


def test_a_withdrawal_of_nobody_is_refused(desk: Desk) -> None:
    visitor = desk.open("consent")
    visitor.text_input(key="consent_person_value_0").input("<b>nobody</b>")
    visitor.button(key="consent_withdraw").click().run()

    ((title, why),) = refusals(visitor)
    assert title == "Nothing was recorded"
    assert "names nobody" in why


def test_a_purpose_is_defined_and_gets_a_text(empty_desk: Desk) -> None:
    shop(empty_desk.home)
    visitor = empty_desk.open("consent")
    visitor.text_input(key="consent_purpose_id").input("letters")
    visitor.text_input(key="consent_purpose_title").input("Letters")
    visitor.multiselect(key="consent_purpose_datasets").set_value(["accounts"])
    visitor.button(key="consent_purpose_keep").click().run()
    visitor.text_input(key="consent_text_version").input("v1")
    visitor.button(key="consent_text_keep").click().run()

    (kept,) = empty_desk.workspace.rights.consents.purposes()
    assert (kept.title, kept.datasets, kept.lasts_months) == ("Letters", ("accounts",), 24)
    assert [text.version for text in kept.texts] == ["v1"]


def test_what_is_blocked_says_so_where_it_would_be_used(empty_desk: Desk) -> None:
    shop(empty_desk.home, consent=True)

    assert "its basis is consent" in words(empty_desk.open("consent"))
    visitor = empty_desk.open("release")
    visitor.selectbox(key="session_dataset").set_value("visits").run()
    ((title, why),) = refusals(visitor)
    assert title == "This may not be used"
    assert "its basis is consent" in why


def test_what_will_be_left_out_is_said_before_a_release(desk: Desk) -> None:
    visitor = desk.open("release")
    visitor.selectbox(key="session_dataset").set_value("visits").run()

    assert "Left out: one row (no consent 1)." in words(visitor)
