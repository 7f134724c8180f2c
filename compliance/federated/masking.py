"""A round's contributions, added up so that the server sees none of them.

Steps with decimals go on a fixed, public grid first; sums with noise lie on one already.
"""

from __future__ import annotations

import numpy as np

from compliance.federated.features import FloatArray, IntArray
from compliance.federated.secure import SecureSum, from_whole, masked_sum, to_whole
from compliance.federated.secure.nouns import Draw

LARGEST_STEP = 2.0**10  # no entry of a site's share of the mean step is larger
LARGEST_SUM = 2.0**24  # nor of its sums over rows
BITS = 40  # of the grid: a step is told to 2^-30, a sum to 2^-16


def masked_total(
    vectors: IntArray, sending: IntArray, *, round_: int, largest: int, draw: Draw
) -> SecureSum:
    """The sum of the sites' whole numbers; any more than half of the sites can open it.

    Args:
        vectors: one row per site that was asked.
        sending: positions of the rows whose sites send; the others drop out.

    Raises:
        SecureTermsError: too many sites, or an entry beyond `largest`.
        TooFewSurvivorsError: not more than half of the sites send.
    """
    asked = len(vectors)
    dropped = np.setdiff1d(np.arange(asked), sending).tolist()
    return masked_sum(
        vectors,
        round_=round_,
        threshold=asked // 2 + 1,
        largest=largest,
        draw=draw,
        dropped=dropped,
    )


def masked_decimals(
    vectors: FloatArray, sending: IntArray, *, round_: int, largest: float, draw: Draw
) -> tuple[FloatArray, SecureSum]:
    """The same for numbers with decimals, each rounded to the grid.

    Raises:
        SecureTermsError, TooFewSurvivorsError: as `masked_total`.
    """
    whole = to_whole(vectors, largest=largest, bits=BITS)
    found = masked_total(whole, sending, round_=round_, largest=2**BITS, draw=draw)
    return from_whole(found.total, largest=largest, bits=BITS), found
