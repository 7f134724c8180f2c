"""A person alone in a rare group must not be seen.

    attacker ──knows everybody else──▶ publishes? group “ZZ” ──yes──▶ the one person is in the data
                                              └──no───▶ nothing learnt

The attack reads every released table for the canary's group, and for a difference between a
world with and one without the canary.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

from compliance.dataset import Table
from compliance.dataset.nouns import Column
from compliance.privacy import aggregate, calibrate, mechanisms, preview, publish, to_query
from compliance.privacy.nouns import Budget
from compliance.privacy.nouns.question import Query

Stored = Callable[..., tuple[Table, tuple[Column, ...]]]
CANARY = "ZZ_only_customer_42"
KEY = b"k" * 32
ASKED = Budget(epsilon=Decimal(5), delta=Decimal("1e-7"))
STATISTICS = [
    pytest.param([{"count": "rows"}], id="rows"),
    pytest.param([{"count": "units"}], id="people"),
    pytest.param([{"sum": {"column": "amount", "lower": 0, "upper": 9}}], id="sum"),
    pytest.param([{"mean": {"column": "amount", "lower": 0, "upper": 9}}], id="mean"),
]


def asked(statistics: list[object], mechanism: str) -> Query:
    return to_query(
        {
            "unit": "who",
            "by": ["country"],
            "max_rows_per_group": 1000,
            "statistics": statistics,
            "mechanism": mechanism,
        }
    )


@pytest.fixture
def shop(stored: Stored) -> tuple[Table, tuple[Column, ...]]:
    """2,000 people in one country, and one person with 900 rows in a country of their own."""
    return stored(
        who=[f"p{i}" for i in range(2000)] + ["canary"] * 900,
        country=["DE"] * 2000 + [CANARY] * 900,
        amount=[5] * 2900,
    )


@pytest.mark.parametrize("mechanism", ["gaussian", "laplace"])
@pytest.mark.parametrize("statistics", STATISTICS)
def test_a_group_of_one_is_never_published_nor_previewed(
    shop: tuple[Table, tuple[Column, ...]], statistics: list[object], mechanism: str
) -> None:
    table, columns = shop
    query = asked(statistics, mechanism)
    exact = aggregate(table, query, columns, KEY)
    calibration = calibrate(query, ASKED)

    releases = [publish(exact, query, calibration, mechanisms) for _ in range(40)]
    seen = preview(exact, query, ASKED)

    assert any(values for values in releases)
    assert CANARY not in repr(releases)
    assert CANARY not in repr(seen)
    assert seen.withheld_groups == 1


def test_the_canary_would_be_seen_if_keys_were_taken_from_the_data(
    shop: tuple[Table, tuple[Column, ...]],
) -> None:
    """The attack itself works: without the threshold the group shows."""
    table, columns = shop
    query = asked([{"count": "rows"}], "gaussian")
    exact = aggregate(table, query, columns, KEY)
    unprotected = calibrate(query, ASKED)
    unprotected = type(unprotected)(parts=unprotected.parts, keys=None)

    values = publish(exact, query, unprotected, mechanisms)

    assert CANARY in repr(values)
