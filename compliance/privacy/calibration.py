"""How much noise a budget buys: from a query and an (ε, δ) alone, in closed form, never from data.

Preview and release use the same calibration, so what an officer sees while sliding is what a
release would cost and blur.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from statistics import NormalDist

from msgspec import structs

from compliance.errors import BadBoundsError, PrivacyParameterError
from compliance.privacy.accounting import rho_within
from compliance.privacy.aggregates import CHOICES, KEYS_PART, MOST_TOTAL, Part, parts_of
from compliance.privacy.costs import UNIT, epsilon_of, epsilon_of_answers, rho_of
from compliance.privacy.nouns import (
    CONFIDENCE,
    Budget,
    Event,
    GaussianEvent,
    LaplaceEvent,
    RandomisedResponseEvent,
    SelectionEvent,
    ThresholdEvent,
)
from compliance.privacy.nouns.question import Mechanism, Query, StatisticKind
from compliance.privacy.queries import KEYS_SHARE

# The share of δ that pays for the threshold on group keys under Gaussian noise. The threshold
# grows only with the root of its logarithm, and the rest of δ is worth more in the noise.
THRESHOLD_SHARE = Decimal("0.05")
_DELTA_SLACK = 2**-50  # OpenDP states the δ of one group in steps of 2⁻⁵², rounded up
_EXACT_BELOW = 25.0  # up to this scale, margins are summed exactly

_KEYS_WEIGHT = 4  # as much as any part of full weight

NoiseEvent = GaussianEvent | LaplaceEvent
PartEvent = NoiseEvent | SelectionEvent | RandomisedResponseEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """The noise of each part.

    Attributes:
        parts: with the event that blurs each.
        keys: the noise on people per group and the threshold, where keys are private.
    """

    parts: tuple[tuple[Part, PartEvent], ...]
    keys: tuple[NoiseEvent, ThresholdEvent] | None

    @property
    def events(self) -> tuple[Event, ...]:
        """Everything that the release will do, as the ledger keeps it."""
        noise: tuple[Event, ...] = tuple(event for _, event in self.parts)
        return noise if self.keys is None else (*self.keys, *noise)


def calibrate(query: Query, asked: Budget) -> Calibration:
    """The least noise with which `query` keeps within `asked`.

    The loss is divided over the parts of the statistics and, where keys are private, the noisy
    count of people that decides which groups appear: as `query.shares` says, the rest evenly.

    Raises:
        PrivacyParameterError: δ is 0 where Gaussian noise or private keys need one, or ε or δ is
            too small for any noise to keep it.
        BadBoundsError: what one person can change does not fit 64 bits.
    """
    parts = parts_of(query)
    for part in parts:
        if part.l1 >= MOST_TOTAL:
            reason = "one person could move it by more than 64 bits hold; lower the bounds"
            raise BadBoundsError(statistic=part.statistic.title, reason=reason)
    if query.mechanism is Mechanism.RANDOMISED_RESPONSE:
        return Calibration(parts=((parts[0], _answers(query, parts[0], asked)),), keys=None)
    found = _calibrated(query, parts, asked)
    is_choice = all(part.role in CHOICES for part in parts) and query.has_public_keys
    if is_choice and query.mechanism is Mechanism.GAUSSIAN:
        # A choice is pure as well; a few of them are cheaper by plain addition of ε.
        plain = _calibrated(replace(query, mechanism=Mechanism.LAPLACE), parts, asked)
        return min(found, plain, key=_blur_of_choices)
    return found


def _blur_of_choices(calibration: Calibration) -> float:
    events = (event for _, event in calibration.parts)
    return sum(event.scale for event in events if isinstance(event, SelectionEvent))


def _calibrated(query: Query, parts: tuple[Part, ...], asked: Budget) -> Calibration:
    loss, threshold_delta = _divisible(query, asked)
    shares = _shares(query, parts, loss)
    choices = {p.name: _choice(p) for p in parts if p.role in CHOICES}
    least = {name: choice.draws * choice.groups for name, choice in choices.items()}
    if any(share < least.get(name, 1) for name, share in shares.items()):
        raise PrivacyParameterError(
            name="ε", given=f"{asked.epsilon}"[:20], reason="no noise keeps so little at this δ"
        )
    keys = None
    if not query.has_public_keys:
        noise = _noise(query, KEYS_PART, query.groups_per_unit, 1, shares[KEYS_PART])
        alone = _delta_of_one_group(float(threshold_delta), query.groups_per_unit)
        if alone <= 0:
            reason = "it is too small for group keys that are not public; list the keys, or raise δ"
            raise PrivacyParameterError(name="δ", given=f"{asked.delta}"[:20], reason=reason)
        threshold = _threshold(noise, alone)
        keys = (noise, ThresholdEvent(threshold=threshold, delta=threshold_delta))
    blurred = tuple((part, part_event(query, part, shares[part.name])) for part in parts)
    return Calibration(parts=blurred, keys=keys)


def part_event(query: Query, part: Part, share: int) -> PartEvent:
    """The least noise on a part that costs at most `share` units, of ρ or of ε."""
    if part.role in CHOICES:
        return selection(_choice(part), query.mechanism, share)
    return _noise(query, part.name, part.groups, part.per_group, share)


def selection(event: SelectionEvent, mechanism: Mechanism, share: int) -> SelectionEvent:
    """`event` with the least noise that costs at most `share` units, of ρ or of ε.

    Raises:
        PrivacyParameterError: not even a unit is left for each choice.
    """
    each = share // (event.draws * event.groups)
    if each == 0:
        reason = "no noise keeps so little in so many choices"
        raise PrivacyParameterError(name="ε", given="divided so finely", reason=reason)
    # The largest ε of one choice that costs no more than `each`: ρ is an eighth of its square.
    range_ = math.isqrt(8 * UNIT * each) if mechanism is Mechanism.GAUSSIAN else each
    change = event.sensitivity * (1 if event.is_monotonic else 2) * UNIT
    scale = change / range_
    if Fraction(scale) * range_ < change:  # the division was rounded down
        scale = math.nextafter(scale, math.inf)
    return structs.replace(event, scale=scale)


def divisible(query: Query, asked: Budget) -> int:
    """The loss that the parts of `query` divide, in units: of ρ for Gaussian noise, else of ε."""
    return _divisible(query, asked)[0]


def _divisible(query: Query, asked: Budget) -> tuple[int, Decimal]:
    """The loss that parts divide, ρ or ε in units, and the δ that a threshold takes."""
    if query.mechanism is Mechanism.GAUSSIAN:
        delta = Decimal(0) if query.has_public_keys else asked.delta * THRESHOLD_SHARE
        return rho_within(Budget(epsilon=asked.epsilon, delta=asked.delta - delta)), delta
    if not query.has_public_keys:
        rho_within(asked)  # refuses δ = 0 in the same words
    return int(asked.epsilon * UNIT), asked.delta


def _shares(query: Query, parts: tuple[Part, ...], loss: int) -> dict[str, int]:
    """Per part, and for the search for groups, what it may cost in units."""
    weights = {part.name: part.weight for part in parts}
    asked_by = {part.name: part.statistic.name for part in parts}
    if not query.has_public_keys:
        weights[KEYS_PART], asked_by[KEYS_PART] = _KEYS_WEIGHT, KEYS_SHARE
    free = 1 - sum(query.shares.values())
    shares = {}
    for name, weight in weights.items():
        locked = query.shares.get(asked_by[name])
        beside = [
            other
            for part, other in weights.items()
            if (asked_by[part] == asked_by[name] if locked else asked_by[part] not in query.shares)
        ]
        share = Fraction(free if locked is None else locked)
        shares[name] = math.floor(share * loss * weight / sum(beside))
    return shares


def division(query: Query) -> dict[str, Decimal]:
    """Which share of the loss (0–1) each statistic gets, and the search for groups as “keys”."""
    if query.mechanism is Mechanism.RANDOMISED_RESPONSE:
        return {query.statistics[0].name: Decimal(1)}
    parts = parts_of(query)
    asked_by = {part.name: part.statistic.name for part in parts} | {KEYS_PART: KEYS_SHARE}
    found: dict[str, Decimal] = {}
    for name, share in _shares(query, parts, UNIT).items():
        of = asked_by[name]
        found[of] = found.get(of, Decimal(0)) + Decimal(share) / UNIT
    return found


@lru_cache(maxsize=4096)
def margin(event: NoiseEvent) -> float:
    """The least m for which the noise lies within ± m with 95 % probability."""
    if isinstance(event, LaplaceEvent):
        ratio = math.exp(-1 / event.scale)
        tail = -event.scale * math.log((1 - CONFIDENCE) * (1 + ratio) / 2) - 1
        return float(max(math.ceil(tail - 1e-9), 0))
    if event.scale > _EXACT_BELOW:
        return float(round(NormalDist().inv_cdf(0.5 + CONFIDENCE / 2) * event.scale))
    reach = math.ceil(12 * event.scale) + 2
    weights = [math.exp(-(k**2) / (2 * event.scale**2)) for k in range(reach)]
    total = weights[0] + 2 * sum(weights[1:])
    inside, m = weights[0], 0
    while inside < CONFIDENCE * total:
        m += 1
        inside += 2 * weights[m]
    return float(m)


def combined_margin(terms: Sequence[tuple[float, NoiseEvent]]) -> float:
    """The 95 % margin of a sum of independent noises, each times a factor; continuous.

    A sum of Laplace noises of different scales is a signed mixture of them (partial fractions of
    its characteristic function).
    """
    scales = [abs(factor) * event.scale for factor, event in terms if factor]
    if not scales:
        return 0.0
    if isinstance(terms[0][1], GaussianEvent):
        return NormalDist().inv_cdf(0.5 + CONFIDENCE / 2) * math.hypot(*scales)
    # Equal scales would divide by zero; a thousandth apart changes no shown digit.
    apart = [scale * (1 + n / 1000) for n, scale in enumerate(sorted(scales))]
    weights = [
        math.prod(a * a / (a * a - b * b) for m, b in enumerate(apart) if m != n)
        for n, a in enumerate(apart)
    ]
    low, high = 0.0, 20 * max(apart)
    for _ in range(60):
        middle = (low + high) / 2
        outside = sum(w * math.exp(-middle / a) for w, a in zip(weights, apart, strict=True))
        low, high = (middle, high) if outside > 1 - CONFIDENCE else (low, middle)
    return high


def _choice(part: Part) -> SelectionEvent:
    """What `part` chooses, its noise left open."""
    is_top = part.statistic.kind is StatisticKind.TOP
    return SelectionEvent(
        statistic=part.name,
        sensitivity=part.per_group,
        scale=1.0,
        draws=part.statistic.largest or 1,
        groups=1 if is_top else part.groups,  # the largest are chosen once, over all groups
        is_monotonic=is_top,
    )


def _answers(query: Query, part: Part, asked: Budget) -> RandomisedResponseEvent:
    """The likeliest truth that keeps `asked`: e^ε/(e^ε + k − 1) over k answers, or below."""
    categories = len(query.public_keys[query.by[0]]) + 1  # one for “none of these”
    truth = min(1 / (1 + (categories - 1) * math.exp(-float(asked.epsilon))), 1 - 2**-50)
    while True:
        event = RandomisedResponseEvent(
            statistic=part.name, categories=categories, probability=truth
        )
        if epsilon_of_answers(event) <= int(asked.epsilon * UNIT):
            return event
        truth -= 2**-50


def _noise(query: Query, name: str, groups: int, per_group: int, share: int) -> NoiseEvent:
    """The least noise that costs at most `share` units: of ρ for Gaussian, of ε for Laplace."""
    l1, l2_squared = groups * per_group, groups * per_group**2
    scale = l1 * UNIT / share
    if query.mechanism is Mechanism.GAUSSIAN:
        scale = math.sqrt(l2_squared * UNIT / (2 * share))
    while True:
        if query.mechanism is Mechanism.GAUSSIAN:
            gaussian = GaussianEvent(
                statistic=name,
                sensitivity_squared=l2_squared,
                scale=scale,
                groups=groups,
                per_group=per_group,
            )
            if rho_of(gaussian) <= share:
                return gaussian
        else:
            laplace = LaplaceEvent(
                statistic=name, sensitivity=l1, scale=scale, groups=groups, per_group=per_group
            )
            if epsilon_of(laplace) <= share:
                return laplace
        scale = math.nextafter(scale, math.inf)


def _delta_of_one_group(delta: float, groups: int) -> float:
    """With what probability each of a person's own groups may show, so that any does with ≤ δ."""
    return -math.expm1(math.log1p(-delta) / groups) - _DELTA_SLACK


def _threshold(noise: NoiseEvent, alone: float) -> int:
    """People that a group needs, so that a group of one person shows with probability ≤ `alone`.

    Source: Rogers 2023, arXiv:2309.09170; OpenDP checks the value again at the release.
    """
    if isinstance(noise, GaussianEvent):
        return 2 + math.ceil(-NormalDist().inv_cdf(alone) * noise.scale)
    ratio = math.exp(-1 / noise.scale)
    return 2 + math.ceil(-math.log(alone * (1 + ratio)) * noise.scale)
