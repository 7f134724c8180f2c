"""What a run with noise costs, against published and independently computed numbers."""

from __future__ import annotations

import logging
import math
from decimal import Decimal

import numpy as np
import pytest
from dp_accounting import NeighboringRelation, dp_event
from dp_accounting.rdp import RdpAccountant
from hypothesis import given, settings
from hypothesis import strategies as st

from compliance import federated
from compliance.privacy import loss_of, price_of
from compliance.privacy.nouns import UNITS_PER_CLIP, SampledGaussianEvent
from compliance.privacy.pld import by_pld
from compliance.privacy.sampled import ORDERS, as_continuous, divergences

DELTA = Decimal("1e-5")
TUTORIAL = 120 / 3383  # of TensorFlow Federated: 120 of 3,383 clients are expected in a round


def rounds(rate: float, noise: float, times: int) -> SampledGaussianEvent:
    return SampledGaussianEvent(sampling_rate=rate, noise_multiplier=noise, rounds=times)


def while_sliding(rate: float, noise: float, times: int, delta: Decimal = DELTA) -> float:
    return float(price_of(loss_of([rounds(rate, noise, times)]), delta).epsilon)


def in_the_report(rate: float, noise: float, times: int, delta: Decimal = DELTA) -> float:
    quote = by_pld([rounds(rate, noise, times)], delta)
    assert quote.epsilon is not None, quote.reason
    return float(quote.epsilon)


@pytest.mark.parametrize(
    ("rate", "noise", "times", "pld", "rdp"),
    [
        pytest.param(0.1, 1.0, 100, 7.05, 7.90, id="one in ten, 100 rounds"),
        pytest.param(0.1, 1.0, 10, 2.85, 3.44, id="one in ten, 10 rounds"),
        pytest.param(0.1, 1.0, 30, 4.18, 4.85, id="one in ten, 30 rounds"),
        pytest.param(0.1, 1.0, 50, 5.15, 5.89, id="one in ten, 50 rounds"),
        pytest.param(TUTORIAL, 1.2, 100, 1.71, 1.99, id="tutorial of TensorFlow Federated"),
        pytest.param(0.01, 0.7, 300, 3.08, 3.85, id="customers as unit, less noise"),
        pytest.param(0.01, 1.0, 300, 1.07, 1.45, id="customers as unit"),
        pytest.param(0.01, 1.5, 300, 0.50, 0.60, id="customers as unit, more noise"),
        pytest.param(1.0, 1.0, 30, 37.62, 39.79, id="20 stores as unit, all in"),
        pytest.param(1.0, 2.0, 30, 14.83, 15.85, id="20 stores, twice the noise"),
        pytest.param(1.0, 5.0, 30, 4.87, 5.25, id="20 stores, five times the noise"),
        pytest.param(1.0, 10.0, 30, 2.21, 2.40, id="20 stores, ten times the noise"),
    ],
)
def test_epsilon_is_the_published_one(
    rate: float, noise: float, times: int, pld: float, rdp: float
) -> None:
    assert in_the_report(rate, noise, times) == pytest.approx(pld, abs=0.0051)
    assert while_sliding(rate, noise, times) == pytest.approx(rdp, abs=0.0051)


def test_the_tutorials_promise_of_epsilon_2_is_kept_by_both() -> None:
    assert in_the_report(TUTORIAL, 1.2, 100) == pytest.approx(1.707, abs=1e-3)
    assert while_sliding(TUTORIAL, 1.2, 100) == pytest.approx(1.986, abs=1e-3)


@pytest.mark.parametrize("rate", [0.01, 0.1, 1.0])
@pytest.mark.parametrize("noise", [0.7, 5.0])
def test_the_fast_way_is_never_below_the_tight_one(rate: float, noise: float) -> None:
    for times in (1, 30):
        assert while_sliding(rate, noise, times) >= in_the_report(rate, noise, times)


@pytest.mark.parametrize("price", [while_sliding, in_the_report])
def test_epsilon_grows_with_rounds_and_rate_and_falls_with_noise_and_delta(price) -> None:  # type: ignore[no-untyped-def]
    middle = price(0.1, 1.0, 10)

    assert price(0.1, 1.0, 11) > middle
    assert price(0.2, 1.0, 10) > middle
    assert price(0.1, 1.1, 10) < middle
    assert price(0.1, 1.0, 10, Decimal("1e-4")) < middle


