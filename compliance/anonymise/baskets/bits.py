"""Columns of baskets as bits: who has an item, 64 people to a word."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from compliance.anonymise.baskets.nouns import Baskets
from compliance.anonymise.nouns.problem import Ints

Words = npt.NDArray[np.uint64]


def columns(baskets: Baskets) -> Words:
    """Item × word: a bit per person."""
    width = (baskets.persons + 63) // 64
    order = np.argsort(baskets.item, kind="stable")
    persons = baskets.person[order]
    starts = np.searchsorted(baskets.item[order], np.arange(len(baskets.items) + 1))
    result = np.zeros((len(baskets.items), width), dtype=np.uint64)
    row = np.zeros(width * 64, dtype=np.uint8)
    for item in range(len(baskets.items)):
        mine = persons[starts[item] : starts[item + 1]]
        row[mine] = 1
        result[item] = np.packbits(row).view(np.uint64)
        row[mine] = 0
    return result


def people(words: Words) -> Ints:
    """How many people each row of words holds; of one row, how many it holds."""
    return np.asarray(np.bitwise_count(words).sum(axis=-1, dtype=np.int64))


def is_common(column: Words, others: Words, k: int, m: int) -> bool:
    """Whether every combination of `column` with up to m − 1 others has no or at least k people.

    Combinations are grown as in Apriori (Agrawal and Srikant 1994): one that nobody has is not
    grown any further.
    """
    if not _is_safe(people(column), k):
        return False
    if m == 1 or not len(others):
        return True
    used = np.flatnonzero(column)
    both = others[:, used] & column[used]
    counts = people(both)
    if not _are_safe(counts, k):
        return False
    if m == 2:
        return True
    both = both[counts > 0]
    return all(
        is_common(both[place], both[place + 1 :], k, m - 1) for place in range(len(both) - 1)
    )


def _is_safe(count: Ints, k: int) -> bool:
    return bool(count == 0 or count >= k)


def _are_safe(counts: Ints, k: int) -> bool:
    return not bool(((counts > 0) & (counts < k)).any())
