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
import numpy.typing as npt

from compliance.privacy.accounting import range_of
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

_Floats = npt.NDArray[np.float64]

_REACH = 10.0  # standard deviations of Gaussian noise beyond which loss counts as infinite
_BEYOND = 2 * math.exp(-(_REACH**2) / 2)  # its mass: the noise is sub-Gaussian
_FINENESS = 2048  # of buckets: a scale, or a range of losses, is cut into so many
_STEPS = 1000  # of the grid in a deviation of the sum of losses
_STEPS_OF_ONE = 20  # and in that of a single loss of middling size
_MOST_STEPS = 2**15  # in the reach of any single loss
_FEW = 8
_UP = 1e-12  # masses and losses are raised by this share; floats err by less than 1e-13
_ROUNDING = 2.0**-50  # error of a Fourier transform per doubling of its length
_SHOWN = Decimal("0.000001")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pair:
    """A dominating pair as the distribution of its loss; the same whichever way round.

    Attributes:
        masses: under the first distribution; together with `infinite` at least 1.
        losses: ln of the first over the second, of each mass.
        size: about the root mean square of the losses.
        infinite: mass of unbounded loss.
    """

    masses: _Floats
    losses: _Floats
    size: float
    infinite: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Factor:
    """What is convolved: a pair or one sampled round, and how often."""

    loss: Pair | SampledGaussianEvent
    times: int

    @property
    def size(self) -> float:
        if isinstance(self.loss, Pair):
            return self.loss.size
        chi = math.expm1(min(self.loss.noise_multiplier**-2, 100.0))
        return min(self.loss.sampling_rate * math.sqrt(chi), 1 / self.loss.noise_multiplier)

    @property
    def reach(self) -> float:
        """The largest finite loss, and a little more."""
        if isinstance(self.loss, Pair):
            return float(np.abs(self.loss.losses).max())
        noise = self.loss.noise_multiplier
        return math.log1p(self.loss.sampling_rate * math.expm1((_REACH + 1 / noise) / noise))


def by_pld(events: Iterable[Event], delta: Decimal) -> Quote:
    """The tightest ε at `delta` of `events` fixed beforehand; their order does not matter.

    Takes about a second the first time in a process, because it loads dp-accounting, and then
    milliseconds per kind of event. Never to be asked for while something slides.
    """
    return _by_pld(frozenset(Counter(events).items()), delta)


@lru_cache(maxsize=128)
def _by_pld(counted: frozenset[tuple[Event, int]], delta: Decimal) -> Quote:
    noisy = [(e, times) for e, times in counted if not isinstance(e, ThresholdEvent)]
    if reasons := sorted(filter(None, (why_no_pair(event) for event, _ in noisy))):
        return _unknown(reasons[0])
    taken = sum(Fraction(e.delta) * n for e, n in counted if isinstance(e, ThresholdEvent))
    left = float((Fraction(delta) - taken) * (1 - Fraction(_UP)))
    if left <= 0:
        return _unknown("thresholds leave nothing of δ, or it is 0")
    factors = [_factor(event, times) for event, times in noisy]
    epsilon = _epsilon_of(factors, left) if factors else 0.0
    if not math.isfinite(epsilon):
        return _unknown("δ is too small, or ε too large, for floating-point numbers")
    shown = Decimal(epsilon * (1 + _UP)).quantize(_SHOWN, ROUND_CEILING)
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


def _factor(event: Event, times: int) -> _Factor:
    if isinstance(event, SampledGaussianEvent):
        return _Factor(loss=event, times=times * event.rounds)
    pair, copies = pair_of(event)
    return _Factor(loss=pair, times=times * copies)


def _shifted_gaussian(shift: int, scale: float) -> Pair:
    """Discrete Gaussian noise against the same shifted.

    Wide noise is cut into buckets of w whole numbers. With m in a bucket's middle, its mass is
    p(m) · Σ e^{−jm/σ²} · e^{−j²/2σ²} over |j| ≤ (w−1)/2; the last factor is at most 1 and the
    rest a geometric sum. The normaliser is at least σ√2π (Poisson summation).
    """
    width = math.ceil(scale / _FINENESS) | 1  # odd, so that a bucket has a middle
    most = math.ceil(_REACH * scale / width)
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
    return Pair(masses=masses / normaliser, losses=losses, size=shift / scale, infinite=_BEYOND)


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
    return max(finest, max(factor.reach for factor in factors) / _MOST_STEPS)


def _epsilon_of(factors: list[_Factor], delta: float) -> float:
    """ε at `delta` of all factors together; infinite where none can be told.

    A Fourier transform of length n errs by at most 2⁻⁵⁰ · log₂ n in the L2 norm of what it
    transforms (Higham 2002, Accuracy and Stability of Numerical Algorithms, theorem 24.2), so by
    √n times that in a sum. All such errors are taken off δ first.
    """
    width = _width(factors)
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
    from dp_accounting import NeighboringRelation  # takes a second to load
    from dp_accounting.pld import privacy_loss_distribution as pld

    if isinstance(factor.loss, Pair):
        one = pld.PrivacyLossDistribution.create_from_rounded_probability(
            rounded(factor.loss, width), factor.loss.infinite, width
        )
    else:
        one = pld.from_gaussian_mechanism(
            factor.loss.noise_multiplier,
            sampling_prob=factor.loss.sampling_rate,
            value_discretization_interval=width,
            neighboring_relation=NeighboringRelation.ADD_OR_REMOVE_ONE,
        )
    # One by one is faster for few, because nothing is searched for bounds.
    few = factor.times <= _FEW
    return _convolved([one] * factor.times) if few else one.self_compose(factor.times)


def rounded(pair: Pair, width: float) -> dict[int, float]:
    """`pair` on the whole multiples of `width`, at least as easy to tell apart.

    Each outcome is split in two, of the next lower and the next higher loss, so that the masses
    under both distributions stay as they are. Forgetting which of the two it was gives the old
    pair back, so the new one dominates it.
    """
    losses = pair.losses + _UP * (1 + np.abs(pair.losses))
    places = np.floor(losses / width)
    higher = np.clip(np.expm1(places * width - losses) / math.expm1(-width), 0.0, 1.0)
    masses = pair.masses * (1 + _UP)
    first = int(places.min())
    offsets = (places - first).astype(np.int64)
    length = int(offsets.max()) + 2
    found = np.bincount(offsets, masses * (1 - higher), length)
    found += np.bincount(offsets + 1, masses * higher, length)
    return dict(enumerate(found.tolist(), first))


def _unknown(reason: str) -> Quote:
    return Quote(accountant=Accountant.PLD, epsilon=None, reason=reason)
