"""How a loss is divided over the statistics of a query."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.errors import PrivacyParameterError
from compliance.privacy import calibrate, division, loss_of, price_of, to_query
from compliance.privacy.calibration import selection
from compliance.privacy.costs import epsilon_of_selection, rho_of_selection
from compliance.privacy.nouns import Budget, SelectionEvent
from compliance.privacy.nouns.question import Mechanism, Query

TINY = Decimal("1e-15")  # a unit of the loss that rounding down leaves over, a few times


def query(**change: object) -> Query:
    raw: dict[str, Any] = {
        "unit": "who",
        "by": ["city"],
        "public_keys": {"city": ["Ulm", "Bonn"]},
        "statistics": [
            {"count": "rows"},
            {"mean": {"column": "amount", "lower": 0, "upper": 100}},
            {"median": {"column": "amount", "lower": 0, "upper": 100}},
        ],
    }
    return to_query({**raw, **change})


def test_statistics_share_by_the_weight_of_their_parts() -> None:
    shares = division(query())

    assert list(shares) == ["count_rows", "mean_amount", "median_amount"]
    assert shares["mean_amount"] == pytest.approx(2 * shares["count_rows"], abs=TINY)
    assert sum(shares.values()) == pytest.approx(1, abs=TINY)


def test_finding_private_groups_has_a_share_of_its_own() -> None:
    assert "keys" in division(query(public_keys={}))
    assert "keys" not in division(query())


@given(st.decimals("0.01", "0.98", places=2))
def test_a_locked_share_is_held_and_the_others_divide_the_rest(locked: Decimal) -> None:
    shares = division(query(shares={"count_rows": locked}))

    assert shares["count_rows"] == pytest.approx(locked, abs=TINY)
    assert sum(shares.values()) == pytest.approx(1, abs=TINY)
    assert shares["mean_amount"] == pytest.approx(shares["median_amount"], abs=TINY)


def test_randomised_response_has_nothing_to_divide() -> None:
    counted = query(statistics=[{"count": "units"}], mechanism="randomised_response")

    assert division(counted) == {"count_units": 1}


def test_the_division_is_the_one_that_noise_is_calibrated_by() -> None:
    asked = query(shares={"count_rows": "0.25"}, statistics=query_of_sums())
    blurred = calibrate(asked, Budget(epsilon=Decimal(1), delta=Decimal("1e-6")))
    costs = {
        part.statistic.name: price_of(loss_of((event,)), Decimal("1e-6")).rho
        for part, event in blurred.parts
    }

    total = sum(cost for cost in costs.values() if cost is not None)
    for name, share in division(asked).items():
        cost = costs[name]
        assert cost is not None
        assert float(cost / total) == pytest.approx(float(share), rel=1e-9)


def query_of_sums() -> list[dict[str, object]]:
    about = {"lower": 0, "upper": 100}
    return [{"count": "rows"}, *({"sum": {"column": name, **about}} for name in ("a", "b"))]


@given(st.integers(1, 10**20), st.integers(1, 50), st.integers(1, 50), st.booleans(), st.booleans())
def test_choices_cost_their_share_and_hardly_less(
    share: int, draws: int, groups: int, is_monotonic: bool, is_gaussian: bool
) -> None:
    event = SelectionEvent(
        statistic="s", sensitivity=3, scale=1.0, draws=draws, groups=groups,
        is_monotonic=is_monotonic,
    )  # fmt: skip
    mechanism = Mechanism.GAUSSIAN if is_gaussian else Mechanism.LAPLACE
    cost = rho_of_selection if is_gaussian else epsilon_of_selection
    if share < draws * groups:
        with pytest.raises(PrivacyParameterError, match="no noise keeps so little"):
            selection(event, mechanism, share)
        return

    paid = cost(selection(event, mechanism, share))
    assert paid <= share
    assert paid >= (1 - 1e-12) * share - 2 * draws * groups
