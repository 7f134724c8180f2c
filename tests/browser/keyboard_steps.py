"""What somebody does with the keyboard alone, step by step: a verb, and what it is done to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from playwright.sync_api import FilePayload, expect

from tests.browser.keyboard import CLOSE, START, Keyboard

VISITORS = "visitor,city,visits\n" + "".join(f"V{n:03d},Kiel,{n % 7}\n" for n in range(60))
Said = Any  # what a step is done to: a name, several, or what is done at each name
Step = tuple[str, Said]


def done(keys: Keyboard, steps: Iterable[Step]) -> None:
    """Take each step when all is drawn that came of the one before."""
    for verb, said in steps:
        VERBS[verb](keys, said)
        keys.answered()
        raised = keys.visitor.page.get_by_test_id("stException").all_inner_texts()
        assert raised == [], (verb, said, raised)


def ended(keys: Keyboard) -> None:
    """Nothing on the page holds the focus for good, and on the way it was where it should be."""
    keys.tab_to(START)
    assert keys.faults == []
    assert keys.visitor.page.locator("[tabindex]:not([tabindex='0'], [tabindex^='-'])").count() == 0
    assert keys.visitor.complaints == []


def press(keys: Keyboard, name: str) -> None:
    """Enter on the button or link `name`."""
    keys.tab_to(name)
    keys.answered()  # a field tells what was typed when Tab leaves it, and the page is drawn anew
    keys.press("Enter")


def go(keys: Keyboard, title: str) -> list[str]:
    """Open a page by the navigation; what Tab passed on the way."""
    passed = keys.tab_to(title)
    keys.press("Enter")
    keys.answered()
    keys.visitor.arrive(title)
    return passed


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
        with keys.visitor.page.expect_response(lambda one: "/upload_file/" in one.url):
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
    "go": go,
    "press": press,
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
