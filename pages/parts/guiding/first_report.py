"""One's own data in five steps to the first report, shown on the pages of the steps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from compliance.i18n import mark
from compliance.i18n import translate as _
from compliance.workspace import Workspace
from compliance.workspace.guiding import FirstReport
from pages.parts import language, navigation, session, wording


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One of the five.

    Attributes:
        title: a word or two.
        says: what is to be done.
        pages: where it is done, the usual way first.
        go: what the button to that page says.
    """

    title: str
    says: str
    pages: tuple[str, ...]
    go: str


STEPS = (
    Step(
        title=mark("Load"),
        says=mark("Give the file a name and load it. It is read, never changed."),
        pages=("datasets",),
        go=mark("Load a file"),
    ),
    Step(
        title=mark("Describe"),
        says=mark("Say whose data it is, why you hold it and on what legal basis."),
        pages=("datasets",),
        go=mark("Say whose data it is and why"),
    ),
    Step(
        title=mark("Look and confirm"),
        says=mark("Find the personal data, then confirm or correct what was found."),
        pages=("discovery",),
        go=mark("Look at what was found"),
    ),
    Step(
        title=mark("Protect"),
        says=mark("Make a safe copy, publish a statistic, or just check the duties."),
        pages=("anonymise", "tradeoff", "decisions"),
        go=mark("Make a safe copy"),
    ),
    Step(
        title=mark("Report"),
        says=mark("Build the audit report: all that the desk knows, with its evidence."),
        pages=("reports",),
        go=mark("Build the report"),
    ),
)
_PAGES = frozenset(page for step in STEPS for page in step.pages) | {"overview", "release"}
_INSTEAD = {"tradeoff": mark("Publish a statistic"), "decisions": mark("Check the duties")}


def shown(name: str, workspace: Workspace) -> Callable[[], None]:
    """How far one's own data are, on the page `name`; nothing once there was a report on them.

    Returns:
        What says it anew, to be called when the page has been drawn.
    """
    if name not in _PAGES or not workspace.may("dataset.add") or not workspace.may("evidence.see"):
        return lambda: None
    before = workspace.guiding.first_report()
    if before is None or (not before.dataset and (name == "overview" or workspace.datasets())):
        return lambda: None
    board = _Board()
    board.draw(before, name)

    def look_again() -> None:
        if (found := workspace.guiding.first_report()) != before:
            board.draw(found, name)

    return look_again


def told() -> None:
    """The five steps as a list, before the first is taken."""
    lines = (f"{n}. **{_(step.title)}** · {_(step.says)}" for n, step in enumerate(STEPS, 1))
    st.markdown("\n".join(lines))


def _place(found: FirstReport) -> int:
    """The first step that is not done."""
    done = (
        bool(found.dataset),
        found.is_described,
        found.is_found and found.is_confirmed,
        found.is_protected,
    )
    return done.index(False) if False in done else len(done)


def _bar(place: int) -> str:
    """All steps on one line: done, now, to come."""
    return " ".join(
        wording.badge(("check_circle", "green"), f"{n + 1} {_(step.title)}")
        if n < place
        else wording.badge(("arrow_circle_right", "blue"), f"{n + 1} {_(step.title)}")
        if n == place
        else f":gray-badge[{n + 1} {_(step.title)}]"
        for n, step in enumerate(STEPS)
    )


class _Board:
    """Where the steps are shown; every place in it is its own, so that nothing stays behind."""

    def __init__(self) -> None:
        with st.container(border=True, key="guide_steps"):
            self._said, self._task = st.empty(), st.empty()
            with st.container(horizontal=True):
                self._ways = [st.empty() for _n in range(max(len(s.pages) for s in STEPS))]

    def draw(self, found: FirstReport | None, name: str) -> None:
        """How far one's own data are; None: there is a report on them."""
        place = len(STEPS) if found is None else _place(found)
        said = _("Your first report: step {n} of 5").format(n=place + 1)
        words = said if found is not None else _("Your first report is built")
        about = f" · {wording.escaped(found.dataset)}" if found and found.dataset else ""
        self._said.markdown(f":material/footprint: **{words}**{about}  \n{_bar(place)}")
        for way in (self._task, *self._ways):
            way.empty()
        if found is None:
            return
        self._task.markdown(_(STEPS[place].says))
        others = [page for page in STEPS[place].pages if page != name]
        for way, page in zip(self._ways, others, strict=False):
            _button(way, found, place, page)


def _button(way: DeltaGenerator, found: FirstReport, place: int, page: str) -> None:
    """To the page of a step, or one that does instead."""
    step = STEPS[place]
    is_usual = page == step.pages[0]
    way.button(
        _(step.go) if is_usual else _(_INSTEAD[page]),
        key=f"guide_step_{place + 1}_{page}",
        type="primary" if is_usual else "secondary",
        on_click=_go,
        args=[page, found.dataset],
    )


@language.callback
def _go(page: str, dataset: str) -> None:
    """Walk to that page, with that dataset in hand."""
    if dataset:
        session.choose(dataset)
    navigation.go(page)
