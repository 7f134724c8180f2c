"""From a start to an end, as a law counts: months, days, working days or hours."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from compliance.errors import ClockError
from compliance.i18n import mark
from compliance.rules.clocks.calendars import (
    Way,
    after_working_days,
    end_of,
    has_holidays,
    local_day,
    next_working_day,
    way_of,
)
from compliance.rules.nouns import Deadline, Due, Extension, Pause, Period, Running

_Length = Period | Extension
_FIRST_YEAR, _LAST_YEAR = 1970, 2199
_FIRST_ON_EARTH = timedelta(hours=14)  # a day is in the future when it has begun nowhere


def due(
    deadline: Deadline,
    started: date | datetime,
    at: datetime,
    *,
    country: str = "",
    done: date | datetime | None = None,
    is_extended: bool = False,
    pauses: Sequence[Pause] = (),
) -> Due:
    """When the clock that `started` ends, and how it stands `at`.

    The extension is added to the base in one step, from the start: 31 January and one month is
    28 February, and with two more 30 April, not 28 April.

    Args:
        started: a moment is the day on which it fell in the competent country.
        at: now, UTC.
        country: of the competent authority, ISO 3166-1 alpha-2; its holidays count. Empty:
            weekends only, and the steps say so.
        done: when what was due was done; None: not yet.
        is_extended: whether an extension is on record; ignored where the law knows none.
        pauses: count only for the reasons that the law names; overlaps count once.

    Raises:
        ClockError: the start lies in no year in which these laws count, or it was done before
            that, or will be.
    """
    if not _FIRST_YEAR <= started.year <= _LAST_YEAR:
        problem = mark("it starts in no year from {first_year} to {last_year}").format(
            first_year=_FIRST_YEAR, last_year=_LAST_YEAR
        )
        raise ClockError(problem=problem)
    way = way_of(deadline.calendar)
    place = way.country or country
    if done is not None:
        _check_done(started, done, at, place)
    still = _standing_still(deadline, pauses, local_day(at, place))
    base = _end(deadline.base, None, started, way, country, still)
    longer = deadline.extension
    extended = _end(deadline.base, longer, started, way, country, still) if longer else None
    effective = extended if extended and is_extended else base
    told_by = _told_by(longer, base, started, way, country, still) if longer else None
    return Due(
        base=base,
        extended=extended,
        effective=effective,
        notify_by=told_by,
        paused_days=len(still),
        state=_state(effective, at, done, place, is_paused=local_day(at, place) in still),
        steps=_steps(deadline, way, place, still, started, effective, is_extended=is_extended),
    )


def _check_done(started: date | datetime, done: date | datetime, at: datetime, place: str) -> None:
    has_come = (
        _aware(done) <= at if isinstance(done, datetime) else done <= (at + _FIRST_ON_EARTH).date()
    )
    if not has_come:
        raise ClockError(problem=mark("the day on which it was done has not come yet"))
    if isinstance(done, datetime) and isinstance(started, datetime):
        is_before = _aware(done) < _aware(started)
    else:
        is_before = local_day(done, place) < local_day(started, place)
    if is_before:
        raise ClockError(problem=mark("it was done before the clock started"))


def _end(
    base: Period,
    longer: Extension | None,
    started: date | datetime,
    way: Way,
    country: str,
    still: frozenset[date],
) -> datetime:
    lengths: list[_Length] = [base, *([longer] if longer else [])]
    hours = sum(length.hours for length in lengths)
    place = way.country or country
    if hours and isinstance(started, datetime):
        return _aware(started) + timedelta(hours=hours, days=len(still))
    first = local_day(started, place)
    # A start without an hour began at the first hour of its day: the careful reading.
    last = _after(first, lengths, way, country) + timedelta(days=max(-(-hours // 24) - 1, 0))
    last += timedelta(days=len(still))
    return end_of(next_working_day(last, way, country) if way.shift else last, place)


def _after(first: date, lengths: Sequence[_Length], way: Way, country: str) -> date:
    from dateutil.relativedelta import relativedelta

    months = sum(length.months for length in lengths)
    days = sum(length.days for length in lengths)
    last = first + relativedelta(months=months) + timedelta(days=days)
    working = sum(length.business_days for length in lengths)
    return after_working_days(last, working, way, country)


def _told_by(
    longer: Extension,
    base: datetime,
    started: date | datetime,
    way: Way,
    country: str,
    still: frozenset[date],
) -> datetime:
    if longer.notify_within is None:
        return base
    return _end(longer.notify_within, None, started, way, country, still)


def _standing_still(deadline: Deadline, pauses: Sequence[Pause], today: date) -> frozenset[date]:
    """The days on which the clock stands still; the last day of a pause does not count."""
    days: set[date] = set()
    for pause in pauses:
        if pause.reason in deadline.pause:
            length = ((pause.until or today) - pause.since).days
            open_day = () if pause.until else (today,)
            days |= {pause.since + timedelta(days=n) for n in range(length)} | set(open_day)
    return frozenset(days)


def _state(
    effective: datetime,
    at: datetime,
    done: date | datetime | None,
    place: str,
    *,
    is_paused: bool,
) -> Running:
    if done is not None:
        in_time = _is_in_time(done, effective, place)
        return Running.MET if in_time else Running.LATE
    if is_paused:
        return Running.PAUSED
    return Running.OVERDUE if at > effective else Running.RUNNING


def _is_in_time(done: date | datetime, effective: datetime, place: str) -> bool:
    if isinstance(done, datetime):
        return _aware(done) <= effective
    return done <= local_day(effective, place)


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _steps(
    deadline: Deadline,
    way: Way,
    place: str,
    still: frozenset[date],
    started: date | datetime,
    effective: datetime,
    *,
    is_extended: bool,
) -> tuple[str, ...]:
    """How it was counted, in words."""
    said = [
        mark("Starts on {started:%Y-%m-%d}; runs for {base}.").format(
            started=local_day(started, place), base=_said(deadline.base)
        )
    ]
    if is_extended and deadline.extension:
        said.append(
            mark("Extended by {extension}, counted from the start.").format(
                extension=_said(deadline.extension)
            )
        )
    elif is_extended:
        said.append(mark("An extension is on record, but the law knows none; it does not count."))
    said.append(mark("Counted so: {words}.").format(words=way.words))
    needs_holidays = way.shift or deadline.base.business_days
    if needs_holidays and not (place and has_holidays(place)):
        said.append(mark("No public holidays are known for the competent country: weekends only."))
    if still:
        said.append(mark("Stood still for {days}.").format(days=_n(len(still), "day")))
    said.append(mark("Ends on {effective:%Y-%m-%d}.").format(effective=local_day(effective, place)))
    return tuple(said)


def _said(length: _Length) -> str:
    parts = (
        *((length.months, "month"), (length.days, "day")),
        *((length.business_days, mark("working day")), (length.hours, "hour")),
    )
    return " and ".join(_n(count, noun) for count, noun in parts if count) or mark("no time")


def _n(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
