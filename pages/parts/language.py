"""The language that a visitor reads: chosen in the sidebar, kept in the address as `lang`.

Streamlit runs fragments and dialogs by themselves, in threads that know nothing of the page's run.
So these say their words in the session's language by beginning with `fragment` or `dialog` here,
and ask whether whoever the page was drawn for is still here.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Literal, ParamSpec

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.state import SessionState

from compliance.i18n import ENGLISH, LANGUAGE, LANGUAGES, of_locale
from compliance.i18n import translate as _
from pages.parts import visiting

_KEY = "session_language"
PARAMETER = "lang"  # of the address
_OPTIONS = "formatted_options"  # by which Streamlit tells the words of choices from typed text

P = ParamSpec("P")


def choose() -> None:
    """Ask which language, and speak it from here on.

    The address names it where it is not that of the browser, so that a link can be shared.
    """
    usual = of_locale(st.context.locale)
    asked = st.query_params.get(PARAMETER, usual)
    st.session_state.setdefault(_KEY, asked if asked in LANGUAGES else usual)
    with st.sidebar:
        chosen = st.selectbox(
            "Language / 语言",
            list(LANGUAGES),
            format_func=LANGUAGES.__getitem__,
            key=_KEY,
            on_change=_keep,
        )
    if chosen != usual:
        st.query_params[PARAMETER] = chosen
    elif PARAMETER in st.query_params:
        del st.query_params[PARAMETER]
    speak()


def _keep() -> None:
    """Hold what was chosen by its value: the browser sends a choice by its words of before.

    This runs before the page does, while the words of before are still known.
    """
    for key in _choices():
        st.session_state[key] = st.session_state[key]


def _choices() -> list[str]:
    """The keys of all widgets that offer options in words."""
    context = get_script_run_ctx()
    state = context.session_state._state if context else SessionState()
    keys = state._key_id_mapper.id_key_mapping
    return [
        keys[id_]
        for id_, about in state._new_widget_state.widget_metadata.items()
        if id_ in keys
        and keys[id_] in st.session_state
        and hasattr(getattr(about.serializer, "__self__", None), _OPTIONS)
    ]


def speak() -> None:
    """Say all words from here on in the session's language."""
    asked = st.session_state.get(_KEY, ENGLISH)
    LANGUAGE.set(asked if asked in LANGUAGES else ENGLISH)


def fragment(part: Callable[P, None]) -> Callable[P, None]:
    """A part that runs by itself, in the session's language."""

    @st.fragment
    @wraps(part)
    def said(*args: P.args, **named: P.kwargs) -> None:
        _go_on()
        part(*args, **named)

    return said


def callback(act: Callable[P, None]) -> Callable[P, None]:
    """What runs before the page does, in the session's language, for whom the page was drawn."""

    @wraps(act)
    def said(*args: P.args, **named: P.kwargs) -> None:
        speak()
        if visiting.is_still_here():  # else the page, which runs next, says what is the matter
            act(*args, **named)

    return said


def dialog(
    title: str, width: Literal["small", "large"] = "small"
) -> Callable[[Callable[P, None]], Callable[P, None]]:
    """A dialog whose title, only marked, is said in the language in which it is opened."""

    def opening(part: Callable[P, None]) -> Callable[P, None]:
        @wraps(part)
        def said(*args: P.args, **named: P.kwargs) -> None:
            _go_on()
            part(*args, **named)

        @wraps(part)
        def opened(*args: Any, **named: Any) -> None:
            st.dialog(_(title), width=width)(said)(*args, **named)

        return opened

    return opening


def _go_on() -> None:
    """Speak, and begin the page anew where it was drawn for somebody else or another role."""
    speak()
    if not visiting.is_still_here():
        st.rerun()
