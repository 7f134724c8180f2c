"""The attacks that officers can try come true on exact numbers, and hardly ever on noisy ones.

attacker ──everybody else's rows──▶ published − others = one person's number; in or out?
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from compliance.dataset import RawFile, Table
from compliance.dataset.nouns import Column, Description
from compliance.errors import NothingToAttackError
from compliance.privacy import bound, calibrate, mechanisms, to_query
from compliance.privacy.attacks import Attack, attack
from compliance.privacy.nouns import Budget
from compliance.privacy.nouns.question import Query
from compliance.workspace import Workspace

Stored = Callable[..., tuple[Table, tuple[Column, ...]]]
KEY = b"k" * 32
EXACTLY, NEAR, INSIDE, FOUND = range(4)


class Silence:
    """A mechanism that forgets its noise."""

    def add_noise(self, values: npt.NDArray[np.int64], _: object) -> npt.NDArray[np.int64]:
        return values


def query(**change: object) -> Query:
    raw: dict[str, Any] = {
        "unit": "who",
        "by": ["city"],
        "max_rows_per_group": 3,
        "statistics": [
            {"sum": {"column": "amount", "lower": 0, "upper": 100, "unit": "cents"}},
            {"count": "rows"},
        ],
    }
    return to_query({**raw, **change})


@pytest.fixture
def shop(stored: Stored) -> tuple[Table, tuple[Column, ...]]:
    people = range(1200)
    return stored(
        who=[f"p{n}" for n in people],
        city=[("Bonn", "Ulm")[n % 2] for n in people],
        amount=[1 + n % 99 for n in people],
    )


def attacked(shop: Any, asked: Query, epsilon: str, noise: Any) -> tuple[Attack, ...]:
    table, columns = shop
    budget = Budget(epsilon=Decimal(epsilon), delta=Decimal("1e-6"))
    bounded = bound(table, asked, columns, KEY)
    targets, attacks = attack(table, asked, bounded, calibrate(asked, budget), budget, noise, 7)
    assert targets > 100
    return attacks


def test_exact_numbers_give_everybody_away(shop: Any) -> None:
    attacks = attacked(shop, query(), "1", mechanisms)

    assert [one.before.share for one in attacks] == [1, 1, 1, 1]


@pytest.mark.parametrize("mechanism", ["gaussian", "laplace"])
@pytest.mark.parametrize("epsilon", ["0.5", "2", "6"])
def test_with_noise_no_attack_exceeds_what_the_guarantee_allows(
    shop: Any, mechanism: str, epsilon: str
) -> None:
    """The lower end of the interval, at a false alarm of one in a million, stays below."""
    attacks = attacked(shop, query(mechanism=mechanism), epsilon, mechanisms)

    for one in (attacks[INSIDE], attacks[FOUND]):
        assert one.at_most is not None
        assert one.after.interval(1e-6)[0] <= one.at_most
    assert attacks[EXACTLY].after.share < 0.05
    assert attacks[NEAR].after.share < 0.25


def test_the_attack_is_a_real_one_and_succeeds_against_little_noise(shop: Any) -> None:
    attacks = attacked(shop, query(max_rows_per_group=1), "60", mechanisms)

    assert attacks[INSIDE].after.share > 0.95
    assert attacks[FOUND].after.share > 0.9


def test_a_mechanism_that_forgets_its_noise_is_found_out(shop: Any) -> None:
    attacks = attacked(shop, query(), "0.5", Silence())

    assert attacks[EXACTLY].after.share == 1
    assert attacks[INSIDE].after.interval(1e-6)[0] > (attacks[INSIDE].at_most or 1)


NOTHING = [
    pytest.param({"statistics": [{"top": {"groups": 1}}]}, id="choices only"),
    pytest.param({"where": "amount > 500"}, id="nobody counts"),
]


@pytest.mark.parametrize("change", NOTHING)
def test_where_there_is_nothing_to_subtract_the_attack_is_refused(
    shop: Any, change: dict[str, object]
) -> None:
    with pytest.raises(NothingToAttackError):
        attacked(shop, query(**change), "1", mechanisms)


def test_a_trial_is_kept_and_in_the_trail_without_any_value(
    workspace: Workspace, orders_csv: bytes
) -> None:
    said = Description(population="customers")
    workspace.add_files([RawFile(name="orders.csv", data=orders_csv)], "orders", said)
    asked = to_query({"unit": "customer", "by": ["country"], "statistics": [{"count": "rows"}]})
    budget = Budget(epsilon=Decimal(1), delta=Decimal("1e-6"))

    trial = workspace.try_attacks("orders", asked, budget)

    (newest,) = workspace.entries(1)
    assert workspace.trials("orders") == (trial,)
    assert workspace.budget("customers").spends == ()
    assert newest.act == "attack.try"
    assert newest.facts["internal"] is True
    assert "Zembla" not in repr(trial)
    assert workspace.verify_trail().ok
