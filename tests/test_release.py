"""What a budget buys, what is published, and what a preview says before."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import numpy as np
import opendp.prelude as dp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.dataset import Table
from compliance.dataset.nouns import Column
from compliance.errors import (
    BadBoundsError,
    BudgetBelowSpentError,
    BudgetExceededError,
    PrivacyParameterError,
)
from compliance.privacy import (
    aggregate,
    attacker_percent,
    calibrate,
    check_affordable,
    check_budget,
    loss_of,
    mechanisms,
    preview,
    price_of,
    publish,
    state_of,
    to_query,
)
from compliance.privacy.calibration import divisible, margin
from compliance.privacy.costs import UNIT
from compliance.privacy.ledger import spends_in_force
from compliance.privacy.nouns import (
    Allowance,
    Budget,
    Clarity,
    GaussianEvent,
    LaplaceEvent,
    RandomisedResponseEvent,
    SelectionEvent,
    Spend,
    SpendState,
    ThresholdEvent,
)
from compliance.privacy.nouns.question import Query
from compliance.workspace.desk import now
from tests.privacy_cases import EVERY_STATISTIC, KEY, SILENCE, budget

Stored = Callable[..., tuple[Table, tuple[Column, ...]]]
AMOUNT = {"column": "amount", "lower": 0, "upper": 100}


def query(**change: object) -> Query:
    raw: dict[str, Any] = {
        "unit": "who",
        "by": ["city"],
        "max_groups": 1,
        "max_rows_per_group": 2,
        "statistics": [
            {"count": "rows"},
            {"count": "units"},
            {"sum": AMOUNT | {"unit": "cents"}},
            {"mean": AMOUNT},
        ],
    }
    return to_query({**raw, **change})


@pytest.fixture
def shop(stored: Stored) -> tuple[Table, tuple[Column, ...]]:
    """600 people in Bonn, 300 in Ulm, 1 in Rareville; one row each."""
    cities = ["Bonn"] * 600 + ["Ulm"] * 300 + ["Rareville"]
    return stored(
        who=[f"p{i}" for i in range(901)], city=cities, amount=[20.0] * 600 + [40.5] * 300 + [99.0]
    )


CALIBRATIONS = [
    pytest.param({}, "1e-6", id="gaussian, private keys"),
    pytest.param({"public_keys": {"city": ["Bonn"]}}, "1e-6", id="gaussian, public keys"),
    pytest.param({"mechanism": "laplace"}, "1e-6", id="laplace, private keys"),
    pytest.param({"mechanism": "laplace", "by": []}, "0", id="laplace, one total"),
]


@pytest.mark.parametrize(("change", "delta"), CALIBRATIONS)
@pytest.mark.parametrize("epsilon", ["0.05", "1", "7.3"])
def test_a_release_costs_what_was_typed_and_hardly_less(
    change: dict[str, object], delta: str, epsilon: str
) -> None:
    asked = Budget(epsilon=Decimal(epsilon), delta=Decimal(delta))

    price = price_of(loss_of(calibrate(query(**change), asked).events), asked.delta)

    assert price.epsilon <= asked.epsilon
    assert price.epsilon >= asked.epsilon * Decimal("0.9999")
    assert price.delta <= asked.delta


EVENTS = st.one_of(
    st.builds(
        GaussianEvent,
        statistic=st.just("x"),
        sensitivity_squared=st.integers(1, 10**24),
        scale=st.floats(0.5, 1e15),
    ),
    st.builds(
        LaplaceEvent,
        statistic=st.just("x"),
        sensitivity=st.integers(1, 10**15),
        scale=st.floats(0.5, 1e15),
    ),
    st.builds(
        SelectionEvent,
        statistic=st.just("x"),
        sensitivity=st.integers(1, 10**9),
        scale=st.floats(0.5, 1e12),
        draws=st.integers(1, 1000),
        groups=st.just(1),
        is_monotonic=st.booleans(),
    ),
    st.builds(
        RandomisedResponseEvent,
        statistic=st.just("x"),
        categories=st.integers(2, 50),
        probability=st.floats(0.6, 0.999999),
    ),
)


@given(event=EVENTS)
def test_every_price_is_the_one_that_opendp_states(event: Any) -> None:
    """Two ways to one number: ours in whole numbers, OpenDP's in floating point rounded up."""
    loss = loss_of([event])

    for ours, stated in zip((loss.rho, loss.pure), stated_costs(event), strict=True):
        assert (ours is None) == (stated is None)
        if ours is not None:
            assert ours / UNIT == pytest.approx(stated, rel=1e-6, abs=1e-11)


