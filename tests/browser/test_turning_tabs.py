"""What was typed, chosen or given in one tab is still there after a look at another."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, expect

from compliance.impact.nouns import ImpactKind
from tests.browser.conftest import App, Open, Visitor

pytestmark = pytest.mark.browser

# The page, the tab with the field, the label of the field, and the tab that is turned to.
FIELDS = [
    ("Datasets", "datasets", "Whose data and why", "Where it came from", "Origin"),
    ("Consent", "consent", "Purposes and texts", "Title", "History"),
    ("Impact assessments", "impact", "Validation", "In your own words", "Risks"),
]


@pytest.fixture(scope="module")
def app(walked: App) -> App:
    walked.workspace.governance.impacts.begin(ImpactKind.DPIA, "analytics", datasets=["orders"])
    return walked


@pytest.mark.parametrize(("title", "path", "tab", "label", "away"), FIELDS, ids=lambda one: one)
def test_what_is_typed_into_a_form_stays(
    app: App, open_window: Open, title: str, path: str, tab: str, label: str, away: str
) -> None:
    visitor = open_window(app)
    visitor.visit(title, path)
    turn_to(visitor, tab)
    field = visitor.page.get_by_role("textbox", name=label, exact=True).filter(visible=True).first
    field.fill("what was typed")
    turn_to(visitor, away)
    expect(field).to_be_hidden()
    turn_to(visitor, tab)

    expect(field).to_have_value("what was typed")
    assert visitor.complaints == []


def test_a_file_that_was_given_stays(app: App, open_window: Open) -> None:
    app.workspace.rights.consents.keep_purpose("tabs", "Tabs", datasets_=["orders"])
    visitor = open_window(app)
    visitor.visit("Consent", "consent")
    turn_to(visitor, "Take a file in")
    given = {"name": "agreed.csv", "mimeType": "text/csv", "buffer": b"email\n"}
    visitor.page.locator("input[type=file]").first.set_input_files(given)  # type: ignore[arg-type]
    expect(visitor.sees("agreed.csv")).to_be_visible()
    turn_to(visitor, "History")
    turn_to(visitor, "Take a file in")

    expect(visitor.sees("agreed.csv")).to_be_visible()


def test_a_setting_typed_just_before_another_tab_is_clicked_is_in_the_plan(
    app: App, open_window: Open
) -> None:
    visitor = open_window(app, height=2000)
    visitor.visit("Anonymise", "anonymise")
    visitor.page.get_by_text("Limits and weight").click()
    field = visitor.page.get_by_role("spinbutton", name="Weight of its loss")
    field.fill("2.5")
    turn_to(visitor, "All other columns")
    turn_to(visitor, "Become coarser")

    expect(field).to_have_value("2.50")
    visitor.page.get_by_text("The same plan as a file").click()
    expect(visitor.sees("weight: 2.5")).to_be_visible()


def test_the_page_stays_where_it_is_while_another_tab_is_drawn(app: App, open_window: Open) -> None:
    visitor = open_window(app, height=600)
    visitor.visit("Federated", "federated")
    there = tab_of(visitor, "Sites")
    there.evaluate("tab => tab.scrollIntoView({block: 'start'})")
    before = there.bounding_box()
    turn_to(visitor, "Sites")

    assert before is not None
    assert there.bounding_box() == before


def tab_of(visitor: Visitor, name: str) -> Locator:
    return visitor.page.get_by_role("tab", name=name, exact=True)


def turn_to(visitor: Visitor, name: str) -> None:
    tab_of(visitor, name).click()
    expect(tab_of(visitor, name)).to_have_attribute("aria-selected", "true")
    visitor.settle()
