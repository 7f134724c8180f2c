"""The second accountant, held against exact sums over whole numbers and closed forms.

All distributions here are written out anew from their textbook definitions.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from decimal import Decimal
from itertools import product

import numpy as np
import pytest
from dp_accounting.pld import privacy_loss_distribution as pld
from hypothesis import given, settings
from hypothesis import strategies as st

from compliance.privacy import prices_of
from compliance.privacy.accounting import loss_of, renyi_epsilon
from compliance.privacy.nouns import (
    Accountant,
    Event,
    GaussianEvent,
    LaplaceEvent,
    RandomisedResponseEvent,
    SampledGaussianEvent,
    SelectionEvent,
    SynthesisEvent,
    ThresholdEvent,
)
from compliance.privacy.pairs import Pair, rounded
from compliance.privacy.pld import by_pld, pair_of

DELTAS = ["1e-2", "1e-4", "1e-6", "1e-9"]
Outcomes = list[tuple[float, float]]  # of both worlds, the probability of each outcome


def gaussian(scale: float, change: int = 1, groups: int = 1) -> GaussianEvent:
    return GaussianEvent(
        statistic="x",
        sensitivity_squared=groups * change**2,
        scale=scale,
        groups=groups,
        per_group=change,
    )


def laplace(scale: float, change: int = 1, groups: int = 1) -> LaplaceEvent:
    return LaplaceEvent(
        statistic="x", sensitivity=groups * change, scale=scale, groups=groups, per_group=change
    )


def choice(scale: float, **said: int) -> SelectionEvent:
    return SelectionEvent(statistic="x", sensitivity=1, scale=scale, **said)


ANSWER = RandomisedResponseEvent(statistic="x", categories=4, probability=0.5)


def epsilon(events: Iterable[Event], delta: str | float) -> float:
    quote = by_pld(events, Decimal(str(delta)))
    assert quote.epsilon is not None, quote.reason
    return float(quote.epsilon)


def gaussian_mass(scale: float, reach: int) -> Callable[[int], float]:
    weights = {k: math.exp(-((k / scale) ** 2) / 2) for k in range(-reach, reach + 1)}
    total = math.fsum(weights.values())
    return lambda k: weights.get(k, 0.0) / total


def laplace_mass(scale: float) -> Callable[[int], float]:
    ratio = math.exp(-1 / scale)
    return lambda k: (1 - ratio) / (1 + ratio) * ratio ** abs(k)


def shifted(mass: Callable[[int], float], shift: int, reach: int) -> Outcomes:
    return [(mass(k), mass(k - shift)) for k in range(-reach, reach + shift + 1)]


def together(*coordinates: Outcomes) -> Outcomes:
    """Independent outcomes side by side."""
    return [
        (math.prod(p for p, _ in each), math.prod(q for _, q in each))
        for each in product(*coordinates)
    ]


def hockey_stick(outcomes: Outcomes, epsilon_: float) -> float:
    """The exact δ at ε: how much of the first world the second cannot explain."""
    return math.fsum(max(p - math.exp(epsilon_) * q, 0.0) for p, q in outcomes)


def exact_epsilon(delta_at: Callable[[float], float], delta: float) -> float:
    low, high = 0.0, 60.0
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if delta_at(middle) > delta else (low, middle)
    return low


def theorem_seven(scale: float, shift: int) -> Callable[[float], float]:
    """The exact δ of one discrete Gaussian (Canonne, Kamath, Steinke 2020, arXiv:2004.00010)."""
    reach = math.ceil(14 * scale) + shift
    k = np.arange(-reach, reach + 1)
    mass = np.exp(-((k / scale) ** 2) / 2)
    mass /= mass.sum()

    def delta(epsilon_: float) -> float:
        place = epsilon_ * scale**2 / shift
        above, below = mass[k > place - shift / 2].sum(), mass[k > place + shift / 2].sum()
        return float(above - math.exp(epsilon_) * below)

    return delta


ALONE = [(0.3, 1), (1.0, 1), (4.0, 1), (4.0, 3), (40.0, 7), (900.0, 900), (30_000.0, 9_000)]


@pytest.mark.parametrize("delta", DELTAS)
@pytest.mark.parametrize(("scale", "shift"), ALONE)
def test_one_discrete_gaussian_costs_what_theorem_seven_says(
    scale: float, shift: int, delta: str
) -> None:
    exact = exact_epsilon(theorem_seven(scale, shift), float(delta))

    found = epsilon([gaussian(scale, shift)], delta)

    assert found >= exact - 1e-9
    assert found <= exact * 1.0003 + 2e-6


@pytest.mark.parametrize(("scale", "shift"), [(1.3, 1), (6.0, 2), (25.0, 10)])
@pytest.mark.parametrize("times", [1, 30])
def test_noise_on_one_number_costs_what_dp_accounting_says_of_it(
    scale: float, shift: int, times: int
) -> None:
    """Its own discrete mechanisms know one number and one shift; that far we must agree."""
    theirs = {
        gaussian(scale, shift): pld.from_discrete_gaussian_mechanism(scale, shift),
        laplace(scale, shift): pld.from_discrete_laplace_mechanism(1 / scale, shift),
    }

    for event, distribution in theirs.items():
        composed = distribution.self_compose(times) if times > 1 else distribution
        said = composed.get_epsilon_for_delta(1e-6)
        assert epsilon([event] * times, "1e-6") == pytest.approx(said, rel=2e-3)


SMALL: list[tuple[list[Event], list[Outcomes]]] = [
    (
        [gaussian(1.5, 2, 2)],
        [shifted(gaussian_mass(1.5, 25), 2, 25)] * 2,
    ),
    (
        [laplace(2.0, 3, 2)],
        [shifted(laplace_mass(2.0), 3, 90)] * 2,
    ),
    (
        [gaussian(2.0, 1), laplace(1.5, 1), ANSWER],
        [
            shifted(gaussian_mass(2.0, 30), 1, 30),
            shifted(laplace_mass(1.5), 1, 70),
            [(0.5, 1 / 6), (1 / 6, 0.5), (1 / 3, 1 / 3)],
        ],
    ),
    ([ANSWER] * 3, [[(0.5, 1 / 6), (1 / 6, 0.5), (1 / 3, 1 / 3)]] * 3),
]


@pytest.mark.parametrize("delta", DELTAS[:3])
@pytest.mark.parametrize(("events", "worlds"), SMALL)
def test_small_cases_cost_what_every_outcome_one_by_one_says(
    events: list[Event], worlds: list[Outcomes], delta: str
) -> None:
    outcomes = together(*worlds)
    exact = exact_epsilon(lambda e: hockey_stick(outcomes, e), float(delta))

    found = epsilon(events, delta)

    assert found >= exact - 1e-7
    assert found <= exact * 1.005


@given(
    scale=st.floats(0.6, 4),
    parts=st.lists(st.integers(-2, 2), min_size=1, max_size=2),
    at=st.floats(0, 3),
    is_gaussian=st.booleans(),
)
@settings(max_examples=60)
def test_a_change_spread_over_a_group_is_never_easier_to_see_than_one_in_one_place(
    scale: float, parts: list[int], at: float, is_gaussian: bool
) -> None:
    """The lemma of `pld`: the whole change in one coordinate dominates every way to spread it,
    and every smaller one."""
    mass = gaussian_mass(scale, 40) if is_gaussian else laplace_mass(scale)
    change = sum(map(abs, parts)) or 1
    spread = together(*(shifted(mass, abs(part), 40) for part in parts))
    whole = shifted(mass, change, 44)

    assert hockey_stick(spread, at) <= hockey_stick(whole, at) + 1e-9


def test_a_larger_change_and_more_groups_never_cost_less() -> None:
    changes = [epsilon([gaussian(6.0, change, 2)], "1e-6") for change in (1, 2, 3)]
    groups = [epsilon([laplace(9.0, 2, groups)], "1e-6") for groups in (1, 2, 5)]

    assert changes == sorted(changes)
    assert groups == sorted(groups)


PAIRS = [
    pytest.param(gaussian(0.4), id="narrow gaussian"),
    pytest.param(gaussian(5.0, 3), id="gaussian"),
    pytest.param(gaussian(70_000.0, 30_000), id="wide gaussian"),
    pytest.param(laplace(0.5, 1), id="narrow laplace"),
    pytest.param(laplace(4.0, 7), id="laplace"),
    pytest.param(laplace(60_000.0, 30_000), id="wide laplace"),
    pytest.param(choice(3.0), id="choice"),
    pytest.param(ANSWER, id="answer"),
]


def second(pair: Pair) -> float:
    """The mass under the second distribution."""
    return float((pair.masses * np.exp(-pair.losses)).sum())


@pytest.mark.parametrize("event", PAIRS)
def test_a_pair_holds_all_of_the_first_world_and_no_more_than_all_of_the_second(
    event: Event,
) -> None:
    pair, _ = pair_of(event)

    assert pair.masses.sum() + pair.infinite == pytest.approx(1, abs=1e-6)
    assert pair.masses.sum() + pair.infinite >= 1 - 1e-12
    assert 0.998 < second(pair) < 1 + 1e-6


@pytest.mark.parametrize("event", PAIRS)
@pytest.mark.parametrize("width", [0.3, 0.01])
def test_on_the_grid_both_worlds_keep_their_mass_and_no_delta_falls(
    event: Event, width: float
) -> None:
    pair, _ = pair_of(event)
    grid = rounded(pair, width)
    losses = np.array(list(grid)) * width
    masses = np.array(list(grid.values()))

    assert masses.sum() == pytest.approx(pair.masses.sum(), rel=1e-9)
    assert (masses * np.exp(-losses)).sum() == pytest.approx(second(pair), rel=1e-6)
    for at in (0.0, 0.05, 0.7, 2.0):
        before = np.maximum(-np.expm1(at - pair.losses), 0) @ pair.masses
        assert np.maximum(-np.expm1(at - losses), 0) @ masses >= before - 1e-15


WIDE = [
    pytest.param(gaussian(20_000.0, 5_000), gaussian_mass(20_000.0, 260_000), id="gaussian"),
    pytest.param(laplace(20_000.0, 15_000), laplace_mass(20_000.0), id="laplace"),
]


@pytest.mark.parametrize(("event", "mass"), WIDE)
@pytest.mark.parametrize("at", [0.0, 0.2, 0.7])
def test_buckets_of_wide_noise_give_hardly_more_than_every_whole_number_by_itself(
    event: GaussianEvent | LaplaceEvent, mass: Callable[[int], float], at: float
) -> None:
    pair, _ = pair_of(event)
    exact = hockey_stick(shifted(mass, event.per_group, 260_000), at)

    found = float(np.maximum(-np.expm1(at - pair.losses), 0) @ pair.masses) + pair.infinite

    assert exact - 1e-14 <= found <= exact * 1.01 + 1e-6


@pytest.mark.parametrize("reach", [0.1, 1.0, 4.0])
def test_the_pair_of_a_choice_is_the_worst_that_a_range_of_losses_allows(reach: float) -> None:
    """For every place t of the range the worst pair has two outcomes; the best δ of all t is
    (e^{r/2} − e^{ε/2})² / (e^r − 1)."""
    pair, _ = pair_of(choice(2 / reach))

    for at in np.linspace(0, reach, 7)[:-1]:
        found = float(np.maximum(-np.expm1(at - pair.losses), 0) @ pair.masses)
        closed = (math.exp(reach / 2) - math.exp(at / 2)) ** 2 / math.expm1(reach)
        worst = max(
            (math.exp(reach) - math.exp(t)) / math.expm1(reach) * max(-math.expm1(at - t), 0)
            for t in np.linspace(0, reach, 2001)
        )
        assert found == pytest.approx(closed, rel=0.02)
        assert found >= closed - 1e-15
        assert found >= worst


@given(
    scores=st.lists(st.integers(0, 6), min_size=2, max_size=4),
    moved=st.lists(st.integers(-1, 1), min_size=4, max_size=4),
    scale=st.floats(0.5, 6),
    at=st.floats(0, 3),
)
def test_no_choice_between_any_scores_is_easier_to_see_than_its_pair(
    scores: list[int], moved: list[int], scale: float, at: float
) -> None:
    """Gumbel noise on scores is the exponential mechanism: chances ∝ e^{score/scale}."""
    first = [math.exp(s / scale) for s in scores]
    after = [math.exp((s + m) / scale) for s, m in zip(scores, moved, strict=False)]
    worlds = [(p / sum(first), q / sum(after)) for p, q in zip(first, after, strict=True)]
    pair, _ = pair_of(choice(scale))

    bound = float(np.maximum(-np.expm1(at - pair.losses), 0) @ pair.masses)
    assert hockey_stick(worlds, at) <= bound + 1e-12


NOISE = st.one_of(
    st.builds(gaussian, st.floats(3, 60), st.integers(1, 3), st.integers(1, 3)),
    st.builds(laplace, st.floats(8, 90), st.integers(1, 3), st.integers(1, 3)),
)


@given(events=st.lists(NOISE, min_size=1, max_size=5), delta=st.sampled_from(DELTAS[1:]))
@settings(max_examples=60)
def test_of_noise_on_numbers_it_says_no_more_than_the_renyi_price_but_for_its_grid(
    events: list[Event], delta: str
) -> None:
    renyi = renyi_epsilon(loss_of(events), Decimal(delta))
    tightest = prices_of(events, Decimal(delta)).tightest

    assert renyi is not None
    assert tightest is not None
    assert tightest.epsilon is not None
    assert tightest.epsilon <= renyi
    assert epsilon(events, delta) <= float(renyi) * 1.002


@given(
    events=st.lists(NOISE, min_size=1, max_size=4),
    more=NOISE,
    order=st.randoms(use_true_random=False),
)
@settings(max_examples=40)
def test_the_order_does_not_matter_and_more_costs_no_less(
    events: list[Event], more: Event, order: object
) -> None:
    found = epsilon(events, "1e-5")
    shuffled = list(events)
    order.shuffle(shuffled)  # type: ignore[attr-defined]

    assert epsilon(shuffled, "1e-5") == found
    assert epsilon([*events, more], "1e-5") >= found * 0.999


def test_sampled_rounds_cost_what_dp_accounting_says() -> None:
    event = SampledGaussianEvent(sampling_rate=0.1, noise_multiplier=1.0, rounds=20)
    told = pld.from_gaussian_mechanism(1.0, sampling_prob=0.1).self_compose(20)

    assert epsilon([event], "1e-6") == pytest.approx(told.get_epsilon_for_delta(1e-6), rel=2e-3)


def test_rounds_without_sampling_cost_what_plain_noise_costs() -> None:
    """Two ways to one number: dp-accounting's continuous Gaussian and our discrete one."""
    rounds = SampledGaussianEvent(sampling_rate=1.0, noise_multiplier=50.0, rounds=10)

    assert epsilon([gaussian(50.0)] * 10, "1e-6") == pytest.approx(
        epsilon([rounds], "1e-6"), rel=1e-3
    )


