"""Dates and moments as facts hold them: ISO 8601 text, `date` or `datetime`."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

# The day has begun there before it begins in UTC: at most 14 hours (Kiritimati).
_AHEAD = timedelta(hours=14)


def moment_of(value: object) -> date | datetime | None:
    """What `value` says, moments in UTC; None where it is neither a date nor a moment."""
    if isinstance(value, str):
        value = _parsed(value)
    if isinstance(value, datetime):
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    return value if isinstance(value, date) else None


def day_of(moment: date | datetime) -> date:
    """Its day; of a moment, in UTC."""
    return moment.date() if isinstance(moment, datetime) else moment


def is_not_after(one: date | datetime, other: date | datetime) -> bool:
    """Whether `one` is not after `other`; by days where either of them has no time."""
    if isinstance(one, datetime) and isinstance(other, datetime):
        return one <= other
    return day_of(one) <= day_of(other)


def is_ahead(moment: date | datetime, at: datetime) -> bool:
    """Whether it has not come yet, anywhere on earth."""
    if isinstance(moment, datetime):
        return moment > at
    return moment > (at + _AHEAD).date()


def _parsed(text: str) -> date | datetime | None:
    try:
        return date.fromisoformat(text) if len(text) == 10 else datetime.fromisoformat(text)
    except ValueError:
        return None
