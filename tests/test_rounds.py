"""What rounds are in the ledger, how many fit, and a clip that follows the updates."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compliance.errors import BudgetExceededError, CapExceededError, PrivacyParameterError
from compliance.privacy import (
    check_affordable,
    events_of_run,
    fits,
    loss_of,
    next_clip,
    price_of,
    rounds_affordable,
    rounds_that_fit,
    split_noise,
    state_of,
)
from compliance.privacy.nouns import (
    Allowance,
    Budget,
    Event,
    GaussianEvent,
    LaplaceEvent,
    NoisePlace,
    SampledGaussianEvent,
    Spend,
    SpendState,
)
from compliance.privacy.pld import by_pld

DELTA = Decimal("1e-5")
NOW = datetime(2026, 11, 26, tzinfo=UTC)


def rounds(rate: float, noise: float, times: int = 1) -> SampledGaussianEvent:
    return SampledGaussianEvent(sampling_rate=rate, noise_multiplier=noise, rounds=times)


def budget(epsilon: str, delta: str = "1e-5") -> Budget:
    return Budget(epsilon=Decimal(epsilon), delta=Decimal(delta))


SPENT = st.lists(
    st.one_of(
        st.floats(5, 100).map(
            lambda scale: GaussianEvent(statistic="x", sensitivity_squared=1, scale=scale)
        ),
        st.floats(5, 100).map(lambda s: LaplaceEvent(statistic="x", sensitivity=1, scale=s)),
        st.integers(1, 40).map(lambda times: rounds(0.02, 1.3, times)),
    ),
    max_size=4,
)


@given(
    spent=SPENT,
    rate=st.sampled_from([0.01, 0.1, 1.0]),
    noise=st.sampled_from([0.8, 2.0, 30.0]),
    sums=st.integers(1, 3),
    most=st.integers(0, 400),
    epsilon=st.sampled_from(["0.5", "2", "8"]),
)
@settings(max_examples=80)
def test_the_rounds_that_fit_do_and_one_more_does_not(
    spent: list[Event], rate: float, noise: float, sums: int, most: int, epsilon: str
) -> None:
    total = budget(epsilon)

    found = rounds_that_fit(spent, total, rounds(rate, noise, sums), most)

    def fit(times: int) -> bool:
        return fits(loss_of([*spent, rounds(rate, noise, sums * times)]), total)

    assert 0 <= found <= most
    assert found == 0 or fit(found)
    assert found == most or not fit(found + 1)


def test_nothing_fits_into_a_budget_that_is_spent_or_has_no_delta() -> None:
    spent = [LaplaceEvent(statistic="x", sensitivity=1, scale=1.0)]

    assert rounds_that_fit(spent, budget("1"), rounds(0.1, 1.0), 100) == 0
    assert rounds_that_fit([], budget("1", "0"), rounds(0.1, 1.0), 100) == 0


def test_a_run_of_the_rounds_affordable_is_allowed_and_a_longer_one_refused() -> None:
    spend = Spend(
        id="a",
        population="shop",
        purpose="x",
        events=(rounds(0.1, 1.0, 10),),
        state=SpendState.SETTLED,
        at=NOW,
        actor="ada",
    )
    allowance = Allowance(epsilon=Decimal(6), delta=DELTA, caps={"ada": Decimal(4)})
    state = state_of("shop", allowance, [spend], is_decided=True, at=NOW)

    for actor, refusal in (("ada", CapExceededError), ("eve", BudgetExceededError)):
        found = rounds_affordable(state, rounds(0.1, 1.0), 1000, actor=actor)
        for times in (found, found + 1):
            event = rounds(0.1, 1.0, times)
            price = price_of(loss_of([event]), DELTA)
            if times == found:
                check_affordable(state, [event], price, actor=actor)
            else:
                with pytest.raises(refusal):
                    check_affordable(state, [event], price, actor=actor)
    assert rounds_affordable(state, rounds(0.1, 1.0), 5, actor="eve") == 5


# --- what a run is in the ledger ------------------------------------------------------------------


def run(place: NoisePlace, **changes: object) -> tuple[SampledGaussianEvent, ...]:
    asked = {"sampling_rate": 0.1, "noise_multiplier": 1.0, "rounds": 30, **changes}
    return events_of_run(place, **asked)  # type: ignore[arg-type]


def test_noise_at_each_site_costs_a_person_what_noise_in_the_middle_does() -> None:
    assert run(NoisePlace.SITE) == run(NoisePlace.CENTRAL) == (rounds(0.1, 1.0, 30),)


def test_local_noise_counts_half_every_message_and_no_sampling() -> None:
    """Replacing one person's rows moves a message by two clips; the server sees who sends."""
    assert run(NoisePlace.LOCAL, exchanges=2) == (rounds(1.0, 0.5, 60),)


