"""Every page by its address: light and dark, wide and narrow, in both languages, for eyes, screen
readers and hands on a keyboard; as it opens and in its states."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import expect

from compliance.i18n import speaking, translate
from pages.parts.navigation import PAGES, PageRow
from tests.browser.conftest import App, Open, Visitor

pytestmark = pytest.mark.browser

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
OPTIONS = {"runOnly": {"type": "tag", "values": TAGS}, "resultTypes": ["violations"]}
# What axe-core finds: the rule, where, why, and in which of some places that lies. A list in a
# target leads into a shadow. What fades in has its own colour at the end only.
FOUND = """async ([context, options, places]) => {
  const fading = document.getAnimations().filter(one => one instanceof CSSTransition);
  await Promise.all(fading.map(one => one.finished.catch(() => {})));
  const {violations} = await axe.run(context, options);
  return violations.flatMap(({id, nodes}) => nodes.map(({target, failureSummary}) => {
    const outermost = document.querySelector([target[0]].flat()[0]);
    return [id, target, failureSummary, places.filter(place => outermost?.closest(place))];
  }));
}"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exemption:
    """A barrier of Streamlit's own, which no option of ours takes away (1.67.0).

    Attributes:
        rule: of axe-core that finds it.
        within: what it lies in, as a CSS selector.
        reason: why it is there, and what helps instead.
        is_sure: whether axe-core finds it at every run.
    """

    rule: str
    within: str
    reason: str
    is_sure: bool = True


IN_THE_DARK = (
    "the accent carries white text on buttons, so on a dark ground it cannot have 4.5 : 1, too"
)
NOT_OURS = (
    Exemption(
        rule="list",
        within="[data-testid=stSidebarNavItems]",
        reason="sections of the navigation are divs between a list and its items",
    ),
    Exemption(
        rule="listitem",
        within="[data-testid=stSidebarNavItems]",
        reason="the same, seen from the items",
    ),
    Exemption(
        rule="scrollable-region-focusable",
        within="[data-testid=stBidiComponentIsolated]",
        reason="the PDF viewer scrolls only by mouse and touch; the file can be downloaded",
    ),
    Exemption(
        rule="presentation-role-conflict",
        within="[data-testid=stFileUploaderDropzone]",
        reason="the place to drop files is named, though not for reading; its button is",
    ),
    Exemption(
        rule="target-size",
        within="[data-testid=stDateInput]",
        reason="year, month and day are typed apart; the calendar beside them is large enough",
    ),
    Exemption(rule="color-contrast", within="[data-testid=stSliderThumbValue]", reason=IN_THE_DARK),
    Exemption(
        rule="color-contrast",
        within="[role=tab][aria-selected=true]",
        reason=IN_THE_DARK,
        is_sure=False,  # the line under the tab mostly keeps axe-core from measuring
    ),
    Exemption(rule="color-contrast", within="[data-testid=stButtonGroup]", reason=IN_THE_DARK),
)
# Opens all that is folded, and says how much that was.
UNFOLD = """() => {
  const all = document.querySelectorAll('[data-testid=stMain] details:not([open]) > summary');
  const folded = [...all].filter(one => one.offsetParent);
  folded.forEach(one => one.click());
  return folded.length;
}"""
# How many words the axes and keys of charts have, and those in another colour than the page's.
IN_CHARTS = """() => {
  const ink = getComputedStyle(document.querySelector('[data-testid=stApp]')).color;
  const words = [...document.querySelectorAll('.js-plotly-plot :is(.xtick, .ytick, .legend) text')];
  const odd = words.filter(one => getComputedStyle(one).fill !== ink);
  return [words.length, odd.map(one => one.textContent)];
}"""
# Which two looks each page is seen in: all pairs of scheme, width and language come up.
LOOKS = (
    (("light", 1440, "en"), ("dark", 390, "zh")),
    (("light", 390, "zh"), ("dark", 1440, "en")),
    (("light", 390, "en"), ("dark", 1440, "zh")),
    (("light", 1440, "zh"), ("dark", 390, "en")),
)


@pytest.fixture(scope="module")
def app(walked: App) -> App:
    """What was done there is there already."""
    return walked


@pytest.fixture(scope="module")
def met() -> set[Exemption]:
    """The exemptions that were needed."""
    return set()


