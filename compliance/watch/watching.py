"""Everything unusual in the trail, and what cannot be told yet."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta

from compliance.i18n import mark
from compliance.trail.nouns import Entry
from compliance.watch.bulk import bulk_exports, many_refusals, new_actors
from compliance.watch.columns import unusual_columns
from compliance.watch.forest import unusual_days
from compliance.watch.hours import odd_hours
from compliance.watch.nouns import Alarm, Known
from compliance.watch.questions import averaging, differencing
from compliance.watch.reading import Days, Deed, by_day, deeds
from compliance.watch.thresholds import Thresholds, thresholds

_NOTHING_KNOWN = Known()


def watch(
    entries: Sequence[Entry],
    at: datetime,
    known: Known = _NOTHING_KNOWN,
    limits: Thresholds | None = None,
) -> tuple[Alarm, ...]:
    """What is unusual in `entries`, the latest first; the same for the same entries.

    Each day is held against the days before it, so that an alarm stays as it was when the trail
    grows; only “unusual altogether” learns from all days at once. A quiet answer is no proof:
    see `cannot_tell`, and previews are no acts.

    Args:
        entries: of the trail, in any order.
        at: the moment, UTC; later entries and long past ones raise nothing.
        known: what helps to judge and does not stand in the trail.
        limits: from when on something is unusual; left out, those in force.
    """
    limits = limits or thresholds()
    done = deeds(entries, at)
    days = by_day(done)
    since = at - timedelta(days=limits.look_back_days)
    found = [one for one in _explicit(done, days, known, limits) if one.until >= since]
    told = {number for one in found for number in one.entries}
    found += unusual_days(by_day(d for d in done if d.number not in told), limits, since.date())
    return tuple(sorted(found, key=lambda one: (one.until, one.weight, one.id), reverse=True))


def cannot_tell(
    worked: Iterable[tuple[str, date]], limits: Thresholds | None = None
) -> tuple[str, ...]:
    """What `watch` has too little to stand on to judge yet, one sentence each.

    Args:
        worked: who acted on which day.
    """
    limits = limits or thresholds()
    days: dict[str, set[date]] = defaultdict(set)
    for actor, day in worked:
        days[actor].add(day)
    every_day = set[date]().union(*days.values())
    actor_days = sum(len(own) for own in days.values())
    said = []
    if actor_days < limits.days_known:
        said.append(
            mark(
                "Odd hours: days of work so far: {actor_days:,}; habits show from {days_known} on."
            ).format(actor_days=actor_days, days_known=limits.days_known)
        )
    if len(every_day) < limits.desk_days_known:
        said.append(
            mark(
                "New actors: days on which the desk worked: {every_day:,}; from "
                "{desk_days_known} on a new name stands out."
            ).format(every_day=len(every_day), desk_days_known=limits.desk_days_known)
        )
    if actor_days < limits.forest_days:
        said.append(
            mark(
                "Unusual altogether: the detector that learns is asked from {forest_days} "
                "days of work on; only the fixed rules look until then."
            ).format(forest_days=limits.forest_days)
        )
    return tuple(said)


def _explicit(
    done: Sequence[Deed], days: Days, known: Known, limits: Thresholds
) -> Iterator[Alarm]:
    yield from bulk_exports(days, known, limits)
    yield from many_refusals(days, limits)
    yield from new_actors(days, limits)
    yield from odd_hours(days, known, limits)
    yield from unusual_columns(done, known, limits)
    yield from averaging(done, limits)
    yield from differencing(done, limits)
