"""Working days, holidays and local days, by country."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import cache
from zoneinfo import ZoneInfo

from compliance.plain import from_plain
from compliance.rules.nouns import Calendar
from compliance.shipped import table

_LONGEST_WAIT_DAYS = 60  # no country rests longer


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """How a calendar counts.

    Attributes:
        shift: an end on a day that is no working day moves to the next one.
        words: for people.
        source: where it was read.
        country, subdivision: whose holidays count; empty: those of the competent country.
    """

    shift: bool
    words: str
    source: str
    country: str = ""
    subdivision: str = ""


def way_of(calendar: Calendar) -> Way:
    """How `calendar` counts."""
    return _ways()[calendar]


def zone_of(country: str) -> tzinfo:
    """The zone in which days of `country` begin and end; UTC where none is on record."""
    name = _raw()["zones"].get(country)
    return ZoneInfo(name) if name else UTC


def local_day(moment: date | datetime, country: str) -> date:
    """The day on which `moment` fell in `country`; a plain date is that day already."""
    if isinstance(moment, datetime):
        aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return aware.astimezone(zone_of(country)).date()
    return moment


def end_of(day: date, country: str) -> datetime:
    """The last second of `day` in `country`."""
    return datetime.combine(day, time(23, 59, 59), zone_of(country))


def has_holidays(country: str) -> bool:
    """Whether the holidays of `country` are known."""
    import holidays

    return country in holidays.list_supported_countries(include_aliases=False)


def is_working_day(day: date, way: Way, country: str) -> bool:
    """Whether people work on `day`: Monday to Friday where the country's holidays are unknown."""
    known = _holidays(*_place(way, country))
    return day.weekday() < 5 if known is None else bool(known.is_working_day(day))


def next_working_day(day: date, way: Way, country: str) -> date:
    """`day`, or the first working day after it."""
    for _ in range(_LONGEST_WAIT_DAYS):
        if is_working_day(day, way, country):
            return day
        day += timedelta(days=1)
    raise ValueError(f"no working day in {_LONGEST_WAIT_DAYS} days")


def after_working_days(day: date, count: int, way: Way, country: str) -> date:
    """The `count`-th working day after `day`, which is not counted itself."""
    while count > 0:
        day = next_working_day(day + timedelta(days=1), way, country)
        count -= 1
    return day


def _place(way: Way, country: str) -> tuple[str, str]:
    place = way.country or country
    return place, way.subdivision or _raw()["subdivisions"].get(place, "")


@cache
def _holidays(country: str, subdivision: str):  # type: ignore[no-untyped-def]
    """The calendar of a country from the holidays package; None where it knows none."""
    import holidays

    if not country or not has_holidays(country):
        return None
    return holidays.country_holidays(country, subdiv=subdivision or None)


@cache
def _raw() -> Mapping[str, dict[str, str]]:
    found: Mapping[str, dict[str, str]] = table(__package__, "calendars.yaml")
    return found


@cache
def _ways() -> dict[Calendar, Way]:
    rows: Mapping[str, object] = _raw()["calendars"]
    return {Calendar(name): from_plain(Way, row) for name, row in rows.items()}
