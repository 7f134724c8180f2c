"""Boosted trees as one vector of numbers, and the way of rows through them.

Trees are full: `depth` levels of nodes, numbered from the left in each, then the leaves. A node
sends a row to the right where the bin of its input is above its threshold. One without an input
sends all rows to the left, so that a vector of zeros says 0 of every row.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from compliance.federated.features import FloatArray, IntArray
from compliance.federated.learners.binning import BinArray
from compliance.federated.nouns import Tensor
from compliance.i18n import mark


@dataclass(frozen=True, slots=True, kw_only=True)
class Forest:
    """How trees lie in the vector.

    Attributes:
        trees: how many there will be.
        depth: levels of nodes in each.
    """

    trees: int
    depth: int

    @property
    def nodes(self) -> int:
        """Of each tree, without leaves."""
        return int(2**self.depth) - 1

    @property
    def tensors(self) -> tuple[Tensor, ...]:
        """What all rows begin with; per node the input, from 1, and the threshold; the leaves."""
        return (
            Tensor(name=mark("start"), shape=(1,)),
            Tensor(name=mark("input of each node"), shape=(self.trees, self.nodes)),
            Tensor(name=mark("threshold of each node"), shape=(self.trees, self.nodes)),
            Tensor(name=mark("value of each leaf"), shape=(self.trees, self.nodes + 1)),
        )

    @property
    def size(self) -> int:
        """Of the vector."""
        return 1 + self.trees * (3 * self.nodes + 1)

    def inputs(self, models: FloatArray, tree: int) -> FloatArray:
        """A view of the inputs of one tree's nodes: models × nodes."""
        return self._part(models, 1, self.nodes, tree)

    def thresholds(self, models: FloatArray, tree: int) -> FloatArray:
        """A view of their thresholds."""
        return self._part(models, 1 + self.trees * self.nodes, self.nodes, tree)

    def leaves(self, models: FloatArray, tree: int) -> FloatArray:
        """A view of the leaves."""
        return self._part(models, 1 + 2 * self.trees * self.nodes, self.nodes + 1, tree)

    def first(self, models: FloatArray, trees: int) -> tuple[FloatArray, ...]:
        """Views of all that the first trees consist of, and of the start."""
        wide = self.trees * self.nodes
        parts = ((0, 1), (1, self.nodes), (1 + wide, self.nodes), (1 + 2 * wide, self.nodes + 1))
        return tuple(models[..., at : at + (width * trees if at else 1)] for at, width in parts)

    def taken_from(self, models: FloatArray, trees: int) -> FloatArray:
        """Models of a forest of `trees` trees as models of this one, as far as there is room."""
        theirs, kept = Forest(trees=trees, depth=self.depth), min(trees, self.trees)
        found = np.zeros((*models.shape[:-1], self.size))
        for own, old in zip(self.first(found, kept), theirs.first(models, kept), strict=True):
            own[...] = old
        return found

    def _part(self, models: FloatArray, start: int, width: int, tree: int) -> FloatArray:
        at = start + tree * width
        return models[..., at : at + width]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Travellers:
    """Rows, and by whose model each goes.

    Attributes:
        bins: of all rows: rows × inputs.
        rows: those that go.
        model: per row that goes, the position of its model.
    """

    bins: BinArray
    rows: IntArray
    model: IntArray

    def nodes_at(self, forest: Forest, models: FloatArray, tree: int, level: int) -> IntArray:
        """Per row, the node of `level` that it comes to, counted from the left."""
        inputs = forest.inputs(models, tree).astype(np.int64)
        thresholds = forest.thresholds(models, tree)
        first = self.rows * self.bins.shape[1] - 1  # inputs are counted from 1
        node = np.zeros(len(self.rows), dtype=np.int64)
        for above in range(level):
            at = self.model * forest.nodes + (2**above - 1) + node
            asked = inputs.take(at)
            is_right = self.bins.take(first + asked, mode="wrap") > thresholds.take(at)
            node = 2 * node + (is_right & (asked > 0))
        return node

    def scores(self, forest: Forest, models: FloatArray, tree: int) -> FloatArray:
        """Per row, what one tree says of it."""
        leaf = self.nodes_at(forest, models, tree, forest.depth)
        return forest.leaves(models, tree).take(self.model * (forest.nodes + 1) + leaf)