def stated_costs(event: Any) -> tuple[float | None, float | None]:
    """ρ and ε as OpenDP's maps state them; None where the event has none."""
    numbers = dp.vector_domain(dp.atom_domain(T="i64"))
    if isinstance(event, GaussianEvent):
        measurement = dp.m.make_gaussian(numbers, dp.l2_distance(T=float), scale=event.scale)
        return measurement.map(math.sqrt(event.sensitivity_squared)), None
    if isinstance(event, LaplaceEvent):
        measurement = dp.m.make_laplace(numbers, dp.l1_distance(T="i64"), scale=event.scale)
        return stated_rho(measurement, event.sensitivity), measurement.map(event.sensitivity)
    if isinstance(event, SelectionEvent):
        metric = dp.linf_distance(T="i64", monotonic=event.is_monotonic)
        rho, epsilon = (
            dp.m.make_noisy_top_k(numbers, metric, measure, k=event.draws, scale=event.scale)
            for measure in (dp.zero_concentrated_divergence(), dp.max_divergence())
        )
        return rho.map(event.sensitivity), epsilon.map(event.sensitivity)
    measurement = dp.m.make_randomized_response(
        categories=list(range(event.categories)), prob=event.probability, T="i64"
    )
    return stated_rho(measurement, 1), measurement.map(1)


def stated_rho(pure: dp.Measurement, distance: int) -> float:
    return float(dp.c.make_pureDP_to_zCDP(pure).map(distance))


def test_choices_in_several_groups_cost_so_many_times_one() -> None:
    one, five = (
        SelectionEvent(statistic="x", sensitivity=3, scale=40.0, groups=groups) for groups in (1, 5)
    )

    assert loss_of([five]).rho == 5 * (loss_of([one]).rho or 0)
    assert loss_of([five]).pure == 5 * (loss_of([one]).pure or 0)


@pytest.mark.parametrize("statistic", list(EVERY_STATISTIC))
@pytest.mark.parametrize("mechanism", ["gaussian", "laplace"])
@pytest.mark.parametrize("keys", [{}, {"public_keys": {"city": ["Bonn"]}}], ids=["seen", "typed"])
def test_every_kind_of_statistic_costs_what_was_typed_and_hardly_less(
    statistic: str, mechanism: str, keys: dict[str, object]
) -> None:
    asked = query(
        statistics=[EVERY_STATISTIC[statistic]], mechanism=mechanism, max_groups=7, **keys
    )
    for epsilon in ("0.01", "1", "20"):
        typed = budget(epsilon)

        # Where keys are typed, Laplace noise and choices are paid in pure ε.
        delta = Decimal(0) if keys and mechanism == "laplace" else typed.delta

        price = price_of(loss_of(calibrate(asked, typed).events), delta)

        assert typed.epsilon * Decimal("0.9999") <= price.epsilon <= typed.epsilon
        assert price.delta <= delta


@pytest.mark.parametrize("answers", [1, 2, 30])
@pytest.mark.parametrize("epsilon", ["0.001", "1", "20"])
def test_changed_answers_cost_what_was_typed_and_hardly_less(answers: int, epsilon: str) -> None:
    asked = query(
        statistics=[{"count": "units"}],
        mechanism="randomised_response",
        public_keys={"city": [str(n) for n in range(answers)]},
    )
    ((_, event),) = calibrate(asked, budget(epsilon, "0")).parts
    assert isinstance(event, RandomisedResponseEvent)

    price = price_of(loss_of([event]), Decimal(0))

    odds = math.exp(float(epsilon))
    assert Decimal(epsilon) * Decimal("0.9999") <= price.epsilon <= Decimal(epsilon)
    assert price.delta == 0
    assert event.probability == pytest.approx(odds / (odds + answers), rel=1e-6)


def test_where_only_choices_are_asked_the_cheaper_way_of_adding_them_up_counts() -> None:
    """Few choices are cheaper by plain ε, many by ρ; either way they cost what was typed."""
    few, many = (
        query(
            statistics=[{"median": AMOUNT}],
            public_keys={"city": ["Bonn"]},
            max_groups=groups,
        )
        for groups in (1, 50)
    )

    deltas = [
        price_of(loss_of(calibrate(asked, budget()).events), budget().delta).delta
        for asked in (few, many)
    ]

    assert deltas == [0, budget().delta]


LOCKS = st.dictionaries(
    st.sampled_from(["count_rows", "sum_amount", "median_amount", "top_2_rows", "keys"]),
    st.integers(1, 180).map(lambda n: Decimal(n) / 1000),
    max_size=4,
)


