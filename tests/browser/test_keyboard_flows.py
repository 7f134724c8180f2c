"""Every flow of the desk from its start to its result, with the keyboard alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from compliance import shipped
from pages.parts.navigation import PAGES
from tests.browser.conftest import BUILDING_MS, App, Profile
from tests.browser.keyboard import UNSEEN, Keyboard
from tests.browser.keyboard_steps import Step, done, ended, go

pytestmark = pytest.mark.browser

TITLES = [row.title for row in PAGES]


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """What an officer does on a page.

    Attributes:
        steps: each a verb and what it is done to, in order.
        acts: what the trail holds more of afterwards, in any order; none if there are none.
    """

    name: str
    page: str
    steps: Sequence[Step]
    acts: Sequence[str]


def _flows() -> Iterator[Flow]:
    file = Path(__file__).with_name("keyboard_flows.yaml")
    for row in shipped.values(file.read_bytes()):
        steps = [next(iter(step.items())) for step in row["steps"]]
        yield Flow(name=row["flow"], page=row["page"], steps=steps, acts=row.get("acts", ()))


FLOWS = tuple(_flows())


@pytest.fixture(scope="module")
def app(walked: App) -> App:
    """What was done there is there already."""
    return walked


@pytest.fixture(scope="module")
def window(app: App, profile: Profile) -> Iterator[Keyboard]:
    """One window for all flows."""
    with profile.windows() as open_one:
        visitor = open_one(app)
        visitor.page.set_default_timeout(BUILDING_MS)  # the shop to present is built first
        yield Keyboard(visitor)


@pytest.fixture(scope="module")
def walked_through() -> set[str]:
    """The flows that were walked to their ends."""
    return set()


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
def test_it_is_done_with_the_keyboard_alone(
    keys: Keyboard, flow: Flow, walked_through: set[str]
) -> None:
    before = keys.visitor.app.acts
    passed = go(keys, flow.page)
    done(keys, flow.steps)
    ended(keys)
    keys.is_at_the_top = True

    new = keys.visitor.app.acts - before
    assert [name for name in passed if name in TITLES] == TITLES[: TITLES.index(flow.page)]
    assert Counter(flow.acts) <= new
    assert flow.acts or not new
    assert keys.visitor.strangers == []
    walked_through.add(flow.name)


def test_each_focus_that_is_not_seen_is_still_met(
    window: Keyboard, walked_through: set[str]
) -> None:
    """Runs last: what none of the flows met is Streamlit's no longer."""
    if walked_through != {flow.name for flow in FLOWS}:
        pytest.skip("not every flow was walked to its end")
    assert window.met == set(UNSEEN)
