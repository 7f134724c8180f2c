"""What a budget buys, what is published, and what a preview says before."""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import numpy as np
import opendp.prelude as dp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.dataset import Table
from compliance.dataset.nouns import Column
from compliance.errors import BudgetBelowSpentError, BudgetExceededError, PrivacyParameterError
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
from compliance.privacy.calibration import margin
from compliance.privacy.ledger import spends_in_force
from compliance.privacy.nouns import (
    Allowance,
    Budget,
    Clarity,
    GaussianEvent,
    LaplaceEvent,
    Spend,
    SpendState,
)
from compliance.privacy.nouns.question import Query
from compliance.workspace.desk import now

Stored = Callable[..., tuple[Table, tuple[Column, ...]]]
KEY = b"k" * 32


def budget(epsilon: str | int = 1, delta: str = "1e-6") -> Budget:
    return Budget(epsilon=Decimal(epsilon), delta=Decimal(delta))


def query(**change: object) -> Query:
    raw: dict[str, Any] = {
        "unit": "who",
        "by": ["city"],
        "max_groups": 1,
        "max_rows_per_group": 2,
        "statistics": [
            {"count": "rows"},
            {"count": "units"},
            {"sum": {"column": "amount", "lower": 0, "upper": 100, "unit": "cents"}},
            {"mean": {"column": "amount", "lower": 0, "upper": 100}},
        ],
    }
    return to_query({**raw, **change})


class NoNoise:
    """A stand-in that blurs nothing, to see what is computed around the noise."""

    def add_noise(self, values: Any, event: object) -> Any:
        return values

    def surviving_groups(self, units: Any, event: object, threshold: Any, groups: int) -> list[int]:
        return [int(g) for g in np.flatnonzero(units >= threshold.threshold)]


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


def test_without_noise_the_published_numbers_are_the_exact_ones(shop: Any) -> None:
    table, columns = shop
    exact = aggregate(table, query(), columns, KEY)

    values = publish(exact, query(), calibrate(query(), budget()), NoNoise())

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
        {"mean": {"column": "amount", "lower": 0, "upper": 100}}
    ])  # fmt: skip
    exact = aggregate(table, asked, columns, KEY)

    (value,) = publish(exact, asked, calibrate(asked, budget()), NoNoise())

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
