"""The page of anonymisation in a browser: every choice, the output, the vault."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from compliance.dataset import RawFile
from compliance.dataset.nouns import ColumnName, Description
from compliance.settings import Settings
from compliance.workspace import Workspace
from tests.browser.conftest import App, Open, Visitor, serving
from tests.browser.test_every_page import Exemption, barriers, too_wide
from tests.pages.test_anonymise import patients

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    home = tmp_path_factory.mktemp("patients") / "desk"
    desk = Workspace(Settings.from_environment({}, home=home))
    said = Description(unit=ColumnName("patient"))
    desk.add_files([RawFile(name="p.csv", data=patients())], "patients", said)
    desk.discover("patients")
    with serving(home) as running:
        yield running


def surveyed(visitor: Visitor) -> Visitor:
    visitor.visit("Anonymise", "anonymise")
    visitor.press("Show every choice")
    visitor.sees("Not beaten by any")
    visitor.settle()
    return visitor


@pytest.mark.parametrize(
    ("scheme", "width"), [("light", 1440), ("dark", 390)], ids=["light-wide", "dark-narrow"]
)
def test_an_output_is_made_and_all_of_it_can_be_read(
    app: App, open_window: Open, scheme: str, width: int
) -> None:
    before = len(app.workspace.anonymisation.done("patients"))
    visitor = surveyed(open_window(app, width=width, color_scheme=scheme))
    visitor.press("Anonymise")
    visitor.sees("Made, checked and stored as")
    visitor.settle()

    met: set[Exemption] = set()
    for tab in ("Before and after", "Checks", "Attacks", "Still good for", "Notes"):
        visitor.page.get_by_role("tab", name=tab).click()
        visitor.settle()
        visitor.keep(f"{scheme}-{width}-anonymise-{tab.split()[0].lower()}")
        assert too_wide(visitor) <= 1, tab
        assert barriers(visitor, met) == [], tab
    assert len(app.workspace.anonymisation.done("patients")) == before + 1
    assert visitor.strangers == []
    assert visitor.complaints == []


def test_a_pseudonym_is_looked_up_with_a_reason_and_forgotten(app: App, open_window: Open) -> None:
    visitor = open_window(app, height=2000)  # so that lists have room to open
    visitor.visit("Anonymise", "anonymise")
    visitor.page.get_by_role("tab", name="All other columns").click()
    visitor.page.get_by_role("combobox", name="What happens to “patient”").fill("a way back")
    visitor.page.get_by_role("option", name="Pseudonym with a way back").click()
    visitor.sees("Each look into the vault is entered in the trail")
    visitor.settle()
    visitor.press("Anonymise")
    visitor.sees("Made, checked and stored as")
    anonymisation = app.workspace.anonymisation
    output = anonymisation.output(anonymisation.latest("patients")).decode()
    code = output.splitlines()[1].split(",")[0]

    visitor.press("Look somebody up …")
    window = visitor.page.get_by_role("dialog")
    expect(window).to_contain_text("The trail will say")
    window.get_by_label("Pseudonyms, one per line").fill(code)
    window.get_by_label("Why (kept in the trail)").fill("request for access no. 17")
    window.get_by_role("button", name="Enter it in the trail and look").click()
    expect(window).to_contain_text("Closing this window forgets the originals")
    visitor.settle()
    visitor.keep("anonymise-vault")
    original = window.locator("table[role=grid]")
    expect(original).to_contain_text(re.compile("P0[0-9]{3}"))
    visitor.page.keyboard.press("Escape")
    expect(window).to_have_count(0)

    assert any(entry.act == "vault.open" for entry in app.workspace.entries())
    assert "P0" not in visitor.page.url
    assert visitor.complaints == []
