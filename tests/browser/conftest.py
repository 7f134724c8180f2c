"""The app as `make run` starts it, in a real Chromium that may speak to nobody else."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect, sync_playwright

from compliance.settings import Settings
from compliance.workspace import Workspace
from tests.kept import copied
from tests.walked_shop import walk

ROOT = Path(__file__).resolve().parent.parent.parent
SCREENSHOTS = Path(__file__).parent / "screenshots"
PATIENCE_MS = 120_000  # on a machine that does much beside
BUILDING_MS = 600_000  # the same, for the demo shop
FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)
# For V8: no page lives long enough here to repay code that is optimised most, or tidy memory.
SHORT_LIVED = ("--no-turbofan", "--min-semi-space-size=32", "--no-parallel-scavenge")
# On a deep link Streamlit's page asks for its server below each part of the path before it finds
# it at the root; the questions in vain show as these 404s.
PROBES = re.compile(r"/[a-z]+/_stcore/(health|host-config)$")
# The PDF viewer draws its pages after the page around it stands; a tab that is turned to holds a
# space until the page is drawn anew, which begins only after the browser shows the tab.
DRAWN = """() => [...document.querySelectorAll('[data-testid=stBidiComponentIsolated]')]
    .every(viewer => !viewer.offsetParent || viewer.shadowRoot.querySelector('canvas'))
  && [...document.querySelectorAll('[role=tabpanel]')].every(panel => !panel.offsetParent
    || !panel.querySelector('[data-testid=stSpace]')
    || panel.querySelector('[data-testid=stElementContainer]:not(:has([data-testid=stSpace]))'))"""

Open = Callable[..., "Visitor"]
# Ports of servers that ended: under the same address a browser still has what it compiled.
_FREE: list[int] = []


@dataclass(frozen=True, slots=True)
class App:
    """The running app and what it stands on."""

    address: str
    home: Path
    log: Path

    @property
    def workspace(self) -> Workspace:
        """The same records, seen past the app."""
        return Workspace(Settings.from_environment({}, home=self.home))

    @property
    def acts(self) -> Counter[str]:
        """How often each act stands in the trail."""
        return Counter(entry.act for entry in self.workspace.entries(100_000))


@dataclass(slots=True)
class Visitor:
    """A browser window on the app, and what it should not have seen.

    Attributes:
        strangers: addresses asked for outside the app.
        complaints: errors of the page and of its console.
    """

    app: App
    page: Page
    strangers: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        own = (self.app.address, self.app.address.replace("http", "ws", 1), "data:", "blob:")
        for kind in ("request", "websocket"):
            self.page.on(
                kind,  # type: ignore[call-overload]
                lambda asked: self.strangers.extend([asked.url][: not asked.url.startswith(own)]),
            )
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on(
            "console",
            lambda said: self.complaints.extend(
                [f"{said.text} {said.location['url']}"][
                    : said.type == "error" and not PROBES.search(said.location["url"])
                ]
            ),
        )

    def visit(self, title: str, path: str) -> None:
        """Open a page by its address, as a bookmark does."""
        self.page.goto(f"{self.app.address}/{path}")
        self.arrive(title)

    def walk_to(self, title: str) -> None:
        """Open a page by the navigation at the side."""
        self.page.get_by_test_id("stSidebarNavLink").filter(has_text=title).click()
        self.arrive(title)

    def arrive(self, title: str) -> None:
        expect(self.page.get_by_role("heading", name=title, level=1, exact=True)).to_be_visible()
        self.settle()

    def settle(self) -> None:
        """Wait until the app has nothing more to say."""
        self.page.wait_for_selector('[data-testid="stApp"][data-test-script-state="notRunning"]')
        expect(self.page.locator("[data-stale=true], [data-testid=stSkeleton]")).to_have_count(0)
        self.page.wait_for_function(DRAWN)

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()

    def sees(self, text: str | re.Pattern[str]) -> Locator:
        """The first place in the main part where a text shows; waits for it."""
        found = self.page.get_by_test_id("stMain").get_by_text(text).filter(visible=True).first
        expect(found).to_be_visible()
        return found

    def keep(self, name: str) -> None:
        """Leave a screenshot for a person to look at."""
        SCREENSHOTS.mkdir(exist_ok=True)
        self.page.screenshot(path=SCREENSHOTS / f"{name}.png", animations="disabled")


@contextmanager
def serving(
    home: Path,
    settings: Callable[[str], Mapping[str, str]] = lambda _: {},
    streamlit: Sequence[str] = ("-m", "streamlit"),
    app: str | Path = "pages/parts/server.py",
    **said: str,
) -> Iterator[App]:
    """The app on workspace folder `home`, in a process of its own that ends with the block.

    Args:
        settings: what its environment says beside, which may depend on its address.
        streamlit: what Python is to run as Streamlit.
        app: what Streamlit is to serve.
        said: what its environment says beside, whatever its address.
    """
    port = _free_port()
    command = [sys.executable, *streamlit, "run", str(app)]
    command += ["--server.port", str(port), "--server.headless", "true"]
    environment = {**os.environ, "PRIVACY_DESK_HOME": str(home), "PYTHONUNBUFFERED": "1"}
    environment |= {**settings(f"http://127.0.0.1:{port}"), **said}
    environment.pop("PRIVACY_DESK_DATABASE_URL", None)
    log = home.with_suffix(".log")
    with (
        log.open("wb") as stderr,
        subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=stderr, text=True
        ) as process,
    ):
        assert process.stdout is not None
        try:
            started = any("URL:" in line for line in process.stdout)
            assert started, log.read_text(encoding="utf-8")
            yield App(f"http://127.0.0.1:{port}", home, log)
        finally:
            process.terminate()
    _FREE.append(port)


def _free_port() -> int:
    for port in (*_FREE, 0):
        with suppress(OSError), socket.create_server(("127.0.0.1", port)) as probe:  # else taken
            if port:
                _FREE.remove(port)
            return int(probe.getsockname()[1])
    raise AssertionError("no port is free")


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """The app on a workspace in which the whole job was done once."""
    home = tmp_path_factory.mktemp("walked") / "desk"
    copied(home, walk)
    with serving(home) as running:
        yield running


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The system's own Chromium, without a window."""
    names = ("chromium", "chromium-browser", "google-chrome")
    found = next((path for name in names if (path := shutil.which(name))), None)
    if found is None:
        pytest.fail("Chromium is missing: install it, or leave these out with -m 'not browser'")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=found,
            # Windows on one site share a process, and in it the scripts that were compiled.
            args=[*FLAGS, "--process-per-site", f"--js-flags={','.join(SHORT_LIVED)}"],
        )
        yield browser
        browser.close()


