"""What one event costs, in exact whole numbers; what several cost together says `accounting`.

Who draws noise asks here what the ledger was told of it, and needs nothing else of the accounts.
"""

from __future__ import annotations

import math
from fractions import Fraction

from compliance.privacy.nouns import (
    GaussianEvent,
    LaplaceEvent,
    RandomisedResponseEvent,
    SelectionEvent,
)

UNIT = 10**18  # one unit of privacy loss is 10⁻¹⁸
# Errors of float logarithms are under 1e-12; this keeps what is made of them on the safe side.
SAFETY = 10**7


def rho_of(event: GaussianEvent) -> int:
    """ρ = Δ²/(2σ²) of the event in units, rounded up."""
    return math.ceil(Fraction(event.sensitivity_squared, 2) / Fraction(event.scale) ** 2 * UNIT)


def epsilon_of(event: LaplaceEvent) -> int:
    """ε = Δ₁/b of the event in units, rounded up."""
    return math.ceil(Fraction(event.sensitivity) / Fraction(event.scale) * UNIT)


def range_of(event: SelectionEvent) -> Fraction:
    """How far the losses of one choice lie apart: 2Δ/scale, half where scores move together."""
    change = Fraction(event.sensitivity) * (1 if event.is_monotonic else 2)
    return change / Fraction(event.scale)


def epsilon_of_selection(event: SelectionEvent) -> int:
    """Pure ε of all choices in units: 2Δ/scale for each, half where scores move together."""
    return event.draws * event.groups * math.ceil(range_of(event) * UNIT)


def rho_of_selection(event: SelectionEvent) -> int:
    """ρ of all choices in units: an eighth of the square of each one's ε, rounded up.

    Source: Cesar and Rogers 2021, arXiv:2004.07223 (choices have a bounded range).
    """
    one = -(-(math.ceil(range_of(event) * UNIT) ** 2) // (8 * UNIT))
    return event.draws * event.groups * one


def epsilon_of_answers(event: RandomisedResponseEvent) -> int:
    """ε of one person's changed answer in units: ln of true over any one other, rounded up."""
    truth = Fraction(event.probability)
    ratio = truth * (event.categories - 1) / (1 - truth)
    return math.ceil(math.log(ratio) * UNIT) + SAFETY
