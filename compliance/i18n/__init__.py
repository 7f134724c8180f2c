"""The words on screen, in the reader's language.

`_("English words")` gives them in the language chosen; English where there is no catalogue yet.
Catalogues are gettext `.mo` files under `compliance/i18n/<language>/LC_MESSAGES/desk.mo`.
"""

from __future__ import annotations

import gettext
from contextvars import ContextVar
from functools import cache
from pathlib import Path

DOMAIN = "desk"
LANGUAGE: ContextVar[str] = ContextVar("language", default="en")


def translate(words: str) -> str:
    """`words` in the language chosen for this session."""
    return _catalogue(LANGUAGE.get()).gettext(words)


@cache
def _catalogue(language: str) -> gettext.NullTranslations:
    return gettext.translation(DOMAIN, Path(__file__).parent, [language], fallback=True)