class Profile:
    """The browser that windows are opened in: it keeps the desk's scripts, and nobody's traces.

    Attributes:
        own: what windows share that are not apart.
        anchor: a window that stays, so that the process with the compiled scripts does.
    """

    def __init__(self, chromium: Browser) -> None:
        self.chromium = chromium
        self.own = self.context()
        self.anchor = self.own.new_page()

    def context(self, **options: str) -> BrowserContext:
        """Cookies, storage and a cache that are empty."""
        made = self.chromium.new_context(
            reduced_motion="reduce",  # frames of an animation are painted by the processor here
            **options,  # type: ignore[arg-type]
        )
        made.set_default_timeout(PATIENCE_MS)
        return made

    @contextmanager
    def windows(self) -> Iterator[Open]:
        """Opens windows, which are closed with the block; what they left is cleared away."""
        opened: list[Visitor] = []

        def open_one(
            app: App,
            width: int = 1440,
            height: int = 1000,
            color_scheme: Literal["light", "dark"] = "light",
            *,
            is_apart: bool = False,
            **options: str,
        ) -> Visitor:
            expect.set_options(timeout=PATIENCE_MS)
            if self.anchor.url == "about:blank":
                self.anchor.goto(f"{app.address}/health")
            context = self.context(**options) if is_apart or options else self.own
            page = context.new_page()
            page.set_viewport_size({"width": width, "height": height})
            page.emulate_media(color_scheme=color_scheme)
            opened.append(Visitor(app, page))
            return opened[-1]

        yield open_one
        for visitor in opened:
            visitor.page.close()
            if visitor.page.context is self.own:
                self._forget(visitor.app)
            else:
                visitor.page.context.close()

    def _forget(self, app: App) -> None:
        """Clear what a window left, but not the scripts."""
        asking = self.own.new_cdp_session(self.anchor)
        asking.send("Storage.clearDataForOrigin", {"origin": app.address, "storageTypes": "all"})
        asking.detach()
        self.own.clear_cookies()


@pytest.fixture(scope="session")
def profile(chromium: Browser) -> Profile:
    """One for all tests that do not say otherwise."""
    return Profile(chromium)


@pytest.fixture
def open_window(profile: Profile) -> Iterator[Open]:
    """Opens windows: `visitor = open_window(app, width=390, color_scheme="dark")`.

    With `is_apart=True` it is another person's browser, with cookies of its own and no scripts yet.
    """
    with profile.windows() as open_one:
        yield open_one
