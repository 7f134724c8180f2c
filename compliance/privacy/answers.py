"""From the whole numbers of a group, exact or noisy, to the numbers that people read.

Preview and release go the same way, so what is seen while sliding is what a release would give.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from compliance.privacy.aggregates import Role, middle, part_names, square_step, steps
from compliance.privacy.calibration import (
    NoiseEvent,
    PartEvent,
    combined_margin,
    margin,
)
from compliance.privacy.nouns import GaussianEvent, LaplaceEvent, RandomisedResponseEvent
from compliance.privacy.nouns.question import Statistic, StatisticKind
from compliance.privacy.statistics import bars

_Ints = npt.NDArray[np.int64]
_Z95 = 1.959963984540054


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One number.

    Attributes:
        value: in the column's own unit.
        margin: the noise is within ± this with 95 % probability.
        cell: of a histogram, which bar.
    """

    value: float
    margin: float
    cell: str = ""


def answers(
    statistic: Statistic, parts: Mapping[str, _Ints], events: Mapping[str, PartEvent]
) -> tuple[Answer, ...]:
    """The answers to `statistic` from its parts in one group.

    Args:
        parts: by the part's name, one whole number, or one per bar.
        events: by the part's name, its noise.
    """
    names = part_names(statistic)
    noise = {role: events.get(name) for role, name in names.items()}
    numbers = {role: parts[name] for role, name in names.items() if name in parts}
    if statistic.kind is StatisticKind.MEAN:
        return (_mean(statistic, _floats(numbers), _noises(noise)),)
    if statistic.kind in (StatisticKind.VARIANCE, StatisticKind.STANDARD_DEVIATION):
        return (_spread(statistic, _floats(numbers), _noises(noise)),)
    event = noise[Role.VALUE]
    if not isinstance(event, GaussianEvent | LaplaceEvent):
        raise TypeError(f"{statistic.name} is no sum or count")
    per_one = 1 if statistic.kind is StatisticKind.HISTOGRAM else statistic.granularity.per_one
    cells = bars(statistic.edges) if statistic.edges else ("",)
    return tuple(
        Answer(value=int(number) / per_one, margin=margin(event) / per_one, cell=cell)
        for number, cell in zip(np.atleast_1d(numbers[Role.VALUE]), cells, strict=True)
    )


def answers_of_changed(
    seen: _Ints, event: RandomisedResponseEvent, people: int
) -> tuple[Answer, ...]:
    """How many people truly gave each answer, from how many gave it after chance changed some.

    Source: Warner 1965, doi:10.1080/01621459.1965.10480775, for any number of answers.
    """
    truth = event.probability
    other = (1 - truth) / (event.categories - 1)
    found = []
    for number in seen.tolist():
        estimate = (number - people * other) / (truth - other)
        real = min(max(estimate, 0), people)
        spread = real * truth * (1 - truth) + (people - real) * other * (1 - other)
        found.append(Answer(value=estimate, margin=_Z95 * math.sqrt(spread) / (truth - other)))
    return tuple(found)


def _mean(
    statistic: Statistic, numbers: Mapping[Role, float], noise: Mapping[Role, NoiseEvent]
) -> Answer:
    """Within its bounds; where noise leaves no rows, the middle with the whole range."""
    lower, upper = steps(statistic)
    centre, per_one = middle(statistic), statistic.granularity.per_one
    widest = (upper - lower) / per_one
    rows = numbers[Role.PRESENT_ROWS]
    if rows <= 0:
        return Answer(value=centre / per_one, margin=widest)
    distance = min(max(numbers[Role.CENTRED_SUM] / rows, lower - centre), upper - centre)
    blur = combined_margin([(1, noise[Role.CENTRED_SUM]), (distance, noise[Role.PRESENT_ROWS])])
    return Answer(value=(centre + distance) / per_one, margin=min(blur / rows / per_one, widest))


def _spread(
    statistic: Statistic, numbers: Mapping[Role, float], noise: Mapping[Role, NoiseEvent]
) -> Answer:
    """A variance or its root, of the rows as they are (divided by n, not n − 1)."""
    lower, upper = steps(statistic)
    step = square_step(statistic) / statistic.granularity.per_one
    most = ((upper - lower) / statistic.granularity.per_one) ** 2 / 4  # of any values between
    rows = numbers[Role.PRESENT_ROWS]
    is_root = statistic.kind is StatisticKind.STANDARD_DEVIATION
    if rows <= 0:
        return Answer(value=0.0, margin=math.sqrt(most) if is_root else most)
    mean, square = numbers[Role.CENTRED_SUM] / rows, numbers[Role.CENTRED_SQUARES] / rows
    variance = min(max((square - mean**2) * step**2, 0.0), most)
    # First-order: how the variance moves when each of its three sums moves by one.
    blur = combined_margin(
        [
            (1, noise[Role.CENTRED_SQUARES]),
            (-2 * mean, noise[Role.CENTRED_SUM]),
            (2 * mean**2 - square, noise[Role.PRESENT_ROWS]),
        ]
    )
    within = min(blur / rows * step**2, most)
    if not is_root:
        return Answer(value=variance, margin=within)
    root = math.sqrt(variance)
    rooted = within / (2 * root) if root else math.sqrt(within)
    return Answer(value=root, margin=min(rooted, math.sqrt(most)))


def _floats(numbers: Mapping[Role, _Ints]) -> dict[Role, float]:
    return {role: float(number) for role, number in numbers.items()}


def _noises(events: Mapping[Role, PartEvent | None]) -> dict[Role, NoiseEvent]:
    return {
        role: event
        for role, event in events.items()
        if isinstance(event, GaussianEvent | LaplaceEvent)
    }
