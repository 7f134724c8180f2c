"""Distinct strings to numbers, money, dates or truth values, where all of them fit."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from compliance.dataset.nouns import ColumnType
from compliance.i18n import mark

_INTEGER = r"^-?(0|[1-9]\d{0,17})$"
_WHOLE_DECIMAL = r"^-?(0|[1-9]\d{0,14})(\.0+)?$"
_NUMBER = r"^-?((0|[1-9]\d*)(\.\d*)?|\.\d+)$"
_SCIENTIFIC = r"^-?\d+(\.\d+)?([eE][+-]?\d+)?$"
_COMMA_GROUPS = r"^-?(\d{1,3}(,\d{3})+|0|[1-9]\d*)(\.\d+)?$"
_DOT_GROUPS = r"^-?(\d{1,3}(\.\d{3})+|0|[1-9]\d*)(,\d+)?$"
_BLANK_GROUPS = r"^-?(\d{1,3}([ \x{00a0}\x{202f}’']\d{3})+|0|[1-9]\d*)([.,]\d+)?$"
_CURRENCY = r"(?i)(US\$|[$€£¥₹₩]|USD|EUR|GBP|CNY|RMB|JPY|CHF|元)"
_TIME = r"(?:[ T]\d{1,2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)"
_ZONE = r"(?:Z|[+-]\d{2}:?\d{2})"
_YEAR_FIRST = rf"^\d{{4}}-\d{{1,2}}-\d{{1,2}}{_TIME}?{_ZONE}?$"
_YEAR_LAST = rf"^\d{{1,2}}-\d{{1,2}}-\d{{4}}{_TIME}?(?: ?[AaPp][Mm])?$"
_NAMED_MONTHS = (
    (r"^\d{1,2}-[A-Za-z]{3}-\d{4}$", "%d-%b-%Y"),
    (r"^\d{1,2} [A-Za-z]{3} \d{4}$", "%d %b %Y"),
    (r"^\d{1,2} [A-Za-z]{4,9} \d{4}$", "%d %B %Y"),
    (r"^[A-Za-z]{3} \d{1,2}, \d{4}$", "%b %d, %Y"),
    (r"^[A-Za-z]{4,9} \d{1,2}, \d{4}$", "%B %d, %Y"),
)
YEARS = (1800, 2200)
WHOLE_NUMBERS_RESTORED = mark("Whole numbers written with decimals (ids ending in .0) restored")


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """The values of a column in the type that all of them fit.

    Attributes:
        values: one per distinct string, in the same order; missing stays missing.
        type: theirs.
        step: what was done, where it was more than reading plain digits.
        changed: which of the values the step touched; all where None.
        is_change: False for a remark that changed nothing.
    """

    values: pa.Array
    type: ColumnType
    step: str | None = None
    changed: pa.Array | None = None
    is_change: bool = True


def parse(strings: pa.Array) -> Parsed:
    """`strings` (distinct, missing allowed) in the narrowest type that fits every one of them."""
    present = strings.drop_null()
    as_text = Parsed(values=strings, type=ColumnType.TEXT)
    if not len(present):
        return as_text
    for attempt in (_booleans, _numbers, _grouped_numbers, _money, _dates):
        if (parsed := attempt(strings, present)) is not None:
            return parsed
    return as_text


def _fits(strings: pa.Array, pattern: str) -> bool:
    return bool(pc.all(pc.match_substring_regex(strings, pattern)).as_py())


def _booleans(strings: pa.Array, present: pa.Array) -> Parsed | None:
    if len(present) > 4 or not _fits(present, r"(?i)^(true|false)$"):
        return None
    return Parsed(values=pc.equal(pc.utf8_lower(strings), "true"), type=ColumnType.BOOLEAN)


def _numbers(strings: pa.Array, present: pa.Array) -> Parsed | None:
    if _fits(present, _INTEGER):
        return Parsed(values=strings.cast(pa.int64()), type=ColumnType.INTEGER)
    if _fits(present, _WHOLE_DECIMAL):
        whole = pc.replace_substring_regex(strings, r"\.0+$", "")
        return Parsed(
            values=whole.cast(pa.int64()),
            type=ColumnType.INTEGER,
            step=WHOLE_NUMBERS_RESTORED,
            changed=pc.not_equal(whole, strings),
        )
    loses_digits = _fits_any(present, r"^-?\d{16,}|^-?0\d")
    if not loses_digits and (_fits(present, _NUMBER) or _fits(present, _SCIENTIFIC)):
        return Parsed(values=strings.cast(pa.float64()), type=ColumnType.NUMBER)
    return None


def _fits_any(strings: pa.Array, pattern: str) -> bool:
    return bool(pc.any(pc.match_substring_regex(strings, pattern)).as_py())


def _grouped_numbers(strings: pa.Array, present: pa.Array) -> Parsed | None:
    """Numbers with thousands groups or a decimal comma."""
    if _fits(present, _COMMA_GROUPS):
        plain, how = pc.replace_substring(strings, ",", ""), mark("thousands commas")
    elif _fits(present, _DOT_GROUPS):
        plain = pc.replace_substring(pc.replace_substring(strings, ".", ""), ",", ".")
        how = mark("decimal commas")
    elif _fits(present, _BLANK_GROUPS):
        plain = pc.replace_substring_regex(strings, r"[ \x{00a0}\x{202f}’']", "")
        plain, how = pc.replace_substring(plain, ",", "."), mark("blanks between thousands")
    else:
        return None
    numbers = _numbers(plain, plain.drop_null())
    if numbers is None:
        return None
    return Parsed(
        values=numbers.values,
        type=numbers.type,
        step=mark("Numbers with {how} read as numbers").format(how=how),
        changed=pc.not_equal(plain, strings),
    )


def _money(strings: pa.Array, present: pa.Array) -> Parsed | None:
    if not _fits(present, _CURRENCY):
        return None
    amounts = pc.utf8_trim_whitespace(pc.replace_substring_regex(strings, _CURRENCY, ""))
    amounts = pc.replace_substring_regex(amounts, r"^\((.*)\)$", r"-\1")
    found = _numbers(amounts, amounts.drop_null()) or _grouped_numbers(amounts, amounts.drop_null())
    if found is None:
        return None
    return Parsed(values=found.values, type=found.type, step=mark("Money amounts read as numbers"))


def _dates(strings: pa.Array, present: pa.Array) -> Parsed | None:
    dashed = pc.replace_substring_regex(
        strings, r"^(\d{1,4})[/.年](\d{1,2})[/.月](\d{1,4})日?", r"\1-\2-\3"
    )
    shown = dashed.drop_null()
    if _fits(shown, _YEAR_FIRST):
        return _moments(dashed, "%Y-%m-%d", mark("year, month, day"), dashed.equals(strings))
    if _fits(shown, _YEAR_LAST):
        return _day_or_month_first(strings, dashed)
    for pattern, form in _NAMED_MONTHS:
        if _fits(present, pattern):
            return _moments(strings, form, mark("with the month's name"), is_plain=False)
    return None


def _day_or_month_first(strings: pa.Array, dashed: pa.Array) -> Parsed:
    """Dates that end with the year: the values themselves must tell the day from the month."""
    parts = pc.extract_regex(dashed.drop_null(), r"^(?P<a>\d+)-(?P<b>\d+)-")
    first = pc.max(pc.struct_field(parts, "a").cast(pa.int64())).as_py()
    second = pc.max(pc.struct_field(parts, "b").cast(pa.int64())).as_py()
    has_dots = _fits(strings.drop_null(), r"^\d{1,2}\.\d{1,2}\.\d{4}")
    as_text = Parsed(values=strings, type=ColumnType.TEXT)
    if first > 12 >= second or (has_dots and second <= 12):
        return _moments(dashed, "%d-%m-%Y", mark("day, month, year"), is_plain=False) or as_text
    if second > 12 >= first:
        return _moments(dashed, "%m-%d-%Y", mark("month, day, year"), is_plain=False) or as_text
    if first > 12:
        return as_text
    remark = mark("Dates left as text: no value tells the day from the month")
    return Parsed(values=strings, type=ColumnType.TEXT, step=remark, is_change=False)


def _moments(strings: pa.Array, day_form: str, order: str, is_plain: bool) -> Parsed | None:  # noqa: FBT001
    import pandas as pd  # slow to load; most commands do without

    texts = pd.Series(strings.to_pandas(), dtype="str")
    form = day_form + _time_form(strings.drop_null())
    moments = pd.to_datetime(texts, format=form, errors="coerce", utc="%z" in form)
    if moments[texts.notna()].isna().any() or not moments.dt.year.dropna().between(*YEARS).all():
        return None
    if moments.dt.tz is not None:
        moments = moments.dt.tz_convert(None)
    values = pa.array(moments.astype("datetime64[us]"), pa.timestamp("us"), from_pandas=True)
    days = values.cast(pa.date32(), safe=False)
    is_date = days.cast(pa.timestamp("us")).equals(values)
    return Parsed(
        values=days if is_date else values,
        type=ColumnType.DATE if is_date else ColumnType.TIMESTAMP,
        step=None if is_plain else mark("Dates read in the order {order}").format(order=order),
    )


def _time_form(present: pa.Array) -> str:
    """The strptime form of the time of day that all of `present` share; mixed forms stay text."""
    if not _fits_any(present, ":"):
        return ""
    sign = "T" if _fits(present, r"\dT\d") else " "
    form = sign + ("%H:%M:%S" if _fits(present, r":\d{2}:\d{2}") else "%H:%M")
    if _fits(present, r":\d{2}\.\d+"):
        form += ".%f"
    if _fits(present, r"(?i)[ap]m$"):
        gap = " " if _fits(present, r"(?i) [ap]m$") else ""
        form = form.replace("%H", "%I") + f"{gap}%p"
    return form + ("%z" if _fits(present, _ZONE + "$") else "")
