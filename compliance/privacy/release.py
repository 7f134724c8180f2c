"""An exact aggregate to published numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Protocol

import numpy as np
import numpy.typing as npt

from compliance.privacy.aggregates import CHOICES, Aggregate, Role, part_name
from compliance.privacy.answers import answers, answers_of_changed
from compliance.privacy.calibration import Calibration, NoiseEvent, PartEvent
from compliance.privacy.nouns import (
    GaussianEvent,
    LaplaceEvent,
    RandomisedResponseEvent,
    ReleasedValue,
    SelectionEvent,
    ThresholdEvent,
)
from compliance.privacy.nouns.question import Query, Statistic, StatisticKind
from compliance.privacy.selections import candidates, scores, to_unit

_Ints = npt.NDArray[np.int64]


class Noise(Protocol):
    """Where noise comes from; `compliance.privacy.mechanisms` outside tests."""

    def add_noise(self, values: _Ints, event: NoiseEvent) -> _Ints: ...
    def surviving_groups(
        self, units: _Ints, event: NoiseEvent, threshold: ThresholdEvent, groups_per_unit: int
    ) -> list[int]: ...
    def choose(self, scores: _Ints, event: SelectionEvent) -> list[int]: ...
    def change_answers(self, answers: _Ints, event: RandomisedResponseEvent) -> _Ints: ...


def publish(
    aggregate: Aggregate, query: Query, calibration: Calibration, noise: Noise
) -> tuple[ReleasedValue, ...]:
    """The published numbers, group by group in the order of their keys.

    Noise is drawn: every call is a new release and must be paid for. With private keys only
    groups over the threshold appear; with public keys all of them, empty or not. Nothing is
    rounded up to 0: a negative count is honest noise.
    """
    events = {part.name: event for part, event in calibration.parts}
    (first, *_) = events.values()
    if isinstance(first, RandomisedResponseEvent):
        return _from_changed_answers(aggregate, query, first, noise)
    kept = _kept(aggregate, query, calibration, noise)
    blurred = {
        name: noise.add_noise(aggregate.parts[name][kept].ravel(), event).reshape(
            aggregate.parts[name][kept].shape
        )
        for name, event in events.items()
        if isinstance(event, GaussianEvent | LaplaceEvent)
    }
    ranks = {
        s.name: _ranks(aggregate, s, kept, events, noise)
        for s in query.statistics
        if s.kind is StatisticKind.TOP
    }
    order = sorted(range(len(kept)), key=lambda i: aggregate.keys[kept[i]])
    values: list[ReleasedValue] = []
    for place in order:
        group, numbers = int(kept[place]), {name: v[place] for name, v in blurred.items()}
        for statistic in query.statistics:
            if statistic.kind is StatisticKind.TOP:
                values += _ranked(aggregate, statistic, group, ranks[statistic.name])
            elif statistic.kind is StatisticKind.QUANTILE:
                values.append(_chosen(aggregate, statistic, group, events, noise))
            else:
                values += _blurred(aggregate, statistic, group, numbers, events)
    return tuple(values)


def _kept(aggregate: Aggregate, query: Query, calibration: Calibration, noise: Noise) -> _Ints:
    """The groups that may appear."""
    if calibration.keys is None:
        return np.arange(len(aggregate.keys))
    event, threshold = calibration.keys
    kept = noise.surviving_groups(aggregate.units, event, threshold, query.groups_per_unit)
    return np.array(kept, dtype=np.int64)


def _blurred(
    aggregate: Aggregate,
    statistic: Statistic,
    group: int,
    numbers: Mapping[str, _Ints],
    events: Mapping[str, PartEvent],
) -> Iterator[ReleasedValue]:
    for answer in answers(statistic, numbers, events):
        yield ReleasedValue(
            keys=aggregate.keys[group],
            statistic=statistic.name,
            value=answer.value,
            margin=answer.margin,
            cell=answer.cell,
        )


def _chosen(
    aggregate: Aggregate,
    statistic: Statistic,
    group: int,
    events: Mapping[str, PartEvent],
    noise: Noise,
) -> ReleasedValue:
    """A quantile and its interval: three choices, each paid for."""
    ranked, found = aggregate.ranked[statistic.name], {}
    for role in CHOICES:
        event = events[part_name(statistic, role)]
        if not isinstance(event, SelectionEvent):
            raise TypeError(f"{statistic.name} is no choice")
        (place,) = noise.choose(scores(ranked, group, statistic, role, event), event)
        found[role] = to_unit(int(candidates(statistic, role)[place]), statistic)
    # Each is blurred on its own; the interval is stretched to hold the value.
    value, low, high = found[Role.CHOICE], min(found.values()), max(found.values())
    return ReleasedValue(
        keys=aggregate.keys[group],
        statistic=statistic.name,
        value=value,
        margin=max(value - low, high - value),
        low=low,
        high=high,
    )


def _ranks(
    aggregate: Aggregate,
    statistic: Statistic,
    kept: _Ints,
    events: Mapping[str, PartEvent],
    noise: Noise,
) -> dict[int, int]:
    """Of the groups that may appear, the rank of each that is among the largest."""
    name = part_name(statistic, Role.CHOICE)
    event, counts = events[name], aggregate.parts[name][kept]
    if not isinstance(event, SelectionEvent):
        raise TypeError(f"{statistic.name} is no choice")
    return {int(kept[place]): n for n, place in enumerate(noise.choose(counts, event), start=1)}


def _ranked(
    aggregate: Aggregate, statistic: Statistic, group: int, ranks: Mapping[int, int]
) -> Iterator[ReleasedValue]:
    if group in ranks:
        yield ReleasedValue(
            keys=aggregate.keys[group],
            statistic=statistic.name,
            value=ranks[group],
            margin=None,
        )


def _from_changed_answers(
    aggregate: Aggregate, query: Query, event: RandomisedResponseEvent, noise: Noise
) -> tuple[ReleasedValue, ...]:
    """Counts estimated from answers that chance changed one by one; the last is “none of these”."""
    elsewhere = aggregate.people - int(aggregate.units.sum())
    given = np.repeat(np.arange(event.categories), [*aggregate.units.tolist(), elsewhere])
    seen = np.bincount(noise.change_answers(given, event), minlength=event.categories)
    found = answers_of_changed(seen, event, aggregate.people)
    (statistic,) = query.statistics
    return tuple(
        ReleasedValue(keys=keys, statistic=statistic.name, value=answer.value, margin=answer.margin)
        for keys, answer in sorted(zip(aggregate.keys, found, strict=False))
    )
