"""The one place that prices a Gaussian sum over a Poisson sample.

Assumed: in each round every protected unit is drawn independently with the same probability, by
coins that stay secret; one unit changes the sum by a vector of whole numbers of L2 norm at most
`UNITS_PER_CLIP`; discrete Gaussian noise of `noise_multiplier` times that is added; neighbours
differ by one unit more or fewer. Under cohorts of fixed size none of these prices holds.

* The noise is discrete, and the formulas are those of continuous noise that is smaller by a hair:
  discrete noise is that continuous noise, rounded at random (see `as_continuous`).
* Somebody who counts as k units moves the sum by j clips where j of the k are drawn, j ~
  Binomial(k, rate): the mixture of Gaussians at 0, 1, …, k dominates (Ganesh 2024,
  arXiv:2401.10294; Choquette-Choo et al. 2023, arXiv:2310.15526, corollary 4.7). For k = 1 it is
  the well-known pair of the sampled Gaussian.

The proofs are in `docs/decisions/0023-what-a-federated-run-costs-whom.md`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from compliance.privacy.nouns import UNITS_PER_CLIP
from compliance.privacy.pairs import BEYOND, REACH, UP, Floats, Pair, rounded

# Orders α at which a sampled Gaussian's divergence is computed; between them it is bounded. Below
# 3 only 2: the series behind the others does not always converge.
ORDERS: tuple[float, ...] = (
    2,
    *(order / 10 for order in range(30, 110)),
    *range(11, 64),
    *range(64, 256, 8),
    *range(256, 1025, 64),
)
_HAIR = 1e-9
_ROUNDER = 2  # standard deviation, on the grid, of the random rounding
_CELLS = 2**17  # into which the line is cut
_LUMPS = 64  # so many numbers of drawn units are told apart
_RARE = 1e-25  # draws of a lesser probability count as a loss without bound
_TAIL = 60.0  # and those together of less than 2e^{−60}, by Bernstein's inequality


@dataclass(frozen=True, slots=True, kw_only=True)
class SampledSum:
    """One round, for somebody who counts as `size` of the protected units.

    Attributes:
        sampling_rate: above 0, up to 1.
        noise_multiplier: of continuous noise, over one clip.
        size: at least 1.
    """

    sampling_rate: float
    noise_multiplier: float
    size: int = 1

    @property
    def deviation(self) -> float:
        """About the root mean square of the loss."""
        mean = self.size * self.sampling_rate
        square = mean * (1 - self.sampling_rate) + mean**2
        chi = math.expm1(min(self.noise_multiplier**-2, 100.0))
        return min(mean * math.sqrt(chi), math.sqrt(square) / self.noise_multiplier)

    @property
    def reach(self) -> float:
        """The largest finite loss, and a little more."""
        if self.sampling_rate < 1 and self.size > 1:
            return max(pair.reach for pair in _pairs(self))
        shift = self.size / self.noise_multiplier
        whole = (REACH + shift) * shift
        if self.sampling_rate == 1:
            return whole
        rate = self.sampling_rate
        return float(np.logaddexp(math.log1p(-rate), math.log(rate) + whole))

    def on_grid(self, width: float) -> Any:
        """The distribution of its loss on whole multiples of `width`, as dp-accounting has it."""
        from dp_accounting import NeighboringRelation  # takes a second to load
        from dp_accounting.pld import privacy_loss_distribution as pld

        if self.sampling_rate < 1 and self.size > 1:
            more, fewer = _pairs(self)
            return pld.PrivacyLossDistribution.create_from_rounded_probability(
                rounded(more, width),
                more.infinite,
                width,
                rounded_probability_mass_function_add=rounded(fewer, width),
                infinity_mass_add=fewer.infinite,
                symmetric=False,
            )
        return pld.from_gaussian_mechanism(
            self.noise_multiplier / self.size,
            sampling_prob=self.sampling_rate,
            value_discretization_interval=width,
            neighboring_relation=NeighboringRelation.ADD_OR_REMOVE_ONE,
        )


def as_continuous(noise_multiplier: float) -> float:
    """The continuous noise, over one clip, whose price is that of discrete noise on our grid.

    Continuous noise of variance σ² − 4, rounded at random to a whole number x with probability
    proportional to exp(−(x − y)²/8), is discrete noise of variance σ², but for a factor of
    1 ± 3·10⁻³⁴ in each number. So the discrete mechanism is the continuous one with something
    done to its result, and costs no more. σ = `noise_multiplier` · `UNITS_PER_CLIP`, so a
    thousand millionth less is enough from a multiplier of 0.1 on.

    Source: Micciancio and Regev 2007, doi:10.1137/S0097539705447360, for the sum over a grid.
    """
    share = (_ROUNDER / (noise_multiplier * UNITS_PER_CLIP)) ** 2  # √(1 − s) ≥ 1 − s
    return noise_multiplier * (1 - max(_HAIR, share))


def divergences(rate: float, noise_multiplier: float, orders: Sequence[float]) -> list[float]:
    """The Rényi divergence of one round at each of `orders`; infinite above the last known one.

    (α − 1) times the divergence is convex in α, so between two orders at which it is computed it
    lies below the straight line, and the same from 0 at α = 1.

    Source: Mironov et al. 2019, arXiv:1908.10530; van Erven and Harremoës 2014, arXiv:1206.2459.
    """
    known = _known_divergences(rate, noise_multiplier)
    finite = [(o - 1, d) for o, d in zip(ORDERS, known, strict=True) if math.isfinite(d)]
    excess, divergence = np.array([(0.0, 0.0), *finite]).T
    moments = excess * divergence
    asked = np.asarray(orders, dtype=np.float64) - 1
    found = np.interp(asked, excess, moments, right=math.inf) / asked * (1 + UP)
    return [float(bound) for bound in found]


@lru_cache(maxsize=64)
def _known_divergences(rate: float, noise_multiplier: float) -> tuple[float, ...]:
    import dp_accounting  # takes a second; only federated runs with noise need it
    from dp_accounting.rdp import RdpAccountant

    accountant = RdpAccountant(list(ORDERS))
    gaussian = dp_accounting.GaussianDpEvent(as_continuous(noise_multiplier))
    accountant.compose(dp_accounting.PoissonSampledDpEvent(rate, gaussian))
    return tuple(float(divergence) for divergence in accountant.rdp)


@lru_cache(maxsize=4)
def _pairs(sampled: SampledSum) -> tuple[Pair, Pair]:
    """The mixture against plain noise, and the other way round.

    The line, in clips, is cut into cells. In a cell around m the mass of noise around j is at
    most its density at m − j times ∫ e^{−(m−j)t/σ²} dt, and the loss at most that at one end.
    """
    shares, shifts, lost = _drawn(sampled.size, sampled.sampling_rate)
    noise = sampled.noise_multiplier
    edges = np.linspace(-REACH * noise, _last(shares, shifts, noise), _CELLS + 1)
    middles, half = (edges[:-1] + edges[1:]) / 2, (edges[1] - edges[0]) / 2
    loss = np.full(len(edges), -math.inf)
    mixed = np.zeros(len(middles))
    for share, shift in zip(shares, shifts, strict=True):
        tilt = shift * (2 * edges - shift) / noise**2 / 2
        loss = np.logaddexp(loss, math.log(share) + tilt)
        mixed += share * _masses(middles - shift, half, noise)
    plain, size = _masses(middles, half, noise), sampled.deviation
    beyond = lost + len(shares) * BEYOND
    return (
        Pair(masses=mixed, losses=loss[1:], size=size, infinite=beyond),
        Pair(masses=plain, losses=-loss[:-1], size=size, infinite=beyond),
    )


def _masses(middles: Floats, half: float, noise: float) -> Floats:
    """At least the mass of Gaussian noise in each cell around `middles`."""
    slope = np.abs(middles) * (half / noise**2)
    stretch = np.divide(np.sinh(slope), slope, out=np.ones_like(slope), where=slope > 1e-8)
    density = np.exp(-((middles / noise) ** 2) / 2) / (noise * math.sqrt(2 * math.pi))
    masses: Floats = density * stretch * (2 * half * (1 + UP))
    return masses


def _last(shares: Floats, shifts: Floats, noise: float) -> float:
    """Where the line may end: beyond it, each part of the mixture has no more than e^{−50}."""
    left = np.maximum(2 * (REACH**2 / 2 + np.log(shares)), 0.0)
    return max(REACH * noise, float((shifts + noise * np.sqrt(left)).max()))


def _drawn(size: int, rate: float) -> tuple[Floats, Floats, float]:
    """How probable it is that so many of the `size` units are drawn; the last is lost to chance.

    Rare numbers count as a loss without bound. Many are put together in lumps that count as
    their highest number: the best tests are thresholds, and a larger shift helps each of them.
    """
    from scipy.stats import binom  # slow to load; only groups need it

    mean = size * rate
    far = _TAIL / 3 + math.sqrt(_TAIL**2 / 9 + 2 * _TAIL * mean)
    numbers = np.arange(max(math.floor(mean - far), 0), min(math.ceil(mean + far), size) + 1)
    shares = binom.pmf(numbers, size, rate)
    kept = shares >= _RARE
    lost = float(shares[~kept].sum()) * (1 + UP) + 2 * math.exp(-_TAIL)
    numbers, shares = numbers[kept], shares[kept]
    lump = -(-len(numbers) // _LUMPS)
    ends = np.minimum(np.arange(0, len(numbers), lump) + lump - 1, len(numbers) - 1)
    lumped = np.add.reduceat(shares, np.arange(0, len(numbers), lump))
    return lumped, numbers[ends].astype(np.float64), lost
