"""What a release would look like, in closed form: nothing is drawn and nothing is spent."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from decimal import Decimal

import numpy as np

from compliance.privacy.aggregates import Aggregate, Role
from compliance.privacy.calibration import Calibration, NoiseEvent, calibrate, margin
from compliance.privacy.nouns import (
    Budget,
    Clarity,
    CurvePoint,
    Preview,
    PreviewRow,
    Query,
    Statistic,
    StatisticKind,
)
from compliance.privacy.release import mean_and_margin

CLEAR_UP_TO = 0.1
CURVE_FROM, CURVE_TO, CURVE_POINTS = 0.01, 10.0, 31


def preview(aggregate: Aggregate, query: Query, asked: Budget) -> Preview:
    """The table that a release of `query` under `asked` would publish, with its margins.

    Sizes are the exact numbers, for the officer's eyes; groups that would most likely stay
    below the threshold are counted, not named.
    """
    calibration = calibrate(query, asked)
    threshold = calibration.keys[1].threshold if calibration.keys else None
    shown = [
        group
        for group in sorted(range(len(aggregate.keys)), key=lambda g: aggregate.keys[g])
        if threshold is None or aggregate.units[group] >= threshold
    ]
    rows = tuple(row for group in shown for row in _rows(aggregate, query, calibration, group))
    return Preview(
        asked=asked,
        rows=rows,
        curve=_curve(aggregate, query, asked, shown),
        withheld_groups=len(aggregate.keys) - len(shown),
        threshold=threshold,
        attacker_percent=attacker_percent(float(asked.epsilon)),
        dropped=aggregate.dropped,
    )


def attacker_percent(epsilon: float) -> float:
    """How sure, in percent, somebody can become who starts from 50 % and knows all others' data.

    The bound e^ε/(1+e^ε) that ε-differential privacy sets; with δ it can fail with probability δ.
    """
    return 100 / (1 + math.exp(-epsilon))


def _rows(
    aggregate: Aggregate, query: Query, calibration: Calibration, group: int
) -> list[PreviewRow]:
    events = {part.name: event for part, event in calibration.parts}
    rows = []
    for statistic in query.statistics:
        size, within = _size_and_margin(aggregate, statistic, events, group)
        relative = within / abs(size) if size else None
        rows.append(
            PreviewRow(
                keys=aggregate.keys[group],
                statistic=statistic.name,
                size=size,
                margin=within,
                relative=relative,
                clarity=_clarity(relative),
            )
        )
    return rows


def _size_and_margin(
    aggregate: Aggregate,
    statistic: Statistic,
    events: Mapping[str, NoiseEvent],
    group: int | None,
) -> tuple[float, float]:
    """A group's exact number and its margin; of no group, 0 and the margin that any would have."""
    parts = {
        name: 0.0 if group is None else float(values[group])
        for name, values in aggregate.parts.items()
    }
    if statistic.kind is StatisticKind.MEAN:
        return mean_and_margin(
            statistic,
            parts[f"{statistic.name}:{Role.CENTRED_SUM}"],
            parts[f"{statistic.name}:{Role.PRESENT_ROWS}"],
            events,
        )
    name, per_one = f"{statistic.name}:{Role.VALUE}", statistic.granularity.per_one
    return parts[name] / per_one, margin(events[name]) / per_one


def _clarity(relative: float | None) -> Clarity:
    if relative is None or relative > 1:
        return Clarity.DROWNED
    return Clarity.CLEAR if relative <= CLEAR_UP_TO else Clarity.ROUGH


def _curve(
    aggregate: Aggregate, query: Query, asked: Budget, shown: Sequence[int]
) -> tuple[CurvePoint, ...]:
    """Margins over a grid of ε and at the chosen one, relative to the middle group shown."""
    grid = np.geomspace(CURVE_FROM, CURVE_TO, CURVE_POINTS)
    epsilons = sorted({round(float(e), 4) for e in grid} | {float(asked.epsilon)})
    middles = {s.name: _middle_group(aggregate, s, shown) for s in query.statistics}
    points = []
    for epsilon in epsilons:
        budget = Budget(epsilon=Decimal(str(epsilon)), delta=asked.delta)
        events = {part.name: event for part, event in calibrate(query, budget).parts}
        for statistic in query.statistics:
            group = middles[statistic.name]
            size, within = _size_and_margin(aggregate, statistic, events, group)
            relative = within / abs(size) if size and group is not None else None
            points.append(
                CurvePoint(
                    epsilon=epsilon, statistic=statistic.name, margin=within, relative=relative
                )
            )
    return tuple(points)


def _middle_group(aggregate: Aggregate, statistic: Statistic, shown: Sequence[int]) -> int | None:
    """The group of median size among those shown."""
    name = f"{statistic.name}:{Role.VALUE}"
    sizes = aggregate.parts.get(name, aggregate.units)
    by_size = sorted(shown, key=lambda group: abs(int(sizes[group])))
    return by_size[len(by_size) // 2] if by_size else None
