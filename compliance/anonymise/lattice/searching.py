"""The node that loses least, proven: branch and bound over boxes of the lattice.

A box is all nodes between a finest and a coarsest one. What its finest node costs without
suppression, and what is suppressed even at its coarsest, together bound every node in it from
below. The box with the lowest bound is cut in two; one whose bound is not below the best node
found, or whose coarsest node fails the criteria for good, is left out. When none is left, the best
is proven; when time runs out, the lowest bound of those that are left is a bound for all nodes.

This takes the place of Flash and its pruning in ARX (Kohlmayer et al. 2012,
doi:10.1109/SocialCom-PASSAT.2012.52; Prasser et al. 2016, doi:10.1145/2996451), and needs no
memory for the lattice itself.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Generator
from dataclasses import dataclass

import numpy as np

from compliance.anonymise.lattice.nodes import BY_COLUMN, Lattice, Node, evaluated, lattice_of
from compliance.anonymise.lattice.recoding import recode
from compliance.anonymise.lattice.tables import Levels
from compliance.anonymise.losses import class_sizes, losses_of
from compliance.anonymise.nouns import Found, LossKind, Problem
from compliance.anonymise.nouns.problem import Floats
from compliance.errors import NothingAllowedError

Rank = tuple[float, int, Levels]
"""What is made small: the loss; of equal ones, the lower levels in all; then the first."""

NODES_PER_REPORT = 32

STEPS_PER_LOOK = 200
"""After so many steps the nodes around the best one are tried: large lattices gain by it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a search has come.

    Attributes:
        nodes_checked, nodes: how many nodes were evaluated, of how many.
        best: the lowest loss so far; None before any allowed node is known.
        bound: no allowed node can be below it.
    """

    nodes_checked: int
    nodes: int
    best: float | None
    bound: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Box:
    """All nodes from `low` to `high.levels`; `floor` is an evaluated node nowhere coarser."""

    low: Levels
    high: Node
    floor: Node


def search(
    problem: Problem,
    time_limit_s: float | None = None,
    clock: Callable[[], float] | None = None,
) -> Generator[Progress, None, Found]:
    """The levels that lose least among those that meet all criteria within the limit.

    Of nodes with equal loss (to 12 digits) the one with the lowest sum of levels is taken, as ARX
    does, and of those the first.

    Args:
        problem: what to search.
        time_limit_s: after which the best so far is returned, with `optimal` False; None for no
            limit.
        clock: seconds that only grow; needed for a time limit.

    Yields:
        Progress, now and then.

    Returns:
        Found; the generator's value.

    Raises:
        NothingAllowedError: no node meets the criteria, or none was found in time.
        HierarchyError: one divides too often to be searched.
    """
    state = _Search(lattice_of(problem))
    end = clock() + time_limit_s if clock is not None and time_limit_s is not None else None
    state.start()
    reported = 0
    while state.is_open() and not (end is not None and clock is not None and clock() >= end):
        state.step()
        if state.steps % STEPS_PER_LOOK == 0:
            state.look_around()
        if state.checked >= reported + NODES_PER_REPORT:
            reported = state.checked
            yield state.progress()
    return state.found()


class _Search:
    """Open boxes, lowest bound first, and the best node so far."""

    def __init__(self, lattice: Lattice) -> None:
        self.lattice = lattice
        self.checked = 0
        self.steps = 0
        self._kind = lattice.problem.loss
        self._best: tuple[Rank, Node] | None = None
        self._looked_around: tuple[Rank, Node] | None = None
        self._open: list[tuple[Rank, int, _Box]] = []
        self._boxes = 0
        self._gains = _gains(lattice)

    def start(self) -> None:
        """Open the box of all nodes."""
        high = self._evaluate(self.lattice.top)
        low = (0,) * len(high.levels)
        self._add(low, high, high if low == high.levels else self._evaluate(low))

    def is_open(self) -> bool:
        """Whether a better node may still be found."""
        return bool(self._open) and self._is_better(self._open[0][0])

    def step(self) -> None:
        """Cut the box with the lowest bound in two."""
        self.steps += 1
        box = heapq.heappop(self._open)[2]
        low, high = box.low, box.high.levels
        if low == high:
            return
        if self._kind not in BY_COLUMN and box.floor.levels != low:
            self._add(low, box.high, self._evaluate(low))
            return
        column, level = self._cut(low, high)
        self._add((*low[:column], level + 1, *low[column + 1 :]), box.high, box.floor)
        finer = (*high[:column], level, *high[column + 1 :])
        self._add(low, box.floor if finer == box.floor.levels else self._evaluate(finer), box.floor)

    def look_around(self) -> None:
        """Try the nodes that are one level finer than the best one, unless that was done."""
        if self._best is None or self._best is self._looked_around:
            return
        self._looked_around = self._best
        levels = self._best[1].levels
        for column in np.flatnonzero(levels).tolist():
            self._evaluate((*levels[:column], levels[column] - 1, *levels[column + 1 :]))

    def progress(self) -> Progress:
        """How far this is."""
        best = None if self._best is None else self._best[1].cost
        return Progress(
            nodes_checked=self.checked,
            nodes=self.lattice.problem.nodes,
            best=best,
            bound=self._bound_of_all(),
        )

    def found(self) -> Found:
        """The best node, and what is known of all others."""
        if self._best is None:
            raise NothingAllowedError(nodes=self.lattice.problem.nodes, checked=self.checked)
        problem, node = self.lattice.problem, self._best[1]
        levels = tuple(
            level + ladder.lowest
            for level, ladder in zip(node.levels, problem.ladders, strict=True)
        )
        recoding = recode(problem, levels)
        return Found(
            levels=levels,
            classes=len(class_sizes(recoding)),
            suppressed=int(recoding.suppressed.sum()),
            losses=losses_of(problem, recoding),
            optimal=not self.is_open(),
            bound=self._bound_of_all(),
            nodes_checked=self.checked,
            nodes=problem.nodes,
        )

    def _evaluate(self, levels: Levels) -> Node:
        self.checked += 1
        node = evaluated(self.lattice, levels)
        if node.allowed and self._is_better(rank := _rank(node.cost, levels)):
            self._best = rank, node
        return node

    def _is_better(self, rank: Rank) -> bool:
        return self._best is None or rank < self._best[0]

    def _add(self, low: Levels, high: Node, floor: Node) -> None:
        """Open a box, unless nothing better can be in it."""
        if high.hopeless:
            return
        box = _Box(low=low, high=high, floor=floor)
        rank = _rank(self._bound(box), low)
        if self._is_better(rank):
            self._boxes += 1
            heapq.heappush(self._open, (rank, self._boxes, box))

    def _bound(self, box: _Box) -> float:
        """No node of a box costs less."""
        lattice, high, floor = self.lattice, box.high, box.floor
        if self._kind in BY_COLUMN:
            columns = lattice.prices.at(self._kind, box.low) + high.added
            return lattice.prices.total(self._kind, columns)
        if self._kind is LossKind.DISCERNIBILITY:
            return floor.squares + high.gone_squares
        # A class that is left has a part that was left, or at least k rows that were not.
        joined = (floor.gone - high.gone) // lattice.k
        return lattice.problem.rows / (floor.left + joined + (lattice.limit > 0))

    def _cut(self, low: Levels, high: Levels) -> tuple[int, int]:
        """The column that loses most from one end of a box to the other, cut in the middle."""
        gains = [
            float(gain[b] - gain[a]) if a < b else -1.0
            for gain, a, b in zip(self._gains, low, high, strict=True)
        ]
        column = int(np.argmax(gains))
        return column, (low[column] + high[column]) // 2

    def _bound_of_all(self) -> float:
        best = np.inf if self._best is None else self._best[1].cost
        return min(best, self._open[0][0][0]) if self._open else best


def _gains(lattice: Lattice) -> Floats:
    """How much of its detail each column has lost at each level.

    Bits tell best how classes grow, where the loss itself is not made of columns.
    """
    prices = lattice.prices
    if lattice.problem.loss is LossKind.LOSS:
        return np.asarray(np.log1p(prices.lost(prices.shares.T).T))
    return prices.bits


def _rank(loss: float, levels: Levels) -> Rank:
    return float(f"{loss:.12g}"), sum(levels), levels
