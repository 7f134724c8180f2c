"""A keyboard and nothing else: where Tab leads, what has the focus, and whether it can be seen."""

from __future__ import annotations

from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import TypedDict

from playwright.sync_api import WebSocket

from tests.browser.conftest import PATIENCE_MS, Visitor

MOST_STEPS = 150
LISTENING_MS = 20
START = "Skip to main content"
# Looks at once as it will, so that what has the focus can be compared with what has not.
_STILL = """() => {
  const still = new CSSStyleSheet();
  still.replaceSync('*, *::before, *::after { transition: none !important; }');
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, still];
}"""
# What has the focus now, and how what had it before looks without it.
_LOOK = """() => {
  const known = window.keyboard ??= {at: null, look: '', box: null};
  const bare = node => {
    const copy = node.cloneNode(true);
    copy.querySelectorAll('[data-testid=stIconMaterial], [aria-hidden=true]').forEach(
      part => part.remove());
    return copy.textContent;
  };
  const named = node => {
    const ids = (node.getAttribute('aria-labelledby') || '').split(' ').filter(Boolean);
    const by = ids.map(id => document.getElementById(id)).filter(Boolean).map(bare).join(' ');
    const label = node.labels && node.labels.length ? bare(node.labels[0]) : '';
    const said = node.getAttribute('aria-label') || by || label || bare(node);
    return said.replace(/\\s+/g, ' ').trim();
  };
  const looks = node => {
    let top = node;
    for (let up = 0; up < 3 && top.parentElement; up++) top = top.parentElement;
    const near = [top, ...[...top.querySelectorAll('*')].slice(0, 80)];
    for (let up = node; up && up !== top; up = up.parentElement) near.push(up);
    return near.map(one => {
      const {outline, boxShadow, borderColor, backgroundColor, color, opacity, textDecoration} =
        getComputedStyle(one);
      return [outline, boxShadow, borderColor, backgroundColor, color, opacity, textDecoration];
    }).join('|');
  };
  const at = document.activeElement;
  const box = at.getBoundingClientRect();
  const inside = at.closest('[role=dialog], [data-testid=stMain], [data-testid=stSidebar]');
  const last = known.at;
  const follows = !last || !last.isConnected || !inside || !inside.contains(last) ||
    last === at || !!(last.compareDocumentPosition(at) & Node.DOCUMENT_POSITION_FOLLOWING);
  const told = {
    name: at === document.body ? '' : named(at).slice(0, 120),
    kind: at.getAttribute('role') || at.type || at.tagName.toLowerCase(),
    before: last && last.isConnected && last !== at ? named(last) : '',
    unseen: !!last && last.isConnected && last !== at && !known.skipped &&
      looks(last) === known.look,
    follows: follows,
    region: inside ? (inside.dataset.testid || inside.getAttribute('role')) : '',
    offscreen: at !== document.body && !at.closest('canvas')
      && (box.bottom <= 0 || box.top >= innerHeight),
  };
  Object.assign(known, {at: at === document.body ? null : at, look: looks(at),
    skipped: at.tabIndex < 0 || !!at.closest('canvas') || at.dataset.testid === 'stMain'});
  return told;
}"""
# The radio buttons, tabs or segments that what has the focus is one of.
_GROUP = """() => [...(document.activeElement.closest('[role=radiogroup], [role=tablist]')
  ?.querySelectorAll('input[type=radio], [role=tab], [role=radio]') ?? [])].length"""
_BOX = """() => {
  const box = document.activeElement.getBoundingClientRect();
  return {x: Math.max(0, box.x - 12), y: Math.max(0, box.y - 12),
          width: box.width + 24, height: box.height + 24};
}"""


class Focus(TypedDict):
    """What has the focus.

    Attributes:
        name: what a screen reader calls it, without icons.
        kind: its role, or its type, or its tag.
        region: what it lies in: a dialog, the main part, the sidebar.
        before: the name of what had the focus before.
        unseen: whether that looked just as it does without the focus.
        follows: whether it stands after that in the page.
        offscreen: whether it lies outside the window.
    """

    name: str
    kind: str
    region: str
    before: str
    unseen: bool
    follows: bool
    offscreen: bool


