"""A desk with nothing in it: every page is for everybody, a switch of language loses nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import TimeoutError as NotThereError
from playwright.sync_api import expect

from pages.parts.navigation import PAGES
from tests.browser.conftest import BUILDING_MS, App, Open, Visitor, serving
from tests.browser.keyboard import Keyboard
from tests.browser.keyboard_steps import done, ended, press
from tests.browser.test_every_page import Exemption, barriers, primaries, too_wide

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    with serving(tmp_path_factory.mktemp("empty") / "desk") as running:
        yield running


def test_every_page_of_an_empty_desk_can_be_used_by_everybody(app: App, open_window: Open) -> None:
    """As `test_every_page` looks at a full one; most pages say here what comes first."""
    visitor = open_window(app)
    visitor.visit("Overview", "")
    met: set[Exemption] = set()
    for row in PAGES:
        visitor.walk_to(row.title)
        visitor.keep(f"empty-{row.name}")
        assert visitor.page.get_by_role("heading", level=1).count() == 1, row.name
        assert too_wide(visitor) <= 1, row.name
        assert primaries(visitor) <= 1, row.name
        assert barriers(visitor, met) == [], row.name
    assert visitor.complaints == []
    assert visitor.strangers == []
    assert app.workspace.entries() == ()


def _speak(visitor: Visitor, language: str, code: str) -> None:
    box = visitor.page.get_by_role("combobox", name="Language / 语言")
    option = visitor.page.get_by_role("option", name=language)
    for _ in range(5):
        box.click()
        with suppress(NotThereError):  # a list closes where the page is still being drawn
            option.click(timeout=3_000)
            break
        visitor.page.keyboard.press("Escape")
    expect(visitor.page.locator("html")).to_have_attribute("lang", code)
    visitor.settle()


def test_a_switch_loses_nothing_and_the_page_says_its_language(app: App, open_window: Open) -> None:
    visitor = open_window(app)
    visitor.visit("Datasets", "datasets")
    page = visitor.page
    page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(
        [{"name": "people.csv", "mimeType": "text/csv", "buffer": b"a,b\n1,2\n"}]
    )
    name = page.get_by_label("Name of the dataset")
    name.fill("half a na")
    name.press("Tab")
    visitor.settle()

    _speak(visitor, "简体中文", "zh")
    visitor.sees("people.csv")
    assert "lang=zh" in page.url
    expect(page.get_by_role("heading", name="数据集", level=1, exact=True)).to_be_visible()
    expect(page.get_by_label("数据集名称")).to_have_value("half a na")

    _speak(visitor, "English", "en")
    visitor.sees("people.csv")
    expect(name).to_have_value("half a na")
    assert not visitor.complaints


def test_the_demo_shop_is_opened_and_the_tour_begun_with_the_keyboard_alone(
    tmp_path: Path, open_window: Open
) -> None:
    with serving(tmp_path / "desk") as app:
        keys = Keyboard(open_window(app))
        keys.visitor.visit("Overview", "")
        keys.begin()
        press(keys, "Open the demo shop")
        first = keys.visitor.page.get_by_text("Stop 1 of 11 · Datasets")
        expect(first).to_be_visible(timeout=BUILDING_MS)
        keys.visitor.arrive("Datasets")
        keys.answered()
        done(
            keys,
            [("order", ["Next: Discovery", "Leave the tour"]), ("sees", "Stop 1 of 11 · Datasets")],
        )
        ended(keys)

        shop = {"organisation.describe": 1, "dataset.add": 4, "budget.decide": 1}
        assert {act: app.acts[act] for act in shop} == shop
        assert keys.visitor.strangers == []
