"""Dates as people write them, moved by a number of days and written the same way again."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Sequence
from datetime import date, timedelta

from compliance.discovery.text.patterns import settings

_NUMBER = re.compile(r"[0-9]+")
_NUMERIC = re.compile(r"([0-9]{1,4})([^0-9A-Za-z:]{1,2})([0-9]{1,2})\2([0-9]{1,4})(?![0-9:])")
_EAST_ASIAN = re.compile(r"([0-9]{2,4})( ?[年년] ?)([0-9]{1,2})( ?[月월] ?)([0-9]{1,2})")
_CLOCK = re.compile(r"([0-9]{1,2}):([0-9]{2})")
_LATIN_WORD = re.compile(r"[^\W\d_]{3,}")
_ORDINAL = re.compile(r"([0-9]{1,2})(st|nd|rd|th)")
_COMPACT = re.compile(r"[12][0-9]{7}")
_YEAR = re.compile(r"[12][0-9]{3}")
_LEAP_YEAR = 2000


def moved(written: str, days: int) -> str | None:
    """`written` moved by `days`, in the same form; None where it is not understood.

    Day and month are read in the order in which they make a date, day first when both do. The
    time of day moves by as many minutes.
    """
    for way in _WAYS:
        found = way(written, days)
        if found is not None:
            return found
    return _moved_clock(written, days) if _CLOCK.search(written) else None


def _moved_numeric(written: str, days: int) -> str | None:
    match = _NUMERIC.search(written)
    if match is None:
        return None
    first, between, second, third = match.groups()
    orders = ((0, 1, 2),) if len(first) == 4 else ((2, 1, 0), (2, 0, 1))
    parts = (first, second, third)
    for order in orders:
        new = _plus([_full(parts[order[0]]), *(int(parts[o]) for o in order[1:])], days)
        if new is not None:
            fields = [""] * 3
            for place, value in zip(order, (new.year, new.month, new.day), strict=True):
                fields[place] = _as_wide(value, parts[place])
            head, tail = written[: match.start()], written[match.end() :]
            return head + between.join(fields) + _moved_clock(tail, days)
    return None


def _moved_east_asian(written: str, days: int) -> str | None:
    match = _EAST_ASIAN.search(written)
    if match is None:
        return None
    new = _plus([_full(match[1]), int(match[3]), int(match[5])], days)
    if new is None:
        return None
    parts = (_as_wide(new.year, match[1]), match[2], str(new.month), match[4], str(new.day))
    return written[: match.start()] + "".join(parts) + written[match.end() :]


def _moved_with_month(written: str, days: int) -> str | None:
    """With the name of a month, in whatever order; a missing year counts as a leap year."""
    word = next((w for w in _LATIN_WORD.finditer(written) if w[0].casefold() in _names()), None)
    if word is None:
        return None
    clock = _CLOCK.search(written)
    numbers = list(_NUMBER.finditer(written, 0, clock.start() if clock else len(written)))
    day = next((n for n in numbers if len(n[0]) <= 2 and 1 <= int(n[0]) <= 31), None)
    year = next((n for n in numbers if n is not day), None)
    number = _names()[word[0].casefold()]
    value = [_full(year[0]) if year else _LEAP_YEAR, number[0], int(day[0]) if day else 15]
    new = _plus(value, days)
    if new is None:
        return None
    edits = [(word.span(), _like(number[1][new.month - 1], word[0]))]
    edits += [(day.span(), str(new.day))] if day else []
    edits += [(year.span(), _as_wide(new.year, year[0]))] if year else []
    return _ordinals(_moved_clock(_edited(written, edits), days))


def _moved_compact(written: str, days: int) -> str | None:
    if not _COMPACT.fullmatch(written):
        return None
    new = _plus([int(written[:4]), int(written[4:6]), int(written[6:])], days)
    return None if new is None else f"{new:%Y%m%d}"


def _moved_year(written: str, days: int) -> str | None:
    """A year alone moves by at least one, so that it never stays."""
    match = _YEAR.search(written)
    if match is None or len(written) > len("1990s"):
        return None
    years = round(days / 365) or (1 if days > 0 else -1)
    # A decade stays a decade.
    years = 10 * (1 if days > 0 else -1) if written.endswith("s") else years
    return written[: match.start()] + str(int(match[0]) + years) + written[match.end() :]


def _moved_weekday(written: str, days: int) -> str | None:
    names = settings()["lists"]["weekdays"].split("|")
    for word in _LATIN_WORD.finditer(written):
        name = word[0].casefold().removesuffix("s")
        if name in names:
            place = names.index(name)
            week = names[place - place % 7 :][:7]
            new = week[(place + (days % 7 or 1)) % 7]
            ending = "s" if word[0].casefold() != name else ""
            return _edited(written, [(word.span(), _like(new, word[0]) + ending)])
    return None


def _moved_clock(written: str, days: int) -> str:
    def later(match: re.Match[str]) -> str:
        minutes = (int(match[1]) * 60 + int(match[2]) + (days % 659) + 1) % (12 * 60)
        return f"{minutes // 60 or 12:0{len(match[1])}d}:{minutes % 60:02d}"

    return _CLOCK.sub(later, written)


def _plus(value: Sequence[int], days: int) -> date | None:
    try:
        return date(*value) + timedelta(days=days)
    except (ValueError, OverflowError):
        return None


def _full(year: str) -> int:
    number = int(year)
    if len(year) > 2:
        return number
    return number + (2000 if number < 50 else 1900)


def _as_wide(value: int, like: str) -> str:
    """`value` in as many digits as `like` has, where it was padded or is a short year."""
    if len(like) == 2 and value > 99:
        return f"{value % 100:02d}"
    return f"{value:0{len(like)}d}" if like.startswith("0") or len(like) == 2 else str(value)


def _ordinals(written: str) -> str:
    def ending(match: re.Match[str]) -> str:
        number = int(match[1])
        is_teen = number % 100 in (11, 12, 13)
        return match[1] + ("th" if is_teen else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th"))

    return _ORDINAL.sub(ending, written)


def _edited(text: str, edits: Sequence[tuple[tuple[int, int], str]]) -> str:
    for (start, end), new in sorted(edits, reverse=True):
        text = text[:start] + new + text[end:]
    return text


def _like(word: str, pattern: str) -> str:
    forms: tuple[tuple[bool, Callable[[str], str]], ...] = (
        (pattern.isupper(), str.upper),
        (pattern[0].isupper(), str.capitalize),
    )
    return next((form(word) for is_so, form in forms if is_so), word)


@functools.cache
def _names() -> dict[str, tuple[int, tuple[str, ...]]]:
    """Every name of a month: its number, and the twelve names of its language and length."""
    found: dict[str, tuple[int, tuple[str, ...]]] = {}
    for row in settings()["month_names"]:
        twelve = tuple(row.split())
        for number, name in enumerate(twelve, 1):
            found.setdefault(name, (number, twelve))
    return found


_WAYS: tuple[Callable[[str, int], str | None], ...] = (
    _moved_numeric,
    _moved_east_asian,
    _moved_with_month,
    _moved_compact,
    _moved_year,
    _moved_weekday,
)
