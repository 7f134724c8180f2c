"""A keyboard and nothing else: where Tab leads, what has the focus, and whether it can be seen."""

from __future__ import annotations

from dataclasses import dataclass

from tests.browser.conftest import Visitor

MOST_STEPS = 120
_NAME = """() => {
  const at = document.activeElement;
  const label = at.id && document.querySelector(`label[for="${CSS.escape(at.id)}"]`);
  return (at.getAttribute('aria-label') || (label && label.innerText) || at.innerText || '').trim();
}"""
_BOX = """() => {
  const box = document.activeElement.getBoundingClientRect();
  return {x: Math.max(0, box.x - 12), y: Math.max(0, box.y - 12),
          width: box.width + 24, height: box.height + 24};
}"""


@dataclass(frozen=True, slots=True)
class Keyboard:
    """The keys of a window, and the focus they move."""

    visitor: Visitor

    @property
    def focus(self) -> str:
        """What a screen reader calls the element that has the focus; icons are left out."""
        name: str = self.visitor.page.evaluate(_NAME)
        return name.rpartition("\n")[2]

    def press(self, key: str) -> None:
        self.visitor.page.keyboard.press(key)

    def tab_to(self, name: str) -> list[str]:
        """Press Tab until `name` has the focus; what had it on the way."""
        passed: list[str] = []
        for _step in range(MOST_STEPS):
            self.press("Tab")
            if self.focus.startswith(name):
                return passed
            passed.append(self.focus)
        raise AssertionError(f"Tab never reaches {name!r}: {passed}")

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
