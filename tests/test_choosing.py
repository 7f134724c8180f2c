"""The least of each whole, and numbers made compact: the same as by ordering everything."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from compliance.privacy.choosing import compacted, least_of_each

# Hashes that differ in their last bits only, in their first bits only, or not at all.
HASHES = st.one_of(
    st.sampled_from([0, 1, 2, 3, 2**63, 2**63 + 1, 2**64 - 2, 2**64 - 1]),
    st.integers(0, 2**64 - 1),
)


def chosen_by_order(items: list[tuple[int, int]], most: int) -> list[bool]:
    """The definition: of each whole, in the order of hash and then of place, the first ones."""
    order = sorted(range(len(items)), key=lambda i: (*items[i], i))
    taken: dict[int, int] = {}
    chosen = [False] * len(items)
    for i in order:
        whole = items[i][0]
        taken[whole] = taken.get(whole, 0) + 1
        chosen[i] = taken[whole] <= most
    return chosen


@given(items=st.lists(st.tuples(st.integers(0, 3), HASHES), max_size=60), most=st.integers(1, 4))
@example(items=[(0, 1), (0, 0)], most=1)  # the packed number holds no last bit
@example(items=[(1, 3), (1, 2), (0, 9), (1, 0), (1, 2)], most=2)
def test_the_least_hashes_of_each_whole_are_chosen(items: list[tuple[int, int]], most: int) -> None:
    wholes = np.array([whole for whole, _ in items], dtype=np.int64)
    hashes = np.array([hash_ for _, hash_ in items], dtype=np.uint64)

    chosen = least_of_each(wholes, lambda asked: hashes[asked], most)

    assert chosen.tolist() == chosen_by_order(items, most)


@given(wholes=st.lists(st.integers(0, 5), max_size=60), most=st.integers(1, 6))
def test_of_items_that_are_alike_the_first_are_chosen(wholes: list[int], most: int) -> None:
    """As of the rows of one person, where rows are only counted."""
    hashes = np.array([7, 7, 2**63, 0, 1, 2**64 - 1], dtype=np.uint64)[wholes]

    chosen = least_of_each(np.array(wholes, dtype=np.int64), lambda asked: hashes[asked], most)

    assert chosen.tolist() == [wholes[:i].count(whole) < most for i, whole in enumerate(wholes)]


def test_only_items_of_crowded_wholes_are_hashed() -> None:
    asked: list[int] = []

    def hashes(items: np.ndarray) -> np.ndarray:
        asked.extend(items.tolist())
        return items.astype(np.uint64)

    least_of_each(np.array([0, 1, 0, 0, 1]), hashes, 2)

    assert asked == [0, 2, 3]


def test_one_crowded_whole_is_enough() -> None:
    chosen = least_of_each(np.zeros(3, np.int64), lambda i: np.array([9, 2**64 - 1, 0], "u8")[i], 1)

    assert chosen.tolist() == [False, False, True]


@pytest.mark.parametrize("possible", [10, 10**12], ids=["counted", "sorted"])
def test_numbers_become_positions_among_those_that_occur(possible: int) -> None:
    positions, occurring = compacted(np.array([7, 2, 7, 9]), possible)

    assert (positions.tolist(), occurring.tolist()) == ([1, 0, 1, 2], [2, 7, 9])


@pytest.mark.parametrize("possible", [0, 10**12], ids=["counted", "sorted"])
def test_no_numbers_have_no_positions(possible: int) -> None:
    positions, occurring = compacted(np.zeros(0, np.int64), possible)

    assert (len(positions), len(occurring)) == (0, 0)
