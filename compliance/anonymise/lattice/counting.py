"""What suppression adds at many nodes and many k's at once.

Classes are counted in histograms over the first k at which they go, so that a running sum over k
gives all k's. Most classes are alone or nearly so and go at every k, or are so large that they go
at none: whichever of the two are more are left out, and known from the whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from compliance.anonymise.lattice.coding import Coding, Field, Words
from compliance.anonymise.lattice.costs import Prices, priced
from compliance.anonymise.lattice.tables import Levels, Table
from compliance.anonymise.nouns import Problem
from compliance.anonymise.nouns.problem import Floats, Ints

BATCH_CELLS = 300_000
"""Counts of one column that are worked on at once: they should stay in the cache."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sample:
    """What is needed of one node: how many classes there are of each size, and some classes.

    Attributes:
        small: per size below the largest k, how many classes.
        classes, squares: how many classes in all; Σ class size².
        keys, sizes: of all classes but the smallest (`has_small` False), which go at every k, or
            but the largest, which go at none: whichever are more. What the columns of those hold
            is what is missing from the whole.
    """

    levels: Levels
    small: Ints
    classes: int
    squares: float
    has_small: bool
    keys: Words
    sizes: Ints


def sampled(levels: Levels, table: Table, ks: tuple[int, ...]) -> Sample:
    """What is needed of one node."""
    sizes, least, most = table.sizes, ks[0], ks[-1]
    small = np.bincount(np.minimum(sizes, most), minlength=most + 1)
    has_small = bool(small[:least].sum() <= small[most])
    some = np.flatnonzero(sizes < most if has_small else sizes >= least)
    return Sample(
        levels=levels,
        small=small[:most],
        classes=len(sizes),
        squares=float(np.dot(sizes, sizes)),
        has_small=has_small,
        keys=table.keys.take(some, axis=1),
        sizes=sizes.take(some),
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Part:
    """Some nodes; but for `levels`, node × k."""

    levels: Ints
    suppressed: Floats
    classes: Floats
    squares: Floats
    loss: Floats
    entropy: Floats
    granularity: Floats


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Groups:
    """The groups that one column has at one level, by rank, and those of all higher levels: a
    group of a higher level has the rank of its first part.

    Attributes:
        level: the lowest.
        told: level × rank, what a row of that group loses when it is suppressed.
        whole: level × rank, all rows.
    """

    field: Field
    level: int
    told: Floats
    whole: Floats

    @property
    def width(self) -> int:
        """How many groups the lowest level has."""
        return int(self.told.shape[1])

    def of(self, keys: Words) -> Ints:
        """The rank of each class."""
        return self.field.groups(self.level, keys)


def _groups(field: Field, lowest: int) -> _Groups:
    finest = field.codes[lowest]
    told = np.zeros((field.levels, len(finest)))
    whole = np.zeros_like(told)
    for level in range(lowest, field.levels):
        places = np.searchsorted(finest, field.codes[level])
        told[level, places] = 1 - field.shares[level]
        whole[level, places] = field.counts[level]
    return _Groups(field=field, level=lowest, told=told, whole=whole)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Counter:
    """Counts for many nodes at once; `counter_of` makes it.

    Attributes:
        first: by class size up to the largest k, the place of the first k that it fails.
        groups: by column and lowest level.
        terms: n log₂ n of every number of rows.
    """

    prices: Prices
    ks: tuple[int, ...]
    first: Ints
    groups: tuple[tuple[_Groups, ...], ...]
    terms: Floats

    @property
    def most_nodes(self) -> int:
        """How many nodes are counted at once."""
        widest = max(groups[0].width for groups in self.groups)
        return max(1, BATCH_CELLS // (widest * (len(self.ks) + 1)))

    def count(self, batch: Sequence[Sample]) -> Part:
        """The figures of some nodes."""
        sizes = np.arange(self.ks[-1])
        small = np.stack([sample.small for sample in batch]).astype(float)
        places = np.array(self.ks) - 1
        suppressed = (small * sizes).cumsum(axis=1)[:, places]
        classes = np.array([[sample.classes] for sample in batch])
        squares = np.array([[sample.squares] for sample in batch])
        shares, bits = self._columns(batch, suppressed)
        return Part(
            levels=np.array([sample.levels for sample in batch]),
            suppressed=suppressed,
            classes=classes - small.cumsum(axis=1)[:, places],
            squares=squares - (small * sizes**2).cumsum(axis=1)[:, places],
            loss=self.prices.loss(shares),
            entropy=self.prices.entropy(bits),
            granularity=1 - self.prices.lost(shares).mean(axis=-1),
        )

    def _columns(self, batch: Sequence[Sample], suppressed: Floats) -> tuple[Floats, Floats]:
        """Shares and bits with what suppression adds; node × k × column."""
        levels = np.array([sample.levels for sample in batch])
        keys = np.concatenate([sample.keys for sample in batch], axis=1)
        sizes = np.concatenate([sample.sizes for sample in batch])
        node = np.repeat(np.arange(len(batch)), [len(sample.sizes) for sample in batch])
        first = self.first.take(np.minimum(sizes, self.ks[-1]))
        weights = sizes.astype(float)
        without = np.flatnonzero([not sample.has_small for sample in batch])
        shares = np.empty((len(batch), len(self.ks), len(self.groups)))
        bits, whole = np.empty_like(shares), self.terms.take(suppressed.astype(np.int64))
        for column, level in enumerate(levels.T):
            groups = self.groups[column][level.min()]
            shape = (len(batch), groups.width, len(self.ks) + 1)
            place = (groups.of(keys) + node * groups.width) * shape[2] + first
            counts = np.bincount(place, weights=weights, minlength=int(np.prod(shape)))
            counts = counts.reshape(shape)
            counts[without, :, 0] = groups.whole[level[without]] - counts[without, :, 1:].sum(-1)
            lost = np.matmul(groups.told[level][:, None, :], counts)[:, 0, :-1].cumsum(axis=1)
            shares[:, :, column] = self.prices.shares[column, level][:, None] + lost
            gone = counts[:, :, :-1].astype(np.int64).cumsum(axis=2)
            base = self.prices.bits[column, level][:, None] + whole
            bits[:, :, column] = base - self.terms.take(gone).sum(axis=1)
        return shares, bits


def counter_of(problem: Problem, coding: Coding, ks: tuple[int, ...]) -> Counter:
    """What counts the nodes of a problem at some k's."""
    rows = np.arange(problem.rows + 1, dtype=float)
    return Counter(
        prices=priced(problem, coding),
        ks=ks,
        first=np.searchsorted(ks, np.arange(ks[-1] + 1), side="right"),
        groups=tuple(
            tuple(_groups(field, level) for level in range(field.levels)) for field in coding.fields
        ),
        terms=rows * np.log2(np.maximum(rows, 1)),
    )
