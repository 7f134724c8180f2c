"""What a release would look like, in closed form: nothing is drawn and nothing is spent."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache

import numpy as np

from compliance.privacy.aggregates import Aggregate, Role, part_name
from compliance.privacy.answers import Answer, answers, answers_of_changed
from compliance.privacy.calibration import Calibration, PartEvent, calibrate
from compliance.privacy.nouns import (
    Budget,
    Clarity,
    CurvePoint,
    Preview,
    PreviewRow,
    RandomisedResponseEvent,
    SelectionEvent,
)
from compliance.privacy.nouns.question import Query, Statistic, StatisticKind
from compliance.privacy.selections import (
    choosable,
    exact_quantile,
    largest_groups,
    quantile_margin,
    rivals,
)

CLEAR_UP_TO = 0.1
CURVE_FROM, CURVE_TO, CURVE_POINTS = 0.01, 10.0, 31


def preview(aggregate: Aggregate, query: Query, asked: Budget) -> Preview:
    """The table that a release of `query` under `asked` would publish, with its margins.

    Sizes are the exact numbers, for the officer's eyes; groups that would most likely stay
    below the threshold are counted, not named.
    """
    calibration = calibrate(query, asked)
    shown = shown_groups(aggregate, calibration)
    rows = tuple(_rows(aggregate, query, calibration, shown))
    return Preview(
        asked=asked,
        rows=rows,
        curve=_curve(aggregate, query, asked, shown),
        withheld_groups=len(aggregate.keys) - len(shown),
        threshold=calibration.keys[1].threshold if calibration.keys else None,
        attacker_percent=attacker_percent(float(asked.epsilon)),
        dropped=aggregate.dropped,
    )


def shown_groups(aggregate: Aggregate, calibration: Calibration) -> list[int]:
    """The groups that will most likely appear, in the order of their keys."""
    least = calibration.keys[1].threshold if calibration.keys else 0
    shown: list[int] = np.flatnonzero(aggregate.units >= least).tolist()
    return sorted(shown, key=aggregate.keys.__getitem__)


def exact_answers(
    aggregate: Aggregate,
    statistic: Statistic,
    events: Mapping[str, PartEvent],
    group: int | None,
    shown: Sequence[int],
) -> tuple[Answer, ...]:
    """A group's exact numbers, each with the margin that its release would have.

    Of no group: zeros with the margin that any would have; nothing where data decide it.
    """
    choice = events.get(part_name(statistic, Role.CHOICE))
    changed = events.get(part_name(statistic, Role.VALUE))
    if isinstance(choice, SelectionEvent):
        return () if group is None else _choice(aggregate, statistic, choice, group, shown)
    if isinstance(changed, RandomisedResponseEvent):
        return () if group is None else (_changed(aggregate, group, changed),)
    exact = {
        name: np.zeros(values.shape[1:], dtype=np.int64) if group is None else values[group]
        for name, values in aggregate.parts.items()
    }
    return answers(statistic, exact, events)


def attacker_percent(epsilon: float) -> float:
    """How sure, in percent, somebody can become who starts from 50 % and knows all others' data.

    The bound e^ε/(1+e^ε) that ε-differential privacy sets; with δ it can fail with probability δ.
    """
    return 100 / (1 + math.exp(-epsilon))


def _rows(
    aggregate: Aggregate, query: Query, calibration: Calibration, shown: Sequence[int]
) -> list[PreviewRow]:
    events = {part.name: event for part, event in calibration.parts}
    rows = []
    for statistic in query.statistics:
        for group in _in_order(aggregate, statistic, shown):
            for answer in exact_answers(aggregate, statistic, events, group, shown):
                relative = answer.margin / abs(answer.value) if answer.value else None
                rows.append(
                    PreviewRow(
                        keys=aggregate.keys[group],
                        statistic=statistic.name,
                        size=answer.value,
                        margin=answer.margin,
                        relative=relative,
                        clarity=_clarity(relative),
                        cell=answer.cell,
                    )
                )
    return rows


def _in_order(aggregate: Aggregate, statistic: Statistic, shown: Sequence[int]) -> Sequence[int]:
    """All groups in the order of their keys, or the largest by rank."""
    if statistic.kind is not StatisticKind.TOP:
        return shown
    counts = choosable(aggregate, statistic, np.array(shown, dtype=np.int64))
    return [shown[place] for place in largest_groups(counts, statistic)]


def _choice(
    aggregate: Aggregate,
    statistic: Statistic,
    choice: SelectionEvent,
    group: int,
    shown: Sequence[int],
) -> tuple[Answer, ...]:
    """A quantile with the margin of its value, or a rank with the number of its rivals."""
    if statistic.kind is StatisticKind.QUANTILE:
        ranked = aggregate.ranked[statistic.name]
        return (
            Answer(
                value=exact_quantile(ranked, group, statistic),
                margin=quantile_margin(ranked, group, statistic, choice),
            ),
        )
    counts = choosable(aggregate, statistic, np.array(shown, dtype=np.int64))
    order = largest_groups(counts, statistic)
    place = list(shown).index(group)
    rank = order.index(place) + 1 if place in order else len(order) + 1
    return (Answer(value=rank, margin=rivals(counts, place, choice)),)


def _changed(aggregate: Aggregate, group: int, event: RandomisedResponseEvent) -> Answer:
    """What would be estimated if chance changed exactly as many answers as it does on average."""
    truth = event.probability
    other = (1 - truth) / (event.categories - 1)
    units = int(aggregate.units[group])
    seen = np.array([round(units * truth + (aggregate.people - units) * other)])
    (answer,) = answers_of_changed(seen, event, aggregate.people)
    return Answer(value=units, margin=answer.margin)


def _clarity(relative: float | None) -> Clarity:
    if relative is None or relative > 1:
        return Clarity.DROWNED
    return Clarity.CLEAR if relative <= CLEAR_UP_TO else Clarity.ROUGH


def _curve(
    aggregate: Aggregate, query: Query, asked: Budget, shown: Sequence[int]
) -> tuple[CurvePoint, ...]:
    """Margins over a grid of ε and at the chosen one, relative to the middle group shown."""
    grid = dict(_grid(_Worded(words=repr(query), query=query), asked.delta))
    chosen = float(asked.epsilon)
    if chosen not in grid:
        grid[chosen] = _events(query, chosen, asked.delta)
    middles = {s.name: _middle_group(aggregate, s, shown) for s in query.statistics}
    points = []
    for epsilon, events in sorted(grid.items(), key=lambda one: one[0]):
        for statistic in query.statistics:
            group = middles[statistic.name]
            found = exact_answers(aggregate, statistic, events, group, shown)
            if not found:
                continue
            answer = max(found, key=lambda a: abs(a.value))
            relative = answer.margin / abs(answer.value) if answer.value and shown else None
            points.append(
                CurvePoint(
                    epsilon=epsilon,
                    statistic=statistic.name,
                    margin=answer.margin,
                    relative=relative,
                )
            )
    return tuple(points)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Worded:
    """A query that is told from another by its words, so that it can be looked up."""

    words: str
    query: Query = field(compare=False)


@lru_cache(maxsize=256)
def _grid(asked: _Worded, delta: Decimal) -> tuple[tuple[float, Mapping[str, PartEvent]], ...]:
    """The noise at each ε of the curve: the same wherever the slider stands, so kept."""
    epsilons = np.geomspace(CURVE_FROM, CURVE_TO, CURVE_POINTS).round(4).tolist()
    return tuple((epsilon, _events(asked.query, epsilon, delta)) for epsilon in epsilons)


def _events(query: Query, epsilon: float, delta: Decimal) -> Mapping[str, PartEvent]:
    """By part, the noise at ε."""
    budget = Budget(epsilon=Decimal(str(epsilon)), delta=delta)
    return {part.name: event for part, event in calibrate(query, budget).parts}


def _middle_group(aggregate: Aggregate, statistic: Statistic, shown: Sequence[int]) -> int | None:
    """The group of median size among those shown."""
    sizes = aggregate.parts.get(f"{statistic.name}:{Role.VALUE}", aggregate.units)
    if sizes.ndim > 1:
        sizes = sizes.sum(axis=1)
    by_size = sorted(shown, key=lambda group: abs(int(sizes[group])))
    return by_size[len(by_size) // 2] if by_size else None
