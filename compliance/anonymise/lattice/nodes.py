"""One node, evaluated: which of its classes go, what that costs, what it says of other nodes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from compliance.anonymise.lattice.coding import Coding, coded
from compliance.anonymise.lattice.costs import Prices, added, priced
from compliance.anonymise.lattice.judging import Verdict, judged, least_rows
from compliance.anonymise.lattice.tables import Levels, Table, Tables, bottom
from compliance.anonymise.nouns import LossKind, Problem
from compliance.anonymise.nouns.problem import Bools, Floats, Ints

BY_COLUMN = {LossKind.LOSS, LossKind.ENTROPY}
"""Losses that are made of what each column loses; the others, of the sizes of classes."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Lattice:
    """A problem, its rows as keys, and what its levels cost.

    Attributes:
        limit: rows that may be suppressed.
        k: rows that every class that is left has, at least.
    """

    problem: Problem
    coding: Coding
    prices: Prices
    tables: Tables
    limit: int
    k: int

    @property
    def top(self) -> Levels:
        """The coarsest node."""
        return tuple(field.levels - 1 for field in self.coding.fields)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Node:
    """What was found out about one node.

    Attributes:
        levels: which.
        allowed: it meets the criteria within the suppression limit.
        cost: what it loses, of the kind that the problem asks for.
        hopeless: no finer node is allowed.
        gone: rows that go at every finer node too.
        added: what those add, here and at every finer node, at least; per column.
        squares: Σ class size² at this node and every coarser one, at least; `gone_squares`: what
            the rows that are `gone` add to it, here and at every finer node.
        left: classes that are not all `gone`.
    """

    levels: Levels
    allowed: bool
    cost: float
    hopeless: bool
    gone: int
    added: Floats
    squares: float
    gone_squares: float
    left: int


def lattice_of(problem: Problem) -> Lattice:
    """The lattice of a problem; no node but the finest is made yet."""
    coding = coded(problem)
    return Lattice(
        problem=problem,
        coding=coding,
        prices=priced(problem, coding),
        tables=Tables(coding, bottom(problem, coding)),
        limit=problem.spare,
        k=least_rows(problem),
    )


def evaluated(lattice: Lattice, levels: Levels) -> Node:
    """One node, evaluated."""
    table = lattice.tables.at(levels)
    verdict = judged(lattice.problem, table)
    kept = table.sizes[~verdict.gone & (table.sizes > 0)]
    suppressed = lattice.problem.rows - int(kept.sum())
    gone = int(table.sizes[verdict.core].sum())
    squares, gone_squares = _squares(lattice, table, verdict.core)
    sure = _added(lattice, levels, table, verdict.core)
    return Node(
        levels=levels,
        allowed=verdict.holds and suppressed <= lattice.limit,
        cost=_cost(lattice, levels, table, verdict, kept, sure),
        hopeless=verdict.spoils or gone > lattice.limit,
        gone=gone,
        added=sure,
        squares=squares,
        gone_squares=gone_squares,
        left=int((~verdict.core & (table.sizes > 0)).sum()),
    )


def _cost(
    lattice: Lattice, levels: Levels, table: Table, verdict: Verdict, kept: Ints, sure: Floats
) -> float:
    kind, rows = lattice.problem.loss, lattice.problem.rows
    suppressed = rows - int(kept.sum())
    if kind is LossKind.DISCERNIBILITY:
        return float((kept.astype(float) ** 2).sum() + float(rows) * suppressed)
    if kind is LossKind.CLASS_SIZE:
        return rows / (len(kept) + (suppressed > 0))
    is_sure = verdict.core is verdict.gone
    extra = sure if is_sure else _added(lattice, levels, table, verdict.gone)
    return lattice.prices.total(kind, lattice.prices.at(kind, levels) + extra)


def _added(lattice: Lattice, levels: Levels, table: Table, gone: Bools) -> Floats:
    kind = lattice.problem.loss
    if kind not in BY_COLUMN:
        return np.zeros(len(levels))
    return added(lattice.coding, kind, levels, table.keys[:, gone], table.sizes[gone])


def _squares(lattice: Lattice, table: Table, core: Bools) -> tuple[float, float]:
    """A row of the core that is kept at a coarser node is in a class of at least k there."""
    if lattice.problem.loss is not LossKind.DISCERNIBILITY:
        return 0.0, 0.0
    sizes, gone = table.sizes.astype(float), table.sizes[core].astype(float)
    least = np.maximum(gone, lattice.k)
    squares = float((sizes * sizes).sum() - (gone * gone).sum() + (gone * least).sum())
    return squares, float((gone * (lattice.problem.rows - least)).sum())
