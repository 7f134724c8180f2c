"""Clocks: when something must be done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class Calendar(StrEnum):
    """How a law counts."""

    EU_1182_71 = "EU_1182_71"
    UK_CORRESPONDING_DATE = "UK_corresponding_date"
    CALENDAR_DAYS = "calendar_days"
    CLOCK_HOURS = "clock_hours"
    BUSINESS_DAYS_US_CA = "business_days_US_CA"
    BUSINESS_DAYS_BR = "business_days_BR"
    BUSINESS_DAYS_CN = "business_days_CN"


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """A length of time; the parts add up.

    Attributes:
        months, days, business_days, hours: whole numbers, none below 0.
    """

    months: int = 0
    days: int = 0
    business_days: int = 0
    hours: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Extension:
    """By how much a law lets a clock run longer.

    Attributes:
        months, days, business_days, hours: added to the base in one step.
        notify_within: by when people must be told; None: before the base is over.
        reason_required: whether it needs a reason.
    """

    months: int = 0
    days: int = 0
    business_days: int = 0
    hours: int = 0
    notify_within: Period | None = None
    reason_required: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """How a law sets a clock.

    Attributes:
        start: the fact that starts it.
        base: how long it runs.
        calendar: how that is counted.
        extension: how it may be extended; None: it may not.
        pause: the reasons for which it stands still; empty: it never does.
    """

    start: str
    base: Period
    calendar: Calendar
    extension: Extension | None = None
    pause: tuple[str, ...] = ()


class Running(StrEnum):
    """How a clock stands."""

    RUNNING = "running"
    PAUSED = "paused"
    MET = "met"
    LATE = "late"  # done, but after its end
    OVERDUE = "overdue"  # not done, and its end has passed


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """A time in which a clock stands still.

    Attributes:
        since: the first day.
        until: the last; None: it still stands.
        reason: why, as `Deadline.pause` names it.
    """

    since: date
    until: date | None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """What a clock says.

    Attributes:
        base: the last moment without an extension, with pauses.
        extended: the last moment with one, with pauses; None: the law knows none.
        effective: the one that counts, with the extension as recorded.
        notify_by: by when an extension must be told; None: the law knows none.
        paused_days: how long it stood still.
        state: how it stands.
        steps: how it was counted, in words.
    """

    base: datetime
    extended: datetime | None
    effective: datetime
    notify_by: datetime | None
    paused_days: int
    state: Running
    steps: tuple[str, ...]
