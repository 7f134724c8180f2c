"""A second opinion: the ε of a fixed list of events by privacy loss distributions (PLD).

Each event becomes a *dominating pair*: two distributions that are at least as easy to tell apart
as any two that one person more or fewer can cause. Their loss is put on a grid so that it can
only grow, and dp-accounting convolves the grids. What makes the pairs valid for the noise that
is really drawn, on whole numbers:

* Discrete Gaussian and Laplace noise are log-concave, so the best test for a shift is a
  threshold, and its power grows with the shift: a smaller change is dominated by a larger one
  (Dong, Roth, Su 2022, arXiv:1905.02383, for trade-off functions and their products).
* Shifting any number of coordinates by one, one after the other, takes the power of a test to at
  most J(power), J being concave; shifting one coordinate k times takes it to J∘…∘J. So a change
  of `per_group` in one group, however it is spread over that group's numbers, is dominated by one
  coordinate that shifts by `per_group`, and `groups` of them by their product.
* The masses are those of the discrete noise, not of its continuous relative (Canonne, Kamath,
  Steinke 2020, arXiv:2004.00010, theorem 7 is the case of one coordinate).
* A choice has a loss within a range; the worst such loss is a truncated exponential (Dong,
  Durfee, Rogers 2020, arXiv:1909.13830; Zhu, Dong, Wang 2022, arXiv:2106.08567, for composing it).
* Sampled rounds have pairs of their own, see `sampled`.

The bound holds for lists of events that are fixed beforehand. The proofs are in
`docs/decisions/0011-a-second-accountant.md`.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from fractions import Fraction
from functools import lru_cache, reduce
from typing import Any

import numpy as np

from compliance.privacy.costs import range_of
from compliance.privacy.nouns import (
    Accountant,
    Event,
    GaussianEvent,
    LaplaceEvent,
    Quote,
    RandomisedResponseEvent,
    SampledGaussianEvent,
    SelectionEvent,
    SynthesisEvent,
    ThresholdEvent,
)
from compliance.privacy.pairs import BEYOND, REACH, UP, Pair, rounded
from compliance.privacy.sampled import SampledSum, as_continuous

_FINENESS = 2048  # of buckets: a scale, or a range of losses, is cut into so many
_STEPS = 1000  # of the grid in a deviation of the sum of losses
_STEPS_OF_ONE = 20  # and in that of a single loss of middling size
_MOST_STEPS = 2**15  # in the reach of any single loss
_WIDEST = 100.0  # of a step; so coarse a grid says nothing
_FEW = 8
_ROUNDING = 2.0**-50  # error of a Fourier transform per doubling of its length
_SHOWN = Decimal("0.000001")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Factor:
    """What is convolved: a pair or one sampled round, and how often."""

    loss: Pair | SampledSum
    times: int

    @property
    def size(self) -> float:
        return self.loss.size if isinstance(self.loss, Pair) else self.loss.deviation


def by_pld(events: Iterable[Event], delta: Decimal) -> Quote:
    """The tightest ε at `delta` of `events` fixed beforehand; their order does not matter.

    Takes about a second the first time in a process, because it loads dp-accounting, and then
    milliseconds per kind of event. Never to be asked for while something slides.
    """
    return _by_pld(frozenset(Counter(events).items()), delta)


def by_pld_of_group(event: SampledGaussianEvent, size: int, delta: Decimal) -> Quote:
    """The same of sampled rounds, for somebody who counts as `size` of the protected units."""
    return _by_pld(frozenset({(event, 1)}), delta, size)


@lru_cache(maxsize=128)
def _by_pld(counted: frozenset[tuple[Event, int]], delta: Decimal, size: int = 1) -> Quote:
    noisy = [(e, times) for e, times in counted if not isinstance(e, ThresholdEvent)]
    if reasons := sorted(filter(None, (why_no_pair(event) for event, _ in noisy))):
        return _unknown(reasons[0])
    taken = sum(Fraction(e.delta) * n for e, n in counted if isinstance(e, ThresholdEvent))
    left = float((Fraction(delta) - taken) * (1 - Fraction(UP)))
    if left <= 0:
        return _unknown("thresholds leave nothing of δ, or it is 0")
    factors = [_factor(event, times, size) for event, times in noisy]
    epsilon = _epsilon_of(factors, left) if factors else 0.0
    if not math.isfinite(epsilon):
        return _unknown("δ is too small, or ε too large, for floating-point numbers")
    shown = Decimal(epsilon * (1 + UP)).quantize(_SHOWN, ROUND_CEILING)
    return Quote(accountant=Accountant.PLD, epsilon=shown)


def why_no_pair(event: Event) -> str:
    """Why `event` has no loss distribution; empty where it has one, or is a threshold."""
    match event:
        case GaussianEvent(groups=groups, per_group=change):
            is_told = 0 < event.sensitivity_squared <= groups * change**2
        case LaplaceEvent(groups=groups, per_group=change):
            is_told = 0 < event.sensitivity <= groups * change
        case SynthesisEvent():
            return "of invented rows only ρ is known"
        case _:
            return ""
    return "" if is_told else "an older record does not say how many groups one person can change"


def pair_of(event: Event) -> tuple[Pair, int]:
    """The dominating pair of `event`, and how many independent copies of it there are.

    Raises:
        ValueError: it has none; ask `why_no_pair` first.
    """
    match event:
        case GaussianEvent():
            return _shifted_gaussian(event.per_group, event.scale), event.groups
        case LaplaceEvent():
            return _shifted_laplace(event.per_group, event.scale), event.groups
        case SelectionEvent():
            return _bounded_range(float(range_of(event))), event.draws * event.groups
        case RandomisedResponseEvent():
            return _changed_answer(event), 1
        case _:
            raise ValueError(f"{type(event).__name__} has no dominating pair of its own")


def _factor(event: Event, times: int, size: int = 1) -> _Factor:
    if isinstance(event, SampledGaussianEvent):
        return _rounds(event, times * event.rounds, size)
    pair, copies = pair_of(event)
    return _Factor(loss=pair, times=times * copies)


def _rounds(event: SampledGaussianEvent, times: int, size: int) -> _Factor:
    """Where everybody takes part, many sums tell as much as one with so much less noise."""
    noise = as_continuous(event.noise_multiplier)
    if event.sampling_rate < 1:
        one = SampledSum(sampling_rate=event.sampling_rate, noise_multiplier=noise, size=size)
        return _Factor(loss=one, times=times)
    whole = SampledSum(sampling_rate=1.0, noise_multiplier=noise / size / math.sqrt(times))
    return _Factor(loss=whole, times=1)


def _shifted_gaussian(shift: int, scale: float) -> Pair:
    """Discrete Gaussian noise against the same shifted.

    Wide noise is cut into buckets of w whole numbers. With m in a bucket's middle, its mass is
    p(m) · Σ e^{−jm/σ²} · e^{−j²/2σ²} over |j| ≤ (w−1)/2; the last factor is at most 1 and the
    rest a geometric sum. The normaliser is at least σ√2π (Poisson summation).
    """
    width = math.ceil(scale / _FINENESS) | 1  # odd, so that a bucket has a middle
    most = math.ceil(REACH * scale / width)
    middles = np.arange(-most, most + 1, dtype=np.float64) * width
    masses = np.exp(-((middles / scale) ** 2) / 2)
    normaliser = float(masses.sum())
    if width > 1:
        normaliser = scale * math.sqrt(2 * math.pi)
        half = middles / scale**2 / 2
        half[most] = half[most + 1]  # instead of 0/0; the bucket around 0 is all ones
        sums = np.sinh(width * half) / np.sinh(half)
        sums[most] = width
        masses *= sums
    lowest = middles - (width - 1) / 2
    losses = shift / scale * (shift / scale - 2 * lowest / scale) / 2
    return Pair(masses=masses / normaliser, losses=losses, size=shift / scale, infinite=BEYOND)


def _shifted_laplace(shift: int, scale: float) -> Pair:
    """Discrete Laplace noise against the same shifted; between the two, in buckets if many."""
    step = -(-shift // _FINENESS)
    starts = np.arange(1, shift, step, dtype=np.float64)
    counts = np.minimum(step, shift - starts)
    between = np.exp(-starts / scale) * -np.expm1(-counts / scale)
    masses = np.concatenate(([1.0], between, [math.exp(-shift / scale)]))
    losses = np.concatenate(([shift], shift - 2 * starts, [-shift])) / scale
    whole = 1 + math.exp(-1 / scale)
    return Pair(masses=masses / whole, losses=losses, size=min(shift / scale, 40.0))


def _bounded_range(reach: float) -> Pair:
    """The worst loss of a choice whose losses span `reach`: of density ∝ e^{l/2} on ± reach."""
    edges = np.linspace(-reach, reach, _FINENESS + 1)
    masses = np.diff(np.exp((edges - reach) / 2)) / -math.expm1(-reach)
    return Pair(masses=masses, losses=edges[1:], size=reach)


def _changed_answer(event: RandomisedResponseEvent) -> Pair:
    """One answer against another; where chance gave a third, nothing is learnt."""
    truth = event.probability
    other = (1 - truth) / (event.categories - 1)
    loss = math.log(truth / other)
    masses = np.array([truth, max(1 - truth - other, 0.0), other])
    return Pair(masses=masses, losses=np.array([loss, 0.0, -loss]), size=abs(loss))


def _width(factors: list[_Factor]) -> float:
    """The step of the grid: fine against the deviation of the sum and against a single loss.

    Splitting a loss between two steps adds at most a quarter of the step's square to its variance.
    Losses that reach far although they are rarely large make it coarser.
    """
    times = sum(factor.times for factor in factors)
    deviation = math.sqrt(sum(factor.times * factor.size**2 for factor in factors)) or 1.0
    finest = deviation / max(_STEPS, _STEPS_OF_ONE * math.sqrt(times))
    return max(finest, max(factor.loss.reach for factor in factors) / _MOST_STEPS)


def _epsilon_of(factors: list[_Factor], delta: float) -> float:
    """ε at `delta` of all factors together; infinite where none can be told.

    A Fourier transform of length n errs by at most 2⁻⁵⁰ · log₂ n in the L2 norm of what it
    transforms (Higham 2002, Accuracy and Stability of Numerical Algorithms, theorem 24.2), so by
    √n times that in a sum. All such errors are taken off δ first.
    """
    width = _width(factors)
    if width > _WIDEST:
        return math.inf
    found = [_on_grid(factor, width) for factor in factors]
    length = 2 * sum(map(_length, found))  # transforms are padded, to less than twice
    transforms = 3 * (sum(factor.times for factor in factors) - 1)
    rounding = transforms * _ROUNDING * math.log2(length) * math.sqrt(length)
    if rounding >= delta:
        return math.inf
    with np.errstate(over="ignore"):  # an ε of hundreds may be infinite as well
        return float(_convolved(found).get_epsilon_for_delta(delta - rounding))


def _convolved(found: Sequence[Any]) -> Any:
    return reduce(lambda one, other: one.compose(other), found)


def _length(found: Any) -> int:
    """How many losses a distribution holds; dp-accounting has no public name for it."""
    return int(max(found._pmf_remove.size, found._pmf_add.size))


def _on_grid(factor: _Factor, width: float) -> Any:
    """The loss distribution of a factor, in dp-accounting's form."""
    from dp_accounting.pld import privacy_loss_distribution as pld  # takes a second to load

    if isinstance(factor.loss, Pair):
        one = pld.PrivacyLossDistribution.create_from_rounded_probability(
            rounded(factor.loss, width), factor.loss.infinite, width
        )
    else:
        one = factor.loss.on_grid(width)
    # One by one is faster for few, because nothing is searched for bounds.
    few = factor.times <= _FEW
    return _convolved([one] * factor.times) if few else one.self_compose(factor.times)


def _unknown(reason: str) -> Quote:
    return Quote(accountant=Accountant.PLD, epsilon=None, reason=reason)
