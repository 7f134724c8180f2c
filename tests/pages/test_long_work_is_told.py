"""Whatever may last over a second is told of in words, and can be stopped."""

from __future__ import annotations

import ast
from collections.abc import Generator
from pathlib import Path
from unittest.mock import MagicMock

import pytest
import yaml
from streamlit.testing.v1 import AppTest

import compliance.workspace.beside as beside
from compliance.workspace.anonymising.making import Step
from pages.parts import outputs
from tests.pages.conftest import ROOT

VERBS = yaml.safe_load((Path(beside.__file__).parent / "long_work.yaml").read_text("utf-8"))
TOLD = {"working", "watched", "spinner", "progress", "advanced", "whole"}


def test_pages_tell_of_all_long_work_while_it_lasts() -> None:
    untold = set()
    for place in sorted((ROOT / "pages").rglob("*.py")):
        tree = ast.parse(place.read_text("utf-8"))
        names = {_called(node) for node in ast.walk(tree) if isinstance(node, ast.Call)}
        if names & TOLD:
            continue
        for way in (*VERBS["long"], *VERBS["whole"]):
            if _calls(tree, way.split(".")):
                untold.add((str(place.relative_to(ROOT)), way.split(".")[-1]))

    assert untold == set()


def _calls(tree: ast.Module, way: list[str]) -> bool:
    """Whether a verb is called by its name and that of the area it lies in."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            area = node.func.value
            of = getattr(area, "attr", getattr(area, "id", ""))
            if node.func.attr == way[-1] and of == (way[-2] if len(way) > 1 else "workspace"):
                return True
    return False


def _called(call: ast.Call) -> str:
    return getattr(call.func, "attr", getattr(call.func, "id", ""))


def _page() -> None:
    import streamlit as st

    from compliance.errors import UnknownDatasetError
    from pages.parts import outputs

    refused = st.checkbox("refused", key="refused")
    with outputs.explained("Not done"), outputs.working("Counting …"):
        if refused:
            raise UnknownDatasetError(name="none", known="–")
        st.success("done")


@pytest.mark.parametrize("is_refused", [False, True])
def test_the_button_that_stops_leaves_with_the_work(*, is_refused: bool) -> None:
    page = AppTest.from_function(_page)
    page.session_state["refused"] = is_refused
    page.run()

    assert [len(page.success), len(page.error)] == ([0, 1] if is_refused else [1, 0])
    assert len(page.button) == 0


class ClickedError(Exception):
    """What ends the run of a page."""


def test_what_is_done_whole_is_done_whole_though_somebody_clicks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The click ends the run where the bar is drawn next; the steps that are left are done then."""
    done: list[str] = []

    def steps() -> Generator[Step, None, str]:
        for doing in ("one", "two", "three"):
            yield Step(doing=doing, share=0.5)
            done.append(doing)
        return "all"

    bar = MagicMock()
    monkeypatch.setattr(outputs.st, "empty", lambda: bar)
    assert outputs.whole(steps()) == "all"
    assert [call.kwargs["text"] for call in bar.progress.call_args_list] == [
        "one …",
        "two …",
        "three …",
    ]

    done.clear()
    bar.progress.side_effect = [None, ClickedError]
    with pytest.raises(ClickedError, match=r"^$"):
        outputs.whole(steps())
    assert done == ["one", "two", "three"]
