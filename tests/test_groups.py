"""The ε of those for whom a run was not made, held against closed forms and quadrature."""

from __future__ import annotations

import math
from decimal import Decimal

import numpy as np
import pytest
from dp_accounting.pld import privacy_loss_distribution as pld
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq
from scipy.stats import binom, norm

from compliance.errors import PrivacyParameterError
from compliance.privacy import epsilon_of_group, protection_of_units
from compliance.privacy.nouns import (
    NoisePlace,
    PrivacyUnitKind,
    Protection,
    Quote,
    SampledGaussianEvent,
)
from compliance.privacy.pld import by_pld

DELTA = Decimal("1e-5")
ROW, DEVICE, PERSON, SITE = PrivacyUnitKind


def rounds(rate: float, noise: float, times: int) -> SampledGaussianEvent:
    return SampledGaussianEvent(sampling_rate=rate, noise_multiplier=noise, rounds=times)


def told(quote: Quote) -> float:
    assert quote.epsilon is not None, quote.reason
    return float(quote.epsilon)


def delta_of_one_round(event: SampledGaussianEvent, size: int, epsilon: float) -> float:
    """The worse of both directions, by quadrature over the output."""
    numbers = np.arange(size + 1)
    shares = binom.pmf(numbers, size, event.sampling_rate)
    points = np.linspace(-15, 15 + 2 * size, 400_001) * event.noise_multiplier
    plain = norm.pdf(points, scale=event.noise_multiplier)
    mixed = sum(
        share * norm.pdf(points, loc=number, scale=event.noise_multiplier)
        for number, share in zip(numbers, shares, strict=True)
    )
    step = points[1] - points[0]
    return max(
        float(np.maximum(one - math.exp(epsilon) * other, 0).sum() * step)
        for one, other in ((plain, mixed), (mixed, plain))
    )


@pytest.mark.parametrize("size", [2, 3, 7])
@pytest.mark.parametrize(("rate", "noise"), [(0.1, 1.0), (0.5, 2.0), (0.02, 0.8), (0.9, 5.0)])
def test_of_one_round_it_is_the_exact_number(rate: float, noise: float, size: int) -> None:
    event = rounds(rate, noise, 1)
    exact = brentq(lambda e: delta_of_one_round(event, size, e) - 1e-5, 0, 90, xtol=1e-9)

    assert exact * (1 - 1e-6) <= told(epsilon_of_group(event, size, DELTA)) <= exact * 1.002


def test_of_many_rounds_it_is_what_dp_accounting_says_of_the_mixture() -> None:
    mixture = pld.from_mixture_gaussian_mechanism(
        1.0, [0.0, 1.0, 2.0], [0.81, 0.18, 0.01], value_discretization_interval=2e-3
    )
    known = mixture.self_compose(30).get_epsilon_for_delta(1e-5)

    assert told(epsilon_of_group(rounds(0.1, 1.0, 30), 2, DELTA)) == pytest.approx(known, rel=1e-3)


@pytest.mark.parametrize("size", [1, 2, 5])
def test_where_everybody_takes_part_it_is_one_gaussian_with_all_shifts(size: int) -> None:
    """δ = Φ(μ/2 − ε/μ) − e^ε Φ(−μ/2 − ε/μ), Balle and Wang 2018, with μ = size·√T/z."""
    shift = size * math.sqrt(30) / 10

    def delta(epsilon: float) -> float:
        head = norm.cdf(shift / 2 - epsilon / shift)
        return float(head - math.exp(epsilon) * norm.cdf(-shift / 2 - epsilon / shift) - 1e-5)

    exact = brentq(delta, 0, 60)

    found = told(epsilon_of_group(rounds(1.0, 10.0, 30), size, DELTA))

    assert exact <= found <= exact * 1.0005


@given(
    rate=st.sampled_from([0.003, 0.05, 0.4]),
    noise=st.floats(0.8, 6),
    times=st.integers(1, 60),
    size=st.integers(1, 6),
)
@settings(max_examples=12)
def test_a_group_of_one_is_the_unit_and_each_more_costs_more(
    rate: float, noise: float, times: int, size: int
) -> None:
    event = rounds(rate, noise, times)
    less, more = (epsilon_of_group(event, k, DELTA).epsilon for k in (size, size + 1))

    assert more is None or (less is not None and less <= more)
    assert epsilon_of_group(event, 1, DELTA) == by_pld([event], DELTA)


@pytest.mark.parametrize("size", [2, 3, 5])
@pytest.mark.parametrize(("rate", "noise", "times"), [(0.01, 1.0, 300), (0.1, 4.0, 50), (1, 20, 9)])
def test_it_is_never_above_the_general_rule(
    rate: float, noise: float, times: int, size: int
) -> None:
    """(ε, δ) for one is (kε, δ(e^{kε} − 1)/(e^ε − 1)) for k, wherever on the curve one starts."""
    event, delta = rounds(rate, noise, times), 1e-3
    general = []
    for exponent in range(3, 10):
        start = by_pld([event], Decimal(10) ** -exponent).epsilon
        if start is not None:
            grown = math.expm1(size * float(start)) / math.expm1(float(start))
            if grown * 10.0**-exponent <= delta:
                general.append(size * float(start))

    assert general
    assert told(epsilon_of_group(event, size, Decimal("1e-3"))) <= min(general)


