"""What a guarantee means to somebody who attacks it."""

from __future__ import annotations

import math
from decimal import Decimal
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.privacy.calibration import margin
from compliance.privacy.nouns import Budget, GaussianEvent, LaplaceEvent
from compliance.privacy.nouns.question import Mechanism
from compliance.privacy.risk import (
    DOTS,
    detection,
    dots,
    posterior,
    success,
    tradeoff,
    wrong_order,
)
from compliance.privacy.shares import Rate

PRIORS = st.floats(0.001, 0.999)
EPSILONS = st.floats(0.001, 20)


def budget(epsilon: float, delta: float = 1e-6) -> Budget:
    return Budget(epsilon=Decimal(str(epsilon)), delta=Decimal(str(delta)))


@given(prior=PRIORS, epsilon=EPSILONS)
def test_the_odds_rise_by_exactly_e_to_the_epsilon(prior: float, epsilon: float) -> None:
    after = posterior(prior, epsilon)

    odds = after / (1 - after) if after < 1 else math.inf
    assert odds == pytest.approx(prior / (1 - prior) * math.exp(epsilon), rel=1e-6) or after == 1
    assert after >= prior


def test_who_is_certain_learns_nothing() -> None:
    assert (posterior(0, 5), posterior(1, 5)) == (0, 1)
    with pytest.raises(ValueError, match="from 0 to 1"):
        posterior(1.2, 1)


@given(prior=PRIORS, low=EPSILONS, more=EPSILONS)
def test_more_epsilon_never_means_a_less_certain_attacker(
    prior: float, low: float, more: float
) -> None:
    assert posterior(prior, low + more) >= posterior(prior, low)


@given(epsilon=st.floats(0.01, 5))
def test_no_test_beats_the_tradeoff_of_randomised_response(epsilon: float) -> None:
    """Randomised response meets the bound with equality: truth p, false alarm 1 − p."""
    truth = 1 / (1 + math.exp(-epsilon))

    found = detection(1 - truth, budget(epsilon, 0))

    assert found == pytest.approx(truth, rel=1e-9)
    assert success(budget(epsilon, 0)) == pytest.approx(truth, rel=1e-9)


def test_the_tradeoff_rises_from_delta_to_one() -> None:
    curve = tradeoff(budget(1, 0.01))

    found = [y for _, y in curve]
    assert curve[0] == (0, pytest.approx(0.01))
    assert curve[-1] == (1, 1)
    assert found == sorted(found)


NOISES = [
    pytest.param(
        Mechanism.GAUSSIAN, GaussianEvent(statistic="x", sensitivity_squared=1, scale=200.0), id="g"
    ),
    pytest.param(
        Mechanism.LAPLACE, LaplaceEvent(statistic="x", sensitivity=1, scale=200.0), id="l"
    ),
]


@pytest.mark.parametrize(("mechanism", "event"), NOISES)
def test_each_dot_is_one_chance_in_twenty(
    mechanism: Mechanism, event: GaussianEvent | LaplaceEvent
) -> None:
    """Between two neighbouring dots lies a twentieth of the noise, summed over whole numbers."""
    k = np.arange(-6000, 6001)
    laplace = np.exp(-np.abs(k) / event.scale)
    weights = laplace if mechanism is Mechanism.LAPLACE else np.exp(-(k**2) / 2 / event.scale**2)
    mass = weights / weights.sum()

    shown = dots(50.0, margin(event), mechanism)

    between = [
        float(mass[(k > low - 50) & (k <= high - 50)].sum()) for low, high in pairwise(shown)
    ]
    assert len(shown) == DOTS
    assert between == pytest.approx([1 / DOTS] * (DOTS - 1), abs=0.004)


def test_numbers_far_apart_keep_their_order_and_equal_ones_are_a_coin() -> None:
    assert wrong_order(0, 10, 10) == 0.5
    assert wrong_order(100, 10, 10) < 1e-9
    assert wrong_order(-100, 10, 10) < 1e-9
    assert wrong_order(5, 0, 0) == 0
    assert wrong_order(10, 19.6, 0) == pytest.approx(0.1587, abs=0.001)


@pytest.mark.parametrize(("hits", "tries"), [(0, 50), (3, 50), (50, 50), (25, 50)])
def test_an_interval_holds_the_share_and_is_never_wider_than_it_must(hits: int, tries: int) -> None:
    """The ends are where the chance of so many hits, or more, falls to half the alarm."""
    from scipy.stats import binom

    low, high = Rate(hits=hits, tries=tries).interval(0.05)

    assert 0 <= low <= hits / tries <= high <= 1
    assert hits == 0 or binom.sf(hits - 1, tries, low) == pytest.approx(0.025)
    assert hits == tries or binom.cdf(hits, tries, high) == pytest.approx(0.025)


def test_more_hits_than_tries_cannot_be() -> None:
    with pytest.raises(ValueError, match="tries"):
        Rate(hits=3, tries=2)
