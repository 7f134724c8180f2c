"""From a key on the ε slider to the repainted page, in Chromium, on the demo shop.

Run with `make bench-repaint`. Each move presses an arrow key on the slider and waits until the
browser has painted the table's new margins and the curve's new mark; the clock runs in the page.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
from pathlib import Path

import numpy as np
from playwright.sync_api import Page, expect, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from compliance.settings import Settings
from compliance.workspace import Workspace
from tests.browser.conftest import FLAGS, PATIENCE_MS, App, Visitor, serving

MOVES = 30
WARM_UP = 4
QUESTIONS = {
    "count and sum by country": "by: [country]",
    "count and sum by product": "by: [product_id]",
    "count and sum by country and category": "by: [country, category]\nmax_groups: 3",
}
QUESTION = """
unit: customer_id
max_rows_per_group: 10
{by}
statistics:
  - count: rows
  - sum: {{column: amount, lower: 0, upper: 150, unit: cents}}
"""
# The table is a canvas; what is written on it is noted. (Its copy for screen readers is no measure:
# the grid holds that back for 200 ms on purpose.)
LISTEN = """
const write = CanvasRenderingContext2D.prototype.fillText;
window.written = new Set();
CanvasRenderingContext2D.prototype.fillText = function (text, ...rest) {
  window.written.add(String(text));
  return write.call(this, text, ...rest);
};
"""
# Starts the clock at the key, and stops it two frames after table, picture and curve have changed,
# which is when they are on the screen.
CLOCK = """
() => {
  const of = place => (document.querySelector(place) || {}).outerHTML;
  const drawn = () => [of('.st-key-tradeoff_bars .barlayer'),
                       of('.st-key-tradeoff_curve .shapelayer path')];
  const before = drawn(), known = window.last || new Set();
  window.written = new Set();
  window.painted = new Promise(done => window.addEventListener('keydown', () => {
    const start = performance.now();
    const look = () => {
      const isNew = text => /^[\\d,.]+( %)?$/.test(text) && !known.has(text);
      const isTable = [...window.written].some(isNew);
      if (isTable && drawn().every((part, n) => part && part !== before[n])) {
        window.last = window.written;
        requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - start)));
      } else requestAnimationFrame(look);
    };
    look();
  }, {once: true, capture: true}));
}
"""


def ask(visitor: Visitor, by: str) -> None:
    """Put a question in hand through the page's own form."""
    visitor.visit("Trade-off", "tradeoff")
    visitor.page.get_by_role("combobox", name="Dataset").click()
    visitor.page.get_by_role("option", name="orders").click()
    visitor.sees("sum of amount")
    visitor.settle()
    visitor.page.get_by_text("The question as a file").click()
    visitor.page.get_by_label("Paste a question").fill(QUESTION.format(by=by))
    visitor.press("Put it into the form")
    visitor.sees("The question stands in the form.")
    visitor.page.get_by_text("The question as a file").click()
    visitor.settle()


def move(page: Page, key: str) -> float:
    """Milliseconds from the key to the painted change."""
    page.evaluate(CLOCK)
    page.keyboard.press(key)
    milliseconds: float = page.evaluate("window.painted")
    page.wait_for_selector('[data-testid="stApp"][data-test-script-state="notRunning"]')
    return milliseconds


def moves(visitor: Visitor) -> list[float]:
    slider = visitor.page.get_by_role("slider", name="ε, how much one person may show")
    slider.focus()
    keys = ["ArrowLeft"] * 8 + ["ArrowRight"] * 8
    times = [move(visitor.page, keys[n % len(keys)]) for n in range(WARM_UP + MOVES)]
    return times[WARM_UP:]


def main() -> None:
    expect.set_options(timeout=PATIENCE_MS)
    names = ("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")
    chromium = next(name for name in names if Path(name).exists())
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "desk"
        desk = Workspace(Settings.from_environment({}, home=home))
        desk.build_demo()
        desk.discover("orders")
        with serving(home) as app, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
            print(f"orders: {desk.dataset('orders').rows:,} rows; ms from key to paint.\n")
            print("| question | moves | median | p95 |\n|---|---|---|---|")
            for words, by in QUESTIONS.items():
                print(measured(app, browser.new_page(), words, by), flush=True)
            browser.close()


def measured(app: App, page: Page, words: str, by: str) -> str:
    page.set_viewport_size({"width": 1440, "height": 2300})  # so that all of it is painted
    page.add_init_script(LISTEN)
    visitor = Visitor(app, page)
    ask(visitor, by)
    times = moves(visitor)
    page.close()
    median, p95 = statistics.median(times), float(np.quantile(times, 0.95))
    return f"| {words} | {len(times)} | {median:.0f} | {p95:.0f} |"


if __name__ == "__main__":
    main()
