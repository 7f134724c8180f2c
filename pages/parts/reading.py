"""Looks at what is about one person: each click that asks for one is an entry of the trail."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from compliance.i18n import translate as _
from pages.parts import language, outputs
from pages.parts.guiding import stage


def asked(label: str, key: str, note: Callable[[], object], *, is_box: bool = False) -> bool:
    """A switch that shows something; `note` is called when somebody turns it on, once a click.

    Before an audience there is no such switch.
    """
    if stage.is_on():
        outputs.remark(_("{what}: not shown while presenting.").format(what=label))
        return False
    draw = st.checkbox if is_box else st.toggle
    return bool(draw(label, key=key, on_change=_noted, args=(key, note)))


def once(key: str, note: Callable[[], object]) -> None:
    """Call `note` when something is shown to a visitor for the first time."""
    if not st.session_state.get(key):
        note()
        st.session_state[key] = True


@language.callback
def _noted(key: str, note: Callable[[], object]) -> None:
    if st.session_state.get(key):
        note()
