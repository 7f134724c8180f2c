"""Every page by its address: light and dark, wide and narrow, for eyes and screen readers."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe

from pages.parts.navigation import PAGES
from tests.browser.conftest import App, Open, Visitor, serving
from tests.walked_shop import walk

pytestmark = pytest.mark.browser

# Streamlit's own, which no option of ours reaches (1.67.0); everything else on a page is ours.
NOT_OURS = {
    "[data-testid=stSidebarNavItems]": "its sections are divs between a list and its items",
    "[data-testid=stBidiComponentIsolated]": "the PDF viewer scrolls only by mouse and touch",
}
NOT_OURS_IN_THE_DARK = {
    "[data-testid=stSliderThumbValue]": "it has the colour of buttons, which carries white text",
}


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """The app on a workspace in which the whole job was done once."""
    home = tmp_path_factory.mktemp("walked") / "desk"
    walk(home)
    with serving(home) as running:
        yield running


@pytest.mark.parametrize(
    ("scheme", "width"), [("light", 1440), ("dark", 390)], ids=["light-wide", "dark-narrow"]
)
def test_every_page_opens_by_its_address_fits_and_can_be_read(
    app: App, open_window: Open, scheme: str, width: int
) -> None:
    visitor = open_window(app, width=width, color_scheme=scheme)
    before = app.workspace.verify_trail()
    ours_not = NOT_OURS | (NOT_OURS_IN_THE_DARK if scheme == "dark" else {})
    for row in PAGES:
        visitor.visit(row.title, "" if row.name == "overview" else row.name)
        visitor.keep(f"{scheme}-{width}-{row.name}")

        assert visitor.page.get_by_role("heading", level=1).count() == 1, row.name
        assert visitor.page.evaluate("document.documentElement.lang") == "en", row.name
        assert favicon(visitor).startswith(("data:", app.address)), row.name
        assert too_wide(visitor) <= 1, row.name
        assert barriers(visitor, list(ours_not)) == [], row.name
    assert visitor.strangers == []
    assert visitor.complaints == []
    assert app.workspace.verify_trail() == before


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


def barriers(visitor: Visitor, ours_not: list[str]) -> list[str]:
    """What axe-core finds serious or critical: the rule and where it is broken."""
    context = {"exclude": [[selector] for selector in ours_not]}
    found = Axe().run(visitor.page, context=context).response["violations"]
    return [
        f"{violation['id']}: {node['target']}"
        for violation in found
        if violation["impact"] in ("serious", "critical")
        for node in violation["nodes"]
    ]
