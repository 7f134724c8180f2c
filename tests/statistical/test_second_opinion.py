"""The second accountant is never below what an attacker can measure on the noise that is drawn.

Two worlds differ in one person. An attacker who knows both bets that it is the first whenever the
loss of what was published is above ε. From counts alone follows a lower bound on δ at that ε,
whatever any theory says (Clopper and Pearson 1934, doi:10.1093/biomet/26.4.404).
"""

from __future__ import annotations

import math
from decimal import Decimal

import numpy as np
import numpy.typing as npt
import pytest
from scipy import stats

from compliance.privacy import mechanisms
from compliance.privacy.calibration import NoiseEvent
from compliance.privacy.nouns import GaussianEvent, LaplaceEvent
from compliance.privacy.pld import by_pld

ALARM = 1e-7  # each of the two bounds of at most five cases
DRAWS = 20_000


def gaussian(scale: float, change: int, groups: int) -> GaussianEvent:
    return GaussianEvent(
        statistic="x",
        sensitivity_squared=groups * change**2,
        scale=scale,
        groups=groups,
        per_group=change,
    )


def laplace(scale: float, change: int, groups: int) -> LaplaceEvent:
    return LaplaceEvent(
        statistic="x", sensitivity=groups * change, scale=scale, groups=groups, per_group=change
    )


def log_mass(event: NoiseEvent, values: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """ln of the textbook probabilities, but for a constant."""
    if isinstance(event, GaussianEvent):
        return -((values / event.scale) ** 2) / 2
    return -np.abs(values) / event.scale


def losses(events: list[NoiseEvent], *, with_person: bool) -> npt.NDArray[np.float64]:
    """Per draw of everything published, ln of its probability without the person over with."""
    total = np.zeros(DRAWS)
    for event in events:
        for _ in range(event.groups):
            seen = mechanisms.add_noise(np.zeros(DRAWS, dtype=np.int64), event)
            seen += event.per_group if with_person else 0
            total += log_mass(event, seen) - log_mass(event, seen - event.per_group)
    return total


def least_delta(events: list[NoiseEvent], epsilon: float) -> float:
    """δ at `epsilon` is at least this, but for a chance of 2 · ALARM."""
    hits = int((losses(events, with_person=False) > epsilon).sum())
    misses = int((losses(events, with_person=True) > epsilon).sum())
    at_least = stats.beta.ppf(ALARM, hits, DRAWS - hits + 1)
    at_most = stats.beta.isf(ALARM, misses + 1, DRAWS - misses)
    return float(at_least - math.exp(epsilon) * at_most)


CASES = [
    pytest.param([gaussian(3.0, 2, 3)], 0.3, id="gaussian in three groups"),
    pytest.param([gaussian(1.0, 1, 1)], 0.6, id="narrow gaussian"),
    pytest.param([laplace(3.0, 2, 2)], 0.5, id="laplace in two groups"),
    pytest.param([gaussian(2.0, 1, 2), laplace(2.0, 1, 2)], 0.4, id="both"),
]


@pytest.mark.parametrize(("events", "epsilon"), CASES)
def test_what_an_attacker_measures_stays_below_the_second_opinion(
    events: list[NoiseEvent], epsilon: float
) -> None:
    measured = least_delta(events, epsilon)
    quote = by_pld(events, Decimal(str(measured)))

    assert measured > 0.02
    assert quote.epsilon is not None
    assert quote.epsilon >= epsilon


def test_an_event_that_claims_too_few_groups_is_caught_by_the_same_measurement() -> None:
    """The power of the test: a bound for one group of the three is below what is measured."""
    measured = least_delta([gaussian(3.0, 2, 3)], 0.3)

    quote = by_pld([gaussian(4.0, 2, 1)], Decimal(str(measured)))

    assert quote.epsilon is not None
    assert quote.epsilon < 0.3
