"""Whether somebody presents, the shop that they present, and what nobody shall see meanwhile.

This is the one place that decides: pages ask it before they show a value, a name or an address.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from compliance.access.nouns import Actor
from compliance.i18n import translate as _
from pages.parts import sharing

if TYPE_CHECKING:
    from compliance.workspace import Workspace
    from compliance.workspace.desk import Confirm
    from compliance.workspace.presenting import Stages

ON = "session_is_presenting"
_VEIL = "•••"


def is_on() -> bool:
    """Whether whoever looks presents."""
    return bool(st.session_state.get(ON))


def veiled(value: str) -> str:
    """A value, a name or an address as it may be shown: not at all to an audience."""
    return _VEIL if value and is_on() else value


def shop(home: Path, actor: Actor, confirm: Confirm | None) -> Workspace:
    """The demo shop that `actor` presents, in the hands of somebody without a name.

    Args:
        home: the real workspace folder.
        confirm: whether they are still here, and who they are now.
    """
    from compliance.workspace.presenting import presenter

    here = _stages(home)
    if here.is_ready():
        found = here.of(actor.person)
    else:
        with st.spinner(_("Building the demo shop …")):
            found = here.of(actor.person)
    if confirm is None:
        return found.acting(presenter(actor))
    asked: Confirm = confirm
    return found.acting(presenter(actor), lambda: presenter(asked()))


def reset(home: Path, actor: Actor) -> None:
    """The shop as it was first opened."""
    _stages(home).reset(actor.person)


@st.cache_resource(max_entries=2, show_spinner=False)
def _stages(home: Path) -> Stages:
    from compliance.workspace.presenting import Stages

    return Stages(home, _built)


def _built(shop: Workspace) -> None:
    """Build the shop beside the server, where there is somebody to do it."""
    if sharing.crew() is None:
        shop.build_demo()
        return
    from compliance.workspace.beside import Crew, through

    crew = Crew(shop.settings, 1, sharing.TURNS.elsewhere)
    try:
        through(shop, crew).build_demo()
    finally:
        crew.end()
