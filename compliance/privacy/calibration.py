"""How much noise a budget buys: from a query and an (ε, δ) alone, in closed form, never from data.

Preview and release use the same calibration, so what an officer sees while sliding is what a
release would cost and blur.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from statistics import NormalDist

from compliance.errors import PrivacyParameterError
from compliance.privacy.accounting import UNIT, epsilon_of, rho_of, rho_within
from compliance.privacy.aggregates import KEYS_PART, Part, parts_of
from compliance.privacy.nouns import (
    CONFIDENCE,
    Budget,
    Event,
    GaussianEvent,
    LaplaceEvent,
    Mechanism,
    Query,
    ThresholdEvent,
)

# The share of δ that pays for the threshold on group keys under Gaussian noise. The threshold
# grows only with the root of its logarithm, and the rest of δ is worth more in the noise.
THRESHOLD_SHARE = Decimal("0.05")
_DELTA_SLACK = 2**-50  # OpenDP states the δ of one group in steps of 2⁻⁵², rounded up
_EXACT_BELOW = 25.0  # up to this scale, margins are summed exactly

NoiseEvent = GaussianEvent | LaplaceEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """The noise of each part.

    Attributes:
        parts: with the event that blurs each.
        keys: the noise on people per group and the threshold, where keys are private.
    """

    parts: tuple[tuple[Part, NoiseEvent], ...]
    keys: tuple[NoiseEvent, ThresholdEvent] | None

    @property
    def events(self) -> tuple[Event, ...]:
        """Everything that the release will do, as the ledger keeps it."""
        noise: tuple[Event, ...] = tuple(event for _, event in self.parts)
        return noise if self.keys is None else (*self.keys, *noise)


def calibrate(query: Query, asked: Budget) -> Calibration:
    """The least noise with which `query` keeps within `asked`.

    The loss is split evenly over the parts of the statistics and, where keys are private, the
    noisy count of people that decides which groups appear.

    Raises:
        PrivacyParameterError: δ is 0 where Gaussian noise or private keys need one, or ε or δ is
            too small for any noise to keep it.
    """
    parts = parts_of(query)
    shares = len(parts) + (not query.has_public_keys)
    if query.mechanism is Mechanism.GAUSSIAN:
        threshold_delta = Decimal(0) if query.has_public_keys else asked.delta * THRESHOLD_SHARE
        rest = Budget(epsilon=asked.epsilon, delta=asked.delta - threshold_delta)
        share = rho_within(rest) // shares
    else:
        threshold_delta = asked.delta
        share = int(asked.epsilon * UNIT) // shares
        if not query.has_public_keys:
            rho_within(asked)  # refuses δ = 0 in the same words
    if share <= 0:
        raise PrivacyParameterError(
            name="ε", given=f"{asked.epsilon}"[:20], reason="no noise keeps so little at this δ"
        )
    keys = None
    if not query.has_public_keys:
        noise = _noise(query, KEYS_PART, query.groups_per_unit, query.groups_per_unit, share)
        alone = _delta_of_one_group(float(threshold_delta), query.groups_per_unit)
        if alone <= 0:
            reason = "it is too small for group keys that are not public; list the keys, or raise δ"
            raise PrivacyParameterError(name="δ", given=f"{asked.delta}"[:20], reason=reason)
        threshold = _threshold(noise, alone)
        keys = (noise, ThresholdEvent(threshold=threshold, delta=threshold_delta))
    blurred = tuple((p, _noise(query, p.name, p.l1, p.l2_squared, share)) for p in parts)
    return Calibration(parts=blurred, keys=keys)


@lru_cache(maxsize=4096)
def margin(event: NoiseEvent) -> float:
    """The least m for which the noise lies within ± m with 95 % probability."""
    if isinstance(event, LaplaceEvent):
        ratio = math.exp(-1 / event.scale)
        tail = math.log((1 - CONFIDENCE) * (1 + ratio) / 2) / math.log(ratio) - 1
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


def standard_deviation(event: NoiseEvent) -> float:
    """Of the noise; for Gaussian noise its scale, for Laplace noise √2 times it."""
    return event.scale * (math.sqrt(2) if isinstance(event, LaplaceEvent) else 1)


def _noise(query: Query, name: str, l1: int, l2_squared: int, share: int) -> NoiseEvent:
    """The least noise that costs at most `share` units: of ρ for Gaussian, of ε for Laplace."""
    scale = l1 * UNIT / share
    if query.mechanism is Mechanism.GAUSSIAN:
        scale = math.sqrt(l2_squared * UNIT / (2 * share))
    while True:
        if query.mechanism is Mechanism.GAUSSIAN:
            gaussian = GaussianEvent(statistic=name, sensitivity_squared=l2_squared, scale=scale)
            if rho_of(gaussian) <= share:
                return gaussian
        else:
            laplace = LaplaceEvent(statistic=name, sensitivity=l1, scale=scale)
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