@pytest.mark.parametrize(
    ("event", "size"),
    [
        pytest.param(rounds(0.1, 1.0, 30), 20, id="computed"),
        pytest.param(rounds(0.01, 1.0, 300), 4_000, id="told beforehand"),
        pytest.param(rounds(0.5, 0.1, 1000), 10**9, id="a billion"),
        pytest.param(rounds(1.0, 1.0, 30), 3, id="everybody in"),
    ],
)
def test_a_group_too_large_has_no_epsilon_worth_the_name(
    event: SampledGaussianEvent, size: int
) -> None:
    quote = epsilon_of_group(event, size, DELTA)

    assert quote.epsilon is None
    assert "above 100" in quote.reason
    assert "no protection worth the name" in quote.reason


def test_what_is_refused_beforehand_is_above_a_hundred_indeed() -> None:
    """The largest group that is computed after all, and the next that is not."""
    event = rounds(0.05, 2.0, 100)
    found = [epsilon_of_group(event, size, DELTA).epsilon for size in range(30, 80, 5)]

    assert found[0] is not None
    assert found[-1] is None
    assert found == sorted(found, key=lambda one: (one is None, one))


def test_large_groups_put_in_lumps_are_priced_a_little_higher() -> None:
    """2,000 members are drawn in hundreds of numbers; one by one they cost as much, or less."""
    event = rounds(0.01, 40.0, 100)
    numbers = np.arange(2001)
    shares = binom.pmf(numbers, 2000, 0.01)
    kept = shares > 1e-18
    mixture = pld.from_mixture_gaussian_mechanism(
        40.0, numbers[kept].astype(float), shares[kept], value_discretization_interval=5e-3
    )
    exact = mixture.self_compose(100).get_epsilon_for_delta(1e-5)

    found = told(epsilon_of_group(event, 2000, DELTA))

    assert exact * 0.999 <= found <= exact * 1.05


def test_a_crowd_that_is_hardly_ever_drawn_is_priced_like_a_few() -> None:
    """A billion drawn once in a billion rounds each: as rare as a thousand, once in a thousand."""
    many = epsilon_of_group(rounds(1e-9, 20.0, 50), 10**9, DELTA)
    fewer = epsilon_of_group(rounds(1e-6, 20.0, 50), 10**6, DELTA)

    assert told(many) == pytest.approx(told(fewer), rel=1e-3)


def test_no_delta_and_no_group_are_refused_in_words() -> None:
    event = rounds(0.1, 1.0, 30)

    assert "δ" in epsilon_of_group(event, 2, Decimal(0)).reason
    with pytest.raises(PrivacyParameterError, match="at least one member"):
        epsilon_of_group(event, 0, DELTA)


# --- everybody beside the unit --------------------------------------------------------------------


def by_unit(found: tuple[Protection, ...]) -> dict[PrivacyUnitKind, Protection]:
    return {protection.unit: protection for protection in found}


def test_every_kind_of_unit_is_spoken_of_once_the_smallest_first() -> None:
    found = protection_of_units(PERSON, rounds(0.01, 1.0, 300), DELTA, {})

    assert [protection.unit for protection in found] == [ROW, DEVICE, PERSON, SITE]
    assert [protection.is_protected_unit for protection in found] == [False, False, True, False]
    assert all(p.why.endswith(".") and p.why[0].isupper() for p in found)


def test_who_lies_within_the_unit_is_protected_as_well_and_who_holds_several_less() -> None:
    event = rounds(0.01, 1.0, 300)
    found = by_unit(protection_of_units(DEVICE, event, DELTA, {PERSON: 3, SITE: 500}))

    assert found[ROW].epsilon == found[DEVICE].epsilon == by_pld([event], DELTA).epsilon
    assert found[PERSON].epsilon == epsilon_of_group(event, 3, DELTA).epsilon
    assert found[PERSON].epsilon > found[DEVICE].epsilon  # type: ignore[operator]
    assert found[SITE].epsilon is None
    assert "up to 3 devices" in found[PERSON].why
    assert "500" in found[SITE].why
    assert "no protection" in found[SITE].why


def test_where_nobody_said_how_many_nothing_is_promised() -> None:
    site = by_unit(protection_of_units(PERSON, rounds(0.01, 1.0, 300), DELTA, {}))[SITE]

    assert site.epsilon is None
    assert site.size is None
    assert site.why == (
        "For one site no ε can be said: nobody said as how many persons one site counts at most."
    )


def test_a_person_at_several_protected_sites_counts_as_so_many() -> None:
    event = rounds(1.0, 10.0, 30)
    everywhere = by_unit(protection_of_units(SITE, event, DELTA, {PERSON: 2}))
    at_one = by_unit(protection_of_units(SITE, event, DELTA, {}))

    assert at_one[PERSON].epsilon == at_one[SITE].epsilon
    assert everywhere[PERSON].epsilon == epsilon_of_group(event, 2, DELTA).epsilon


def test_messages_of_their_own_cost_a_household_less_than_one_common_sum() -> None:
    """Three persons' noisy messages: 3ρ. Three persons in one sum: 9ρ."""
    event = rounds(1.0, 10.0, 30)
    apart = by_unit(protection_of_units(DEVICE, event, DELTA, {PERSON: 3}, place=NoisePlace.LOCAL))
    together = by_unit(protection_of_units(DEVICE, event, DELTA, {PERSON: 3}))

    assert apart[PERSON].epsilon == by_pld([rounds(1.0, 10.0, 90)], DELTA).epsilon
    assert apart[PERSON].epsilon < together[PERSON].epsilon  # type: ignore[operator]
    assert "noise of its own" in apart[PERSON].why
    assert "drawn on its own" in together[PERSON].why