@pytest.mark.parametrize("times", [1, 10**6])
def test_hardly_any_noise_in_many_rounds_is_told_as_too_much_and_not_computed_for_long(
    times: int,
) -> None:
    rounds = SampledGaussianEvent(sampling_rate=1.0, noise_multiplier=0.1, rounds=times)
    told = by_pld([rounds], Decimal("1e-5")).epsilon

    assert told is None or told > 90


def test_runs_releases_choices_and_thresholds_add_up_to_one_price() -> None:
    run = SampledGaussianEvent(sampling_rate=0.1, noise_multiplier=1.0, rounds=20)
    parts: list[Event] = [run, gaussian(8.0, 1, 3), laplace(5.0), choice(10.0, draws=2)]
    alone = [epsilon([part], "1e-6") for part in parts]

    found = epsilon([*parts, ThresholdEvent(threshold=9, delta=Decimal("1e-7"))], "1e-6")

    assert max(alone) < found < sum(alone)
    assert found > epsilon(parts, "1e-6")


UNKNOWN = [
    pytest.param([gaussian(9.0)], "0", "leave nothing of δ", id="no delta"),
    pytest.param([gaussian(9.0)] * 3, "1e-13", "floating-point", id="tiny delta"),
    pytest.param(
        [gaussian(9.0), ThresholdEvent(threshold=9, delta=Decimal("1e-6"))],
        "1e-6",
        "leave nothing of δ",
        id="thresholds",
    ),
    pytest.param(
        [GaussianEvent(statistic="x", sensitivity_squared=4, scale=9.0)],
        "1e-6",
        "older record",
        id="old gaussian",
    ),
    pytest.param(
        [LaplaceEvent(statistic="x", sensitivity=4, scale=9.0)],
        "1e-6",
        "older record",
        id="old laplace",
    ),
    pytest.param(
        [GaussianEvent(statistic="x", sensitivity_squared=5, scale=9.0, groups=1, per_group=2)],
        "1e-6",
        "how many groups",
        id="a record that contradicts itself",
    ),
    pytest.param([SynthesisEvent(rho=Decimal("0.1"))], "1e-6", "only ρ", id="synthesis"),
]


