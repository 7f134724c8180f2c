"""Bounds by a private look: paid for, round, and about right."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from compliance.dataset import RawFile, Table
from compliance.dataset.nouns import Column, ColumnName, Description
from compliance.errors import BudgetExceededError, NotANumberColumnError, UnknownColumnError
from compliance.privacy import loss_of, mechanisms, price_of, proposing, to_query
from compliance.privacy.nouns import Budget, SelectionEvent
from compliance.privacy.nouns.question import Query
from compliance.workspace import Workspace

Stored = Callable[..., tuple[Table, tuple[Column, ...]]]
KEY = b"k" * 32
ASKED = Budget(epsilon=Decimal(1), delta=Decimal("1e-6"))


class NoNoise:
    """A stand-in that takes the best candidate, to see what is computed around the noise."""

    def choose(self, scores: npt.NDArray[np.int64], event: SelectionEvent) -> list[int]:
        return [int(np.argmax(scores))]


def query(**change: object) -> Query:
    raw: dict[str, Any] = {
        "unit": "who",
        "by": ["city"],
        "statistics": [{"count": "rows"}],
    }
    return to_query({**raw, **change})


def found(
    table: Table, columns: tuple[Column, ...], asked: Query, names: list[str], noise: Any
) -> dict[str, int]:
    sought = proposing.looks(asked, [ColumnName(name) for name in names])
    # So much that a wrong choice has a chance of less than one in a million.
    events = proposing.look_events(asked, sought, Budget(epsilon=Decimal(8), delta=Decimal("1e-6")))
    chosen = proposing.take_looks(table, asked, columns, sought, events, KEY, noise)
    return {look.name: value for look, value in zip(sought, chosen, strict=True)}


@pytest.fixture
def shop(stored: Stored) -> tuple[Table, tuple[Column, ...]]:
    """4,000 people, each in two of five cities with three rows in each; amounts from 0 to 90."""
    rows = [
        (p, (p + c) % 5, p * 7 + c * 13 + r) for p in range(4000) for c in (0, 1) for r in range(3)
    ]
    return stored(
        who=[f"p{p}" for p, _, _ in rows],
        city=[f"city {c}" for _, c, _ in rows],
        amount=[a % 91 for _, _, a in rows],
        rate=[(a % 100) / 100 for _, _, a in rows],
    )


@pytest.mark.parametrize("noise", [NoNoise(), mechanisms], ids=["without noise", "with noise"])
def test_round_bounds_just_large_enough_are_proposed(shop: Any, noise: Any) -> None:
    bounds = found(*shop, query(), ["amount", "rate"], noise)

    assert bounds["groups per person"] == 2
    assert bounds["rows per person and group"] == 3
    assert bounds["upper bound of amount"] == 100 * proposing.CENTS
    assert 0 <= bounds["lower bound of amount"] <= 2 * proposing.CENTS
    assert bounds["upper bound of rate"] == 1 * proposing.CENTS


def test_stretches_of_time_are_sought_where_there_is_a_period(stored: Stored) -> None:
    """Everybody bought on one day of each of three months, in two cities."""
    import datetime as dt

    rows = [(p, m, c) for p in range(3000) for m in (1, 2, 3) for c in "ab"]
    table, columns = stored(
        who=[f"p{p}" for p, _, _ in rows],
        day=[dt.date(2024, m, 1 + p % 28) for p, m, _ in rows],
        city=[c for _, _, c in rows],
    )
    asked = query(
        by=["city", {"column": "day", "per": "month"}],
        period={"column": "day", "per": "month", "most": 1},
    )

    bounds = found(table, columns, asked, [], mechanisms)

    assert bounds == {
        "stretches of time per person": 3,
        "groups per person": 2,
        "rows per person and group": 1,
    }


@settings(
    deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    rows=st.lists(
        st.tuples(st.sampled_from("abc"), st.sampled_from("xy"), st.integers(-300, 10**6)),
        min_size=1,
        max_size=30,
    )
)
def test_one_person_moves_no_score_by_more_than_the_ledger_is_told(
    stored: Stored, rows: list[tuple[str, str, int]]
) -> None:
    others = [row for row in rows if row[0] != "a"] or [("b", "x", 1)]
    asked = query()
    seen: list[list[npt.NDArray[np.int64]]] = []

    class Watching:
        def choose(self, scores: npt.NDArray[np.int64], event: SelectionEvent) -> list[int]:
            seen[-1].append(scores)
            return [0]

    for world in (rows if any(row[0] != "a" for row in rows) else [*rows, *others], others):
        seen.append([])
        table, columns = stored(
            who=[r[0] for r in world], city=[r[1] for r in world], amount=[r[2] for r in world]
        )
        found(table, columns, asked, ["amount"], Watching())

    events = proposing.look_events(asked, proposing.looks(asked, [ColumnName("amount")]), ASKED)
    for with_person, without, event in zip(*seen, events, strict=True):
        assert abs(with_person - without).max() <= event.sensitivity


def test_a_look_costs_what_was_typed_and_hardly_less() -> None:
    asked = query()
    events = proposing.look_events(asked, proposing.looks(asked, []), ASKED)

    price = price_of(loss_of(events), ASKED.delta)

    assert ASKED.epsilon * Decimal("0.9999") <= price.epsilon <= ASKED.epsilon


def test_a_lower_bound_stays_below_the_upper() -> None:
    sought = proposing.looks(query(), [ColumnName("amount")])

    (same,) = proposing.ranges(sought, [1, 1, 500, 500])
    (turned,) = proposing.ranges(sought, [1, 1, 900, -100])

    assert same.lower < same.upper
    assert (turned.lower, turned.upper) == (Decimal(-1), Decimal(9))


@pytest.fixture
def desk(workspace: Workspace, orders_csv: bytes) -> Workspace:
    said = Description(population="customers")
    workspace.add_files([RawFile(name="orders.csv", data=orders_csv)], "orders", said)
    return workspace


ORDERS = {"unit": "customer", "by": ["country"], "statistics": [{"count": "rows"}]}


def test_a_proposal_is_paid_for_stored_and_in_the_trail(desk: Workspace) -> None:
    proposal = desk.propose_bounds("orders", to_query(ORDERS), [ColumnName("amount")], ASKED)

    state, (newest, *_) = desk.budget("customers"), desk.entries(1)
    assert desk.proposals("orders") == (proposal,)
    assert [spend.purpose for spend in state.spends] == [proposal.id]
    assert newest.act == "bounds.propose"
    assert newest.facts["proposal"] == proposal.id
    assert desk.verify_trail().ok


def test_a_look_over_budget_is_refused_before_it_is_taken(desk: Workspace) -> None:
    desk.decide_budget("customers", Budget(epsilon=Decimal("0.5"), delta=Decimal("1e-6")))

    with pytest.raises(BudgetExceededError):
        desk.propose_bounds("orders", to_query(ORDERS), [], ASKED)

    assert desk.proposals("orders") == ()
    assert desk.budget("customers").spends == ()


UNFIT = [
    pytest.param("nowhere", UnknownColumnError, id="unknown"),
    pytest.param("country", NotANumberColumnError, id="words"),
]


@pytest.mark.parametrize(("column", "error"), UNFIT)
def test_columns_without_bounds_are_refused(
    desk: Workspace, column: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        desk.propose_bounds("orders", to_query(ORDERS), [ColumnName(column)], ASKED)
