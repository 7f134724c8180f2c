"""From sums over rows to splits and leaves: what the server does, and all that it needs.

Source: Chen and Guestrin 2016, arXiv:1603.02754, section 2.2.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from compliance.federated.features import FloatArray, IntArray
from compliance.federated.learners.binning import Layout


@dataclass(frozen=True, slots=True, kw_only=True)
class Caution:
    """How much the sums must say before they are believed.

    Attributes:
        weight: added to every sum of second derivatives that something is divided by.
        least: both sides of a split have at least this sum of second derivatives.
        spread: standard deviation of the noise in one cell; 0 without noise.
    """

    weight: float
    least: float
    spread: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Splits:
    """The best split of each node.

    Attributes:
        inputs: which input decides, counted from 1; 0 where no split is good enough.
        thresholds: rows with a bin above go to the right.
        values: nodes × 2: what moves the rows of each side nearest to their answers.
    """

    inputs: IntArray
    thresholds: IntArray
    values: FloatArray


def best_splits(sums: FloatArray, layout: Layout, caution: Caution) -> Splits:
    """The split of each node that lowers the loss most.

    Of equally good ones it is the first, so that rounding alone decides nothing.

    Args:
        sums: 2 × nodes × cells: of first and second derivatives.
    """
    totals = sums[:, :, -1:]
    left = _left(sums, layout)
    right = totals - left
    gains = _gain(left, caution) + _gain(right, caution) - _gain(totals, caution)
    is_open = np.minimum(left[1], right[1]) >= caution.least
    gains = np.where(is_open, gains, -np.inf)
    best = gains.argmax(axis=1)
    nodes = np.arange(len(best))
    is_split = gains[nodes, best] > 0
    inputs, thresholds = _candidates(layout)
    none = np.concatenate([totals, np.zeros_like(totals)], axis=2)
    sides = np.stack([left[:, nodes, best], right[:, nodes, best]], axis=2)
    return Splits(
        inputs=np.where(is_split, inputs[best], 0),
        thresholds=np.where(is_split, thresholds[best], 0),
        values=best_value(np.where(is_split[:, None], sides, none), caution),
    )


def best_value(sums: FloatArray, caution: Caution) -> FloatArray:
    """Where the loss of rows with these sums is least, nearly; 0 where there are no rows."""
    return np.asarray(-sums[0] / (np.maximum(sums[1], 0) + caution.weight))


def _left(sums: FloatArray, layout: Layout) -> FloatArray:
    """Per candidate, the sums of the rows that would go left: below a bin, or not of an option."""
    left = sums[:, :, -1:] - sums
    numbers = int(layout.is_number.sum())
    if numbers:
        shape = (*sums.shape[:2], numbers, layout.bins)
        below = sums[:, :, : numbers * layout.bins].reshape(shape).cumsum(axis=3)
        left[:, :, : numbers * layout.bins] = below.reshape(*sums.shape[:2], -1)
    return left


def _gain(sums: FloatArray, caution: Caution) -> FloatArray:
    return np.asarray(sums[0] ** 2 / (np.maximum(sums[1], 0) + caution.weight))


def _candidates(layout: Layout) -> tuple[IntArray, IntArray]:
    """Per cell, the input, from 1, and the threshold of the split that it stands for."""
    order = np.argsort(layout.first)
    inputs = np.repeat(order, layout.widths[order])
    thresholds = np.arange(layout.cells) - layout.first[inputs]
    return inputs + 1, thresholds
