"""A year of a shop: the baskets point to its customers, and afterwards they do not."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy import sparse

from benchmarks.baskets import ITEM, PERSON, hierarchies, outcome, purchases
from compliance.anonymise.baskets import (
    Baskets,
    anonymise_baskets,
    gather_baskets,
    losses_of_baskets,
    measure_baskets,
)
from compliance.dataset import Table

pytestmark = pytest.mark.realdata


@pytest.fixture(scope="module")
def lines(shared_data: Path) -> Table:
    return purchases(shared_data)


def least_of_pairs(baskets: Baskets) -> int:
    """The rarest item or pair that occurs: by a product of matrices, not by bits."""
    shape = (baskets.persons, len(baskets.items))
    ones = np.ones(len(baskets.item), dtype=np.int64)
    has = sparse.csr_array((ones, (baskets.person, baskets.item)), shape=shape)
    return int((has.T @ has).data.min())


def test_two_things_that_a_customer_bought_often_point_to_them_alone(lines: Table) -> None:
    baskets = gather_baskets(lines, PERSON, ITEM)

    found = measure_baskets(baskets, 2, asked=5)

    assert (baskets.persons, len(baskets.item)) == (4_372, 267_615)
    assert found.k == least_of_pairs(baskets) == 1
    assert (found.singled_out, found.exposed) == (2_763, 3_671)


@pytest.mark.parametrize("kind", ["code", "description", "demand"])
def test_afterwards_no_two_things_point_to_fewer_than_five(lines: Table, kind: str) -> None:
    baskets = gather_baskets(lines, PERSON, ITEM)
    hierarchy = hierarchies(lines, baskets)[kind]

    recoded = outcome(anonymise_baskets(baskets, hierarchy, k=5, m=2))

    assert measure_baskets(recoded.after, 2, asked=5).exposed == 0
    assert least_of_pairs(recoded.after) >= 5
    assert losses_of_baskets(recoded, len(hierarchy.values)).ncp < 0.1
