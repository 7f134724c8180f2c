"""What lies in a tab is drawn when somebody turns to it, and nothing is lost by turning away."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from streamlit.testing.v1 import AppTest

from compliance.i18n import speaking, translate
from compliance.impact.nouns import ImpactKind
from tests.pages.chinese_cases import said
from tests.pages.conftest import Desk, asking, rows_of_tabs, turn_to, words


@dataclass(frozen=True, slots=True)
class Hidden:
    """Something that only one tab of a page shows.

    Attributes:
        tab: the label of the tab.
        shows: words of it; tables and charts are told by what they say to screen readers.
    """

    page: str
    tab: str
    shows: str


HIDDEN = [
    Hidden("federated", "Sites", "Per site: rows, bytes sent and received"),
    Hidden("federated", "What left", "What travelled in the last round"),
    Hidden("federated", "Protection", "Per round: quality, participants"),
    Hidden("datasets", "Cleaning", "What was changed on the way in."),
    Hidden("datasets", "Columns", "Columns with their types"),
    Hidden("datasets", "Origin", "The files that this dataset came from"),
    Hidden("residency", "Counted since 1 January", "Nothing counts: no movement"),
    Hidden("anonymise", "Checks", "Looked at in the output as it was read back"),
    Hidden("anonymise", "Notes", "SHA-256 of the output"),
    Hidden("anonymise", "All other columns", "Every other column with what happens to it"),
    Hidden("consent", "History", "Nothing was recorded yet."),
    Hidden("tradeoff", "The best test", "of others wrongly finds at most"),
]


def opened(desk: Desk, page: str) -> AppTest:
    """A visitor on a page that shows all of its tabs."""
    visitor = desk.open(page)
    if page == "anonymise":
        visitor.button(key="anonymise_make").click().run()
    elif page == "tradeoff":
        visitor.toggle(key="tradeoff_examine").set_value(True).run()
    return visitor


def shows(visitor: AppTest, what: str) -> bool:
    return any(what in text for text in said(visitor))


@pytest.mark.parametrize("row", HIDDEN, ids=lambda row: f"{row.page}: {row.tab}")
def test_a_tab_is_drawn_when_it_is_turned_to_and_only_then(full_desk: Desk, row: Hidden) -> None:
    visitor = opened(full_desk, row.page)
    first = next(labels[0] for _key, labels in rows_of_tabs(visitor._tree) if row.tab in labels)
    assert not shows(visitor, row.shows)

    assert shows(turn_to(visitor, row.tab), row.shows)
    assert not visitor.exception
    assert not shows(turn_to(visitor, first), row.shows)


@pytest.mark.parametrize(
    ("page", "away", "key"),
    [
        ("datasets", "Origin", "datasets_record"),
        ("residency", "Counted since 1 January", "residency_submit"),
        ("consent", "History", "consent_take_in"),
        ("consent", "History", "consent_give"),
        ("consent", "History", "consent_purpose_keep"),
        ("impact", "Validation", "impact_save_*"),
        ("anonymise", "Sensitive within groups", "anonymise_treatment_*"),
        ("anonymise", "All other columns", "anonymise_builder_*"),
        ("tradeoff", "The best test", "tradeoff_error_invented"),
    ],
)
def test_what_is_filled_in_is_drawn_whatever_tab_is_open(
    full_desk: Desk, page: str, away: str, key: str
) -> None:
    """A field that is not drawn forgets what was typed."""
    area = full_desk.workspace
    area.governance.impacts.begin(ImpactKind.DPIA, "analytics", datasets=["orders"])
    area.rights.consents.keep_purpose("letters", "Letters", datasets_=["orders"], lasts_months=24)
    visitor = opened(full_desk, page)

    def fields() -> list[str]:
        every = [*visitor.button, *visitor.selectbox]
        return [one.key for one in every if str(one.key).startswith(key.rstrip("*"))]

    before = fields()
    assert before

    turn_to(visitor, away)
    assert fields() == before


def test_a_choice_is_kept_though_its_tab_is_turned_away_from_at_once(full_desk: Desk) -> None:
    """The browser sends both together; the run that follows does not draw what was chosen."""
    visitor = opened(full_desk, "tradeoff")
    choice = visitor.selectbox(key="tradeoff_outcome")
    other = choice.options[-1]
    assert choice.value != other

    choice.set_value(other)
    turn_to(visitor, "Attack it")
    turn_to(visitor, "Possible outcomes")

    assert visitor.selectbox(key="tradeoff_outcome").value == other


def test_the_same_tab_is_open_in_another_language(full_desk: Desk) -> None:
    visitor = turn_to(full_desk.open("federated"), "Sites")
    visitor.selectbox(key="session_language").set_value("zh").run()

    with speaking("zh"):
        alt = translate("Per site: rows, bytes sent and received, bytes that stayed, and quality")
        assert shows(visitor, alt)
        assert visitor.session_state["federated_tabs"] == translate("Sites")


def test_what_is_unfolded_stays_so_in_another_language(full_desk: Desk) -> None:
    visitor = asking(full_desk)
    visitor.selectbox(key="session_language").set_value("zh").run()

    with speaking("zh"):
        assert visitor.button(key="tradeoff_show").label == translate(
            "Show what it would look like"
        )


def test_whoever_comes_back_to_a_page_begins_with_its_first_tab(full_desk: Desk) -> None:
    visitor = turn_to(full_desk.open("federated"), "Sites")
    full_desk.go(visitor, "datasets")
    full_desk.go(visitor, "federated")

    assert visitor.session_state["federated_tabs"] == "Quality"
    assert not shows(visitor, "Per site: rows, bytes sent and received")


def test_the_tab_in_which_the_first_purpose_was_defined_stays_open(described_desk: Desk) -> None:
    visitor = described_desk.open("consent")
    assert visitor.session_state["consent_tabs"] == "Purposes and texts"

    visitor.text_input(key="consent_purpose_id").set_value("letters")
    visitor.text_input(key="consent_purpose_title").set_value("Letters")
    visitor.button(key="consent_purpose_keep").click().run()

    assert "The purpose is kept." in words(visitor)
    assert visitor.session_state["consent_tabs"] == "Purposes and texts"