@pytest.mark.parametrize(("events", "delta", "why"), UNKNOWN)
def test_where_nothing_is_proven_nothing_is_said(events: list[Event], delta: str, why: str) -> None:
    quote = by_pld(events, Decimal(delta))

    assert quote.epsilon is None
    assert why in quote.reason


def test_nothing_done_costs_nothing() -> None:
    assert epsilon([], "1e-6") == 0
    assert epsilon([ThresholdEvent(threshold=9, delta=Decimal("1e-7"))], "1e-6") == 0


def test_all_accountants_are_shown_beside_one_another_and_the_tightest_is_named() -> None:
    prices = prices_of([gaussian(12.0, 1, 2)] * 5, Decimal("1e-6"))

    assert [quote.accountant for quote in prices.quotes] == list(Accountant)
    assert prices.of(Accountant.PURE).reason == "some of the noise has no ε at δ = 0"
    assert prices.of(Accountant.ZCDP).epsilon == prices.of(Accountant.RENYI).epsilon
    assert prices.tightest == prices.of(Accountant.PLD)


def test_few_laplace_releases_are_added_up_plainly_and_many_are_not() -> None:
    few, many = (prices_of([laplace(20.0)] * n, Decimal("1e-6")) for n in (1, 200))

    assert few.of(Accountant.PURE).epsilon == Decimal("0.05")
    assert many.of(Accountant.PURE).epsilon == 10
    assert many.of(Accountant.PLD).epsilon < many.of(Accountant.RENYI).epsilon < 10  # type: ignore[operator]


