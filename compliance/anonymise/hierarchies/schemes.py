"""Names that follow from a value alone: dates by unit, codes by what is kept of them.

A scheme is a row of steps, finest first; each makes a name of a value, and values that share a
name at one step share it at all later ones.
"""

from __future__ import annotations

import datetime as dt
import functools
import ipaddress
import itertools
import re
from collections.abc import Callable, Mapping, Sequence

from compliance.anonymise.nouns import ALL
from compliance.shipped import table

Step = Callable[[str], str]

_MOMENT = re.compile(
    r"(?P<year>\d{4})(?:-(?P<month>\d{2})(?:-(?P<day>\d{2})(?:[ T](?P<hour>\d{2}):\d{2}.*)?)?)?"
)
UNITS = (
    *("hour", "day", "week", "month", "quarter", "half_year"),
    *("year", "five_years", "decade", "century"),
)
_DAY = len("2026-01-31")
_HOUR = len("2026-01-31 09")
_MONTHS_OF = {"quarter": 3, "half_year": 6}
_YEARS_OF = {"five_years": 5, "decade": 10, "century": 100}


@functools.cache
def scheme(name: str) -> tuple[Step, ...]:
    """The steps of a scheme of codes: postal, email, phone or ip."""
    return _SCHEMES[name]()


def scheme_names() -> tuple[str, ...]:
    """The schemes that there are, besides the plain one of characters."""
    return tuple(_SCHEMES)


@functools.cache
def characters(kept: int, length: int) -> Step:
    """Keeps the first characters and masks the rest, as if all values had one length."""
    return lambda value: value[:kept].ljust(max(length, kept), ALL)


@functools.cache
def unit(name: str) -> Step:
    """Dates by a unit of `UNITS`; what is no date becomes “*”, a year alone stays one."""
    return lambda value: _dated(value, name)


def by_units(values: Sequence[str], units: Sequence[str]) -> list[tuple[str, ...]]:
    """The names of dates by each unit; as `unit`, but each hour and day is looked at once."""
    stripped = [value.strip() if is_date(value) else "" for value in values]
    pairs = list(zip(values, stripped, strict=True))
    days = [date[:_DAY] or value for value, date in pairs]
    hours = [f"{d[:_HOUR]}:00" if len(d) > _HOUR else d or value for value, d in pairs]
    made = []
    for name in units:
        keys = hours if name == "hour" else days
        step = unit(name)
        names = {key: step(key) for key in dict.fromkeys(keys)}
        made.append(tuple(names[key] for key in keys))
    return made


def nests(units: Sequence[str]) -> bool:
    """Whether each unit lies within the next; weeks lie in no month or year."""
    places = [UNITS.index(name) for name in units]
    ascending = all(a < b for a, b in itertools.pairwise(places))
    return ascending and ("week" not in units[:-1])


def is_date(value: str) -> bool:
    return _MOMENT.fullmatch(value.strip()) is not None


def _dated(value: str, name: str) -> str:
    match = _MOMENT.fullmatch(value.strip())
    if match is None:
        return ALL
    year, month, day, hour = match["year"], match["month"], match["day"], match["hour"]
    if name in _YEARS_OF:
        first = int(year) // _YEARS_OF[name] * _YEARS_OF[name]
        return f"{first}-{first + _YEARS_OF[name] - 1}"
    if name == "year" or month is None:
        return year
    if name in _MONTHS_OF:
        return f"{year}-{name[0].upper()}{(int(month) - 1) // _MONTHS_OF[name] + 1}"
    if name == "month" or day is None:
        return f"{year}-{month}"
    if name == "week":
        return _week(int(year), int(month), int(day))
    return f"{year}-{month}-{day}" + (f" {hour}:00" if name == "hour" and hour else "")


def _week(year: int, month: int, day: int) -> str:
    try:
        of_year, week, _ = dt.date(year, month, day).isocalendar()
    except ValueError:
        return ALL
    return f"{of_year}-W{week:02d}"


@functools.cache
def _postal_patterns() -> tuple[re.Pattern[str], ...]:
    return tuple(
        re.compile(row["pattern"], re.IGNORECASE)
        for row in table("compliance.anonymise.hierarchies", "postal.yaml")
    )


def _postal() -> tuple[Step, ...]:
    return tuple(functools.partial(_of_post, step=step) for step in range(4))


def _of_post(value: str, step: int) -> str:
    code = value.strip().upper()
    for pattern in _postal_patterns():
        if match := pattern.fullmatch(code):
            kept = match[step + 1]
            return kept.ljust(len(code), ALL) if code.isdecimal() else f"{kept}{ALL}"
    return f"{code[: 4 - step]}{ALL}"


def _email() -> tuple[Step, ...]:
    return (_domain, _ending)


def _domain(value: str) -> str:
    _, sign, domain = value.strip().rpartition("@")
    return f"{ALL}@{domain.casefold()}" if sign else ALL


def _ending(value: str) -> str:
    domain = _domain(value)
    return ALL if domain == ALL else f"{ALL}.{domain.rsplit('.', 1)[-1]}"


def _phone() -> tuple[Step, ...]:
    return (functools.partial(_dialled, digits=3), functools.partial(_dialled, digits=0))


def _dialled(value: str, digits: int) -> str:
    """The country's calling code, and the first digits after it; local numbers only the latter."""
    import phonenumbers  # slow to load; most commands do without

    number = re.sub(r"[^\d+]", "", value)
    number = re.sub(r"^00", "+", number)
    try:
        parsed = phonenumbers.parse(number, None)
    except phonenumbers.NumberParseException:
        return f"{number[:digits]}{ALL}" if digits else ALL
    begin = str(parsed.national_number)[:digits]
    return f"+{parsed.country_code} {begin}{ALL}"


def _ip() -> tuple[Step, ...]:
    return tuple(
        functools.partial(_network, four=four, six=six)
        for four, six in ((24, 64), (16, 48), (8, 32))
    )


def _network(value: str, four: int, six: int) -> str:
    try:
        address = ipaddress.ip_address(value.strip())
    except ValueError:
        return ALL
    bits = four if address.version == 4 else six
    return str(ipaddress.ip_network((address, bits), strict=False))


_SCHEMES: Mapping[str, Callable[[], tuple[Step, ...]]] = {
    "postal": _postal,
    "email": _email,
    "phone": _phone,
    "ip": _ip,
}


def codes_and_dates() -> tuple[Step, ...]:
    """All steps but those of characters: what a level of an unknown hierarchy may be made by."""
    codes = [step for name in _SCHEMES for step in scheme(name)]
    return (*map(unit, UNITS), *codes)
