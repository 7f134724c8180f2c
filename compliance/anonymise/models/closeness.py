"""How far the sensitive values of a class are from those of the whole table: t-closeness.

The earth mover's distance (Li, Li and Venkatasubramanian 2007, doi:10.1109/ICDE.2007.367856)
between the two distributions, 0–1, with three ideas of how far one value is from another. Every
function gives one figure per class, for all classes at once.

The whole table is the one before anything is suppressed, as in ARX.
"""

from __future__ import annotations

import numpy as np

from compliance.anonymise.models.sparse import per_class, shares, starts
from compliance.anonymise.nouns import Histogram
from compliance.anonymise.nouns.problem import Codes32, Floats, Ints


def equal_t(histogram: Histogram, sizes: Ints) -> Floats:
    """Every value is as far from every other: half the sum of |p − q|.

    ARX and pycanon (for words) agree. Only values that the class shows are looked at: the others
    together add what is missing to one.
    """
    inside, outside = shares(histogram, sizes)
    return np.asarray(0.5 + 0.5 * per_class(np.abs(inside - outside) - outside, histogram))


def ordered_t(histogram: Histogram, sizes: Ints) -> Floats:
    """Values are as far as their ranks: the mean over ranks of |P − Q|, both cumulated.

    m values make m − 1 steps; with one value there is no distance. ARX and pycanon (for numbers)
    agree. Between two values of a class P does not change, so that only Q is summed there, from
    sums made once: the time is that of the entries, not of classes × values.
    """
    if len(histogram.whole) < 2 or not len(sizes):
        return np.zeros(len(sizes))
    cumulated = np.cumsum(histogram.whole) / histogram.whole.sum()
    summed = np.concatenate(([0.0], np.cumsum(cumulated)))
    first = starts(histogram)
    upto = np.append(histogram.values[1:], 0)
    upto[np.append(first[1:], len(upto)) - 1] = len(cumulated)
    reached = _cumulated_counts(histogram, first) / sizes[histogram.classes]
    # Q grows: below `crossing` it is at most P, from there on it is above.
    crossing = np.searchsorted(cumulated, reached, side="right")
    crossing = np.clip(crossing, histogram.values, upto)
    below = reached * (crossing - histogram.values) - (summed[crossing] - summed[histogram.values])
    above = (summed[upto] - summed[crossing]) - reached * (upto - crossing)
    before = summed[histogram.values[first]]  # P is 0 there
    return np.asarray((before + per_class(below + above, histogram)) / (len(cumulated) - 1))


def hierarchical_t(histogram: Histogram, sizes: Ints) -> Floats:
    """Values are as far as the level at which they have a common parent, of the height.

    The source (and ARX) sum level/height × min(surplus, lack) over all inner nodes. min(a, b) is
    (a + b − |a − b|) / 2, so the sum telescopes: it is the mean of the equal distances at the
    levels below the root. A hierarchy that does not end in one name gets a root above it.
    pycanon does not have it.

    Raises:
        ValueError: the histogram has no hierarchy.
    """
    if not histogram.maps:
        raise ValueError("no hierarchy")
    below_root = [level for level in histogram.maps if level.max(initial=0) > 0]
    # A level with one name at all is the root; names further up do not make values any farther.
    height = max(len(histogram.maps) - 1, len(below_root))
    distances = [equal_t(merged(histogram, level, len(sizes)), sizes) for level in below_root]
    return np.asarray(sum(distances, np.zeros(len(sizes))) / max(height, 1))


def merged(histogram: Histogram, groups: Codes32, classes: int) -> Histogram:
    """The histogram with every value put into its group."""
    count = int(groups.max(initial=0)) + 1
    if count == len(histogram.whole):
        return histogram  # each value on its own, whatever its number
    keys = histogram.classes * count + groups[histogram.values]
    if count * classes <= 4 * len(keys):
        dense = np.bincount(keys, weights=histogram.counts, minlength=classes * count)
        found = np.flatnonzero(dense)
        counts = dense[found].astype(np.int64)
    else:
        found, inverse = np.unique(keys, return_inverse=True)
        counts = np.bincount(inverse, weights=histogram.counts).astype(np.int64)
    whole = np.bincount(groups, weights=histogram.whole, minlength=count).astype(np.int64)
    return Histogram(classes=found // count, values=found % count, counts=counts, whole=whole)


def _cumulated_counts(histogram: Histogram, first: Ints) -> Ints:
    """Rows per entry of its class up to its value."""
    total = np.cumsum(histogram.counts)
    before = np.concatenate(([0], total[first[1:] - 1]))
    return np.asarray(total - np.repeat(before, np.diff(np.append(first, len(total)))))
