"""What a node costs: one part that only the levels decide, and what the suppressed rows add.

Without suppression, loss and entropy are sums over columns that depend on each column's level
alone. What suppression adds depends on how often each group stands among the suppressed rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from compliance.anonymise.lattice.coding import Coding, Field, Words
from compliance.anonymise.losses import weights_of
from compliance.anonymise.nouns import LossKind, Problem
from compliance.anonymise.nouns.problem import Floats, Ints


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Prices:
    """What levels cost without suppression.

    Attributes:
        rows: of the table.
        shares: column × level, Σ over the rows of the share that their cell stands for.
        bits: column × level, the entropy lost.
        least: per column, the share of one leaf.
        weights: per column.
    """

    rows: int
    shares: Floats
    bits: Floats
    least: Floats
    weights: Floats

    def at(self, kind: LossKind, levels: Sequence[int]) -> Floats:
        """What each column adds to a loss that is a sum over columns."""
        table = self.bits if kind is LossKind.ENTROPY else self.shares
        return np.asarray(table[range(len(levels)), levels])

    def total(self, kind: LossKind, columns: Floats) -> float:
        """The loss, from what each column adds."""
        return float(self.entropy(columns) if kind is LossKind.ENTROPY else self.loss(columns))

    def lost(self, shares: Floats) -> Floats:
        """Sums of shares put on 0 (the values themselves) to 1 (all told); columns come last."""
        span = np.where(self.least < 1, 1 - self.least, np.inf)
        return np.maximum(0.0, (shares / self.rows - self.least) / span)

    def loss(self, shares: Floats) -> Floats:
        """The geometric mean, from sums of shares; columns come last."""
        return np.asarray(np.expm1(np.log1p(self.lost(shares)) @ self.weights / self.weights.sum()))

    def entropy(self, bits: Floats) -> Floats:
        """The weighted sum of bits; columns come last."""
        return np.asarray(bits @ (self.weights / self.weights.max()))


def priced(problem: Problem, coding: Coding) -> Prices:
    """The prices of a problem's levels."""
    levels = max(field.levels for field in coding.fields)
    shares = np.full((len(coding.fields), levels), np.nan)
    bits = shares.copy()
    for place, field in enumerate(coding.fields):
        for level in range(field.levels):
            counts = field.counts[level]
            shares[place, level] = counts @ field.shares[level]
            bits[place, level] = log_sum(counts) - log_sum(field.leaves)
    return Prices(
        rows=problem.rows,
        shares=shares,
        bits=bits,
        least=np.array([field.least for field in coding.fields]),
        weights=weights_of(problem),
    )


def log_sum(counts: Ints) -> float:
    """Σ n log₂ n."""
    return float((counts * np.log2(np.maximum(counts, 1))).sum())


def added(
    coding: Coding, kind: LossKind, levels: Sequence[int], keys: Words, sizes: Ints
) -> Floats:
    """What suppressing some classes adds to shares, or to bits, per column.

    Args:
        levels: of the node.
        keys, sizes: of the classes that are suppressed.
    """
    rows = int(sizes.sum())
    if rows == 0:
        return np.zeros(len(coding.fields))
    counts = [
        groups_among(field, level, keys, sizes)
        for field, level in zip(coding.fields, levels, strict=True)
    ]
    if kind is LossKind.ENTROPY:
        return np.array([log_sum(sizes.sum(keepdims=True)) - log_sum(n) for n in counts])
    told = [field.shares[level] for field, level in zip(coding.fields, levels, strict=True)]
    return np.array([float(n @ (1 - share)) for n, share in zip(counts, told, strict=True)])


def groups_among(field: Field, level: int, keys: Words, sizes: Ints) -> Ints:
    """How many of some rows are in each group that the column has at a level."""
    counts = np.bincount(
        field.groups(level, keys), weights=sizes, minlength=len(field.codes[level])
    )
    return counts.astype(np.int64)
