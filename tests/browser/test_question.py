"""A question shaped and looked at with the keyboard alone, on the demo shop's orders."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from compliance.settings import Settings
from compliance.workspace import Workspace
from tests.browser.conftest import App, Open, Visitor, serving

pytestmark = pytest.mark.browser

MOST_TABS = 90
# What has the focus, as a screen reader names it.
FOCUSED = """
() => {
  const at = document.activeElement;
  const own = ['BUTTON', 'A', 'SUMMARY'].includes(at.tagName) ? at.textContent : '';
  const of = (at.getAttribute('aria-labelledby') || '').split(' ')
    .map(id => (document.getElementById(id) || {}).textContent || '').join(' ').trim();
  const label = at.labels && at.labels.length ? at.labels[0].textContent : '';
  return (at.getAttribute('aria-label') || of || label || own).trim();
}
"""


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    home = tmp_path_factory.mktemp("shop") / "desk"
    desk = Workspace(Settings.from_environment({}, home=home))
    desk.build_demo()
    desk.discover("orders")
    with serving(home) as running:
        yield running


@pytest.fixture
def visitor(app: App, open_window: Open) -> Visitor:
    """Somebody who looks at the orders."""
    visitor = open_window(app)
    visitor.visit("Trade-off", "tradeoff")
    visitor.page.get_by_role("combobox", name="Dataset").click()
    visitor.page.get_by_role("option", name="orders").click()
    visitor.sees("sum of amount")
    visitor.settle()
    return visitor


def tab_to(visitor: Visitor, name: str, *, back: bool = False) -> list[str]:
    """Press Tab, or Shift and Tab, until `name` has the focus; all that had it on the way."""
    passed = []
    for _ in range(MOST_TABS):
        visitor.page.keyboard.press("Shift+Tab" if back else "Tab")
        passed.append(str(visitor.page.evaluate(FOCUSED)))
        if re.search(name, passed[-1]):
            return passed
    raise AssertionError(f"{name} cannot be reached: {passed}")


def test_everything_in_the_form_is_reached_by_tab(visitor: Visitor) -> None:
    visitor.page.get_by_role("combobox", name="Dataset").focus()
    passed = "\n".join(tab_to(visitor, "What an attacker believes beforehand"))

    for name in (
        "Count",
        "Compute from columns",
        "In groups by",
        "Whose privacy",
        "amount: compute",
        "Lowest value that counts",
        "Highest value that counts",
        "Counted in",
        "Each person: how much of one person counts",
        "Public groups, noise and filter",
        "The question as a file",
        "Show what it would look like",
        "Four questions about the people",
        "I choose ε",
        "ε, how much one person may show",
        "δ, the chance that the bound fails",
    ):
        assert name in passed, name


def test_four_questions_are_answered_and_asked_with_the_keyboard(visitor: Visitor) -> None:
    before = visitor.app.workspace.verify_trail()
    visitor.page.get_by_role("combobox", name="Dataset").focus()
    tab_to(visitor, "Four questions about the people")
    visitor.page.keyboard.press("Enter")
    dialog = visitor.page.get_by_role("dialog")
    expect(dialog).to_contain_text("Whose privacy is kept?")
    dialog.get_by_role("radio", name="Yes, such as several categories").focus()
    visitor.page.keyboard.press("Space")
    expect(dialog.get_by_label("In how many of them one person counts")).to_have_value("3")
    visitor.keep("tradeoff-interview")
    dialog.get_by_role("button", name="Put it into the form").focus()
    visitor.page.keyboard.press("Enter")
    expect(dialog).to_have_count(0)
    visitor.sees("The form now asks:")
    tab_to(visitor, "Show what it would look like", back=True)
    visitor.page.keyboard.press("Enter")

    shown = visitor.page.get_by_test_id("stMarkdown").filter(has_text="Shown here:")
    expect(shown).to_contain_text("counts in at most 3 groups")
    visitor.settle()
    visitor.keep("tradeoff-asked")
    assert visitor.complaints == []
    assert visitor.strangers == []
    assert visitor.app.workspace.verify_trail() == before
