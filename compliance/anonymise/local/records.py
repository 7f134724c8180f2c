"""Rows with equal codes put together, with what each level would cost them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from compliance.anonymise.local.nouns import Records
from compliance.anonymise.nouns.plan import LossKind
from compliance.anonymise.nouns.problem import Codes32, Floats, Ints, Ladder, Problem

_LARGEST_KEY = 1 << 62


def records_of(problem: Problem) -> Records:
    """The distinct rows of a problem, then those of its population."""
    ladders = problem.ladders
    columns = [ladder.codes for ladder in ladders] + [s.codes for s in problem.sensitive]
    sizes = [ladder.sizes[0] for ladder in ladders] + [s.values for s in problem.sensitive]
    first, of_row, counts = distinct(columns, sizes)
    leaves = np.stack([ladder.codes[first] for ladder in ladders], axis=1)
    sensitive = [s.codes[first] for s in problem.sensitive]
    people = np.zeros(len(first), dtype=np.int64)
    if problem.population:
        others = [ladder.codes for ladder in problem.population]
        first, _, persons = distinct(others, sizes[: len(ladders)])
        leaves = np.concatenate([leaves, np.stack([o[first] for o in others], axis=1)])
        sensitive = [np.append(s, np.zeros(len(first), dtype=np.int32)) for s in sensitive]
        counts = np.append(counts, np.zeros(len(first), dtype=np.int64))
        people = np.append(people, persons)
    prices = [_prices(ladder, problem) for ladder in ladders]
    return Records(
        ladders=ladders,
        leaves=leaves,
        sensitive=sensitive,
        counts=counts,
        people=people,
        of_row=of_row,
        prices=prices,
        whole=_whole(ladders, leaves, prices, problem),
    )


def distinct(columns: Sequence[Codes32 | Ints], sizes: Sequence[int]) -> tuple[Ints, Ints, Ints]:
    """Of each distinct combination: where it first stands; of each row: its number; and counts."""
    _, first, inverse, counts = np.unique(
        keys(columns, sizes), return_index=True, return_inverse=True, return_counts=True
    )
    return first, inverse, counts


def keys(columns: Sequence[Codes32 | Ints], sizes: Sequence[int]) -> Ints:
    """One number per row, equal where all columns are: mixed radix, made dense before it is full.

    Args:
        columns: codes from 0; at least one column.
        sizes: per column, a number above all its codes.
    """
    result = columns[0].astype(np.int64)
    range_ = sizes[0]
    for codes, size in zip(columns[1:], sizes[1:], strict=True):
        if size == 1:
            continue
        if range_ * size > _LARGEST_KEY:
            values, result = np.unique(result, return_inverse=True)
            range_ = len(values)
        result = result * size + codes
        range_ *= size
    return result


def _prices(ladder: Ladder, problem: Problem) -> Floats:
    """Level × leaf: the row's loss by the problem's yardstick, 0 where nothing is hidden.

    Discernibility and class size know no cells; small classes serve them, and detail makes small
    classes, so they are served by the price of detail.
    """
    if problem.loss is LossKind.ENTROPY:
        rows = np.bincount(ladder.codes, minlength=ladder.sizes[0])
        groups = [np.bincount(to, weights=rows)[to] for to in ladder.maps]
        levels = [np.log2(np.maximum(g, 1) / np.maximum(rows, 1)) for g in groups]
    else:
        finest = ladder.shares[0]
        scale = np.maximum(1 - finest, np.finfo(float).tiny)
        shares = [share[to] for share, to in zip(ladder.shares, ladder.maps, strict=True)]
        levels = [np.maximum(share - finest, 0) / scale for share in shares]
    return ladder.weight * np.maximum.accumulate(np.stack(levels), axis=0)


def _whole(
    ladders: Sequence[Ladder], leaves: Codes32, prices: Sequence[Floats], problem: Problem
) -> Floats:
    """What each record’s row loses when it is suppressed: as if nothing could be told of it."""
    if problem.loss is not LossKind.ENTROPY:
        return np.full(len(leaves), sum(ladder.weight for ladder in ladders), dtype=float)
    whole = np.zeros(len(leaves))
    for place, ladder in enumerate(ladders):
        rows = np.maximum(np.bincount(ladder.codes, minlength=ladder.sizes[0]), 1)
        alone = ladder.weight * np.log2(problem.rows / rows)
        whole += np.maximum(alone, prices[place][-1])[leaves[:, place]]
    return whole
