"""How fast the desk feels: from `make run` to the first page, from page to page, what jumps.

Run with `make bench-felt`. The clock of a page change runs in the browser, from the click in the
navigation until the page has its title, Streamlit has nothing more to do and two frames are drawn.
What the server's process computed meanwhile stands beside it: on a busy machine the clock tells of
the neighbours, too. A jump is what Chromium calls a layout shift, summed over all that moved after
the new page's title stood there (0.1 is the limit of https://web.dev/articles/cls).

A bare app of Streamlit's is started and walked through in the same run: a chart, a table and four
numbers, without the desk around them. How often that fits tells of the desk, whatever the machine.
"""

from __future__ import annotations

import os
import signal
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, expect, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from pages.parts.navigation import PAGES
from tests.browser.conftest import FLAGS, PATIENCE_MS, App, Visitor, serving
from tests.walked_shop import walk

ROUNDS = 4
STARTS = 3
COLD_LIMIT_S, CHANGE_LIMIT_MS, JUMP_LIMIT = 5.0, 300, 0.1
# Starts at the click; ends two frames after the page has its title and nothing is on its way.
CLOCK = """
title => {
  window.jumps = 0;
  let stands = false;
  const watch = new PerformanceObserver(list => {
    for (const one of list.getEntries()) if (stands) window.jumps += one.value;
  });
  watch.observe({type: 'layout-shift'});
  window.arrived = new Promise(done => window.addEventListener('click', () => {
    const start = performance.now();
    const look = () => {
      const head = document.querySelector('h1');
      const is_there = head && head.textContent === title;
      if (is_there) stands = true;
      const app = document.querySelector('[data-testid=stApp]');
      const is_done = is_there && app.dataset.testScriptState === 'notRunning'
        && !document.querySelector('[data-stale=true], [data-testid=stSkeleton]');
      if (is_done) requestAnimationFrame(() => requestAnimationFrame(() => {
        const took = performance.now() - start;
        setTimeout(() => { watch.disconnect(); done([took, window.jumps]); }, 400);
      }));
      else requestAnimationFrame(look);
    };
    look();
  }, {once: true, capture: true}));
}
"""


BARE = """
import pandas as pd
import plotly.graph_objects as go
import streamlit as st

def words():
    st.title("Words")
    st.markdown("Nothing else.")

def bare():
    st.title("Bare")
    for place, column in enumerate(st.columns(4)):
        column.metric(f"Number {place}", place, border=True)
    line = go.Scatter(x=[1, 2, 3], y=[2, 1, 3])
    st.plotly_chart(go.Figure(line), config={"displayModeBar": False})
    st.dataframe(pd.DataFrame({"name": list("abcdefgh"), "number": range(8)}))

st.set_page_config(layout="wide")
st.navigation([st.Page(words), st.Page(bare)]).run()
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One page change: milliseconds on the clock and of the server's CPU, and the jump."""

    clock_ms: float
    cpu_ms: float
    jump: float


def cold(browser: Browser, home: Path) -> tuple[float, float]:
    """Seconds from starting the stopped app to its first page drawn, and of the server's CPU."""
    page = browser.new_page()
    start = time.perf_counter()
    with serving(home) as app:
        Visitor(app, page).visit("Overview", "")
        took, used = time.perf_counter() - start, _cpu_s(app)
    page.close()
    return took, used


def change(page: Page, app: App, title: str) -> Change:
    """Walk to a page by the navigation."""
    page.evaluate(CLOCK, title)
    before = _cpu_s(app)
    page.get_by_test_id("stSidebarNavLink").filter(has_text=title).click()
    clock_ms, jump = page.evaluate("window.arrived")
    return Change(clock_ms=clock_ms, cpu_ms=1000 * (_cpu_s(app) - before), jump=jump)


