"""Privacy loss in exact whole numbers, held against OpenDP, dp-accounting and hand calculation."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction

import opendp.prelude as dp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.errors import PrivacyParameterError
from compliance.privacy.accounting import (
    UNIT,
    epsilon_left,
    epsilon_of,
    fits,
    loss_of,
    price_of,
    rho_of,
    rho_within,
    share_spent,
)
from compliance.privacy.nouns import (
    UNITS_PER_CLIP,
    Budget,
    GaussianEvent,
    LaplaceEvent,
    SampledGaussianEvent,
    ThresholdEvent,
)

dp.enable_features("contrib")


def budget(epsilon: str | int, delta: str | int = "1e-6") -> Budget:
    return Budget(epsilon=Decimal(epsilon), delta=Decimal(delta))


def gaussian(rho: Decimal | int) -> GaussianEvent:
    """An event of sensitivity 1 that costs at most `rho` (in units where a whole number)."""
    units = rho if isinstance(rho, int) else int(rho * UNIT)
    scale = math.sqrt(UNIT / (2 * units))
    while rho_of(GaussianEvent(statistic="x", sensitivity_squared=1, scale=scale)) > units:
        scale = math.nextafter(scale, math.inf)
    return GaussianEvent(statistic="x", sensitivity_squared=1, scale=scale)


def laplace(epsilon: str) -> LaplaceEvent:
    return LaplaceEvent(statistic="x", sensitivity=1, scale=float(1 / Fraction(epsilon)))


BUDGETS = [("0.01", "1e-6"), ("0.1", "1e-5"), ("1", "1e-6"), ("3", "1e-9"), ("10", "1e-6")]


@pytest.mark.parametrize(("epsilon", "delta"), BUDGETS)
def test_the_rho_of_a_budget_is_what_opendp_says_and_hardly_less(epsilon: str, delta: str) -> None:
    rho = rho_within(budget(epsilon, delta)) / UNIT
    space = dp.atom_domain(T="i64"), dp.absolute_distance(T=float)
    measurement = dp.m.make_gaussian(*space, scale=1 / math.sqrt(2 * rho))

    stated = dp.c.make_zCDP_to_approxDP(measurement).map(1.0).epsilon(float(delta))

    assert stated <= float(epsilon) * (1 + 1e-9)
    assert stated >= float(epsilon) * (1 - 1e-4)


def test_sampled_rounds_cost_what_dp_accounting_says() -> None:
    event = SampledGaussianEvent(sampling_rate=0.1, noise_multiplier=1.0, rounds=100)

    price = price_of(loss_of([event]), Decimal("1e-5"))

    assert 7.90 <= price.epsilon <= Decimal("7.93")
    assert price.rho is None


def test_unsampled_rounds_cost_the_same_as_plain_gaussians() -> None:
    """Where everybody takes part, a round is a plain Gaussian sum, to the last digit."""
    for noise, times in [(2.0, 5), (0.1, 1), (0.7, 300), (1 / 3, 30), (1000.0, 1000)]:
        rounds = SampledGaussianEvent(sampling_rate=1.0, noise_multiplier=noise, rounds=times)
        plain = GaussianEvent(
            statistic="x", sensitivity_squared=UNITS_PER_CLIP**2, scale=noise * UNITS_PER_CLIP
        )

        assert loss_of([rounds]) == loss_of([plain] * times)


def test_ten_laplace_releases_of_a_tenth_fit_into_one_and_an_eleventh_does_not() -> None:
    tenth = laplace("0.1")

    assert fits(loss_of([tenth] * 10), budget(1, 0))
    assert not fits(loss_of([tenth] * 11), budget(1, 0))
    assert price_of(loss_of([tenth] * 10), Decimal(0)).epsilon == 1


def test_fifty_releases_of_a_fiftieth_of_rho_fit_exactly() -> None:
    rho = rho_within(budget(1))

    assert fits(loss_of([gaussian(rho // 50)] * 50), budget(1))
    assert not fits(loss_of([gaussian(rho // 50)] * 51), budget(1))


def test_many_small_pure_releases_cost_less_than_their_sum() -> None:
    price = price_of(loss_of([laplace("0.1")] * 200), Decimal("1e-5"))

    assert price.epsilon < 8
    assert price.delta == Decimal("1e-5")


def test_a_release_within_one_budget_costs_that_budget() -> None:
    asked = budget("0.7", "1e-7")

    price = price_of(loss_of([gaussian(rho_within(asked))]), asked.delta)

    assert price.epsilon == Decimal("0.7")
    assert price.delta == asked.delta
    assert abs(price.rho * UNIT - rho_within(asked)) <= rho_within(asked) * Decimal("1e-12")


def test_thresholds_take_their_delta_for_good() -> None:
    total = budget(1, "1e-6")
    half = ThresholdEvent(threshold=100, delta=Decimal("5e-7"))

    assert fits(loss_of([half, gaussian(rho_within(budget(1, "5e-7")))]), total)
    assert not fits(loss_of([half, gaussian(rho_within(total))]), total)
    assert not fits(loss_of([half, half, gaussian(1)]), total)


def test_a_price_at_a_delta_that_is_used_up_is_refused() -> None:
    events = [ThresholdEvent(threshold=9, delta=Decimal("1e-6")), gaussian(10**15)]

    with pytest.raises(PrivacyParameterError, match="used it up"):
        price_of(loss_of(events), Decimal("1e-6"))


def test_gaussian_noise_without_delta_is_refused() -> None:
    with pytest.raises(PrivacyParameterError, match="Laplace"):
        rho_within(budget(1, 0))


@pytest.mark.parametrize("given_", ["0", "-1", "NaN", "101", "Infinity"])
def test_an_epsilon_that_is_none_is_refused(given_: str) -> None:
    with pytest.raises(PrivacyParameterError, match="ε"):
        budget(given_)


@pytest.mark.parametrize("given_", ["1", "-0.1", "NaN", "7"])
def test_a_delta_that_is_none_is_refused(given_: str) -> None:
    with pytest.raises(PrivacyParameterError, match="δ"):
        budget(1, given_)


EVENTS = st.lists(
    st.one_of(
        st.integers(10**12, 10**17).map(gaussian),
        st.integers(1, 300).map(lambda n: laplace(f"{n}/1000")),
        st.builds(
            ThresholdEvent,
            threshold=st.just(9),
            delta=st.sampled_from([Decimal("1e-9"), Decimal("3e-8")]),
        ),
    ),
    max_size=6,
)


@given(events=EVENTS, more=EVENTS)
def test_more_events_never_cost_less(events: list[object], more: list[object]) -> None:
    delta = Decimal("1e-5")

    one = price_of(loss_of(events), delta).epsilon  # type: ignore[arg-type]
    both = price_of(loss_of([*events, *more]), delta).epsilon  # type: ignore[list-item]

    assert both >= one


@given(events=EVENTS, seed=st.randoms(use_true_random=False))
def test_the_order_of_events_does_not_matter(events: list[object], seed: object) -> None:
    shuffled = list(events)
    seed.shuffle(shuffled)  # type: ignore[attr-defined]

    assert loss_of(shuffled) == loss_of(events)  # type: ignore[arg-type]


@given(events=EVENTS)
def test_what_fits_costs_no_more_than_the_total_and_what_does_not_costs_more(
    events: list[object],
) -> None:
    total = budget("0.5", "1e-6")

    loss = loss_of(events)  # type: ignore[arg-type]
    price = price_of(loss, total.delta)

    assert fits(loss, total) == (price.epsilon <= total.epsilon)
    assert (share_spent(loss, total) <= 1) == fits(loss, total)


@given(events=EVENTS)
def test_what_is_said_to_be_left_can_be_spent(events: list[object]) -> None:
    total = budget("0.5", "1e-6")
    loss = loss_of(events)  # type: ignore[arg-type]
    left = epsilon_left(loss, total)

    if left > 0 and any(isinstance(e, GaussianEvent) for e in events):
        again = gaussian(rho_within(Budget(epsilon=left, delta=total.delta)))
        assert fits(loss_of([*events, again]), total)  # type: ignore[list-item]
    assert 0 <= left <= total.epsilon


@given(share=st.integers(1, 10**6))
def test_shares_of_one_kind_add_up(share: int) -> None:
    total = budget(1)
    rho = rho_within(total) * share // 10**7

    once = share_spent(loss_of([gaussian(max(rho, 1000))]), total)
    thrice = share_spent(loss_of([gaussian(max(rho, 1000))] * 3), total)

    assert math.isclose(thrice, 3 * once, rel_tol=1e-6)


def test_prices_of_single_events_are_rounded_up() -> None:
    assert rho_of(GaussianEvent(statistic="x", sensitivity_squared=1, scale=3.0)) == -(-UNIT // 18)
    assert epsilon_of(LaplaceEvent(statistic="x", sensitivity=1, scale=3.0)) == -(-UNIT // 3)
