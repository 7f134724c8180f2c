"""Single settings of a plan file, or one sentence that says what is wrong with one."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from difflib import get_close_matches
from enum import StrEnum
from typing import TypeVar

from compliance.dataset.nouns import ColumnName
from compliance.errors import MalformedRecipeError

LARGEST_WHOLE = 10**9
_LONGEST_TEXT = 200
_SHOWN = 40
_Choice = TypeVar("_Choice", bound=StrEnum)


def refusal(place: str, reason: str) -> MalformedRecipeError:
    """The error to raise at a place of a plan file."""
    return MalformedRecipeError(place=place[:120], reason=reason)


def mapping(place: str, value: object) -> Mapping[object, object]:
    """`value` as names with their values.

    Raises:
        MalformedRecipeError: as all functions here, when it is something else.
    """
    if not isinstance(value, Mapping):
        raise refusal(place, "names with their values are expected here")
    return value


def only_known(place: str, given: Mapping[object, object], known: Collection[str]) -> None:
    """Refuse settings that do not exist, with the nearest that do."""
    for key in given:
        if key in known:
            continue
        name = str(key)[:_SHOWN]
        near = get_close_matches(name, known, n=1, cutoff=0.6)
        hint = f"perhaps “{near[0]}” is meant" if near else f"possible: {', '.join(known)}"
        raise refusal(place, f"“{name}” is not known; {hint}")


def column(place: str, value: object) -> ColumnName:
    """The name of a column; a header such as 2010 is a number to YAML unless it is quoted."""
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < LARGEST_WHOLE:
        return ColumnName(str(value))
    if not isinstance(value, str) or not value:
        raise refusal(place, "the name of a column is expected; put words such as yes in quotes")
    return ColumnName(value)


def text(place: str, value: object) -> str:
    """A short text that is not empty."""
    if not isinstance(value, str) or not value.strip() or len(value) > _LONGEST_TEXT:
        raise refusal(place, f"a text is expected here, at most {_LONGEST_TEXT} characters")
    return value


def number(place: str, value: object, *, low: float, high: float, open_low: bool = False) -> float:
    """A number from `low` (above it, where `open_low`) to `high`."""
    found = _float(value)
    if not (low <= found <= high) or (open_low and found == low):
        least = f"above {low:g}" if open_low else f"of at least {low:g}"
        most = "" if math.isinf(high) else f" and at most {high:g}"
        raise refusal(place, f"a number {least}{most} is expected here")
    return found


def whole(place: str, value: object, *, low: int) -> int:
    """A whole number from `low` on."""
    found = _float(value)
    if not low <= found <= LARGEST_WHOLE or found != int(found):
        raise refusal(place, f"a whole number from {low} to {LARGEST_WHOLE:,} is expected here")
    return int(found)


def choice(kinds: type[_Choice], place: str, value: object) -> _Choice:
    """One of a few words."""
    for kind in kinds:
        if kind == value:
            return kind
    near = get_close_matches(str(value)[:_SHOWN], list(kinds), n=1, cutoff=0.6)
    hint = f"; perhaps “{near[0]}” is meant" if near else ""
    raise refusal(place, f"it may be: {', '.join(kinds)}{hint}")


def settings(place: str, value: object) -> dict[str, float | str]:
    """Settings by name: numbers, texts, lists as “a, b”, named lists as “name: a, b; other: c”."""
    found: dict[str, float | str] = {}
    for key, given in mapping(place, value if value is not None else {}).items():
        at = f"{place}.{str(key)[:_SHOWN]}"
        if not isinstance(key, str):
            raise refusal(at, "a setting has a name")
        found[key] = _setting(at, given)
    return found


def _setting(place: str, value: object) -> float | str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        return "; ".join(_group(place, name, members) for name, members in value.items())
    if isinstance(value, Sequence) and not isinstance(value, str):
        parts = [str(part) for part in value if isinstance(part, str | int | float)]
        if len(parts) < len(value) or any("," in part for part in parts):
            raise refusal(place, "a list of words or numbers without commas is expected here")
        return ", ".join(parts)
    if isinstance(value, int | float):
        if not math.isfinite(_float(value)):
            raise refusal(place, "a number is expected here")
        return value
    if isinstance(value, str) and len(value) <= 10 * _LONGEST_TEXT:
        return value
    raise refusal(place, "a number or a text is expected here")


def _group(place: str, name: object, members: object) -> str:
    """A named list within a setting, as “name: a, b”."""
    listed = _setting(place, members) if isinstance(members, list) else ""
    written = f"{name}: {listed}"
    if not isinstance(name, str) or not listed or written.count(":") > 1 or ";" in written:
        raise refusal(place, "names with lists of words are expected here, without : and ;")
    return written


def _float(value: object) -> float:
    """`value` as a number; nan where it is none. YAML 1.1 takes 1e-5 for text: it lacks a dot."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return math.nan
    try:
        found = float(value)
    except (ValueError, OverflowError):
        return math.nan
    return found if math.isfinite(found) else math.nan