def test_of_many_choices_their_rho_says_less_than_their_distribution() -> None:
    """No accountant is always tightest; what is shown is the smallest."""
    prices = prices_of([choice(10.0)] * 30, Decimal("1e-6"))

    assert prices.tightest is not None
    assert prices.tightest.accountant in (Accountant.ZCDP, Accountant.RENYI)
    assert prices.of(Accountant.PLD).epsilon is not None


REASONS = [
    pytest.param(
        [SampledGaussianEvent(sampling_rate=0.1, noise_multiplier=2.0, rounds=2)],
        "1e-6",
        {Accountant.PURE, Accountant.ZCDP},
        id="sampled",
    ),
    pytest.param(
        [laplace(3.0)], "0", {Accountant.ZCDP, Accountant.RENYI, Accountant.PLD}, id="no delta"
    ),
    pytest.param(
        [laplace(3.0), ThresholdEvent(threshold=9, delta=Decimal("1e-5"))],
        "1e-6",
        set(Accountant),
        id="thresholds",
    ),
    pytest.param([SynthesisEvent(rho=Decimal("0.1"))], "1e-6", {Accountant.PURE, Accountant.PLD},
                 id="synthesis"),
]  # fmt: skip


@pytest.mark.parametrize(("events", "delta", "silent"), REASONS)
def test_an_accountant_that_cannot_say_says_why(
    events: list[Event], delta: str, silent: set[Accountant]
) -> None:
    prices = prices_of(events, Decimal(delta))

    assert {q.accountant for q in prices.quotes if q.epsilon is None} == silent
    assert {q.accountant for q in prices.quotes if q.reason} == silent