def test_local_noise_costs_what_plain_gaussians_of_twice_the_clip_cost() -> None:
    message = GaussianEvent(statistic="x", sensitivity_squared=2**2, scale=10.0)
    local = run(NoisePlace.LOCAL, noise_multiplier=10.0)

    assert loss_of(local) == loss_of([message] * 30)


def test_sums_with_samples_of_their_own_are_rounds() -> None:
    assert run(NoisePlace.CENTRAL, exchanges=4) == (rounds(0.1, 1.0, 120),)


def test_sums_over_one_sample_are_one_sum_with_less_noise_and_cost_more() -> None:
    """A unit is in all of them or in none, so the coins hide less."""
    (same,) = run(NoisePlace.CENTRAL, exchanges=4, is_drawn_anew=False)
    apart = run(NoisePlace.CENTRAL, exchanges=4)

    assert same == rounds(0.1, 0.5, 30)
    assert by_pld([same], DELTA).epsilon > by_pld(apart, DELTA).epsilon  # type: ignore[operator]


def test_a_run_that_drew_no_noise_is_nothing_in_the_ledger() -> None:
    assert run(NoisePlace.CENTRAL, rounds=0) == ()


@pytest.mark.parametrize("changes", [{"sampling_rate": 0}, {"sampling_rate": 1.1}])
def test_a_rate_that_is_no_probability_is_refused(changes: dict[str, float]) -> None:
    with pytest.raises(PrivacyParameterError, match="sampling rate"):
        run(NoisePlace.CENTRAL, **changes)


@pytest.mark.parametrize("noise", [0, -1, math.inf, math.nan])
def test_noise_that_is_none_is_refused(noise: float) -> None:
    with pytest.raises(PrivacyParameterError, match="noise"):
        run(NoisePlace.CENTRAL, noise_multiplier=noise)


# --- a clip that follows the updates --------------------------------------------------------------


@given(noise=st.floats(0.1, 50), share=st.floats(0.05, 0.999))
def test_updates_and_bits_together_cost_what_the_ledger_is_told(noise: float, share: float) -> None:
    """ρ of the updates, 1/(2 z_Δ²), and of a bit that moves by 1/2, against ρ of z."""
    count_noise = noise / 2 / share
    updates = rounds(1.0, split_noise(noise, count_noise))
    bits = rounds(1.0, 2 * count_noise)

    joint = loss_of([updates, bits]).rho
    alone = loss_of([rounds(1.0, noise)]).rho

    assert joint is not None
    assert alone is not None
    assert abs(joint - alone) <= max(2, alone // 10**12)


def test_the_noise_of_updates_is_the_published_one() -> None:
    """Andrew et al. 2021: with σ_b = m/20 and m = 100 expected, z = 1 leaves z_Δ = 1.00504."""
    assert split_noise(1.0, 5.0) == pytest.approx((1 - 0.01) ** -0.5, rel=1e-12)


@pytest.mark.parametrize(("noise", "count_noise"), [(1.0, 0.5), (1.0, 0.4), (2.0, 1.0)])
def test_a_clip_that_too_few_take_part_in_is_refused_in_words(
    noise: float, count_noise: float
) -> None:
    with pytest.raises(PrivacyParameterError, match="let more take part, or keep the clip fixed"):
        split_noise(noise, count_noise)


def test_the_clip_moves_towards_the_quantile_and_rests_there() -> None:
    assert next_clip(1.0, 0.9, 0.5, 0.2) == pytest.approx(math.exp(-0.08))
    assert next_clip(1.0, 0.1, 0.5, 0.2) == pytest.approx(math.exp(0.08))
    assert next_clip(3.0, 0.5, 0.5, 0.2) == 3.0


@given(clip=st.floats(1e-6, 1e6), share=st.floats(-1e9, 1e9))
def test_however_wild_the_noise_the_clip_stays_one_that_a_plan_may_have(
    clip: float, share: float
) -> None:
    assert 1e-6 <= next_clip(clip, share, 0.5, 0.2) <= 1e6


def test_a_clip_of_norms_finds_their_median() -> None:
    norms, clip = [0.2, 0.4, 0.8, 1.6, 3.2], 100.0
    for _ in range(200):
        share = sum(norm <= clip for norm in norms) / len(norms)
        clip = next_clip(clip, share, 0.5, 0.2)

    assert 0.7 < clip < 0.9
