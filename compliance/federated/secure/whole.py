"""Numbers with decimals as whole numbers of a fixed grid, so that they can be summed unseen.

Updates with noise lie on such a grid already (`noising.bounded`); these are for those without.
"""

from __future__ import annotations

import numpy as np

from compliance.errors import SecureTermsError
from compliance.federated.features import FloatArray, IntArray

MOST_BITS = 40  # so that floats hold every point of the grid and much between
SMALLEST_UNIT = 2.0**-1022  # below it, floats lose digits


def to_whole(vector: FloatArray, *, largest: float, bits: int) -> IntArray:
    """`vector` in whole units of `largest`/2^`bits`, rounded to the nearest.

    Each entry moves by at most half a unit (and 2^-13 of one, where a float's own digits end), so
    a sum over n sites is off by at most n such halves. The bound for `masked_sum` is 2^`bits`.

    Args:
        vector: any shape.
        largest: bound of every entry, whatever its sign; above 0.
        bits: from 1 to `MOST_BITS`.

    Raises:
        SecureTermsError: an entry is beyond `largest`, or not a number.
    """
    unit = _unit(largest, bits)
    if not (np.abs(vector) <= largest).all():
        reason = f"a number is beyond the bound of {largest:,} that was said, or is none"
        raise SecureTermsError(reason=reason)
    return np.asarray(np.rint(vector / unit).astype(np.int64))


def from_whole(total: IntArray, *, largest: float, bits: int) -> FloatArray:
    """What a sum of such whole numbers means, up to the last digit of a float."""
    return np.asarray(total * _unit(largest, bits))


def _unit(largest: float, bits: int) -> float:
    unit = float(largest) * 0.5**bits
    if not 1 <= bits <= MOST_BITS or not SMALLEST_UNIT <= unit < float("inf"):
        raise ValueError("a grid has from 1 to 40 bits and a finite bound above 0")
    return unit
