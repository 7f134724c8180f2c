"""Whether noise that was drawn follows the distribution that it is said to have: three tests.

Sources: Pearson 1900, doi:10.1080/14786440009463897 (χ²); Chernoff 1952,
doi:10.1214/aoms/1177729330 (how far a mean strays, at most).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from compliance.privacy.calibration import NoiseEvent
from compliance.privacy.distributions import Floats, masses
from compliance.privacy.nouns import GaussianEvent

LEAST_EXPECTED = 5  # draws in a cell of the χ² test; rarer numbers are joined
# Cells of a few draws stray further than χ² has it. Below this, true noise is less likely than one
# in fifty million to come by the self-audit's draws: the tests prove it from the cells themselves.
SHAPE_ALARM = 1e-14
_Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """How well draws fit.

    Attributes:
        shape: how often true noise fits as badly or worse over single whole numbers, by χ²; 0–1.
        symmetry: how often it lies as unevenly around 0, exactly.
        spread: how often its squares are as large or as small on average, at most.
        variance, expected_variance: of the draws, and by the textbook.
    """

    shape: float
    symmetry: float
    spread: float
    variance: float
    expected_variance: float

    def passed(self, alarm: float) -> bool:
        """Whether true noise would fail with a chance of at most `alarm`, and this did not."""
        return self.shape >= SHAPE_ALARM and min(self.symmetry, self.spread) >= alarm / 3


def fit(event: NoiseEvent, drawn: _Ints) -> Fit:
    """How well `drawn` fits the noise that `event` describes."""
    from scipy.special import chdtrc  # slow to load; only audits need it

    expected = expected_cells(event, len(drawn))
    outermost = len(expected) // 2
    places = np.clip(drawn, -outermost, outermost) + outermost
    seen = np.bincount(places, minlength=len(expected))
    distance = float(((seen - expected) ** 2 / expected).sum())
    reach = _reach(event)
    mass, k = masses(event, reach), np.arange(-reach, reach + 1)
    return Fit(
        shape=float(chdtrc(len(expected) - 1, distance)),
        symmetry=_symmetry(drawn),
        spread=_spread(mass, k, drawn),
        variance=float((drawn.astype(np.float64) ** 2).mean()),
        expected_variance=float(mass @ k**2),
    )


def expected_cells(event: NoiseEvent, draws: int) -> Floats:
    """How many of so many draws fall on each whole number, and first and last in the two tails."""
    reach = _reach(event)
    mass = masses(event, reach)
    beyond = np.cumsum(mass[::-1])[: reach + 1][::-1]  # at least k, for k from 0
    alone = np.append(np.inf, mass[reach:-1])  # at k − 1, the last number with a cell of its own
    is_filled = np.minimum(beyond, alone) * draws >= LEAST_EXPECTED
    widest = int(np.flatnonzero(is_filled)[-1])
    inner = mass[reach - widest + 1 : reach + widest] * draws
    return np.concatenate([[beyond[widest] * draws], inner, [beyond[widest] * draws]])


def _reach(event: NoiseEvent) -> int:
    """As far as any draw is ever seen: beyond lies less than 1e-15."""
    return math.ceil((9 if isinstance(event, GaussianEvent) else 36) * event.scale) + 2


def _symmetry(drawn: _Ints) -> float:
    """The exact two-sided sign test: of draws that are not 0, half are positive."""
    from scipy.special import bdtr  # slow to load; only audits need it

    above, below = int((drawn > 0).sum()), int((drawn < 0).sum())
    if above + below == 0:
        return 1.0
    return min(1.0, 2 * float(bdtr(min(above, below), above + below, 0.5)))


def _spread(mass: Floats, k: _Ints, drawn: _Ints) -> float:
    """Chernoff's bound on squares, cut where almost none fall.

    P(mean as far off) ≤ 2·exp(n · least over λ of (ln E[e^(λx²)] − λ·mean)); any λ bounds it.
    """
    squares = k.astype(np.float64) ** 2
    mean = float(mass @ squares)
    deviation = math.sqrt(float(mass @ squares**2) - mean**2)
    seen = float(np.minimum(drawn.astype(np.float64) ** 2, squares[0]).mean())
    tilts = math.copysign(1 / deviation, seen - mean) * np.geomspace(1e-5, 10, 400)
    exponents = tilts[:, None] * squares[None, :]
    highest = exponents.max(axis=1, keepdims=True)
    logs = np.log(np.exp(exponents - highest) @ mass) + highest[:, 0]
    best = float((logs - tilts * seen).min())
    return min(1.0, 2 * math.exp(min(len(drawn) * best, 0.0)))
