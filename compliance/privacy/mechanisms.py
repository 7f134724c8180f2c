"""All noise of the desk, drawn by OpenDP on whole numbers.

Each call builds OpenDP's measurement, lets OpenDP state what it costs, and refuses to draw if
that is more than the ledger was told: two independent ways to one price.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import lru_cache
from importlib.metadata import version
from typing import Any

import numpy as np
import numpy.typing as npt
import opendp.prelude as dp

from compliance.privacy.costs import (
    UNIT,
    epsilon_of,
    epsilon_of_answers,
    rho_of,
    rho_of_selection,
)
from compliance.privacy.nouns import (
    GaussianEvent,
    LaplaceEvent,
    RandomisedResponseEvent,
    SelectionEvent,
    ThresholdEvent,
)

dp.enable_features("contrib")

_Ints = npt.NDArray[np.int64]
_NoiseEvent = GaussianEvent | LaplaceEvent
_TOLERANCE = 1 + 1e-9  # OpenDP rounds its own arithmetic up


def add_noise(values: _Ints, event: _NoiseEvent) -> _Ints:
    """`values` with independent discrete noise on each; a fresh draw at every call."""
    return np.asarray(_added(event)(values), dtype=np.int64)


def surviving_groups(
    units: _Ints,
    event: _NoiseEvent,
    threshold: ThresholdEvent,
    groups_per_unit: int,
) -> list[int]:
    """The groups whose noisy number of people reaches the threshold, in ascending order."""
    counts = {int(group): int(units[group]) for group in np.flatnonzero(units)}
    domain = dp.map_domain(dp.atom_domain(T="i64"), dp.atom_domain(T="i64"))
    if isinstance(event, GaussianEvent):
        metric = dp.l02inf_distance(dp.absolute_distance(T=float))
        distance: tuple[object, ...] = (groups_per_unit, math.sqrt(groups_per_unit), 1.0)
        make, cost = dp.m.make_gaussian_threshold, rho_of(event)
    else:
        metric = dp.l01inf_distance(dp.absolute_distance(T="i64"))
        distance = (groups_per_unit, groups_per_unit, 1)
        make, cost = dp.m.make_laplace_threshold, epsilon_of(event)
    measurement = make(domain, metric, scale=event.scale, threshold=threshold.threshold)
    stated, delta = _cost(measurement, distance)
    _check(stated, cost)
    if delta > float(threshold.delta) * _TOLERANCE:
        raise AssertionError("OpenDP asks for a larger δ than the ledger was told")
    kept: Mapping[int, int] = measurement(counts)
    return sorted(kept)


def choose(scores: _Ints, event: SelectionEvent) -> list[int]:
    """The places of the `event.draws` highest scores under Gumbel noise, highest first.

    All of them, in that order, where there are no more than so many.
    """
    return [int(place) for place in _choice(event)(scores)]


def change_answers(answers: _Ints, event: RandomisedResponseEvent) -> _Ints:
    """Each answer (a number from 0) as it is with `event.probability`, else any other."""
    measurement = dp.m.make_randomized_response(
        categories=list(range(event.categories)), prob=event.probability, T="i64"
    )
    _check(_cost(measurement, 1), epsilon_of_answers(event))
    return np.array([measurement(answer) for answer in answers.tolist()], dtype=np.int64)


def libraries() -> dict[str, str]:
    """What draws the noise, with versions, for the disclosure."""
    return {name: version(name) for name in ("opendp", "numpy")}


@lru_cache(maxsize=64)
def _added(event: _NoiseEvent) -> dp.Measurement:
    """The measurement behind noise on numbers: built and checked once, however often it draws."""
    if isinstance(event, GaussianEvent):
        space = dp.vector_domain(dp.atom_domain(T="i64")), dp.l2_distance(T=float)
        measurement = dp.m.make_gaussian(*space, scale=event.scale)
        _check(_cost(measurement, math.sqrt(event.sensitivity_squared)), rho_of(event))
    else:
        space = dp.vector_domain(dp.atom_domain(T="i64")), dp.l1_distance(T="i64")
        measurement = dp.m.make_laplace(*space, scale=event.scale)
        _check(_cost(measurement, event.sensitivity), epsilon_of(event))
    return measurement


@lru_cache(maxsize=64)
def _choice(event: SelectionEvent) -> dp.Measurement:
    """The measurement behind a choice: built and checked once for all groups."""
    metric = dp.linf_distance(T="i64", monotonic=event.is_monotonic)
    measurement = dp.m.make_noisy_top_k(
        dp.vector_domain(dp.atom_domain(T="i64")),
        metric,
        dp.zero_concentrated_divergence(),
        k=event.draws,
        scale=event.scale,
    )
    _check(_cost(measurement, event.sensitivity) * event.groups, rho_of_selection(event))
    return measurement


def _cost(measurement: dp.Measurement, distance: object) -> Any:
    return measurement.map(distance)  # type: ignore[no-untyped-call]


def _check(stated: float, told: int) -> None:
    if stated > told / UNIT * _TOLERANCE:
        raise AssertionError("OpenDP states a higher cost than the ledger was told")
