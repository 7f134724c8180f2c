"""Unusual altogether: days that trees isolate quickly, with what sets them apart in words.

An isolation forest cuts features at random; what is alone is cut off after few cuts. It learns
from the trail itself, without labels, and always says the same, for its seed is fixed. What it says
counts only where features can be named that are far from the actor's own habit.

Source: Liu, Ting and Zhou 2008, doi:10.1109/ICDM.2008.17.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from compliance.i18n import mark
from compliance.watch.nouns import Alarm, AlarmKind
from compliance.watch.reading import Days, Deed, alarm
from compliance.watch.thresholds import Thresholds

FEATURES = (
    "acts",
    mark("kinds of act"),
    "datasets",
    mark("columns named"),
    mark("answers published"),
    mark("ε spent"),
    mark("internal looks at exact values"),
    mark("originals shown"),
    mark("rows taken away"),
    mark("outputs and documents made"),
    "refusals",
    mark("acts in the busiest hour"),
)
_SEED = 20_081_219
_TREES = 100
_NORMAL = 1.4826
_LEAST_SPREAD = 0.25  # on the logarithmic scale; below, habits look stricter than people are

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Habits:
    """Days of actors: their features, and how far each is from the actor's habit.

    Attributes:
        rows: actor and day.
        counts: one row per actor and day, one column per feature.
        far: the same on a logarithmic scale, from the actor's median, in robust deviations.
        usual: the actor's median of each feature.
    """

    rows: Sequence[tuple[str, date]]
    counts: Floats
    far: Floats
    usual: Floats


def unusual_days(days: Days, limits: Thresholds, since: date) -> Iterator[Alarm]:
    """Days from `since` on that are unusual altogether.

    Args:
        days: without the deeds that another alarm is about already.
    """
    if sum(len(own) for own in days.values()) < limits.forest_days:
        return
    habits = _habits(days, limits)
    is_asked = [day >= since for _, day in habits.rows]
    weighing = np.sum(habits.far >= limits.forest_far, axis=1) >= limits.forest_features
    asked = np.flatnonzero(np.array(is_asked) & weighing)
    if not asked.size:
        return  # no tree needs to grow
    scores = _scores(habits.far, asked)
    for place, score in zip(asked.tolist(), scores.tolist(), strict=True):
        if score >= limits.forest_score:
            actor, day = habits.rows[place]
            yield _alarm(days[actor][day], habits, place, score, limits)


def _scores(far: Floats, asked: npt.NDArray[np.intp]) -> Floats:
    """The anomaly scores of the days asked, 0–1."""
    from sklearn.ensemble import IsolationForest  # slow to load, and not always needed

    forest = IsolationForest(n_estimators=_TREES, random_state=_SEED)
    scores: Floats = -forest.fit(far).score_samples(far[asked])
    return scores


def _habits(days: Days, limits: Thresholds) -> _Habits:
    rows = [(actor, day) for actor, own in days.items() for day in own]
    counts = np.array([_features(days[actor][day]) for actor, day in rows], np.float64)
    logs = np.log1p(counts)
    desk = np.median(logs, axis=0)
    far, usual = np.empty_like(logs), np.empty_like(logs)
    place = 0
    for own in days.values():
        mine = slice(place, place + len(own))
        place += len(own)
        middle = np.median(logs[mine], axis=0) if len(own) >= limits.days_known else desk
        habit = logs[mine] if len(own) >= limits.days_known else logs
        spread = np.maximum(_NORMAL * np.median(np.abs(habit - middle), axis=0), _LEAST_SPREAD)
        far[mine], usual[mine] = (logs[mine] - middle) / spread, np.expm1(middle)
    return _Habits(rows, counts, far, usual)


def _features(done: Sequence[Deed]) -> tuple[float, ...]:
    taken: Counter[str] = Counter()
    for deed in done:
        if deed.taken:
            taken.update(deed.taken)
    asked = [deed for deed in done if deed.meaning.asks and not deed.meaning.looks]
    return (
        len(done),
        len({deed.act for deed in done}),
        len({deed.subject for deed in done}),
        len({column for deed in done for column in deed.columns}),
        len(asked),
        sum(deed.epsilon or 0 for deed in asked),
        sum(deed.meaning.looks for deed in done),
        taken["originals"],
        taken["rows"],
        taken["outputs"] + taken["documents"],
        sum(deed.meaning.refused for deed in done),
        max(Counter(int(deed.hour) for deed in done).values()),
    )


def _alarm(
    done: Sequence[Deed], habits: _Habits, place: int, score: float, limits: Thresholds
) -> Alarm:
    far = habits.far[place]
    order = [int(n) for n in np.argsort(-far) if far[n] >= limits.forest_far]
    reasons = [
        mark(
            "{count} {features}, where {usual} is usual: {far:.1f} times the spread of the habit."
        ).format(
            count=_amount(habits.counts[place, n]),
            features=FEATURES[n],
            usual=_amount(habits.usual[place, n]),
            far=far[n],
        )
        for n in order[:4]
    ]
    reasons.append(
        mark(
            "Among {rows:,} days of actors, this one is cut off early: score "
            "{score:.2f}, where 0.5 is nothing special."
        ).format(rows=len(habits.rows), score=score)
    )
    facts = {
        "score": round(score, 3),
        "features": {FEATURES[n]: round(float(habits.counts[place, n]), 3) for n in order},
    }
    excess = score / limits.forest_score + far[order[0]] / limits.forest_far / 10
    return alarm(AlarmKind.UNUSUAL, done, reasons, excess, facts)


def _amount(count: float) -> str:
    return f"{count:,.0f}" if count == round(count) else f"{count:,.2g}"
