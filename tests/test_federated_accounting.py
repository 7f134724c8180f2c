"""What a run with noise costs, against published and independently computed numbers."""

from __future__ import annotations

import logging

import pytest

from compliance.federated import rdp_epsilon, sampled_epsilon


@pytest.mark.parametrize(
    ("rate", "noise", "rounds", "pld", "rdp"),
    [
        pytest.param(0.1, 1.0, 100, 7.047, 7.904, id="one in ten, 100 rounds"),
        pytest.param(120 / 3383, 1.2, 100, 1.707, 1.986, id="tutorial of TensorFlow Federated"),
        pytest.param(1.0, 1.0, 30, 37.6, 40.2, id="everybody, 30 rounds"),
        pytest.param(0.1, 1.0, 30, 4.178, 4.848, id="the example plan"),
    ],
)
def test_epsilon_is_the_published_one(
    rate: float, noise: float, rounds: int, pld: float, rdp: float
) -> None:
    assert sampled_epsilon(rate, noise, rounds, 1e-5) == pytest.approx(pld, rel=3e-3)
    assert rdp_epsilon(rate, noise, rounds, 1e-5) == pytest.approx(rdp, rel=3e-3)


def test_the_tutorials_promise_of_epsilon_2_is_kept() -> None:
    assert sampled_epsilon(120 / 3383, 1.2, 100, 1e-5) <= 2
    assert rdp_epsilon(120 / 3383, 1.2, 100, 1e-5) <= 2


@pytest.mark.parametrize("rate", [0.01, 0.1, 1.0])
@pytest.mark.parametrize("noise", [0.7, 5.0])
def test_the_fast_way_is_never_below_the_tight_one(rate: float, noise: float) -> None:
    for rounds in (1, 30):
        assert rdp_epsilon(rate, noise, rounds, 1e-5) >= sampled_epsilon(rate, noise, rounds, 1e-5)


@pytest.mark.parametrize("price", [rdp_epsilon, sampled_epsilon])
def test_epsilon_grows_with_rounds_and_rate_and_falls_with_noise_and_delta(price) -> None:  # type: ignore[no-untyped-def]
    middle = price(0.1, 1.0, 10, 1e-5)

    assert price(0.1, 1.0, 11, 1e-5) > middle
    assert price(0.2, 1.0, 10, 1e-5) > middle
    assert price(0.1, 1.1, 10, 1e-5) < middle
    assert price(0.1, 1.0, 10, 1e-4) < middle


def test_pricing_says_nothing_on_the_side(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        for rate in (1e-4, 0.01, 0.3, 0.5, 0.99, 1):
            for noise in (0.1, 1, 10, 1000):
                rdp_epsilon(rate, noise, 30, 1e-5)

    assert not caplog.records
