"""The few steps over all rows that bounding is made of, without ordering the rows themselves.

A table of ten million rows is counted and sorted as plain numbers here, which takes a tenth of
the time of bringing its rows into an order.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Hashes = npt.NDArray[np.uint64]
Truths = npt.NDArray[np.bool_]
_CELLS_PER_NUMBER = 4  # up to so many possible values per number are counted one by one


def compacted(numbers: Ints, possible: int) -> tuple[Ints, Ints]:
    """`numbers` as positions among those that occur, and those that occur, ascending.

    Args:
        numbers: each from 0 to `possible` - 1.
    """
    if possible > _CELLS_PER_NUMBER * len(numbers):
        occurring, positions = np.unique(numbers, return_inverse=True)
        return positions.astype(np.int64, copy=False), occurring
    occurs = np.zeros(possible, dtype=np.bool_)
    occurs[numbers] = True
    position = np.cumsum(occurs, dtype=np.int64) - 1
    return position[numbers], np.flatnonzero(occurs).astype(np.int64, copy=False)


def least_of_each(
    wholes: npt.NDArray[np.signedinteger], hashes: Callable[[Ints], Hashes], most: int
) -> Truths:
    """Per item, whether its hash is among the `most` least of its whole.

    Of equal hashes the first items are taken: only items that are alike may have the same.

    Args:
        wholes: per item, the number of the whole that it belongs to.
        hashes: the hashes of the items at these positions; asked only for items of wholes
            that have more than `most`.
    """
    sizes = np.bincount(wholes)
    is_crowded = sizes > most
    in_crowd = is_crowded[wholes]
    items = np.flatnonzero(in_crowd)
    chosen: Truths = ~in_crowd
    if len(items):
        number = np.cumsum(is_crowded)[wholes[items]] - 1
        chosen[items] = _least(number, hashes(items), sizes[is_crowded], most)
    return chosen


def _least(number: Ints, hashes: Hashes, sizes: Ints, most: int) -> Truths:
    """The same where every whole is crowded: whole i has `sizes[i]` > `most` items.

    Whole and hash are packed into one number, which loses the hash's last bits. Sorted, they
    show per whole the largest that is still chosen. Where the next one is equal, the items
    that are equal to it are told apart by their whole hash.
    """
    bits = np.uint64(max((len(sizes) - 1).bit_length(), 1))
    packed = (number.astype(np.uint64) << (np.uint64(64) - bits)) | (hashes >> bits)
    last = np.cumsum(sizes) - sizes + most - 1
    in_order = np.sort(packed)
    limit = in_order[last]
    is_shared = in_order[last + 1] == limit
    limits = limit[number]
    chosen: Truths = packed <= limits
    if not is_shared.any():
        return chosen
    doubtful = np.flatnonzero((packed == limits) & is_shared[number])
    below = np.bincount(number[np.flatnonzero(packed < limits)], minlength=len(sizes))
    whole = number[doubtful]
    order = _ordered(whole, hashes[doubtful])
    whole = whole[order]
    first = np.searchsorted(whole, np.arange(len(sizes)))
    chosen[doubtful[order]] = np.arange(len(whole)) - first[whole] < most - below[whole]
    return chosen


def _ordered(wholes: Ints, hashes: Hashes) -> Ints:
    """The items by whole, then by hash, then as they came."""
    of_whole = np.zeros(int(wholes.max()) + 1, dtype=np.uint64)
    of_whole[wholes] = hashes
    if (of_whole[wholes] != hashes).any():
        return np.lexsort((hashes, wholes))
    # Items of a whole are alike (whoever counts rows looks at nothing else): whole and place
    # packed into one number are sorted much faster than pairs of them.
    bits = len(wholes).bit_length()
    return np.asarray(np.sort((wholes << bits) | np.arange(len(wholes))) & ((1 << bits) - 1))
