"""Numbers, times and sizes as a reader of the report meets them: always with their unit."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal

from compliance.i18n import ENGLISH, LANGUAGE, counted, locales, mark
from compliance.i18n import translate as _

NOT_RECORDED = mark("not recorded")
NO_NUMBER = mark("no number")

_SPACE = "\N{NO-BREAK SPACE}"
_BYTES = mark("bytes")
_SIZES = (_BYTES, "kB", "MB", "GB", "TB", "PB")
_IN_BRACKETS = re.compile(r"[(（](.+?)[)）]")
_ENDS = (".", "!", "?", "。", "！", "？")
_SIGNS = ("ε", "δ", "ρ", "μ")
_MOST_DECIMALS = 6
_ALL_WHOLE = 100_000


def count(number: int, unit: str = "", *, plural: str = "") -> str:
    """`12,345 rows`: thousands separated, the unit in the right number."""
    if not unit:
        return signed(locales.localised(f"{number:,}"))
    return locales.count_of(count(number), counted(unit, plural or unit + "s", number))


def number(value: float | None, decimals: int = 0) -> str:
    """`value` with separators and `decimals` places; “no number” where none could be formed."""
    if value is None or not math.isfinite(value):
        return _(NO_NUMBER)
    shown = f"{value:,.{decimals}f}"
    shown = shown if float(shown.replace(",", "")) else shown.lstrip("-")
    return signed(locales.localised(shown))


def measured(value: float) -> str:
    """`value` to six digits, or to all whole ones where there are more."""
    shown = f"{value:,.0f}" if abs(value) >= _ALL_WHOLE else f"{value:,.6g}"
    return signed(locales.localised(shown))


def decimals_for(margins: Iterable[float | None]) -> int:
    """How many places numbers need so that the smallest of their margins shows two digits."""
    sizes = [abs(m) for m in margins if m is not None and math.isfinite(m) and m]
    if not sizes:
        return 0
    return min(max(0, 1 - math.floor(math.log10(min(sizes)))), _MOST_DECIMALS)


def signed(text: str) -> str:
    """`text` with a minus sign in place of its leading hyphen."""
    return "\N{MINUS SIGN}" + text[1:] if text.startswith("-") else text


def formatted(value: float | Decimal, how: str) -> str:
    """`value` as Python's `how` says (`g`, `.4g`), as the language writes it."""
    return signed(locales.formatted(value, how))


def percent(share: float, decimals: int = 0) -> str:
    """A share (0–1) as `12 %`."""
    return share_of(number(share * 100, decimals))


def exact_percent(share: float) -> str:
    """A share (0–1) in percent with all its digits, as it was typed."""
    return share_of(formatted(100 * share, "g"))


def share_of(shown: str) -> str:
    """A number of percent, already written, as `12 %`."""
    return locales.share_of(shown)


def loss_up(amount: Decimal) -> str:
    """A privacy loss spent or charged, to four digits, never shown smaller than it is."""
    return _loss(amount, ROUND_CEILING)


def loss_down(amount: Decimal) -> str:
    """A privacy loss that is left, to four digits, never shown larger than it is."""
    return _loss(amount, ROUND_FLOOR)


def when(moment: datetime) -> str:
    """`24 November 2026, 02:10 UTC`."""
    return locales.moment(to_utc(moment))


def day(moment: date) -> str:
    """`24 November 2026`; of a moment, its day in UTC."""
    return locales.day(to_utc(moment).date() if isinstance(moment, datetime) else moment)


def stamp(moment: datetime) -> str:
    """`2026-11-24 02:10`, in UTC, for narrow columns."""
    return f"{to_utc(moment):%Y-%m-%d %H:%M}"


def day_stamp(moment: date) -> str:
    """`2026-11-24`, for narrow columns; of a moment, its day in UTC."""
    return (to_utc(moment).date() if isinstance(moment, datetime) else moment).isoformat()


def to_utc(moment: datetime) -> datetime:
    """`moment` in UTC; one without a zone is taken as UTC, as all times of the desk are."""
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def size(in_bytes: int) -> str:
    """`12.3 kB`, in powers of 1,000."""
    amount, step = float(in_bytes), 0
    while amount >= 999.95 and step < len(_SIZES) - 1:
        amount, step = amount / 1000, step + 1
    return f"{number(amount, 1 if step else 0)}{_SPACE}{_(_SIZES[step])}"


def listed(items: Sequence[str], nothing: str = mark("none")) -> str:
    """`a, b and c`; `nothing`, in English, where there is none."""
    if len(items) < 2:
        return items[0] if items else _(nothing)
    return locales.listed(items)


def enumerated(items: Iterable[str]) -> str:
    """`a, b, c`."""
    return locales.joined(items, "words")


def joined(items: Iterable[str]) -> str:
    """Clauses of one sentence: `this; that`."""
    return locales.joined(items, "clauses")


def run_on(sentences: Iterable[str]) -> str:
    """Sentences one after the other."""
    return locales.joined(sentences, "sentences")


def sentence(text: str) -> str:
    """`text` with a capital first letter and an end; ε and δ have no capitals."""
    text = text.strip()
    first = text[:1] if text[:1] in _SIGNS else text[:1].upper()
    end = "" if text.endswith(_ENDS) else locales.end()
    return first + text[1:] + end


def capital(text: str) -> str:
    """`text` with a capital first letter, where the language has them: a name stays as it is."""
    return text[:1].upper() + text[1:] if LANGUAGE.get() == ENGLISH else text


def in_order(term: str) -> bytes:
    """What a term is sorted by: δ (delta) by delta, Chinese by its sound.

    The common characters of GB 2312, with which GB 18030 begins, stand in the order of pinyin.
    """
    named = _IN_BRACKETS.search(term) if term[:1] in _SIGNS else None
    return (named[1] if named else term).lower().encode("gb18030")


def recorded(text: str) -> str:
    """`text`, or “not recorded” where it is empty."""
    return text.strip() or _(NOT_RECORDED)


def shortened(text: str, width: int) -> str:
    """`text` cut to `width` columns, where a Chinese character takes two."""
    if _fitting(text, width) == len(text):
        return text
    return text[: max(_fitting(text, width - 1), 1)].rstrip() + "…"


def abridged(name: str, width: int = 60) -> str:
    """`name` cut in its middle to `width` columns: long names often differ only at their end."""
    if _fitting(name, width) == len(name):
        return name
    end = _fitting(name[::-1], width // 3)
    return shortened(name, width - width // 3) + name[len(name) - end :].lstrip()


def columns(text: str) -> int:
    """How many columns `text` takes, where a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)


def _fitting(text: str, width: int) -> int:
    """How many characters of `text` fit into `width` columns."""
    for position, sign in enumerate(text):
        width -= 2 if unicodedata.east_asian_width(sign) in "WF" else 1
        if width < 0:
            return position
    return len(text)


def _loss(amount: Decimal, rounding: str) -> str:
    if not amount.is_finite():
        return _(NO_NUMBER)
    rounded = Context(prec=4, rounding=rounding).plus(amount).normalize()
    if rounded and rounded.adjusted() < -3:
        digits = "".join(map(str, rounded.as_tuple().digits))
        places = f".{digits[1:]}" if digits[1:] else ""
        return signed(f"{'-' if rounded < 0 else ''}{digits[0]}{places}e{rounded.adjusted()}")
    return signed(locales.localised(f"{rounded:,f}"))