@pytest.mark.parametrize("turn", [0, 1], ids=["light", "dark"])
def test_every_page_opens_by_its_address_fits_and_can_be_used_by_everybody(
    app: App, open_window: Open, met: set[Exemption], turn: int
) -> None:
    before = app.workspace.verify_trail()
    windows: dict[tuple[str, int, str], Visitor] = {}
    in_charts = 0
    for at, row in enumerate(PAGES):
        look = LOOKS[at % len(LOOKS)][turn]
        scheme, width, language = look
        if look not in windows:
            windows[look] = open_window(app, width=width, color_scheme=scheme)
        visitor = windows[look]
        open_page(visitor, row, language)
        visitor.keep(f"{scheme}-{width}-{language}-{row.name}")

        assert visitor.page.get_by_role("heading", level=1).count() == 1, row.name
        assert visitor.page.evaluate("document.documentElement.lang") in ("en", language), row.name
        assert favicon(visitor).startswith(("data:", app.address)), row.name
        assert too_wide(visitor) <= 1, row.name
        assert primaries(visitor) <= 1, row.name
        words, odd = visitor.page.evaluate(IN_CHARTS)
        assert odd == [], row.name
        in_charts += words
        assert barriers(visitor, met) == [], row.name
        for state, reached in (chosen, unfolded)[turn](visitor):
            assert too_wide(visitor) <= 1, (row.name, state)
            assert barriers(visitor, met, within=reached) == [], (row.name, state)
    for visitor in windows.values():
        assert visitor.strangers == []
        assert visitor.complaints == []
    assert in_charts
    assert app.workspace.verify_trail() == before


def open_page(visitor: Visitor, row: PageRow, language: str) -> None:
    with speaking(language):
        title = translate(row.title)
    path = "" if row.name == "overview" else row.name
    visitor.visit(title, path + ("?lang=zh" if language == "zh" else ""))


def unfolded(visitor: Visitor) -> Iterator[tuple[str, str]]:
    """The page with all that can be opened on it, opened."""
    if visitor.page.evaluate(UNFOLD):
        visitor.settle()
        yield "unfolded", "[data-testid=stMain]"
    popover = visitor.page.get_by_test_id("stPopoverButton").filter(visible=True)
    if popover.count():
        popover.first.click()
        expect(visitor.page.get_by_test_id("stPopoverBody")).to_be_visible()
        visitor.settle()
        yield "popover", "[data-testid=stPopoverBody]"


def chosen(visitor: Visitor) -> Iterator[tuple[str, str]]:
    """The page with each of its tabs in turn."""
    for number, tab in enumerate(visitor.page.locator("[data-testid=stMain] [role=tab]").all()):
        if tab.is_visible() and tab.get_attribute("aria-selected") == "false":
            tab.click()
            expect(tab).to_have_attribute("aria-selected", "true")
            visitor.settle()
            yield f"tab {number}", "[data-testid=stTabs]"


def test_questions_refusals_and_results_can_be_used_by_everybody(
    app: App, open_window: Open, met: set[Exemption]
) -> None:
    """A dialog over the page, a form that is refused, a result that is shown, an empty answer."""
    visitor = open_window(app, color_scheme="dark")
    visitor.visit("Decisions", "decisions")
    visitor.press("Leave it unmet for a time …")
    expect(visitor.page.get_by_role("dialog")).to_be_visible()
    visitor.settle()
    assert barriers(visitor, met, within="[role=dialog]") == []
    visitor.page.keyboard.press("Escape")

    visitor.walk_to("Accounts")
    visitor.page.get_by_role("button", name="Keep", exact=True).click()
    visitor.sees("Not kept")
    assert barriers(visitor, met, within="[data-testid=stMain]") == []

    visitor.walk_to("Trade-off")
    visitor.page.get_by_text("Change the question").click()
    visitor.press("Show what it would look like")
    visitor.sees("Attacker’s odds")
    visitor.settle()
    assert barriers(visitor, met, within="[data-testid=stMain]") == []


def test_each_exemption_is_still_needed(met: set[Exemption]) -> None:
    """Runs last: what none of the looks above met is Streamlit's no longer."""
    if met:  # else this test was chosen alone
        assert {one for one in NOT_OURS if one.is_sure} - met == set()


def favicon(visitor: Visitor) -> str:
    """Where the window's icon comes from; without a window Chromium never asks for it."""
    address: str = visitor.page.evaluate("document.querySelector('link[rel~=icon]').href")
    return address


def too_wide(visitor: Visitor) -> int:
    """By how many pixels the page, or its main part, is wider than the window."""
    pixels: int = visitor.page.evaluate(
        """Math.max(...[document.scrollingElement, document.querySelector('[data-testid=stMain]')]
           .map(part => part.scrollWidth - window.innerWidth))"""
    )
    return pixels


def primaries(visitor: Visitor) -> int:
    """How many buttons say that they are what the page is for."""
    buttons = visitor.page.locator("[data-testid=stMain] button[data-testid*=-primary]")
    return buttons.filter(visible=True).count()


def barriers(visitor: Visitor, met: set[Exemption], within: str = "body") -> list[str]:
    """What axe-core finds, of whatever impact, that is ours: the rule and where it is broken.

    Args:
        met: takes up the exemptions that were needed.
    """
    if not visitor.page.evaluate("'axe' in window"):
        visitor.page.evaluate(AXE_SCRIPT)
    places = sorted({one.within for one in NOT_OURS})
    ours = []
    for rule, target, summary, lies_in in visitor.page.evaluate(FOUND, [within, OPTIONS, places]):
        spared = (one for one in NOT_OURS if one.rule == rule and one.within in lies_in)
        exempt = next(spared, None)
        if exempt is None:
            ours.append(f"{rule}: {target} {summary}")
        else:
            met.add(exempt)
    return ours