def bare(browser: Browser, folder: Path) -> tuple[float, float]:
    """What an app of Streamlit's with little on it takes.

    Returns:
        Seconds from starting it to its page with a chart, and milliseconds of a change to that
            page, the median.
    """
    script = folder / "bare.py"
    script.write_text(BARE, encoding="utf-8")
    page = browser.new_page(viewport={"width": 1440, "height": 1000})
    start = time.perf_counter()
    with serving(folder / "bare", app=script) as app:
        Visitor(app, page).visit("Bare", "bare")
        start_s, found = time.perf_counter() - start, []
        change(page, app, "Words")
        for _round in range(2 * ROUNDS):
            found.append(change(page, app, "Bare").clock_ms)
            change(page, app, "Words")
        page.close()
        os.kill(int(_server(app).name), signal.SIGKILL)  # it may wait for its visitor for ever
    return start_s, statistics.median(found[1:])


def slide(visitor: Visitor) -> float:
    """The jump of one move of the ε slider."""
    visitor.walk_to("Trade-off")
    page = visitor.page
    page.evaluate(
        """() => { window.jumps = 0; new PerformanceObserver(list => {
             for (const one of list.getEntries()) window.jumps += one.value;
           }).observe({type: 'layout-shift'}); }"""
    )
    page.get_by_role("slider", name="ε, how much one person may show").press("ArrowLeft")
    visitor.settle()
    page.wait_for_timeout(800)
    jump: float = page.evaluate("window.jumps")
    return jump


def _cpu_s(app: App) -> float:
    """Seconds of CPU that the server has used, without its workers; Linux tells them."""
    ticks = (_server(app) / "stat").read_text().rpartition(")")[2].split()[11:13]
    return sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")


def _server(app: App) -> Path:
    """What Linux tells of the server's process."""
    port = app.address.rsplit(":", 1)[1].encode()
    for process in Path("/proc").glob("[0-9]*"):
        words = (process / "cmdline").read_bytes().split(b"\0")
        if port in words and b"--server.port" in words:
            return process
    raise LookupError(app.address)


def main() -> None:
    expect.set_options(timeout=PATIENCE_MS)
    names = ("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")
    chromium = next(name for name in names if Path(name).exists())
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        home = Path(folder) / "desk"
        walk(home)
        browser = playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
        starts, bares = [], []
        for _start in range(STARTS):
            starts.append(cold(browser, home))
            bares.append(bare(browser, Path(folder)))
        best, used = min(starts)
        bare_s, plain = min(bares)[0], statistics.median(change_ms for _, change_ms in bares)
        print(
            f"Cold start to the first page: {best:.1f} s at best of {STARTS} ({best / bare_s:.1f} "
            f"bare starts, {used:.1f} s of the server's CPU); the limit is {COLD_LIMIT_S:g} s.\n"
            f"A bare app of Streamlit's: {bare_s:.1f} s to a chart, {plain:.0f} ms a change.\n"
        )
        with serving(home) as app:
            print_changes(browser, app, plain)
        browser.close()


def print_changes(browser: Browser, app: App, plain: float) -> None:
    """A row per page: its first visit, and the ones after it.

    Args:
        plain: milliseconds of a change to a bare page.
    """
    visitor = Visitor(app, browser.new_page(viewport={"width": 1440, "height": 1000}))
    visitor.visit("Overview", "")
    found: dict[str, list[Change]] = {row.title: [] for row in PAGES}
    for _round in range(ROUNDS):
        for row in (*PAGES[1:], PAGES[0]):
            found[row.title].append(change(visitor.page, app, row.title))
    print("| page | first ms | then ms: median | best | ÷ bare | CPU ms | jump | over |")
    print("|---|---:|---:|---:|---:|---:|---:|---|")
    for title, changes in found.items():
        first, later = changes[0], changes[1:]
        clock = [one.clock_ms for one in later]
        jump = max(one.jump for one in changes)
        over = [
            *["clock"][: statistics.median(clock) > CHANGE_LIMIT_MS],
            *["jump"][: jump > JUMP_LIMIT],
        ]
        print(
            f"| {title} | {first.clock_ms:.0f} | {statistics.median(clock):.0f} | {min(clock):.0f} "
            f"| {statistics.median(clock) / plain:.1f} "
            f"| {statistics.median(one.cpu_ms for one in later):.0f} | {jump:.3f} "
            f"| {', '.join(over)} |"
        )
    print(f"\nJump of one move of the ε slider: {slide(visitor):.3f}")


if __name__ == "__main__":
    main()
