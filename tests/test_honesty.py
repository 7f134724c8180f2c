"""What bounds take away is told beside the noise, number by number."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from compliance.dataset import RawFile, Table
from compliance.dataset.nouns import Column, ColumnName, Description
from compliance.errors import PrivacyParameterError, UnknownColumnError
from compliance.privacy import to_query
from compliance.privacy.honesty import (
    Assumptions,
    GroupError,
    Numbers,
    errors,
    simulate,
)
from compliance.privacy.nouns import Budget
from compliance.privacy.nouns.question import Query
from compliance.workspace import Workspace

Stored = Callable[..., tuple[Table, tuple[Column, ...]]]
KEY = b"k" * 32
ASKED = Budget(epsilon=Decimal(2), delta=Decimal("1e-6"))
COMMON = Assumptions(
    people=2000,
    rows=Numbers(usual=Decimal(3), high=Decimal(12)),
    values={ColumnName("amount"): Numbers(usual=Decimal(40), high=Decimal(300))},
    groups=3,
)


def query(**change: object) -> Query:
    raw: dict[str, Any] = {
        "unit": "who",
        "by": ["city"],
        "max_rows_per_group": 2,
        "public_keys": {"city": ["Bonn", "Ulm"]},
        "statistics": [
            {"count": "rows"},
            {"sum": {"column": "amount", "lower": 0, "upper": 50}},
            {"mean": {"column": "amount", "lower": 0, "upper": 50}},
        ],
    }
    return to_query({**raw, **change})


@pytest.fixture
def shop(stored: Stored) -> tuple[Table, tuple[Column, ...]]:
    """Ten people in Bonn with four rows of 10, and ten in Ulm with one row of 80."""
    return stored(
        who=[f"b{n}" for n in range(10) for _ in range(4)] + [f"u{n}" for n in range(10)],
        city=["Bonn"] * 40 + ["Ulm"] * 10,
        amount=[10] * 40 + [80] * 10,
    )


def test_each_loss_is_told_where_it_arises(shop: Any) -> None:
    table, columns = shop

    found = {(e.keys[0], e.statistic): e for e in errors(table, query(), columns, ASKED, KEY)}

    def told(city: str, statistic: str) -> tuple[float, float, float]:
        error = found[(city, statistic)]
        return error.truth, error.clipping, error.dropping

    assert told("Bonn", "count_rows") == (40, 0, -20)
    assert told("Bonn", "sum_amount") == (400, 0, -200)
    assert told("Bonn", "mean_amount") == (10, 0, 0)
    assert told("Ulm", "count_rows") == (10, 0, 0)
    assert told("Ulm", "sum_amount") == (800, -300, 0)
    assert told("Ulm", "mean_amount") == (80, -30, 0)


def test_rows_that_name_nobody_count_as_dropped(stored: Stored) -> None:
    table, columns = stored(who=["a", None, None], city=["Bonn"] * 3, amount=[1, 1, 1])
    asked = query(statistics=[{"count": "rows"}])

    bonn, _ = errors(table, asked, columns, ASKED, KEY)

    assert (bonn.truth, bonn.dropping) == (3, -2)


def test_together_they_are_bias_and_margin() -> None:
    error = GroupError(
        keys=(), statistic="x", cell="", truth=100, clipping=-30, dropping=10, margin=19.6
    )

    assert error.bias == -20
    assert error.total == pytest.approx(39.6)
    assert error.root_mean_square == pytest.approx(np.hypot(20, 10), rel=1e-4)


@pytest.mark.parametrize(
    "statistic",
    [
        {"variance": {"column": "amount", "lower": 0, "upper": 50}},
        {"standard_deviation": {"column": "amount", "lower": 0, "upper": 50}},
        {"median": {"column": "amount", "lower": 0, "upper": 50}},
        {"histogram": {"column": "amount", "edges": [0, 20, 50]}},
        {"count": "units"},
        {"top": {"groups": 1}},
    ],
    ids=lambda s: next(iter(s)),
)
def test_every_kind_of_statistic_is_told_or_left_out_as_a_ranking(
    shop: Any, statistic: dict[str, Any]
) -> None:
    table, columns = shop

    found = errors(table, query(statistics=[statistic]), columns, ASKED, KEY)

    per_group = {"histogram": 2, "top": 0}.get(next(iter(statistic)), 1)
    assert len(found) == 2 * per_group
    assert all(np.isfinite([e.truth, e.total]).all() for e in found)


def test_a_stand_in_is_invented_from_what_is_known_and_always_the_same() -> None:
    asked = query(public_keys={})

    one, same, other = (simulate(asked, COMMON, seed) for seed in (7, 7, 8))

    amounts = [table.numbers(ColumnName("amount")).values for table in (one, same, other)]
    assert np.array_equal(amounts[0], amounts[1])
    assert not np.array_equal(amounts[0][:100], amounts[2][:100])
    assert np.median(amounts[0]) == pytest.approx(40, rel=0.1)
    assert np.quantile(amounts[0], 0.95) == pytest.approx(300, rel=0.15)
    assert len(one.codes(ColumnName("who")).labels) == 2000
    assert one.codes(ColumnName("city")).texts() == ["group 1", "group 2", "group 3"] or set(
        one.codes(ColumnName("city")).texts()
    ) == {"group 1", "group 2", "group 3"}


def test_a_stand_in_has_the_groups_that_are_public() -> None:
    table = simulate(query(), COMMON, 7)

    assert set(table.codes(ColumnName("city")).texts()) == {"Bonn", "Ulm"}


IMPOSSIBLE = [
    pytest.param(lambda: Numbers(usual=Decimal(5), high=Decimal(5)), id="no spread"),
    pytest.param(lambda: Numbers(usual=Decimal(0), high=Decimal(5)), id="usually nothing"),
    pytest.param(lambda: Numbers(usual=Decimal("nan"), high=Decimal(5)), id="no number"),
    pytest.param(
        lambda: Assumptions(people=0, rows=COMMON.rows, values=COMMON.values), id="nobody"
    ),
    pytest.param(
        lambda: simulate(query(), Assumptions(people=5, rows=COMMON.rows, values={}), 7),
        id="a column of which nothing is known",
    ),
    pytest.param(
        lambda: simulate(
            query(),
            Assumptions(
                people=200_000,
                rows=Numbers(usual=Decimal(1000), high=Decimal(2000)),
                values=COMMON.values,
            ),
            7,
        ),
        id="too many rows",
    ),
]


@pytest.mark.parametrize("impossible", IMPOSSIBLE)
def test_what_cannot_be_assumed_is_refused(impossible: Callable[[], object]) -> None:
    with pytest.raises(PrivacyParameterError):
        impossible()


@pytest.fixture
def desk(workspace: Workspace, orders_csv: bytes) -> Workspace:
    said = Description(population="customers")
    workspace.add_files([RawFile(name="orders.csv", data=orders_csv)], "orders", said)
    return workspace


ORDERS = to_query(
    {
        "unit": "customer",
        "by": ["country"],
        "statistics": [{"sum": {"column": "amount", "lower": 0, "upper": 20}}],
    }
)


def test_a_stand_in_leaves_no_trace_and_the_real_rows_are_in_the_trail(desk: Workspace) -> None:
    before = desk.verify_trail().entries

    on_stand_in = desk.probing.compare_error("orders", ORDERS, ASKED, COMMON)
    between = desk.verify_trail().entries
    on_real = desk.probing.compare_error("orders", ORDERS, ASKED, None)

    assert between == before
    assert [entry.act for entry in desk.entries(1)] == ["error.compare"]
    assert {e.keys[0] for e in on_real} == {"DE", "FR", "CN"}
    assert {e.keys[0] for e in on_stand_in} <= {"group 1", "group 2", "group 3"}
    assert desk.budget("customers").spends == ()


def test_a_public_stand_in_needs_the_same_columns(desk: Workspace) -> None:
    public = RawFile(name="public.csv", data=b"customer,country\n1,DE\n2,FR\n")
    desk.add_files([public], "public", Description())

    with pytest.raises(UnknownColumnError):
        desk.probing.compare_error("orders", ORDERS, ASKED, "public")


def test_a_stored_table_named_as_stand_in_is_in_the_trail_even_if_it_is_the_real_one(
    desk: Workspace,
) -> None:
    on_itself = desk.probing.compare_error("orders", ORDERS, ASKED, "orders")

    (newest,) = desk.entries(1)
    assert on_itself == desk.probing.compare_error("orders", ORDERS, ASKED, None)
    assert (newest.act, newest.subject) == ("error.compare", "orders")
