"""Every node of a lattice at every k, so that a slider over k shows all of them at once.

The nodes are walked so that only the innermost column, whose field is the lowest of a key, changes
from most nodes to the next: blanking the lowest bits keeps keys in order, and equal neighbours are
all there is to find.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence

import numpy as np

from compliance.anonymise.lattice import counting
from compliance.anonymise.lattice.coding import Coding, coded
from compliance.anonymise.lattice.counting import Part, Sample, counter_of, sampled
from compliance.anonymise.lattice.tables import Levels, Table, bottom, rolled
from compliance.anonymise.nouns import Curve, LossKind, Problem
from compliance.anonymise.nouns.problem import Floats, Ints
from compliance.errors import TooManyNodesError
from compliance.plain import ended

MOST_CELLS = 5_000_000
"""Nodes × k's that a curve may have; at 56 bytes each."""


def survey(problem: Problem, ks: Sequence[int]) -> Curve:
    """Every node at every k.

    Only k counts: the other criteria and the suppression limit are left aside.

    Args:
        problem: the table.
        ks: ascending, at least 1.

    Raises:
        TooManyNodesError: the lattice is too large for a curve; search it instead.
    """
    return ended(surveying(problem, ks))


def surveying(problem: Problem, ks: Sequence[int]) -> Generator[int, None, Curve]:
    """As `survey`; yields how many nodes are done, now and then."""
    if not ks or list(ks) != sorted(set(ks)) or ks[0] < 1:
        raise ValueError("the k's must ascend from 1 or more")
    if problem.nodes * len(ks) > MOST_CELLS:
        raise TooManyNodesError(nodes=problem.nodes, most=MOST_CELLS // len(ks))
    only_table = Problem(
        ladders=problem.ladders,
        sensitive=(),
        criteria=(),
        suppression_limit=1.0,
        loss=problem.loss,
    )
    return _surveying(only_table, tuple(ks))


def _surveying(problem: Problem, ks: tuple[int, ...]) -> Generator[int, None, Curve]:
    coding = coded(problem)
    counter = counter_of(problem, coding, ks)
    parts: list[Part] = []
    batch: list[Sample] = []
    entries = 0
    for levels, table in _walk(coding, bottom(problem, coding)):
        batch.append(sampled(levels, table, ks))
        entries += len(batch[-1].sizes)
        if len(batch) >= counter.most_nodes or entries > counting.BATCH_CELLS:
            parts.append(counter.count(batch))
            batch, entries = [], 0
            yield sum(len(part.levels) for part in parts)
    if batch:
        parts.append(counter.count(batch))
    return _curve(problem, ks, parts)


def _walk(coding: Coding, finest: Table) -> Iterator[tuple[Levels, Table]]:
    """All nodes with their classes; the column whose field is lowest changes fastest."""
    fields = coding.fields
    order = sorted(range(len(fields)), key=lambda c: (-fields[c].word, -fields[c].shift))
    levels = [0] * len(fields)

    def below(place: int, table: Table) -> Iterator[tuple[Levels, Table]]:
        column = order[place]
        for level in range(fields[column].levels):
            levels[column] = level
            if level:
                in_order = len(table.keys) == 1 and place == len(order) - 1
                table = rolled(table, coding.masks(levels), in_order=in_order)
            if place == len(order) - 1:
                yield tuple(levels), table
            else:
                yield from below(place + 1, table)
        levels[column] = 0

    return below(0, finest)


def _curve(problem: Problem, ks: tuple[int, ...], parts: Sequence[Part]) -> Curve:
    """The parts in the order of levels."""
    levels = np.concatenate([part.levels for part in parts])
    order = np.lexsort(levels.T[::-1])
    rows = problem.rows

    def joined(name: str) -> Floats:
        return np.concatenate([getattr(part, name) for part in parts])[order]

    suppressed, classes = joined("suppressed"), joined("classes")
    left = rows - suppressed
    lowest = np.array([ladder.lowest for ladder in problem.ladders])
    return Curve(
        columns=tuple(ladder.column for ladder in problem.ladders),
        rows=rows,
        levels=(levels[order] + lowest).astype(np.int8),
        ks=ks,
        suppressed=suppressed.astype(np.int64),
        losses={
            LossKind.LOSS.value: joined("loss"),
            LossKind.ENTROPY.value: joined("entropy"),
            LossKind.DISCERNIBILITY.value: joined("squares") + rows * suppressed,
            LossKind.CLASS_SIZE.value: rows / (classes + (suppressed > 0)),
        },
        granularity=joined("granularity"),
        mean_risk=np.divide(classes, left, out=np.zeros_like(left), where=left > 0),
    )


def frontier(curve: Curve, k: int, loss: LossKind) -> Ints:
    """The nodes that no other node beats in both: rows suppressed, and loss.

    Of nodes that are equal in both, the first. By rows suppressed, fewest first; so the loss
    falls from each to the next.

    Raises:
        ValueError: the curve does not hold that k.
    """
    place = curve.ks.index(k)
    suppressed, lost = curve.suppressed[:, place], curve.losses[loss.value][:, place]
    order = np.lexsort((lost, suppressed))
    least = np.minimum.accumulate(lost[order])
    return np.asarray(order[np.flatnonzero(np.diff(least, prepend=np.inf) < 0)])
