"""How many sensitive values a class shows, and how evenly: ℓ-diversity.

Every function gives one figure per class, for all classes at once. Source: Machanavajjhala et al.
2007, doi:10.1145/1217299.1217302; ARX and pycanon take their definitions from there as well.
"""

from __future__ import annotations

import numpy as np

from compliance.anonymise.models.sparse import per_class, starts
from compliance.anonymise.nouns import Histogram
from compliance.anonymise.nouns.problem import Floats, Ints


def distinct_l(histogram: Histogram, sizes: Ints) -> Ints:
    """Different sensitive values per class, a missing one among them. ARX and pycanon agree."""
    return np.bincount(histogram.classes, minlength=len(sizes)).astype(np.int64)


def entropy_l(histogram: Histogram, sizes: Ints) -> Floats:
    """exp of the entropy of the sensitive values per class: so many equally common ones.

    The base of the logarithm falls out. ARX compares the entropy itself in bits with log2 ℓ, which
    is the same; pycanon rounds the smallest figure down to a whole number.
    """
    share = histogram.counts / sizes[histogram.classes]
    return np.asarray(np.exp(-per_class(share * np.log(share), histogram)), dtype=np.float64)


def rare_rows(histogram: Histogram, sizes: Ints, ell: int) -> Ints:
    """Rows per class whose value is not among its ℓ − 1 commonest: r_ℓ + … + r_m."""
    if ell <= 1:
        return sizes
    if ell == 2:
        return np.asarray(sizes - commonest_rows(histogram, sizes))
    span = np.int64(histogram.counts.max(initial=0) + 1)
    ranked = np.sort(histogram.classes * span + (span - 1 - histogram.counts))
    counts = span - 1 - ranked % span
    rank = np.arange(len(counts)) - np.repeat(starts(histogram), distinct_l(histogram, sizes))
    common = per_class(np.where(rank < ell - 1, counts, 0), histogram)
    return np.asarray(sizes - common, dtype=np.int64)


def commonest_rows(histogram: Histogram, sizes: Ints) -> Ints:
    """Rows per class that show its commonest value: r_1 of the source."""
    if not len(sizes):
        return sizes
    return np.asarray(np.maximum.reduceat(histogram.counts, starts(histogram)), dtype=np.int64)


def recursive_c(histogram: Histogram, sizes: Ints, ell: int = 2) -> Floats:
    """r_1 / (r_ℓ + … + r_m) per class: recursive (c, ℓ)-diversity holds for every c above it.

    Infinite for a class of fewer than ℓ values. The bound is strict, as in ARX. pycanon takes the
    rarest value for r_1 and the rest from the rare end, and adds one: its figure is another one.
    """
    rare = rare_rows(histogram, sizes, ell)
    with np.errstate(divide="ignore"):
        return np.asarray(commonest_rows(histogram, sizes) / rare, dtype=np.float64)
