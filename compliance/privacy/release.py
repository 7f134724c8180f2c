"""An exact aggregate to published numbers."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Protocol

import numpy as np
import numpy.typing as npt

from compliance.privacy.aggregates import Aggregate, Part, Role, middle, steps
from compliance.privacy.calibration import Calibration, NoiseEvent, margin, standard_deviation
from compliance.privacy.nouns import Query, ReleasedValue, Statistic, StatisticKind, ThresholdEvent

_Ints = npt.NDArray[np.int64]
_Z95 = 1.959963984540054


class Noise(Protocol):
    """Where noise comes from; `compliance.privacy.mechanisms` outside tests."""

    def add_noise(self, values: _Ints, event: NoiseEvent) -> _Ints: ...
    def surviving_groups(
        self, units: _Ints, event: NoiseEvent, threshold: ThresholdEvent, groups_per_unit: int
    ) -> list[int]: ...


def publish(
    aggregate: Aggregate, query: Query, calibration: Calibration, noise: Noise
) -> tuple[ReleasedValue, ...]:
    """The published numbers, group by group in the order of their keys.

    Noise is drawn: every call is a new release and must be paid for. With private keys only
    groups over the threshold appear; with public keys all of them, empty or not. Nothing is
    rounded up to 0: a negative count is honest noise.
    """
    groups = np.arange(len(aggregate.keys))
    if calibration.keys is not None:
        event, threshold = calibration.keys
        kept = noise.surviving_groups(aggregate.units, event, threshold, query.groups_per_unit)
        groups = np.array(kept, dtype=np.int64)
    noisy = {
        part.name: noise.add_noise(aggregate.parts[part.name][groups], event)
        for part, event in calibration.parts
    }
    events = {part.name: event for part, event in calibration.parts}
    order = sorted(range(len(groups)), key=lambda i: aggregate.keys[groups[i]])
    return tuple(
        _value(
            aggregate.keys[groups[i]], statistic, {n: int(v[i]) for n, v in noisy.items()}, events
        )
        for i in order
        for statistic in query.statistics
    )


def mean_and_margin(
    statistic: Statistic, centred_sum: float, rows: float, events: Mapping[str, NoiseEvent]
) -> tuple[float, float]:
    """A mean from its two parts, within its bounds, and its 95 % margin (first-order).

    Where noise leaves no rows to divide by, the middle of the bounds with the whole range.
    """
    lower, upper = steps(statistic)
    centre, per_one = middle(statistic), statistic.granularity.per_one
    widest = (upper - lower) / per_one
    sum_event = events[_part_name(statistic, Role.CENTRED_SUM)]
    rows_event = events[_part_name(statistic, Role.PRESENT_ROWS)]
    if rows <= 0:
        return centre / per_one, widest
    distance = min(max(centred_sum / rows, lower - centre), upper - centre)
    blur = math.hypot(standard_deviation(sum_event), distance * standard_deviation(rows_event))
    return (centre + distance) / per_one, min(_Z95 * blur / rows / per_one, widest)


def _value(
    keys: tuple[str, ...],
    statistic: Statistic,
    noisy: Mapping[str, int],
    events: Mapping[str, NoiseEvent],
) -> ReleasedValue:
    if statistic.kind is StatisticKind.MEAN:
        value, within = mean_and_margin(
            statistic,
            noisy[_part_name(statistic, Role.CENTRED_SUM)],
            noisy[_part_name(statistic, Role.PRESENT_ROWS)],
            events,
        )
    else:
        name, per_one = _part_name(statistic, Role.VALUE), statistic.granularity.per_one
        value, within = noisy[name] / per_one, margin(events[name]) / per_one
    return ReleasedValue(keys=keys, statistic=statistic.name, value=value, margin=within)


def _part_name(statistic: Statistic, role: Role) -> str:
    return Part(statistic=statistic, role=role, per_row=1, per_group=1, groups=1).name
