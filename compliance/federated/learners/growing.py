"""From sums over rows to splits and leaves: what the server does, and all that it needs.

Source: Chen and Guestrin 2016, arXiv:1603.02754, section 2.2.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from compliance.federated.features import FloatArray, IntArray
from compliance.federated.learners.binning import Layout

_DOUBTED = 4.0  # times the noise's variance that a square must exceed to count as a gain


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
    totals, left, variance = _sides(sums, layout, caution)
    right = totals - left
    doubt = _DOUBTED * variance
    gains = _gain(left, caution, doubt) + _gain(right, caution, doubt) - _gain(totals, caution, 0)
    is_open = np.minimum(left[1], right[1]) >= caution.least
    gains = np.where(is_open, gains, -np.inf)
    best = gains.argmax(axis=1)
    nodes = np.arange(len(best))
    is_split = gains[nodes, best] > 0
    inputs, thresholds = _candidates(layout)
    unsplit = np.concatenate([totals, np.zeros_like(totals)], axis=2)
    sides = np.stack([left[:, nodes, best], right[:, nodes, best]], axis=2)
    return Splits(
        inputs=np.where(is_split, inputs[best], 0),
        thresholds=np.where(is_split, thresholds[best], 0),
        values=best_value(np.where(is_split[:, None], sides, unsplit), caution),
    )


def best_value(sums: FloatArray, caution: Caution) -> FloatArray:
    """Where the loss of rows with these sums is least, nearly; 0 where there are no rows."""
    return np.asarray(-sums[0] / (np.maximum(sums[1], 0) + caution.weight))


def _sides(
    sums: FloatArray, layout: Layout, caution: Caution
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Per node the sums of all rows; per candidate those that would go left, and their variance.

    To the left goes what is not above a bin, or not of an option. With noise the same number can
    be had in several ways, from cells on either side; they are averaged by how sure they are.
    """
    numbers, bins = int(layout.is_number.sum()), layout.bins
    at = numbers * bins
    cells = sums[:, :, :at].reshape(*sums.shape[:2], numbers, bins)
    totals, below = sums[:, :, -1:], cells.cumsum(axis=3)
    variance = np.zeros(layout.cells)
    if caution.spread:
        whole, doubt = below[..., -1], 1 / (1 + numbers / bins)
        totals = doubt * (totals + whole.sum(axis=2, keepdims=True) / bins)
        count = np.arange(1, bins + 1)
        near, far = 1 / count, 1 / (bins - count + doubt)
        above = whole[..., None] - below
        below = (near * below + far * (totals[..., None] - above)) / (near + far)
        variance[:at] = np.tile(1 / (near + far), numbers)
        variance[at:] = 1 + doubt
    left = totals - sums
    left[:, :, :at] = below.reshape(*sums.shape[:2], at)
    return totals, left, variance * caution.spread**2


def _gain(sums: FloatArray, caution: Caution, doubt: FloatArray | float) -> FloatArray:
    """How much `best_value` lowers the loss, twice; noise alone gains nothing on average."""
    evidence = np.maximum(sums[0] ** 2 - doubt, 0)
    return np.asarray(evidence / (np.maximum(sums[1], 0) + caution.weight))


def _candidates(layout: Layout) -> tuple[IntArray, IntArray]:
    """Per cell, the input, from 1, and the threshold of the split that it stands for."""
    order = np.argsort(layout.first)
    inputs = np.repeat(order, layout.widths[order])
    thresholds = np.arange(layout.cells) - layout.first[inputs]
    return inputs + 1, thresholds
