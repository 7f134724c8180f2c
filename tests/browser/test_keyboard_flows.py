"""Every flow of the desk from its start to its result, with the keyboard alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from playwright.sync_api import Browser, FilePayload, expect

from pages.parts.navigation import PAGES
from tests.browser.conftest import App, windows
from tests.browser.keyboard import CLOSE, START, UNSEEN, Keyboard

pytestmark = pytest.mark.browser

BUILDING_MS = 120_000
VISITORS = "visitor,city,visits\n" + "".join(f"V{n:03d},Kiel,{n % 7}\n" for n in range(60))
TITLES = [row.title for row in PAGES]
Said = Any  # what a step is done to: a name, several, or what is done at each name


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """What an officer does on a page.

    Attributes:
        steps: each a verb and what it is done to, in order.
        acts: what the trail holds more of afterwards, in any order; none if there are none.
    """

    name: str
    page: str
    steps: Sequence[tuple[str, Said]]
    acts: Sequence[str]


def _flows() -> Iterator[Flow]:
    file = Path(__file__).with_name("keyboard_flows.yaml")
    for row in yaml.safe_load(file.read_text(encoding="utf-8")):
        steps = [next(iter(step.items())) for step in row["steps"]]
        yield Flow(name=row["flow"], page=row["page"], steps=steps, acts=row.get("acts", ()))


FLOWS = tuple(_flows())


@pytest.fixture(scope="module")
def app(walked: App) -> App:
    """What was done there is there already."""
    return walked


REDRAWN_MS = 150  # an act may be followed by a page drawn anew


@pytest.fixture(scope="module")
def window(app: App, chromium: Browser) -> Iterator[Keyboard]:
    """One window for all flows."""
    with windows(chromium) as open_one:
        visitor = open_one(app)
        visitor.page.set_default_timeout(BUILDING_MS)  # the shop to present is built first
        yield Keyboard(visitor)


@pytest.fixture
def keys(window: Keyboard) -> Iterator[Keyboard]:
    """At the top of the page where the flow before ended, or of the first."""
    if not window.is_at_the_top:
        window.visitor.visit("Overview", "")
        window.begin()
    window.is_at_the_top = False
    window.faults.clear()
    return window


def test_there_is_a_flow_on_every_page() -> None:
    assert {flow.page for flow in FLOWS} == {*TITLES} - {"Release"}  # asked for on Trade-off


@pytest.mark.parametrize("flow", FLOWS, ids=[flow.name for flow in FLOWS])
def test_it_is_done_with_the_keyboard_alone(keys: Keyboard, flow: Flow) -> None:
    before = keys.visitor.app.workspace.entries(100_000)
    passed = keys.tab_to(flow.page)
    keys.press("Enter")
    keys.visitor.arrive(flow.page)
    for verb, said in flow.steps:
        VERBS[verb](keys, said)
        keys.answered()
        keys.visitor.page.wait_for_timeout(REDRAWN_MS)
        keys.answered()
        assert keys.visitor.page.get_by_test_id("stException").count() == 0, (verb, said)
    keys.tab_to(START)  # nothing on the page holds the focus for good
    keys.is_at_the_top = True

    after = keys.visitor.app.workspace.entries(100_000)
    new = Counter(entry.act for entry in after[: len(after) - len(before)])
    assert [name for name in passed if name in TITLES] == TITLES[: TITLES.index(flow.page)]
    assert keys.faults == []
    assert Counter(flow.acts) <= new
    assert flow.acts or not new
    assert keys.visitor.page.locator("[tabindex]:not([tabindex='0'], [tabindex^='-'])").count() == 0
    assert keys.visitor.complaints == []
    assert keys.visitor.strangers == []


def test_each_focus_that_is_not_seen_is_still_met(window: Keyboard) -> None:
    """Runs last: what none of the flows met is Streamlit's no longer."""
    if len(window.met) > 1 or window.is_at_the_top:  # else chosen alone
        assert window.met == set(UNSEEN)


def _press(keys: Keyboard, name: str) -> None:
    keys.tab_to(name)
    keys.answered()  # a field tells what was typed when Tab leaves it, and the page is drawn anew
    keys.press("Enter")


def _tick(keys: Keyboard, name: str) -> None:
    keys.tab_to(name)
    keys.press("Space")


def _back(keys: Keyboard, name: str) -> None:
    keys.tab_to(name, "Shift+Tab")


def _order(keys: Keyboard, names: Sequence[str]) -> None:
    """Each is reached after the one before, without going round."""
    for name in names:
        assert START not in keys.tab_to(name), name


def _type(keys: Keyboard, said: dict[str, str]) -> None:
    for name, text in said.items():
        keys.tab_to(name)
        keys.press("Control+a")
        keys.visitor.page.keyboard.type(text)


def _choose(keys: Keyboard, said: dict[str, str]) -> None:
    for name, option in said.items():
        keys.tab_to(name)
        keys.press("Control+a")
        keys.visitor.page.keyboard.type(option)
        offered = keys.visitor.page.get_by_role("option")
        expect(offered.filter(has_text=option).first).to_be_visible()
        keys.press("Enter")
        keys.answered()
        if offered.count():  # a list of several stays open
            keys.press("Escape")


def _move(keys: Keyboard, said: dict[str, Sequence[str]]) -> None:
    for name, moves in said.items():
        keys.tab_to(name)
        for key in moves:
            keys.press(key)


def _keys(keys: Keyboard, said: Sequence[str]) -> None:
    for key in said:
        if key == "Tab":
            keys.tab()
        else:
            keys.press(key)


def _upload(keys: Keyboard, said: dict[str, str]) -> None:
    for name, file in said.items():
        keys.tab_to(name)
        with keys.visitor.page.expect_file_chooser() as asking:
            keys.press("Enter")
        given = FilePayload(name=file, mimeType="text/csv", buffer=VISITORS.encode())
        asking.value.set_files([given])


def _download(keys: Keyboard, name: str) -> None:
    keys.tab_to(name)
    with keys.visitor.page.expect_download() as taking:
        keys.press("Enter")
    assert taking.value.failure() is None


def _dialog(keys: Keyboard, title: str) -> None:
    """It has taken the focus and keeps it: Tab goes round in it."""
    expect(keys.visitor.page.get_by_role("dialog")).to_contain_text(title)
    keys.visitor.settle()
    keys.tab_to(CLOSE)
    assert keys.tab()["region"] == "dialog"
    keys.tab_to(CLOSE)
    assert keys.focus["region"] == "dialog"


def _escape(keys: Keyboard, name: str) -> None:
    """The dialog is put away, and the focus is where it came from."""
    keys.press("Escape")
    expect(keys.visitor.page.get_by_role("dialog")).to_have_count(0)
    expect(keys.visitor.page.get_by_role("button", name=name)).to_be_focused()


def _seen(keys: Keyboard, what: str) -> None:
    assert keys.is_seen(), what


VERBS: dict[str, Callable[[Keyboard, Said], object]] = {
    "press": _press,
    "tick": _tick,
    "pick": Keyboard.arrow_to,
    "type": _type,
    "choose": _choose,
    "move": _move,
    "reach": Keyboard.tab_to,
    "back": _back,
    "order": _order,
    "keys": _keys,
    "seen": _seen,
    "upload": _upload,
    "download": _download,
    "dialog": _dialog,
    "escape": _escape,
    "sees": lambda keys, text: keys.visitor.sees(text),
}
