"""Accuracy first: the smallest loss that is enough, and no more than that."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.dataset import RawFile, Table
from compliance.dataset.nouns import Column, Description
from compliance.errors import OutOfReachError, PrivacyParameterError
from compliance.privacy import Aggregate, aggregate, plan, preview, to_query
from compliance.privacy.nouns import Budget, Dropped
from compliance.privacy.nouns.planning import Coverage, Target
from compliance.privacy.nouns.question import Query
from compliance.workspace import Workspace

Stored = Callable[..., tuple[Table, tuple[Column, ...]]]
DELTA = Decimal("1e-6")


def query(**change: object) -> Query:
    raw: dict[str, Any] = {
        "unit": "who",
        "by": ["city"],
        "statistics": [
            {"count": "rows"},
            {"sum": {"column": "amount", "lower": 0, "upper": 100, "unit": "cents"}},
            {"median": {"column": "amount", "lower": 0, "upper": 100}},
        ],
    }
    return to_query({**raw, **change})


def target(statistic: str, within: str, coverage: Coverage = Coverage.MOST) -> Target:
    is_relative = within.endswith("%")
    number = Decimal(within.removesuffix("%"))
    return Target(
        statistic=statistic,
        within=number / 100 if is_relative else number,
        is_relative=is_relative,
        coverage=coverage,
    )


@pytest.fixture
def shop(stored: Stored) -> tuple[Table, tuple[Column, ...]]:
    """3,000 people in Bonn, 1,500 in Ulm, 40 in Trier; one row each."""
    cities = ["Bonn"] * 3000 + ["Ulm"] * 1500 + ["Trier"] * 40
    people = range(len(cities))
    return stored(who=[f"p{i}" for i in people], city=cities, amount=[i % 97 for i in people])


def summed(shop: tuple[Table, tuple[Column, ...]], asked: Query) -> Aggregate:
    table, columns = shop
    return aggregate(table, asked, columns, b"k" * 32)


TARGETS = [
    pytest.param([target("count_rows", "2%")], id="a share"),
    pytest.param([target("count_rows", "50", Coverage.ALL)], id="a number, in all groups"),
    pytest.param([target("sum_amount", "5%", Coverage.MIDDLE)], id="a sum in half of them"),
    pytest.param([target("median_amount", "3")], id="a median"),
    pytest.param([target("count_rows", "1%"), target("sum_amount", "3000")], id="two at once"),
]
CHANGES = [
    pytest.param({}, id="private keys"),
    pytest.param({"public_keys": {"city": ["Bonn", "Ulm"]}}, id="public keys"),
    pytest.param({"mechanism": "laplace"}, id="laplace"),
]


@pytest.mark.parametrize("targets", TARGETS)
@pytest.mark.parametrize("change", CHANGES)
def test_the_plan_meets_every_target_and_hardly_less_would(
    shop: tuple[Table, tuple[Column, ...]], targets: list[Target], change: dict[str, object]
) -> None:
    asked = query(**change)
    exact = summed(shop, asked)

    found = plan(exact, asked, targets, DELTA)

    divided = replace(asked, shares=found.shares)
    assert all(met(exact, divided, found.asked, t) for t in targets)
    less = Budget(epsilon=found.asked.epsilon * Decimal("0.9"), delta=DELTA)
    assert not all(met(exact, divided, less, t) for t in targets)


def met(exact: Aggregate, asked: Query, budget: Budget, wanted: Target) -> bool:
    """Whether the preview, which knows nothing of plans, says so."""
    rows = [r for r in preview(exact, asked, budget).rows if r.statistic == wanted.statistic]
    within = [
        row.margin <= float(wanted.within) * (abs(row.size) if wanted.is_relative else 1)
        for row in rows
    ]
    return sum(within) >= wanted.coverage.share * len(rows)


@given(percent=st.integers(1, 40))
def test_less_exact_never_costs_more(percent: int) -> None:
    exact = Aggregate(
        keys=(("a",), ("b",)),
        units=np.array([900, 2000]),
        parts={"count_rows:value": np.array([900, 2000])},
        dropped=Dropped(rows=0, units=0, rows_without_unit=0),
    )
    asked = query(statistics=[{"count": "rows"}])

    tight, loose = (
        plan(exact, asked, [target("count_rows", f"{p}%")], DELTA).asked.epsilon
        for p in (percent, percent + 1)
    )

    assert loose <= tight


def test_what_has_no_target_gets_what_the_others_get(
    shop: tuple[Table, tuple[Column, ...]],
) -> None:
    asked = query(public_keys={"city": ["Bonn", "Ulm"]})

    found = plan(summed(shop, asked), asked, [target("count_rows", "2%")], DELTA)

    assert found.shares["sum_amount"] == pytest.approx(
        found.shares["count_rows"], abs=Decimal("2e-6")
    )
    assert sum(found.shares.values()) <= 1


REFUSED = [
    pytest.param([target("sum_amount", "0.01")], {}, OutOfReachError, "No ε", id="too exact"),
    pytest.param([target("mode", "1")], {}, PrivacyParameterError, "count_rows", id="unknown"),
    pytest.param([], {}, PrivacyParameterError, "at least one", id="none"),
    pytest.param(
        [target("count_units", "5%")],
        {
            "statistics": [{"count": "units"}],
            "mechanism": "randomised_response",
            "public_keys": {"city": ["Bonn", "Ulm"]},
        },
        PrivacyParameterError,
        "curve",
        id="changed answers",
    ),
]


@pytest.mark.parametrize(("targets", "change", "error", "says"), REFUSED)
def test_targets_that_cannot_be_are_refused(
    shop: tuple[Table, tuple[Column, ...]],
    targets: list[Target],
    change: dict[str, object],
    error: type[Exception],
    says: str,
) -> None:
    asked = query(**change)
    exact = summed(shop, asked)

    with pytest.raises(error, match=says):
        plan(exact, asked, targets, DELTA)


@pytest.mark.parametrize("within", ["0", "-1", "nan", "inf"])
def test_a_margin_is_a_number_above_zero(within: str) -> None:
    with pytest.raises(PrivacyParameterError, match="above 0"):
        target("count_rows", within)


def test_planning_writes_nothing(workspace: Workspace, orders_csv: bytes) -> None:
    said = Description(population="customers")
    workspace.add_files([RawFile(name="orders.csv", data=orders_csv)], "orders", said)
    before = workspace.verify_trail()
    asked = to_query({"unit": "customer", "by": ["country"], "statistics": [{"count": "rows"}]})

    found = workspace.plan("orders", asked, [target("count_rows", "10%")])

    assert workspace.verify_trail() == before
    assert found.asked.delta == workspace.budget("customers").total.delta / 10