@given(
    change=st.integers(1, 10**17),
    groups=st.integers(1, 3_000),
    loss=st.floats(1e-6, 100),
    delta=st.sampled_from([*DELTAS, "1e-15", "1e-30"]),
    rounds=st.builds(
        SampledGaussianEvent,
        sampling_rate=st.sampled_from([1e-4, 0.01, 0.3, 1.0]),
        noise_multiplier=st.sampled_from([0.1, 0.3, 1.0, 30.0, 1000.0]),
        rounds=st.sampled_from([1, 2, 30, 1000]),
    ),
)
@settings(max_examples=60)
def test_whatever_can_be_asked_is_answered(
    change: int, groups: int, loss: float, delta: str, rounds: SampledGaussianEvent
) -> None:
    """A release must not fail because the second accountant does; warnings are errors here."""
    events: list[Event] = [
        gaussian(change * math.sqrt(groups) / loss, change, groups),
        laplace(change * groups / loss, change, groups),
        choice(2 / loss),
        rounds,
        RandomisedResponseEvent(
            statistic="x", categories=3, probability=1 / (1 + 2 * math.exp(-min(loss, 34)))
        ),
    ]
    for some in (*([event] for event in events), events):
        quote = by_pld(some, Decimal(delta))

        assert (quote.epsilon is None) == bool(quote.reason)
