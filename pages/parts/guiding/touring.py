"""The guided tour: where somebody is on it, shown above the page, and offered on the Overview.

Where somebody is, is kept by a click and never by looking: in the workspace, for each person apart,
so that a tour goes on after the browser was closed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import streamlit as st

from compliance.errors import ComplianceError
from compliance.i18n import translate as _
from compliance.workspace import Workspace
from compliance.workspace.presenting import OPENED
from pages.parts import language, navigation, outputs, session, visiting, wording
from pages.parts.guiding import stage, stories
from pages.parts.guiding.stories import Stop

_KEPT = "tour"
_TEXT = re.compile(r"([a-z]*) (\d{1,12}) (on|off)")
_FEWEST = 2  # stops; fewer are no tour


@dataclass(frozen=True, slots=True, kw_only=True)
class Tour:
    """How far somebody is.

    Attributes:
        page: of the stop where they are; empty once the tour is over.
        since: the entry of the trail after which they began.
        is_on: whether it is shown.
    """

    page: str
    since: int
    is_on: bool = True

    @classmethod
    def of(cls, text: str) -> Tour | None:
        """The tour that was kept as `text`; None where it is none."""
        found = _TEXT.fullmatch(text)
        return found and cls(page=found[1], since=int(found[2]), is_on=found[3] == "on")

    def __str__(self) -> str:
        """As it is kept."""
        return f"{self.page} {self.since} {'on' if self.is_on else 'off'}"


def shown(name: str, workspace: Workspace) -> Callable[[], None] | None:
    """The stop that the page `name` is, or a small way back to it; None where no tour is on.

    Returns:
        What says anew whether the task is done, to be called when the page has been drawn.
    """
    stops = stories.story(workspace.may)
    kept = workspace.guiding.kept()
    tour = _tour(kept, stops)
    if tour is None or not tour.is_on or len(stops) < _FEWEST:
        return None
    place = _place(tour, stops)
    if name == stops[place].page:
        return _card(workspace, tour, stops, place)
    has_begun = _KEPT in kept
    back = _("Back to the tour: stop {n}, {page}")
    st.button(
        back.format(n=place + 1, page=_title(stops[place])) if has_begun else _("Begin the tour"),
        key="guide_back_to_tour",
        type="tertiary" if has_begun else "primary",
        icon=":material/tour:",
        on_click=_go,
        args=[replace(tour, page=stops[place].page), stops[place].page],
    )
    return lambda: None


def offered(workspace: Workspace) -> None:
    """On the Overview: begin the tour, go on with it, or begin anew."""
    stops = stories.story(workspace.may)
    if len(stops) < _FEWEST or not stories.needed() <= {str(d.name) for d in workspace.datasets()}:
        return
    tour = _tour(workspace.guiding.kept(), stops)
    if tour is not None and tour.is_on:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        if tour is None:
            outputs.remark(_("New here? Walk the life cycle once, one worked task on each page."))
        elif tour.page:
            place = _place(tour, stops)
            st.button(
                _("Go on with the tour: stop {n} of {m}").format(n=place + 1, m=len(stops)),
                key="guide_go_on",
                icon=":material/tour:",
                on_click=_go,
                args=[replace(tour, is_on=True), stops[place].page],
            )
        st.button(
            _("Begin the tour") if tour is None else _("Begin the tour anew"),
            key="guide_begin",
            type="secondary" if tour is None else "tertiary",
            icon=":material/tour:" if tour is None else ":material/replay:",
            on_click=begin,
        )


@language.callback
def begin() -> None:
    """Begin at the first stop; what was done before counts for nothing."""
    workspace = visiting.workspace()
    stops = stories.story(workspace.may)
    if len(stops) >= _FEWEST:
        _keep(workspace, Tour(page=stops[0].page, since=workspace.guiding.entries()))
        _to(workspace, stops[0].page)


def _card(
    workspace: Workspace, tour: Tour, stops: Sequence[Stop], place: int
) -> Callable[[], None]:
    """The stop where somebody is: what to look at, what to do, and the ways on."""
    stop = stops[place]
    if not session.has_chosen():  # they come back in another window
        _choose(workspace, stop)
    with st.container(border=True, key="guide_tour"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(
                f":material/tour: **{_('Stop {n} of {m}').format(n=place + 1, m=len(stops))} · "
                f"{_title(stop)}**"
            )
            tick = st.empty()
        st.markdown(f"{_(stop.look)}  \n**{_('Do this')}** · {_(stop.task)}")
        if stage.is_on():
            with st.expander(_("What to say"), icon=":material/record_voice_over:"):
                st.markdown(_(stop.say))
        _ways(tour, stops, place)

    def look_again() -> None:
        if not stop.done:
            return
        is_done = bool(workspace.guiding.done_since(tour.since, stop.done))
        look = ("check_circle", "green") if is_done else ("pending", "gray")
        words = _("done") if is_done else _("to be done")
        tick.markdown(wording.badge(look, words), width="content")

    look_again()
    return look_again


def _ways(tour: Tour, stops: Sequence[Stop], place: int) -> None:
    """Back, on, and out."""
    is_last = place == len(stops) - 1
    with st.container(horizontal=True):
        if place:
            _way(_("Back"), "back", tour, stops[place - 1].page, icon=":material/arrow_back:")
        if is_last:
            over = replace(tour, page="", is_on=False)
            st.button(
                _("Finish the tour"),
                key="guide_finish",
                type="primary",
                icon=":material/flag:",
                on_click=_go,
                args=[over, "overview"],
            )
        else:
            after = stops[place + 1]
            _way(
                _("Next: {page}").format(page=_title(after)),
                "next",
                tour,
                after.page,
                icon=":material/arrow_forward:",
            )
            st.button(
                _("Leave the tour"),
                key="guide_leave",
                type="tertiary",
                icon=":material/close:",
                on_click=_leave,
                args=[tour],
            )


def _way(label: str, key: str, tour: Tour, page: str, *, icon: str) -> None:
    st.button(
        label,
        key=f"guide_{key}",
        type="primary" if key == "next" else "secondary",
        icon=icon,
        on_click=_go,
        args=[replace(tour, page=page), page],
    )


@language.callback
def _go(tour: Tour, page: str) -> None:
    """Be at that stop, and on its page."""
    workspace = visiting.workspace()
    _keep(workspace, tour)
    _to(workspace, page)


def _to(workspace: Workspace, page: str) -> None:
    """Have the window be on that page, with the dataset chosen that its task is about."""
    for stop in stories.story(workspace.may):
        if stop.page == page:
            _choose(workspace, stop)
    navigation.go(page)


def _choose(workspace: Workspace, stop: Stop) -> None:
    """Have the page be about what the task of that stop is about."""
    if stop.dataset in {str(one.name) for one in workspace.datasets()}:
        session.choose(stop.dataset)


@language.callback
def _leave(tour: Tour) -> None:
    _keep(visiting.workspace(), replace(tour, is_on=False))


def _keep(workspace: Workspace, tour: Tour) -> None:
    try:
        workspace.guiding.keep(_KEPT, str(tour))
    except ComplianceError as refusal:
        st.toast(wording.refused(refusal), icon=":material/error:")


def _tour(kept: Mapping[str, str], stops: Sequence[Stop]) -> Tour | None:
    """How far whoever looks is; None: they never began. Who presents has begun."""
    if _KEPT in kept:
        return Tour.of(kept[_KEPT])
    if stage.is_on() and stops:
        return Tour(page=stops[0].page, since=int(kept.get(OPENED, "0")))
    return None


def _place(tour: Tour, stops: Sequence[Stop]) -> int:
    """Which stop that is; the first where it is none of theirs any more."""
    pages = [stop.page for stop in stops]
    return pages.index(tour.page) if tour.page in pages else 0


def _title(stop: Stop) -> str:
    return _(navigation.row(stop.page).title)
