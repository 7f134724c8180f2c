"""The language that a visitor reads: chosen in the sidebar, kept in the address as `lang`.

Streamlit runs fragments and dialogs by themselves, in threads that know nothing of the page's run.
So these say their words in the session's language by beginning with `fragment` or `dialog` here.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from functools import wraps
from typing import Any, Literal, ParamSpec

import streamlit as st

from compliance.i18n import ENGLISH, LANGUAGE, LANGUAGES
from compliance.i18n import translate as _

_KEY = "session_language"
_PARAMETER = "lang"  # of the address

P = ParamSpec("P")


def choose() -> None:
    """Ask which language, and speak it from here on.

    The address names it where it is not that of the browser, so that a link can be shared.
    """
    usual = preferred(st.context.locale)
    asked = st.query_params.get(_PARAMETER, usual)
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
        st.query_params[_PARAMETER] = chosen
    elif _PARAMETER in st.query_params:
        del st.query_params[_PARAMETER]
    speak()


def _keep() -> None:
    """Hold what every widget has by its value: the browser sends choices by their words of before.

    This runs before the page does, while the words of before are still known. Buttons, files and
    tables cannot be set and say no words; they are left alone.
    """
    for key, value in st.session_state.to_dict().items():
        if _is_choice(value):
            st.session_state[key] = value


def _is_choice(value: object) -> bool:
    if isinstance(value, list | tuple):
        return bool(value) and all(map(_is_choice, value))
    return isinstance(value, str | int | float | Enum) and not isinstance(value, bool)


def speak() -> None:
    """Say all words from here on in the session's language."""
    asked = st.session_state.get(_KEY, ENGLISH)
    LANGUAGE.set(asked if asked in LANGUAGES else ENGLISH)


def preferred(locale: str | None) -> str:
    """The desk's language for a browser's locale, such as `zh-CN`; English for any other."""
    spoken = (locale or "").replace("_", "-").split("-")[0].lower()
    return spoken if spoken in LANGUAGES else ENGLISH


def fragment(part: Callable[P, None]) -> Callable[P, None]:
    """A part that runs by itself, in the session's language."""

    @st.fragment
    @wraps(part)
    def said(*args: P.args, **named: P.kwargs) -> None:
        speak()
        part(*args, **named)

    return said


def callback(act: Callable[P, None]) -> Callable[P, None]:
    """What runs before the page does, in the session's language."""

    @wraps(act)
    def said(*args: P.args, **named: P.kwargs) -> None:
        speak()
        act(*args, **named)

    return said


def dialog(
    title: str, width: Literal["small", "large"] = "small"
) -> Callable[[Callable[P, None]], Callable[P, None]]:
    """A dialog whose title, only marked, is said in the language in which it is opened."""

    def opening(part: Callable[P, None]) -> Callable[P, None]:
        @wraps(part)
        def said(*args: P.args, **named: P.kwargs) -> None:
            speak()
            part(*args, **named)

        @wraps(part)
        def opened(*args: Any, **named: Any) -> None:
            st.dialog(_(title), width=width)(said)(*args, **named)

        return opened

    return opening
