"""Micro-aggregation: near rows in groups of at least k, each value its group's mean.

One column: the grouping with the smallest sum of squared distances, by a shortest path over the
sorted values (Hansen and Mukherjee 2003, doi:10.1109/TKDE.2003.1209020). Several: MDAV
(Domingo-Ferrer and Torra 2005, doi:10.1007/s10618-005-0007-5).
"""

from __future__ import annotations

import numpy as np

from compliance.anonymise.nouns.problem import Bools, Floats, Ints
from compliance.anonymise.treatments.job import Job, Measured, Outcome, measured
from compliance.i18n import mark

_MOST_AT_ONCE = 4_000  # MDAV compares each row with each; see benchmarks/treatments.py


def averaged(job: Job) -> Outcome:
    """Each value is the mean of its group of at least k rows.

    Rows that miss different columns of the group are averaged apart; where fewer than k rows miss
    the same ones, their values are blanked, for a mean of so few would tell too much.
    """
    columns = [measured(job, place) for place in range(len(job.arrays))]
    values = np.stack([column.values for column in columns], axis=1)
    present = np.stack([column.present for column in columns], axis=1)
    kept = present.copy()
    for pattern in np.unique(present, axis=0):
        rows = np.flatnonzero((present == pattern).all(axis=1))
        if not pattern.any():
            continue
        if len(rows) < job.settings["k"]:
            kept[rows] = False
        else:
            block = np.ix_(rows, np.flatnonzero(pattern))
            values[block] = _means(values[block], job.settings["k"])
    return Outcome(arrays=_arrays(columns, values, kept), remark=_remark(values, present, kept))


def groups_of_one(values: Floats, k: int) -> Ints:
    """The group of each of `values`, at least k in each, at the least squared distance from means.

    In an optimal grouping groups are runs of the sorted values, and none has 2k or more. Takes
    len(values) × k steps. With fewer than 2k values there is one group.
    """
    order = np.argsort(values, kind="stable")
    starts = _best_starts(values[order] - values.mean(), k)
    group = np.empty(len(values), dtype=np.int64)
    group[order] = np.cumsum(starts) - 1
    return group


def mdav(values: Floats, k: int) -> Ints:
    """The group of each row of `values`, k to 2k − 1 rows in each.

    Again and again the row farthest from the mean, and then the one farthest from that, take
    their k − 1 nearest rows. Columns should be on like scales. Takes rows² ÷ k steps.
    """
    group = np.empty(len(values), dtype=np.int64)
    left, rows, found = np.arange(len(values)), values, 0
    while len(left) >= 2 * k:
        first = rows[np.argmax(_distances(rows, rows.mean(axis=0)))]
        from_first = _distances(rows, first)
        centres = [first, rows[np.argmax(from_first)]] if len(left) >= 3 * k else [first]
        for centre in centres:
            apart = from_first if centre is first else _distances(rows, centre)
            near = np.argpartition(apart, k - 1)[:k]
            group[left[near]] = found
            stays = np.ones(len(left), dtype=np.bool_)
            stays[near] = False
            left, rows, found = left[stays], rows[stays], found + 1
    group[left] = found
    return group


def _means(values: Floats, k: int) -> Floats:
    """Each row's group mean."""
    group = groups_of_one(values[:, 0], k) if values.shape[1] == 1 else _groups(values, k)
    counts = np.bincount(group)
    sums = [np.bincount(group, weights=column) for column in (values - values.mean(axis=0)).T]
    means: Floats = (np.stack(sums, axis=1) / counts[:, None] + values.mean(axis=0))[group]
    return means


def _groups(values: Floats, k: int) -> Ints:
    """MDAV of the standardised columns, within blocks of near rows where there are many."""
    spread = values.std(axis=0)
    scaled = (values - values.mean(axis=0)) / np.where(spread > 0, spread, 1.0)
    group, found = np.empty(len(values), dtype=np.int64), 0
    for rows in _blocks(scaled, max(_MOST_AT_ONCE, 4 * k)):
        group[rows] = mdav(scaled[rows], k) + found
        found = int(group[rows].max()) + 1
    return group


def _blocks(values: Floats, most: int) -> list[Ints]:
    """Rows in halves along the widest column, again and again, until no part has more than `most`.

    Every part has at least a quarter of `most`.
    """
    parts, done = [np.arange(len(values))], []
    while parts:
        rows = parts.pop()
        if len(rows) <= most:
            done.append(rows)
            continue
        widest = int(np.argmax(np.ptp(values[rows], axis=0)))
        order = rows[np.argsort(values[rows, widest], kind="stable")]
        parts += [order[: len(order) // 2], order[len(order) // 2 :]]
    return done


def _best_starts(ordered: Floats, k: int) -> Bools:
    """Where groups of the sorted values start."""
    count = len(ordered)
    sums, squares = (np.concatenate(([0.0], np.cumsum(x))) for x in (ordered, ordered**2))
    cost, came_from = np.full(count + 1, np.inf), np.zeros(count + 1, dtype=np.int64)
    cost[0] = 0
    for end in range(min(k, count), count + 1):
        starts = np.arange(max(0, end - 2 * k + 1), max(end - k, 0) + 1)
        size = end - starts
        spread = squares[end] - squares[starts] - (sums[end] - sums[starts]) ** 2 / size
        total = cost[starts] + np.maximum(spread, 0)
        best = int(np.argmin(total))
        cost[end], came_from[end] = total[best], starts[best]
    is_start, at = np.zeros(count, dtype=np.bool_), count
    while at > 0:
        at = int(came_from[at])
        is_start[at] = True
    return is_start


def _distances(values: Floats, centre: Floats) -> Floats:
    apart = values - centre
    squared: Floats = np.einsum("ij,ij->i", apart, apart)
    return squared


def _arrays(columns: list[Measured], values: Floats, kept: Bools) -> tuple[object, ...]:
    return tuple(column.replaced(values[:, at], kept[:, at]) for at, column in enumerate(columns))


def _remark(values: Floats, present: Bools, kept: Bools) -> str:
    blanked = int((present & ~kept).any(axis=1).sum())
    cut = len(values) > _MOST_AT_ONCE and values.shape[1] > 1
    parts = [
        mark("Rows blanked, for too few others miss the same columns: {n:,}.").format(n=blanked)
        if blanked
        else "",
        mark("Rows were compared with near ones only, for they are many.") if cut else "",
    ]
    return " ".join(part for part in parts if part)
