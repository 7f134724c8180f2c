"""The language that a visitor reads: chosen in the sidebar, kept in the address as `lang`.

Streamlit runs fragments and dialogs by themselves, in threads that know nothing of the page's run.
So these say their words in the session's language by beginning with `fragment` or `dialog` here.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Literal, ParamSpec

import streamlit as st

from compliance.i18n import ENGLISH, LANGUAGE, LANGUAGES
from compliance.i18n import translate as _

_KEY = "lang"  # also of the address
_SPOKEN = "language_spoken"  # what the last run spoke, for whatever runs without a page

P = ParamSpec("P")


def choose() -> None:
    """Ask which language, and speak it from here on."""
    first = preferred(st.context.locale)
    codes = list(LANGUAGES)
    with st.sidebar:
        chosen = st.selectbox(
            "Language / 语言",
            codes,
            codes.index(first),
            format_func=LANGUAGES.__getitem__,
            key=_KEY,
            bind="query-params",
            persist_state="session",
        )
    st.session_state[_SPOKEN] = chosen
    speak()


def speak() -> None:
    """Say all words from here on in the session's language."""
    asked = st.session_state.get(_KEY, st.session_state.get(_SPOKEN, ENGLISH))
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
