"""Odd hours: acts at a time of day at which this actor never works.

The time of day is a circle, so that middle and spread are circular: the median is the time with
the smallest sum of arcs to all others, the spread the median arc to it. Both stand still when a
few nights are added, which a mean does not.

Source: Fisher, Statistical Analysis of Circular Data, 1993, sections 2.3.2 and 3.3.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

from compliance.i18n import mark
from compliance.watch.nouns import Alarm, AlarmKind, Known
from compliance.watch.reading import Days, Deed, alarm
from compliance.watch.thresholds import Thresholds

_SLOTS = 48  # half hours
_PLACES = np.arange(_SLOTS)
_ARCS = np.minimum((_PLACES[:, None] - _PLACES) % _SLOTS, (_PLACES - _PLACES[:, None]) % _SLOTS) / 2
_NORMAL = 1.4826  # so that the median arc estimates a standard deviation of normal errors

Counts = npt.NDArray[np.int64]


class _Habit:
    """On how many of the last days somebody acted in each half hour, and on weekends."""

    def __init__(self, days: int) -> None:
        self._length = timedelta(days=days)
        self._days: deque[tuple[date, Counts, bool]] = deque()
        self.slots: Counts = np.zeros(_SLOTS, np.int64)
        self.weekends = 0

    def __len__(self) -> int:
        return len(self._days)

    def forget(self, today: date) -> None:
        """Leave out what is too long ago."""
        while self._days and self._days[0][0] < today - self._length:
            _, slots, is_weekend = self._days.popleft()
            self.slots -= slots
            self.weekends -= is_weekend

    def learn(self, done: Sequence[Deed]) -> None:
        """One more day."""
        slots = np.zeros(_SLOTS, np.int64)
        slots[[_slot(deed) for deed in done]] = 1
        self._days.append((done[0].day, slots, done[0].is_weekend))
        self.slots += slots
        self.weekends += done[0].is_weekend


def odd_hours(days: Days, known: Known, limits: Thresholds) -> Iterator[Alarm]:
    """Days with acts at hours, or on weekends, at which their actor does not work.

    An actor without days enough is held against everybody; with no days enough of anybody,
    nothing is said.
    """
    own = {actor: _Habit(limits.habit_days) for actor in days}
    everybody = _Habit(limits.habit_days)
    rows = sorted((day, actor) for actor, of in days.items() for day in of)
    for day, actor in rows:
        done = days[actor][day]
        own[actor].forget(day)
        everybody.forget(day)
        habit, whose = own[actor], mark("this actor")
        if len(habit) < limits.days_known:
            habit, whose = everybody, "anybody"
        found = None
        if len(habit) >= limits.days_known:
            found = _odd(done, habit, whose, limits) or _weekend(done, habit, whose, limits)
        if found is not None:
            yield found
        if found is None or found.id in known.ordinary:
            own[actor].learn(done)
            everybody.learn(done)


def _odd(done: Sequence[Deed], habit: _Habit, whose: str, limits: Thresholds) -> Alarm | None:
    near = round(2 * limits.hours_near)
    around = sum(np.roll(habit.slots, shift) for shift in range(-near, near + 1))
    share = np.minimum(around / len(habit), 1)
    rare = [deed for deed in done if share[_slot(deed)] < limits.hours_rare]
    if len(rare) < limits.hours_acts:
        return None
    middle, spread = _circular(habit.slots)
    spread = max(spread, limits.hours_least_spread)
    far = [
        (d, _arc(d, middle) / spread) for d in rare if _arc(d, middle) >= limits.hours_far * spread
    ]
    if len(far) < limits.hours_acts:
        return None
    odd = [deed for deed, _ in far]
    most = max(z for _, z in far)
    when = mark("{first} and {last} UTC").format(first=_clock(odd[0]), last=_clock(odd[-1]))
    often = mark("{share:.0%} of {habit:,} days").format(
        share=share[_slot(odd[0])], habit=len(habit)
    )
    usual = mark("{middle} UTC, its spread {spread:.1f} hours").format(
        middle=_hour(middle / 2), spread=spread
    )
    reasons = [
        mark("{odd:,} acts between {when}, hours at which {whose} acted on {often}.").format(
            odd=len(odd), when=when, whose=whose, often=often
        ),
        mark("The habit’s middle is {usual}; this is up to {most:.1f} times that away.").format(
            usual=usual, most=most
        ),
    ]
    facts = {"acts": len(odd), "middle": _hour(middle / 2), "spread_hours": round(spread, 2)}
    return alarm(AlarmKind.ODD_HOURS, odd, reasons, most / limits.hours_far, facts, "hours")


def _weekend(done: Sequence[Deed], habit: _Habit, whose: str, limits: Thresholds) -> Alarm | None:
    is_rare = habit.weekends < limits.weekend_rare * len(habit)
    if not done[0].is_weekend or not is_rare or len(done) < limits.weekend_acts:
        return None
    often = mark("{weekends:,} weekend days among {habit:,}").format(
        weekends=habit.weekends, habit=len(habit)
    )
    reasons = [
        mark("{done:,} acts on a {day:%A}; {whose} worked on {often}.").format(
            done=len(done), day=done[0].day, whose=whose, often=often
        )
    ]
    facts = {"acts": len(done), "weekend_days": habit.weekends, "days": len(habit)}
    excess = len(done) / limits.weekend_acts
    return alarm(AlarmKind.ODD_HOURS, done, reasons, excess, facts, "weekend")


def _circular(slots: Counts) -> tuple[int, float]:
    """The circular median, as a slot, and the scaled median arc to it, in hours."""
    middle = int(np.argmin(_ARCS @ slots))
    order = np.argsort(_ARCS[middle], kind="stable")
    reached = np.cumsum(slots[order])
    half = int(np.searchsorted(reached, reached[-1] / 2))
    return middle, _NORMAL * float(_ARCS[middle][order[half]])


def _slot(deed: Deed) -> int:
    return int(2 * deed.hour) % _SLOTS


def _arc(deed: Deed, middle: int) -> float:
    return float(_ARCS[_slot(deed), middle])


def _clock(deed: Deed) -> str:
    return f"{deed.at:%H:%M}"


def _hour(hour: float) -> str:
    return f"{int(hour):02d}:{round(60 * (hour % 1)):02d}"
