"""The noise that is drawn is the noise that is priced and promised.

Each test fixes its sample size and raises a false alarm with probability at most 1e-6: bounds are
exact quantiles at `ALARM`, split over the sides and cases of a test.
"""

from __future__ import annotations

import math
from decimal import Decimal

import numpy as np
import numpy.typing as npt
import pytest
from scipy import stats

from compliance.privacy import mechanisms
from compliance.privacy.calibration import NoiseEvent, margin
from compliance.privacy.nouns import GaussianEvent, LaplaceEvent, ThresholdEvent

ALARM = 1e-7  # at most ten cases a test
DRAWS = 60_000


def gaussian(scale: float) -> GaussianEvent:
    return GaussianEvent(statistic="x", sensitivity_squared=1, scale=scale)


def laplace(scale: float) -> LaplaceEvent:
    return LaplaceEvent(statistic="x", sensitivity=1, scale=scale)


def draws(event: NoiseEvent, count: int = DRAWS) -> npt.NDArray[np.int64]:
    return mechanisms.add_noise(np.zeros(count, dtype=np.int64), event)


def masses(event: NoiseEvent, reach: int) -> npt.NDArray[np.float64]:
    """The probability of each whole number from −reach to reach, by the textbook formula.

    Discrete Gaussian: Canonne, Kamath, Steinke 2020, arXiv:2004.00010, definition 1; discrete
    Laplace: Ghosh, Roughgarden, Sundararajan 2009, doi:10.1137/09076828X.
    """
    k = np.arange(-reach, reach + 1, dtype=np.float64)
    is_gaussian = isinstance(event, GaussianEvent)
    weight = np.exp(-((k / event.scale) ** 2) / 2) if is_gaussian else np.exp(-abs(k) / event.scale)
    return np.asarray(weight / weight.sum())


EVENTS = [
    pytest.param(gaussian(0.7), id="narrow gaussian"),
    pytest.param(gaussian(6.0), id="gaussian"),
    pytest.param(laplace(0.8), id="narrow laplace"),
    pytest.param(laplace(5.0), id="laplace"),
]


@pytest.mark.parametrize("event", EVENTS)
def test_the_draws_follow_the_textbook_distribution(event: NoiseEvent) -> None:
    """Pearson's χ² over single whole numbers, tails joined to at least 25 expected draws."""
    drawn = draws(event)
    reach = int(60 * event.scale) + 10
    expected = masses(event, reach) * DRAWS
    seen = np.bincount(np.clip(drawn, -reach, reach) + reach, minlength=2 * reach + 1)
    is_common = expected >= 25
    cells = np.append(expected[is_common], expected[~is_common].sum())
    counts = np.append(seen[is_common], seen[~is_common].sum())
    distance = float(((counts - cells) ** 2 / cells).sum())

    assert distance < stats.chi2.isf(ALARM, len(cells) - 1)


@pytest.mark.parametrize(
    "event", [*EVENTS, pytest.param(gaussian(900.0), id="wide"), pytest.param(laplace(300), id="w")]
)
def test_a_margin_holds_for_ninety_five_draws_of_a_hundred_and_not_many_more(
    event: NoiseEvent,
) -> None:
    within = margin(event)
    inside = int((np.abs(draws(event)) <= within).sum())
    reach = int(60 * event.scale) + 10
    mass = masses(event, reach)
    k = np.arange(-reach, reach + 1)
    covered = float(mass[abs(k) <= within].sum())
    one_less = float(mass[abs(k) <= within - 1].sum())

    # A margin rounded to a whole number covers 95 % but for half a step of a wide noise.
    assert covered >= 0.95 - mass.max()
    assert one_less < 0.95
    assert (
        stats.binom.ppf(ALARM, DRAWS, covered) <= inside <= stats.binom.isf(ALARM, DRAWS, covered)
    )


@pytest.mark.parametrize("event", [gaussian(20.0), laplace(20.0)], ids=["gaussian", "laplace"])
def test_draws_beside_each_other_are_independent(event: NoiseEvent) -> None:
    """Their correlation is within the normal approximation's reach at 60,000 pairs."""
    first, second = np.split(draws(event, 2 * DRAWS), 2)
    correlation = float(np.corrcoef(first, second)[0, 1])
    lagged = float(np.corrcoef(first[:-1], first[1:])[0, 1])
    reach = stats.norm.isf(ALARM) / math.sqrt(DRAWS - 1)

    assert abs(correlation) < reach
    assert abs(lagged) < reach


@pytest.mark.parametrize("event", [gaussian(2.0), laplace(2.0)], ids=["gaussian", "laplace"])
def test_a_group_of_one_person_appears_no_more_often_than_delta_allows(event: NoiseEvent) -> None:
    """One group of 1 person and one of many, with a δ large enough to be counted."""
    delta = Decimal("0.02")
    needed = next(
        t for t in range(1, 100) if masses(event, 200)[200 + t - 1 :].sum() <= float(delta)
    )
    threshold = ThresholdEvent(threshold=needed + 1, delta=delta)
    tries = 4_000
    alone = many = 0
    for _ in range(tries):
        kept = mechanisms.surviving_groups(np.array([1, 10_000]), event, threshold, 1)
        alone += 0 in kept
        many += 1 in kept

    assert alone <= stats.binom.isf(ALARM, tries, float(delta))
    assert many == tries


@pytest.mark.parametrize("epsilon", [0.5, 2.0])
def test_an_attacker_who_knows_all_others_wins_no_more_often_than_promised(epsilon: float) -> None:
    """Two worlds that differ in one person's row; a threshold in the middle is the best guess.

    The attacker starts from 50 % and is told one noisy count; the desk promises that at most
    e^ε/(1+e^ε) of the guesses come true.
    """
    event = laplace(1 / epsilon)
    with_person, without = draws(event) + 1, draws(event)
    right = int((with_person >= 1).sum() + (without < 1).sum())
    promised = 1 / (1 + math.exp(-epsilon))

    assert right <= stats.binom.isf(ALARM, 2 * DRAWS, promised)
    assert right >= stats.binom.ppf(ALARM, 2 * DRAWS, 0.5 + (promised - 0.5) / 2)
