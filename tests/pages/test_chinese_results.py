"""What is shown after a button was pressed, read in Chinese; a button that no row presses fails."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest

from compliance import i18n
from compliance.i18n import LANGUAGE
from compliance.i18n import translate as _
from pages.parts import visiting
from tests.kept import copied
from tests.pages.chinese_desks import AFTER_A_WALK, PREPARED, names
from tests.pages.chinese_walks import FLOWS, Row, Walk
from tests.pages.conftest import ROOT, Desk
from tests.walked_shop import walk

# Buttons that no row presses, as the code writes their keys, each with its reason.
_DEEPER = "stands only beside something that no prepared desk has in hand"
_CLOSED = "in a dialog, which AppTest closes before it is pressed; test_chinese_dialogs.py reads it"
_AT_WORK = "stands only while work goes on, which AppTest waits for"
UNPRESSED: Mapping[str, str] = {
    "_('Acknowledge')": "has no key; pressed as FormSubmitter:trail_…, which its form calls it",
    "label": "two buttons in a loop, pressed as anonymise_take and anonymise_anew",
    "anonymise_baskets": _DEEPER,
    "anonymise_kept_count": _DEEPER,
    "anonymise_open": _DEEPER,
    "anonymise_reveal": _DEEPER,
    "entrance_in": "leads to a provider of identities, which is elsewhere",
    "entrance_out": "leads to a provider of identities, which is elsewhere",
    "federated_resume_*": _AT_WORK,
    "federated_stop": _AT_WORK,
    "outputs_stop_*": _AT_WORK,
    "progress_stop_*": _AT_WORK,
    "glossary_close": "closes what is shown, and says nothing",
    "glossary_see_*": "leads to another term of the glossary, which its own tests read",
    "overview_demo": "builds the demo shop, which takes long",
    "register_open_*": _DEEPER,
    "release_audit": "draws noise for twelve seconds",
    "release_report_*": "takes long; what it says, other reports say in the same words",
    "guide_reset": "fetches the demo shop anew, which takes long",
    "requests_close_now": _CLOSED,
    "requests_erase_now": _CLOSED,
    "requests_hold_lift": _CLOSED,
    "requests_reject_now": _CLOSED,
    "requests_review": _DEEPER,
    "requests_withdraw_now": _CLOSED,
    "tradeoff_attack": "plays attacks for seconds; pages of a run and of an output show the same",
    "tradeoff_look_again": "reruns a fragment, which AppTest does not let it",
}


@pytest.fixture(autouse=True)
def english_again() -> Iterator[None]:
    token = LANGUAGE.set("en")
    yield
    LANGUAGE.reset(token)


@pytest.fixture
def opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], Desk]]:
    """A copy of a prepared desk, by its name; each is prepared once for all workers."""

    def open_(name: str) -> Desk:
        copied(tmp_path / name, _prepare, name)
        monkeypatch.setenv("PRIVACY_DESK_HOME", str(tmp_path / name))
        monkeypatch.delenv("PRIVACY_DESK_DATABASE_URL", raising=False)
        visiting.shared.clear()
        return Desk(tmp_path / name)

    yield open_
    visiting.shared.clear()


def _prepare(home: Path, name: str) -> None:
    if name in AFTER_A_WALK:
        copied(home, walk)
    PREPARED[name](home)


@pytest.mark.parametrize("flow", FLOWS, ids=lambda flow: flow["flow"])
def test_what_follows_a_button_is_read_in_chinese_alone(
    flow: Mapping[str, Any], opened: Callable[[str], Desk]
) -> None:
    desk = opened(flow["desk"])
    walk = Walk(desk, names(desk.workspace))
    for row in flow["rows"]:
        walk.take(row)

    assert walk.left == {}


def test_every_button_is_pressed_by_a_row_or_left_out_with_a_reason() -> None:
    rows: list[Row] = [row for flow in FLOWS for row in flow["rows"]]
    pressed = [str(row["press"]) for row in rows if "press" in row]
    missed = {key for key in _keys() if not any(_is_like(key, one) for one in pressed)}

    assert missed - UNPRESSED.keys() == set(), "a row in chinese_results.yaml presses each"
    assert UNPRESSED.keys() - missed == set(), "pressed now, or gone"


def test_a_word_that_stayed_english_after_a_button_is_found(
    opened: Callable[[str], Desk], monkeypatch: pytest.MonkeyPatch
) -> None:
    walk = Walk(opened("empty"), {})
    walk.take({"page": "organisation"})
    assert walk.left == {}
    for planted in ("Recorded.", "Nobody translated this", "3 rows of 共5行"):
        plain = {"Recorded.": planted}
        monkeypatch.setattr(i18n, "translate", lambda words, to=plain: to.get(words) or _(words))
        walk.left.clear()
        walk.run(walk.find("organisation_record").click().run, "pressed")
        assert walk.left.keys() == {"pressed"}, planted


def _keys() -> set[str]:
    """The keys of all buttons of views, as the code writes them; a blank is a star."""
    calls = [
        node
        for path in sorted((ROOT / "pages").rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ("button", "form_submit_button")
    ]
    return {_key(call) for call in calls}


def _key(call: ast.Call) -> str:
    for given in call.keywords:
        if given.arg == "key" and isinstance(given.value, ast.Constant):
            return str(given.value.value)
        if given.arg == "key" and isinstance(given.value, ast.JoinedStr):
            parts = [p.value if isinstance(p, ast.Constant) else "*" for p in given.value.values]
            return "".join(map(str, parts))
    return ast.unparse(call.args[0])


def _is_like(key: str, pressed: str) -> bool:
    return key == pressed or fnmatchcase(pressed, key)