def test_pricing_says_nothing_on_the_side(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        for rate in (1e-4, 0.01, 0.3, 0.5, 0.99, 1):
            for noise in (0.1, 1, 10, 1000):
                while_sliding(rate, noise, 30)

    assert not caplog.records


def test_the_costly_part_of_a_price_is_computed_once_per_rate_and_noise(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """So what remains, while rounds and δ slide, are sums over whole numbers."""
    first = while_sliding(0.123, 1.1, 10)
    monkeypatch.setattr(RdpAccountant, "compose", None)

    for times in range(11, 200):
        assert while_sliding(0.123, 1.1, times) > first
    assert while_sliding(0.123, 1.1, 10, Decimal("1e-6")) > first


def known(rate: float, noise: float, order: float) -> float:
    accountant = RdpAccountant([order], NeighboringRelation.ADD_OR_REMOVE_ONE)
    gaussian = dp_event.GaussianDpEvent(noise)
    accountant.compose(dp_event.PoissonSampledDpEvent(rate, gaussian))
    return float(accountant.rdp[0])


@pytest.mark.parametrize(("rate", "noise"), [(0.1, 1.0), (0.01, 0.7), (0.5, 4.0)])
def test_between_the_orders_that_are_computed_the_divergence_is_bounded(
    rate: float, noise: float
) -> None:
    between = [1.3, 2.5, 3.14, 7.77, 11.5, 68, 260, 1000]

    found = divergences(rate, noise, between)

    for order, divergence in zip(between, found, strict=True):
        above = min(ORDERS, key=lambda one: (one < order, one))
        exact = known(rate, noise, order) if order > 3 else 0.0
        assert exact <= divergence <= known(rate, noise, above) * (1 + 1e-6)
    assert divergences(rate, noise, [1025]) == [math.inf]


# --- noise on whole numbers, priced as continuous noise -------------------------------------------


def discrete(scale: float, reach: int) -> np.ndarray:
    """The discrete Gaussian on −reach … reach."""
    numbers = np.arange(-reach, reach + 1)
    masses = np.exp(-((numbers / scale) ** 2) / 2)
    return masses / masses.sum()


def test_continuous_noise_rounded_at_random_is_discrete_noise() -> None:
    """The lemma behind the price, by quadrature: σ² = 5 continuous and 4 to round give 9."""
    numbers = np.arange(-40, 41)
    points = np.linspace(-45, 45, 18_001)
    drawn = np.exp(-(points**2) / 10)
    towards = np.exp(-((numbers[:, None] - points[None, :]) ** 2) / 8)

    masses = (towards / towards.sum(axis=0) * drawn).sum(axis=1)

    assert masses / masses.sum() == pytest.approx(discrete(3.0, 40), rel=1e-9, abs=1e-15)


@given(
    rate=st.sampled_from([0.01, 0.1, 0.5, 0.9]),
    epsilon=st.floats(0.01, 3),
    clip=st.integers(5, 60),
    noise=st.floats(0.5, 2),
)
@settings(max_examples=60)
def test_a_sampled_sum_with_discrete_noise_never_costs_more_than_the_slimmer_continuous_one(
    rate: float, epsilon: float, clip: int, noise: float
) -> None:
    """On grids so coarse that the difference can be seen, in both directions."""
    scale = noise * clip
    reach = int(14 * scale)
    without = np.concatenate([discrete(scale, reach), np.zeros(clip)])
    mixed = (1 - rate) * without + rate * np.roll(without, clip)
    slim = math.sqrt(noise**2 - (2 / clip) ** 2)
    points = np.linspace(-14 * noise, 14 * noise + 1, 200_001)
    density = np.exp(-((points / slim) ** 2) / 2) * (points[1] - points[0])
    density /= slim * math.sqrt(2 * math.pi)
    tilted = density * (1 - rate + rate * np.exp((2 * points - 1) / slim**2 / 2))

    for one, other, first, second in (
        (mixed, without, tilted, density),
        (without, mixed, density, tilted),
    ):
        ours = np.maximum(one - math.exp(epsilon) * other, 0).sum()
        told = np.maximum(first - math.exp(epsilon) * second, 0).sum()
        assert ours <= told + 1e-9


@pytest.mark.parametrize("noise", [0.1, 0.5, 1.0, 50.0, 1000.0])
def test_the_hair_between_both_noises_is_wide_enough_and_moves_no_price(noise: float) -> None:
    slim = as_continuous(noise)

    assert slim**2 <= noise**2 - (2 / UNITS_PER_CLIP) ** 2
    assert slim == pytest.approx(noise, rel=1.1e-9)


def test_updates_lie_on_the_grid_that_prices_assume() -> None:
    assert federated.UNITS_PER_CLIP == UNITS_PER_CLIP
