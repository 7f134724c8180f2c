"""Numbers, shares, dates, money and lists as readers of the chosen language write them.

Names of months, separators and money come from CLDR by way of Babel, which is imported when first
needed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from compliance.i18n import ENGLISH, LANGUAGE
from compliance.shipped import table

if TYPE_CHECKING:
    from babel import Locale

_REMEMBERED = 1024  # dates, which repeat in long tables
# A day, or a moment in UTC, as records have it; not where it is a part of a longer name.
_WRITTEN = re.compile(
    r"(?<![A-Za-z0-9_/-])(\d{4}-\d\d-\d\d)(?: (\d\d:\d\d)(?: UTC)?)?(?![A-Za-z0-9_/:-]|\.\w)"
)


def number(value: float | Decimal, decimals: int = 0) -> str:
    """`value` with separators and `decimals` places."""
    return localised(f"{value:,.{decimals}f}")


def formatted(value: float | Decimal, how: str) -> str:
    """`value` as Python's `how` says (`.3g`, `+.1f`, `.0e`), with the language's separators."""
    return localised(format(value, how))


def localised(shown: str) -> str:
    """A number as Python writes it (`12,345.6`) with the separators of the language."""
    return shown.translate(_separators(LANGUAGE.get()))


def of(part: int, whole: int) -> str:
    """`1,200 / 3,000`: how many of how many."""
    return f"{number(part)} / {number(whole)}"


def separators() -> str:
    """The decimal sign and that between thousands, as drawings take them."""
    return localised(".,")


def share(value: float, decimals: int = 0) -> str:
    """A share (0–1) in percent."""
    return share_of(number(value * 100, decimals))


def share_of(shown: str) -> str:
    """A number already written, as a percentage: `12 %`, in Chinese `12%`."""
    return str(conventions()["share"]).format(number=shown)


def share_shape(shape: str) -> str:
    """A share by the `shape` in which a browser's table writes its number: `%.1f %%`."""
    return shape + share_of("").replace("%", "%%")


def count_of(shown: str, unit: str) -> str:
    """A number already written with its unit: `3 rows`, in Chinese `3行`."""
    return str(conventions()["count"]).format(number=shown, unit=unit)


def day(moment: date) -> str:
    """`24 November 2026`, in Chinese `2026年11月24日`."""
    return _day(LANGUAGE.get(), moment)


def moment(at: datetime) -> str:
    """`24 November 2026, 02:10 UTC`; `at` is in UTC."""
    return _moment(LANGUAGE.get(), at)


def dated(words: str) -> str:
    """`words` with the days and moments in them (`2026-11-27 03:40`) as the language has them."""
    return _WRITTEN.sub(_as_said, words)


def timed(words: str) -> str:
    """The same for moments alone: `words` may hold names that people gave, and these hold days."""
    return _WRITTEN.sub(lambda found: _as_said(found) if found[2] else found[0], words)


def money(amount: Decimal, currency: str) -> str:
    """`€1,200.00`; `currency` is its code of ISO 4217."""
    from babel.numbers import format_currency

    return format_currency(amount, currency, locale=_locale(LANGUAGE.get()))


def listed(items: Sequence[str]) -> str:
    """`a, b and c`, in Chinese `a、b和c`; empty for no items."""
    from babel.lists import format_list

    return format_list(items, locale=_locale(LANGUAGE.get()))


def joined(items: Iterable[str], what: str) -> str:
    """Words of a list, clauses of a sentence, or sentences, one after the other.

    Args:
        what: `words`, `clauses` or `sentences`.
    """
    return str(conventions()["between"][what]).join(items)


def end() -> str:
    """The mark at the end of a sentence."""
    return str(conventions()["end"])


def spoken(locale: str) -> tuple[str, str]:
    """The language and the country of a locale: `English` and `United States` for `en_US`."""
    own, (tongue, _sign, place) = _locale(LANGUAGE.get()), locale.partition("_")
    return own.languages[tongue], own.territories[place]


def places(language: str) -> dict[str, str]:
    """What countries are called, by their codes and by their English names."""
    english, own = _locale(ENGLISH).territories, _locale(language).territories
    named = {code: name for code, name in own.items() if len(code) == 2 and code in english}
    return named | {english[code]: name for code, name in named.items()}


def conventions(language: str = "") -> dict[str, Any]:
    """How the chosen `language` (by itself the session's) is written: see `languages.yaml`."""
    return _languages()[language or LANGUAGE.get()]


def _as_said(found: re.Match[str]) -> str:
    try:
        at = datetime.fromisoformat(f"{found[1]} {found[2] or '00:00'}")
    except ValueError:
        return found[0]
    return moment(at) if found[2] else day(at)


@lru_cache(_REMEMBERED)
def _day(language: str, moment: date) -> str:
    from babel.dates import format_date

    return format_date(moment, conventions(language)["day"], _locale(language))


@lru_cache(_REMEMBERED)
def _moment(language: str, at: datetime) -> str:
    from babel.dates import format_datetime

    return format_datetime(at, conventions(language)["moment"], locale=_locale(language))


@cache
def _separators(language: str) -> dict[int, str]:
    from babel.numbers import get_decimal_symbol, get_group_symbol

    locale = _locale(language)
    return {ord(","): get_group_symbol(locale), ord("."): get_decimal_symbol(locale)}


@cache
def _locale(language: str) -> Locale:
    from babel import Locale

    return Locale.parse(conventions(language)["locale"])


@cache
def _languages() -> dict[str, dict[str, Any]]:
    languages: dict[str, dict[str, Any]] = table("compliance.i18n", "languages.yaml")["languages"]
    return languages
