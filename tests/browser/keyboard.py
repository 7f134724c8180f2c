"""A keyboard and nothing else: where Tab leads, what has the focus, and whether it can be seen."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TypedDict

from playwright.sync_api import WebSocket
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from tests.browser.conftest import BUILDING_MS, Visitor

MOST_STEPS = 150
LISTENING_MS = 20
HELD_BACK_MS = 220  # Streamlit's sliders hold what a key did back for 200 ms
START = "Skip to main content"
CLOSE = "Close"  # the first of a dialog, where Tab goes on after the last
# What Streamlit (1.67.0) gives the focus and does not show it on, as CSS selectors, and why.
UNSEEN = {
    "[data-testid=stMain]": "the page itself, so that the arrow keys scroll it",
    "[data-testid=stBaseButton-borderlessIcon]": "“Add files” beside a file; “Upload” before shows",
}
# Looks at once as it will, so that what has the focus can be compared with what has not.
_STILL = """() => {
  const still = new CSSStyleSheet();
  still.replaceSync('*, *::before, *::after { transition: none !important; }');
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, still];
}"""
# By the clock of the page, which is late where much is to do.
_MOMENT = "ms => new Promise(done => requestAnimationFrame(() => setTimeout(done, ms)))"
_LOOK = Path(__file__).with_name("focus.js").read_text(encoding="utf-8")
# The radio buttons, tabs or segments that what has the focus is one of.
_GROUP = """() => [...(document.activeElement.closest('[role=radiogroup], [role=tablist]')
  ?.querySelectorAll('input[type=radio], [role=tab], [role=radio]') ?? [])].length"""
_BOX = """() => {
  const at = document.activeElement;  // of a table a cell inside the canvas that draws it
  const box = (at.closest('canvas') || at).getBoundingClientRect();
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
        unseen: what had the focus and looks just so without, each with the key of `UNSEEN` or "".
        follows: whether it stands in the page after what had the focus before.
        offscreen: whether it lies outside the window.
    """

    name: str
    kind: str
    region: str
    before: str
    unseen: list[tuple[str, str]]
    follows: bool
    offscreen: bool


class Stand(StrEnum):
    """How far the app is with what a window sent."""

    ASKED = "asked"  # no run for it has begun
    RUNS = "runs"
    RESTS = "rests"


@dataclass(slots=True)
class Keyboard:
    """The keys of a window, and the focus they move.

    Attributes:
        faults: what was wrong with the focus on its way.
        met: which of `UNSEEN` was on its way.
        stand: of the app's run of the page for what the window last sent.
        is_at_the_top: whether the focus is on what leads past the navigation.
    """

    visitor: Visitor
    faults: list[str] = field(default_factory=list)
    met: set[str] = field(default_factory=set)
    stand: Stand = Stand.RESTS
    is_at_the_top: bool = False

    def __post_init__(self) -> None:
        self.visitor.page.on("websocket", lambda wire: self._listen(wire))
        # Chromium hands a file chooser over only where somebody waits for it all the time.
        self.visitor.page.on("filechooser", lambda _: None)

    def _listen(self, wire: WebSocket) -> None:
        # Playwright keeps a handler where it comes from, and there is no place in here.
        wire.on("framesent", lambda frame: self._say(frame))
        wire.on("framereceived", lambda frame: self._hear(frame))

    def _say(self, frame: bytes | str) -> None:
        if isinstance(frame, bytes) and BackMsg.FromString(frame).HasField("rerun_script"):
            self.stand = Stand.ASKED

    def _hear(self, frame: bytes | str) -> None:
        """A run that began before the last question answers another, and one may end for the next.

        Between these the page says that nothing runs, so it does not tell when all is drawn.
        """
        said = ForwardMsg.FromString(frame) if isinstance(frame, bytes) else ForwardMsg()
        if said.HasField("new_session"):
            self.stand = Stand.RUNS
        elif said.HasField("script_finished") and self.stand is Stand.RUNS:
            is_over = said.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN
            self.stand = Stand.RESTS if is_over else Stand.ASKED

    @property
    def focus(self) -> Focus:
        found: Focus = self.visitor.page.evaluate(_LOOK, list(UNSEEN))
        return found

    def begin(self) -> None:
        """Look at a page that was just opened; the first key leads past the navigation."""
        self.visitor.page.evaluate(_STILL)
        assert self.tab()["name"] == START

    def press(self, key: str) -> None:
        self.visitor.page.keyboard.press(key)

    def answered(self) -> None:
        """Wait until the app has heard of the last key and has drawn all that comes of it."""
        page = self.visitor.page
        page.evaluate(_MOMENT, HELD_BACK_MS)
        for _moment in range(BUILDING_MS // LISTENING_MS):
            if self.stand is Stand.RESTS:
                break
            page.wait_for_timeout(LISTENING_MS)
        assert self.stand is Stand.RESTS
        page.evaluate(_MOMENT, 0)  # the page may yet have to read what was heard here
        self.visitor.settle()

    def tab(self, key: str = "Tab") -> Focus:
        """One step on, or back with Shift; what is wrong with it is kept."""
        self.press(key)
        found = self.focus
        for name, spared in found["unseen"]:
            if spared:
                self.met.add(spared)
            else:
                self.faults.append(f"the focus cannot be seen on {name!r}")
        if key == "Tab" and not found["follows"] and found["name"] != CLOSE:
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