@given(shares=LOCKS, mechanism=st.sampled_from(["gaussian", "laplace"]), typed=st.booleans())
def test_locked_shares_are_kept_and_the_others_divide_the_rest(
    shares: dict[str, Decimal], mechanism: str, typed: bool
) -> None:
    if typed:
        shares.pop("keys", None)
    asked = query(
        statistics=[
            {"count": "rows"},
            {"sum": AMOUNT | {"unit": "cents"}},
            {"median": AMOUNT},
            {"top": {"groups": 2}},
        ],
        mechanism=mechanism,
        shares=shares,
        public_keys={"city": ["Bonn"]} if typed else {},
    )
    spent: dict[str, int] = {}
    for event in calibrate(asked, budget()).events:
        if not isinstance(event, ThresholdEvent):
            loss = loss_of([event])
            cost = loss.rho if mechanism == "gaussian" else loss.pure
            name = event.statistic.rpartition(":")[0] or "keys"  # type: ignore[union-attr]
            spent[name] = spent.get(name, 0) + (cost or 0)

    total = divisible(asked, budget())
    free = {"count_rows": 4, "sum_amount": 4, "median_amount": 8, "top_2_rows": 4, "keys": 4}
    if typed:
        free.pop("keys")
    weights = {name: weight for name, weight in free.items() if name not in shares}
    rest = Decimal(1) - sum(shares.values())
    expected = shares | {n: rest * w / sum(weights.values()) for n, w in weights.items()}
    assert sum(spent.values()) <= total
    for name, share in expected.items():
        assert spent[name] <= share * total
        assert spent[name] >= share * total * Decimal("0.9999")


@pytest.mark.parametrize(
    ("statistic", "share", "groups"),
    [
        pytest.param({"median": AMOUNT}, "1e-13", 10**6, id="a million groups"),
        pytest.param({"top": {"groups": 1000}}, "1e-16", 1, id="a thousand draws"),
    ],
)
@pytest.mark.parametrize("mechanism", ["gaussian", "laplace"])
def test_a_share_of_less_than_a_unit_for_each_choice_is_refused(
    statistic: dict[str, object], share: str, groups: int, mechanism: str
) -> None:
    """Each choice costs at least one unit of the ledger; more noise would not make it cheaper."""
    asked = query(statistics=[statistic, {"count": "rows"}], mechanism=mechanism, max_groups=groups)
    locked = replace(asked, shares={asked.statistics[0].name: Decimal(share)})

    with pytest.raises(PrivacyParameterError, match="no noise keeps so little"):
        calibrate(locked, budget())


def test_what_one_person_can_change_must_fit_64_bits() -> None:
    wide = {"column": "amount", "lower": 0, "upper": 10**10, "unit": "cents"}

    with pytest.raises(BadBoundsError, match="64 bits"):
        calibrate(
            query(statistics=[{"sum": wide}], max_groups=10**4, max_rows_per_group=10**4), budget()
        )


def test_noise_depends_on_the_query_alone_and_never_on_data(shop: Any, stored: Stored) -> None:
    table, columns = shop
    other, _ = stored(who=["a"], city=["Bonn"], amount=[1.5])
    asked = query()

    events = [
        (aggregate(t, asked, columns, KEY).keys, calibrate(asked, budget()).events)
        for t in (table, other)
    ]

    assert events[0][0] != events[1][0]
    assert events[0][1] == events[1][1]


@given(low=st.decimals("0.01", "5", places=2), more=st.decimals("0.01", "5", places=2))
def test_less_epsilon_means_more_noise(low: Decimal, more: Decimal) -> None:
    tight = calibrate(query(), Budget(epsilon=low, delta=Decimal("1e-6")))
    loose = calibrate(query(), Budget(epsilon=low + more, delta=Decimal("1e-6")))

    for (_, noisier), (_, clearer) in zip(tight.parts, loose.parts, strict=True):
        assert noisier.scale > clearer.scale
    assert tight.keys is not None
    assert loose.keys is not None
    assert tight.keys[1].threshold >= loose.keys[1].threshold


def test_gaussian_noise_without_delta_is_refused() -> None:
    with pytest.raises(PrivacyParameterError, match="δ"):
        calibrate(query(), Budget(epsilon=Decimal(1), delta=Decimal(0)))


