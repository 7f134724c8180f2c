"""What a guarantee means to somebody who attacks it."""

from __future__ import annotations

import math
from decimal import Decimal
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from compliance.privacy.calibration import NoiseEvent, margin
from compliance.privacy.distributions import log_ratio, masses, quantile, upper_tail
from compliance.privacy.nouns import Budget, GaussianEvent, LaplaceEvent
from compliance.privacy.nouns.question import Mechanism
from compliance.privacy.risk import (
    DOTS,
    detection,
    dots,
    dots_of_noise,
    largest_auc,
    largest_rise,
    posterior,
    stacked,
    success,
    tradeoff,
    wrong_order,
    wrong_order_of_noise,
)
from compliance.privacy.shares import Rate

PRIORS = st.floats(0.001, 0.99)
EPSILONS = st.floats(0.001, 10)  # beyond, 1 − posterior has no digits left


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


@given(prior=st.floats(0, 1), epsilon=EPSILONS)
def test_no_prior_rises_more_than_the_one_named(prior: float, epsilon: float) -> None:
    low, high = largest_rise(epsilon)

    assert posterior(prior, epsilon) - prior <= high - low + 1e-12
    assert high - low == pytest.approx(math.tanh(epsilon / 4))


@given(epsilon=EPSILONS, delta=st.sampled_from([0.0, 1e-9, 0.01, 0.3]))
def test_the_largest_auc_is_the_area_under_the_tradeoff(epsilon: float, delta: float) -> None:
    """The curve is straight between its corners, so the area is that of trapezoids."""
    asked = budget(epsilon, delta)
    corners = np.array([0, (1 - delta) / (1 + math.exp(float(asked.epsilon))), 1 - delta, 1])

    area = np.trapezoid([detection(float(x), asked) for x in corners], corners)

    assert largest_auc(asked) == pytest.approx(area, abs=1e-9)
    assert success(asked) == pytest.approx(
        max((1 - x + detection(float(x), asked)) / 2 for x in corners), abs=1e-9
    )


EVENTS: list[Any] = [
    pytest.param(make(scale), id=f"{name}, {scale:g}")
    for name, make in (
        ("gaussian", lambda s: GaussianEvent(statistic="x", sensitivity_squared=1, scale=s)),
        ("laplace", lambda s: LaplaceEvent(statistic="x", sensitivity=1, scale=s)),
    )
    for scale in (0.3, 2.0, 40.0)
]


@pytest.mark.parametrize("event", EVENTS)
def test_tails_and_quantiles_are_those_of_the_textbook_masses(event: NoiseEvent) -> None:
    reach = int(60 * event.scale) + 20
    mass, k = masses(event, reach), np.arange(-reach, reach + 1)

    assert mass.sum() == pytest.approx(1)
    for least in (-50, -3, 0, 1, 2, 7, 90):
        assert upper_tail(event, least) == pytest.approx(mass[k >= least].sum(), abs=1e-12)
    for share in (0.001, 0.025, 0.31, 0.7, 0.975, 0.9999):
        assert quantile(event, share) == k[np.searchsorted(np.cumsum(mass), share)]


@pytest.mark.parametrize("kind", [0, 1], ids=["gaussian", "laplace"])
def test_wide_noise_goes_on_where_sums_leave_off(kind: int) -> None:
    """Just below and above the scale from which the normal curve stands in for sums."""
    event = EVENTS[3 * kind].values[0]
    below, above = (structs.replace(event, scale=scale) for scale in (999.9, 1000.1))

    assert abs(quantile(below, 0.975) - quantile(above, 0.975)) <= 2
    assert upper_tail(below, 1500) == pytest.approx(upper_tail(above, 1500), rel=5e-3)
    assert wrong_order_of_noise(2000, below) == pytest.approx(
        wrong_order_of_noise(2000, above), rel=1e-3
    )


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_a_quantile_at_the_ends_is_a_slip(share: float) -> None:
    with pytest.raises(ValueError, match="between"):
        quantile(EVENTS[0].values[0], share)


@pytest.mark.parametrize("event", EVENTS)
def test_a_log_ratio_compares_the_two_probabilities(event: NoiseEvent) -> None:
    mass = masses(event, 60)
    published = np.arange(-9, 10)
    one, other = np.full_like(published, 3), np.full_like(published, -2)
    with np.errstate(divide="ignore", invalid="ignore"):
        wanted = np.log(mass[60 + published - one]) - np.log(mass[60 + published - other])

    found = log_ratio(event, published, one, other)

    is_told = np.isfinite(wanted)
    assert is_told.sum() > 3
    assert found[is_told] == pytest.approx(wanted[is_told])


@pytest.mark.parametrize("event", EVENTS)
def test_exact_dots_count_the_noise_in_twentieths(event: NoiseEvent) -> None:
    shown = dots_of_noise(1_000, event)

    assert list(shown) == sorted(shown)
    for limit in (990, 999, 1_000, 1_001, 1_050):
        chance = 1 - upper_tail(event, limit - 1_000)
        assert abs(sum(outcome < limit for outcome in shown) - DOTS * chance) <= 1
    assert dots_of_noise(1_000, event) == shown
    cents = dots_of_noise(10, event, per_one=100)
    assert cents == pytest.approx([10 + (outcome - 1_000) / 100 for outcome in shown])


@pytest.mark.parametrize("event", EVENTS)
def test_dots_stack_without_gaps_or_overlaps(event: NoiseEvent) -> None:
    for outcomes in (dots_of_noise(7, event), dots(7.0, margin(event) + 0.1, Mechanism.LAPLACE)):
        places = stacked(outcomes, 7)

        assert len(set(places)) == DOTS
        assert all(height == 1 or (at, height - 1) in places for at, height in places)
        columns = sorted({at for at, _ in places})
        assert len(columns) <= 13
        assert all(
            abs(at - outcome) <= 0.51 * _width(columns)
            for (at, _), outcome in zip(places, outcomes, strict=True)
        )


def _width(columns: list[float]) -> float:
    return min((b - a for a, b in pairwise(columns)), default=1.0)


def test_columns_of_whole_steps_hold_alike_many() -> None:
    heights = dict(stacked([float(n) for n in range(-12, 13)], 0.0))

    assert {heights[at] for at in sorted(heights)[1:-1]} == {3}


@pytest.mark.parametrize("event", EVENTS)
@pytest.mark.parametrize("distance", [0, 1, 5, 60])
def test_the_chance_of_a_wrong_order_is_that_of_the_difference_of_two_draws(
    event: NoiseEvent, distance: int
) -> None:
    reach = int(20 * event.scale) + 10
    mass, k = masses(event, reach), np.arange(-reach, reach + 1)
    apart, pairs = k[:, None] - k[None, :], mass[:, None] * mass[None, :]

    wanted = pairs[apart > distance].sum() + pairs[apart == distance].sum() / 2

    assert wrong_order_of_noise(distance, event) == pytest.approx(wanted, abs=1e-7)
    assert wrong_order_of_noise(-distance, event) == wrong_order_of_noise(distance, event)


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
