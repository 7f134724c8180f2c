"""The switch of presentation mode, its larger type, and the one click that resets the shop."""

from __future__ import annotations

import streamlit as st

from compliance.i18n import translate as _
from pages.parts import language, navigation, visiting
from pages.parts.guiding import stage

PARAMETER = "present"  # of the address
_SWITCH = "session_presenting"
# Streamlit's sizes are relative to the root's, and its theme cannot change for one session.
_LARGER = "<style>html:root { font-size: 125%; }</style>"


def choose() -> None:
    """Whether to present; the address says so, so that a bookmark begins a demonstration."""
    asked = st.query_params.get(PARAMETER) == "1"
    # Streamlit forgets the switch where a page is changed by the desk, but nothing beside it.
    st.session_state[_SWITCH] = st.session_state.setdefault(stage.ON, asked)
    with st.sidebar:
        st.toggle(
            _("Presentation mode"),
            key=_SWITCH,
            help=_(
                "The demo shop in larger type, with no name and no value on the screen. Your own "
                "workspace stays closed meanwhile."
            ),
            on_change=_switch,
        )
        if stage.is_on():
            st.button(
                _("Reset the demo"), key="guide_reset", icon=":material/replay:", on_click=_reset
            )
    if stage.is_on():
        st.query_params[PARAMETER] = "1"
        st.html(_LARGER)
    elif PARAMETER in st.query_params:
        del st.query_params[PARAMETER]


@language.callback
def _switch() -> None:
    """Nothing of the one workspace goes over into the other."""
    st.session_state[stage.ON] = bool(st.session_state.get(_SWITCH))
    visiting.let_go()


@language.callback
def _reset() -> None:
    visiting.reset_shop()
    navigation.go("overview")
