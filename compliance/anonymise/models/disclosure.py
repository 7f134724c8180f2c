"""How much more an attacker believes of a sensitive value once the class is known.

Every function gives one figure per class, for all classes at once.
"""

from __future__ import annotations

import numpy as np

from compliance.anonymise.models.sparse import largest_per_class, shares
from compliance.anonymise.nouns import Histogram
from compliance.anonymise.nouns.problem import Bools, Floats, Ints


def beta(histogram: Histogram, sizes: Ints) -> Floats:
    """The largest (p − q) / q of a value: basic β-likeness holds from this β on.

    Source: Cao and Karras 2012, doi:10.14778/2350229.2350255. ARX and pycanon agree.
    """
    inside, outside = shares(histogram, sizes)
    return largest_per_class((inside - outside) / outside, histogram)


def is_enhanced_beta(histogram: Histogram, sizes: Ints, bound: float) -> Bools:
    """Whether (p − q) / q is at most min(β, −ln q) for every value: enhanced β-likeness.

    Source: as above; as ARX has it. pycanon's figure, min(β, −ln q) at the rarest value of the
    table, bounds nothing and is not given here.
    """
    inside, outside = shares(histogram, sizes)
    excess = (inside - outside) / outside - np.minimum(bound, -np.log(outside))
    return np.asarray(largest_per_class(excess, histogram) <= _ROUNDING)


def delta(histogram: Histogram, sizes: Ints) -> Floats:
    """The largest |log2(p / q)| of a value that the class shows: δ-disclosure holds above it.

    Source: Brickell and Shmatikov 2008, doi:10.1145/1401890.1401904. The bound is strict. ARX takes
    the logarithm to base 2, as here; pycanon the natural one: its figure is ln 2 times this one.
    Values that the class does not show are left out, as both do.
    """
    inside, outside = shares(histogram, sizes)
    return largest_per_class(np.abs(np.log2(inside / outside)), histogram)


_ROUNDING = 1e-12
