"""The two noise distributions in closed form: what is drawn elsewhere can be reckoned with here.

The discrete Gaussian gives a whole number k the weight exp(−k²/2σ²), the discrete Laplace
exp(−|k|/b). Above a scale of 1,000 sums over the Gaussian's weights give way to the normal curve
with half a step's correction, which is the same to seven digits.

Sources: Canonne, Kamath, Steinke 2020 (arXiv:2004.00010), definition 1; Ghosh, Roughgarden,
Sundararajan 2009 (doi:10.1137/09076828X).
"""

from __future__ import annotations

import math
from functools import lru_cache
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

from compliance.privacy.calibration import NoiseEvent
from compliance.privacy.nouns import LaplaceEvent

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

SUMMED_UP_TO = 1_000.0
_REACH = 40.0  # a Gaussian's weight at 40 σ is 1e-348: nothing is left beyond


def masses(event: NoiseEvent, reach: int) -> Floats:
    """The probability of each whole number from −`reach` to `reach`."""
    k = np.arange(-reach, reach + 1, dtype=np.float64)
    if isinstance(event, LaplaceEvent):
        ratio = math.exp(-1 / event.scale)
        return np.asarray(np.exp(-np.abs(k) / event.scale) * (1 - ratio) / (1 + ratio))
    return np.asarray(np.exp(-((k / event.scale) ** 2) / 2) / _gaussian_total(event.scale))


def upper_tail(event: NoiseEvent, least: int) -> float:
    """The probability that the noise is `least` or more."""
    if isinstance(event, LaplaceEvent):
        log_ratio, ratio = -1 / event.scale, math.exp(-1 / event.scale)
        if least >= 1:
            return math.exp(least * log_ratio) / (1 + ratio)
        return 1 - math.exp((1 - least) * log_ratio) / (1 + ratio)
    if event.scale > SUMMED_UP_TO:
        return NormalDist().cdf(-(least - 0.5) / event.scale)
    if least < 1:
        return 1 - upper_tail(event, 1 - least)
    k = np.arange(least, least + math.ceil(_REACH * event.scale) + 2, dtype=np.float64)
    return float(np.exp(-((k / event.scale) ** 2) / 2).sum()) / _gaussian_total(event.scale)


def quantile(event: NoiseEvent, share: float) -> int:
    """The least whole number that the noise does not exceed with probability `share` (0–1)."""
    if not 0 < share < 1:
        raise ValueError("a quantile lies strictly between 0 and 1")
    guess = _continuous_quantile(event, share)
    while upper_tail(event, guess + 1) > 1 - share:
        guess += 1
    while upper_tail(event, guess) <= 1 - share:
        guess -= 1
    return guess


def log_ratio(event: NoiseEvent, published: Ints, one: Ints, other: Ints) -> Floats:
    """How much better the number `one` explains what was published than `other`, as a logarithm.

    The logarithm of the two probabilities' ratio, element by element; above 0 speaks for `one`.
    """
    if isinstance(event, LaplaceEvent):
        return np.asarray((np.abs(published - other) - np.abs(published - one)) / event.scale)
    apart = (one - other).astype(np.float64)
    beyond = (published - other).astype(np.float64) + (published - one)
    return np.asarray(apart * beyond / (2 * event.scale**2))


@lru_cache(maxsize=256)
def _gaussian_total(scale: float) -> float:
    """The sum of all weights of a discrete Gaussian; of a wide one that is √(2π)·σ."""
    if scale > SUMMED_UP_TO:
        return math.sqrt(2 * math.pi) * scale
    k = np.arange(1, math.ceil(_REACH * scale) + 2, dtype=np.float64)
    return 1 + 2 * float(np.exp(-((k / scale) ** 2) / 2).sum())


def _continuous_quantile(event: NoiseEvent, share: float) -> int:
    """The quantile of the continuous distribution of the same scale, to start the search from."""
    if isinstance(event, LaplaceEvent):
        tail = min(share, 1 - share)
        return round(math.copysign(-event.scale * math.log(2 * tail), share - 0.5))
    return round(NormalDist().inv_cdf(share) * event.scale)
