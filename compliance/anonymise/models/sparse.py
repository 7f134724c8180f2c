"""Sums over the sparse histogram of a recoding: one figure per class, without a loop over them."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from compliance.anonymise.nouns import Histogram
from compliance.anonymise.nouns.problem import Floats, Ints


def starts(histogram: Histogram) -> Ints:
    """The position of the first entry of each class; every class has one."""
    changes = np.empty(len(histogram.classes), dtype=np.bool_)
    changes[:1] = True
    np.not_equal(histogram.classes[1:], histogram.classes[:-1], out=changes[1:])
    return np.flatnonzero(changes)


def per_class(entries: npt.NDArray[Any], histogram: Histogram) -> npt.NDArray[Any]:
    """The sum of a figure per entry, over the entries of each class."""
    if not len(entries):
        return entries
    return np.asarray(np.add.reduceat(entries, starts(histogram)))


def largest_per_class(entries: Floats, histogram: Histogram) -> Floats:
    """The largest of a figure per entry, over the entries of each class."""
    if not len(entries):
        return entries
    return np.asarray(np.maximum.reduceat(entries, starts(histogram)), dtype=np.float64)


def shares(histogram: Histogram, sizes: Ints) -> tuple[Floats, Floats]:
    """Per entry, the share that its value has in its class, and in the whole table."""
    inside = histogram.counts / sizes[histogram.classes]
    outside = (histogram.whole / max(int(histogram.whole.sum()), 1))[histogram.values]
    return inside, outside