@pytest.mark.parametrize("mechanism", ["gaussian", "laplace"])
@pytest.mark.parametrize("groups", [1, 10, 1_000, 1_000_000])
@pytest.mark.parametrize("delta", ["1e-3", "1e-6", "1e-9", "1e-12", "1e-15"])
def test_opendp_never_asks_more_of_a_threshold_than_the_ledger_was_told(
    mechanism: str, groups: int, delta: str
) -> None:
    """Where rounding leaves no threshold that keeps δ, the query is refused before any draw."""
    nobody = np.zeros(1, dtype=np.int64)
    drawn = refused = 0
    for epsilon in ("0.000001", "0.001", "1", "100"):
        asked = query(mechanism=mechanism, max_groups=groups)
        try:
            keys = calibrate(asked, budget(epsilon, delta)).keys
        except PrivacyParameterError:
            refused += 1
            continue
        assert keys is not None
        mechanisms.surviving_groups(nobody, *keys, groups)
        drawn += 1

    is_tiny = Decimal(delta) / groups < Decimal("1e-11")
    assert drawn + refused == 4
    assert drawn >= 3 or is_tiny


def test_private_keys_without_delta_are_refused_under_laplace_too() -> None:
    with pytest.raises(PrivacyParameterError, match="δ"):
        calibrate(query(mechanism="laplace"), Budget(epsilon=Decimal(1), delta=Decimal(0)))


@pytest.mark.parametrize("scale", [0.2, 0.7, 1.0, 3.3, 9.0, 40.0])
def test_gaussian_margins_are_what_opendp_says(scale: float) -> None:
    """OpenDP gives the least a with P(|noise| ≥ a) ≤ 5 %; ours is the largest value inside."""
    stated = dp.discrete_gaussian_scale_to_accuracy(scale=scale, alpha=0.05)

    ours = margin(GaussianEvent(statistic="x", sensitivity_squared=1, scale=scale))

    assert ours == pytest.approx(stated - 1, abs=1)


@pytest.mark.parametrize("scale", [0.3, 1.0, 5.0, 180.0])
def test_laplace_margins_are_what_opendp_says(scale: float) -> None:
    stated = dp.discrete_laplacian_scale_to_accuracy(scale=scale, alpha=0.05)

    ours = margin(LaplaceEvent(statistic="x", sensitivity=1, scale=scale))

    assert ours == math.ceil(stated) - 1


def test_the_margin_of_very_wide_laplace_noise_is_three_times_its_scale() -> None:
    """There e^(−1/scale) can no longer be told from 1."""
    wide = LaplaceEvent(statistic="x", sensitivity=1, scale=1e18)

    assert margin(wide) == pytest.approx(1e18 * math.log(20), rel=1e-9)


def test_without_noise_the_published_numbers_are_the_exact_ones(shop: Any) -> None:
    table, columns = shop
    exact = aggregate(table, query(), columns, KEY)

    values = publish(exact, query(), calibrate(query(), budget()), SILENCE)

    found = {(v.keys[0], v.statistic): v.value for v in values}
    assert found == {
        ("Bonn", "count_rows"): 600,
        ("Bonn", "count_units"): 600,
        ("Bonn", "sum_amount"): 12_000,
        ("Bonn", "mean_amount"): 20,
        ("Ulm", "count_rows"): 300,
        ("Ulm", "count_units"): 300,
        ("Ulm", "sum_amount"): 12_150,
        ("Ulm", "mean_amount"): pytest.approx(40.5, abs=0.6),
    }


def test_a_mean_without_rows_is_the_middle_of_its_bounds_with_the_whole_range(shop: Any) -> None:
    table, columns = shop
    asked = query(public_keys={"city": ["Nowhere"]}, statistics=[
        {"mean": AMOUNT}
    ])  # fmt: skip
    exact = aggregate(table, asked, columns, KEY)

    (value,) = publish(exact, asked, calibrate(asked, budget()), SILENCE)

    assert (value.value, value.margin) == (50, 100)


def test_two_releases_draw_different_noise(shop: Any) -> None:
    table, columns = shop
    exact = aggregate(table, query(), columns, KEY)
    calibration = calibrate(query(), budget("0.5"))

    one, other = (publish(exact, query(), calibration, mechanisms) for _ in range(2))

    assert [v.value for v in one] != [v.value for v in other]


def test_a_preview_names_the_groups_that_will_appear_and_counts_the_others(shop: Any) -> None:
    table, columns = shop
    exact = aggregate(table, query(), columns, KEY)

    seen = preview(exact, query(), budget())

    assert {row.keys[0] for row in seen.rows} == {"Bonn", "Ulm"}
    assert seen.withheld_groups == 1
    assert "Rareville" not in repr(seen)


