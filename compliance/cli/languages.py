"""The language of the command line: as typed, as set for the desk, or the terminal's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

from compliance.i18n import ENGLISH, LANGUAGES, of_locale

OPTION = "--lang"
SETTING = "PRIVACY_DESK_LANGUAGE"
_TERMINAL = ("LC_ALL", "LC_MESSAGES", "LANG")  # the first that is set holds


def language_of(typed: Sequence[str], environment: Mapping[str, str]) -> str:
    """The language asked for, before anything is parsed: help and complaints are said in it."""
    said = [two for one, two in pairwise(typed) if one == OPTION]
    said += [one.removeprefix(f"{OPTION}=") for one in typed if one.startswith(f"{OPTION}=")]
    if said and said[0] in LANGUAGES:
        return said[0]
    named = (environment.get(name, "").strip() for name in (SETTING, *_TERMINAL))
    return of_locale(next(filter(None, named), ENGLISH))