@dataclass(slots=True)
class Keyboard:
    """The keys of a window, and the focus they move.

    Attributes:
        faults: what was wrong with the focus on its way.
        waits: whether the app has not yet said anything to what the window last sent.
        is_at_the_top: whether the focus is on what leads past the navigation.
    """

    visitor: Visitor
    faults: list[str] = field(default_factory=list)
    waits: bool = False
    is_at_the_top: bool = False

    def __post_init__(self) -> None:
        self.visitor.page.on("websocket", lambda wire: self._listen(wire))
        # Chromium hands a file chooser over only where somebody waits for it all the time.
        self.visitor.page.on("filechooser", lambda _: None)

    def _listen(self, wire: WebSocket) -> None:
        wire.on("framesent", lambda _: setattr(self, "waits", True))
        wire.on("framereceived", lambda _: setattr(self, "waits", False))

    @property
    def focus(self) -> Focus:
        found: Focus = self.visitor.page.evaluate(_LOOK)
        return found

    def begin(self) -> None:
        """Look at a page that was just opened; the first key leads past the navigation."""
        self.visitor.page.evaluate(_STILL)
        assert self.tab()["name"] == START

    def press(self, key: str) -> None:
        self.visitor.page.keyboard.press(key)

    def answered(self) -> None:
        """Wait until the app has heard of the last key and has nothing more to say."""
        page = self.visitor.page
        page.evaluate("new Promise(done => requestAnimationFrame(() => setTimeout(done, 30)))")
        for _moment in range(PATIENCE_MS // LISTENING_MS):
            if not self.waits:
                break
            page.wait_for_timeout(LISTENING_MS)
        self.visitor.settle()

    def tab(self, key: str = "Tab") -> Focus:
        """One step on, or back with Shift; what is wrong with it is kept."""
        self.press(key)
        found = self.focus
        if found["unseen"]:
            self.faults.append(f"the focus cannot be seen on {found['before']!r}")
        if key == "Tab" and not found["follows"]:
            self.faults.append(f"{found['name']!r} comes before {found['before']!r} in the page")
        if found["offscreen"]:
            self.faults.append(f"{found['name']!r} is outside the window")
        return found

    def tab_to(self, name: str, key: str = "Tab") -> list[str]:
        """Press Tab until `name`, a pattern such as `ε, *`, has the focus; what had it before."""
        passed: list[str] = []
        for _step in range(MOST_STEPS):
            found = self.tab(key)
            if fnmatchcase(found["name"], name):
                return passed
            passed.append(found["name"])
        raise AssertionError(f"Tab never reaches {name!r}: {passed}")

    def arrow_to(self, name: str) -> None:
        """Choose the radio button, tab or segment `name` of the group that Tab leads to."""
        tried: list[str] = []
        for _step in range(MOST_STEPS):
            found = self.tab()
            for _one in range(self.visitor.page.evaluate(_GROUP)):
                if fnmatchcase(found["name"], name):
                    return self.press("Space")
                tried.append(found["name"])
                self.press("ArrowRight" if found["kind"] == "tab" else "ArrowDown")
                found = self.focus
            tried.append(found["name"])
        raise AssertionError(f"Neither Tab nor an arrow reaches {name!r}: {tried}")

    def is_seen(self) -> bool:
        """Whether the screen shows where the focus is: it looks otherwise without."""
        page = self.visitor.page
        box = page.evaluate(_BOX)
        focused = page.screenshot(clip=box, animations="disabled", caret="hide")
        element = page.evaluate_handle("document.activeElement")
        element.evaluate("element => element.blur()")
        page.wait_for_timeout(120)  # a ring fades
        without = page.screenshot(clip=box, animations="disabled", caret="hide")
        element.evaluate("element => element.focus({focusVisible: true, preventScroll: true})")
        return focused != without