def test_a_preview_states_the_margins_that_the_release_then_has(shop: Any) -> None:
    table, columns = shop
    exact = aggregate(table, query(), columns, KEY)

    seen = preview(exact, query(), budget())
    values = publish(exact, query(), calibrate(query(), budget()), mechanisms)

    shown = {(r.keys, r.statistic): r.margin for r in seen.rows}
    published = {(v.keys, v.statistic): v.margin for v in values}
    counts = [place for place in published if not place[1].startswith("mean")]
    assert [shown[place] for place in counts] == [published[place] for place in counts]


def test_the_curve_falls_with_epsilon_and_goes_through_the_chosen_point(shop: Any) -> None:
    table, columns = shop
    exact = aggregate(table, query(), columns, KEY)

    seen = preview(exact, query(), budget("0.77"))

    curve = [p for p in seen.curve if p.statistic == "count_rows"]
    margins = [p.margin for p in curve]
    assert margins == sorted(margins, reverse=True)
    chosen = next(p for p in curve if p.epsilon == 0.77)
    row = next(r for r in seen.rows if r.statistic == "count_rows")
    assert chosen.margin == row.margin


def test_groups_whose_noise_drowns_the_signal_are_said_to_drown(shop: Any) -> None:
    table, columns = shop
    asked = query(public_keys={"city": ["Bonn", "Rareville", "Nowhere"]})
    exact = aggregate(table, asked, columns, KEY)

    seen = preview(exact, asked, budget())

    clarity = {r.keys[0]: r.clarity for r in seen.rows if r.statistic == "count_units"}
    assert clarity == {
        "Bonn": Clarity.CLEAR,
        "Rareville": Clarity.DROWNED,
        "Nowhere": Clarity.DROWNED,
    }


def test_a_preview_of_nothing_still_shows_the_curve(shop: Any) -> None:
    table, columns = shop
    asked = query(where="amount > 1000")
    exact = aggregate(table, asked, columns, KEY)

    seen = preview(exact, asked, budget())

    assert seen.rows == ()
    assert {p.relative for p in seen.curve} == {None}


@pytest.mark.parametrize(
    ("epsilon", "percent"), [(0.01, 50.25), (1, 73.11), (math.log(3), 75), (10, 99.995)]
)
def test_attackers_odds_follow_from_epsilon(epsilon: float, percent: float) -> None:
    assert attacker_percent(epsilon) == pytest.approx(percent, abs=0.01)


def spend_of(
    events: tuple[Any, ...], state: SpendState = SpendState.SETTLED, id_: str = "a"
) -> Spend:
    return Spend(id=id_, population="p", purpose="test", events=events, state=state, at=now())


def allowed(epsilon: str | int = 1, delta: str = "1e-5") -> Allowance:
    return Allowance(epsilon=Decimal(epsilon), delta=Decimal(delta))


def test_over_budget_is_refused_with_spent_left_and_asked() -> None:
    spent = calibrate(query(), budget("0.9")).events
    state = state_of("p", allowed(), [spend_of(spent)], is_decided=True, at=now())

    with pytest.raises(BudgetExceededError) as refusal:
        check_affordable(state, calibrate(query(), budget("0.8")).events, budget("0.8"), query())

    left = Decimal(str(refusal.value.facts["left"]))
    assert refusal.value.facts["asked"] == "0.8"
    assert Decimal(str(refusal.value.facts["spent"])) == state.spent.epsilon
    assert 0 < left < Decimal("0.8")
    check_affordable(
        state, calibrate(query(), budget(str(left))).events, budget(str(left)), query()
    )


def test_a_settled_reservation_counts_once_and_as_settled() -> None:
    full = calibrate(query(), budget("0.9")).events
    part = calibrate(query(), budget("0.1")).events
    history = [spend_of(full, SpendState.RESERVED), spend_of(part, SpendState.SETTLED)]

    in_force = spends_in_force(history, now())

    assert [spend.events for spend in in_force] == [part]


def test_a_budget_below_what_is_spent_is_refused() -> None:
    spent = calibrate(query(), budget("0.9")).events
    state = state_of("p", allowed(3), [spend_of(spent)], is_decided=True, at=now())

    check_budget(state, allowed(1), now())
    with pytest.raises(BudgetBelowSpentError):
        check_budget(state, allowed("0.5"), now())


def test_an_untouched_budget_is_all_left() -> None:
    state = state_of("p", allowed(3), [], is_decided=False, at=now())

    assert state.spent.epsilon == 0
    assert state.left.epsilon == 3
    assert state.share_spent == 0
