"""What a guarantee means for somebody who attacks it, in closed form: nothing is drawn here."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from statistics import NormalDist

import numpy as np

from compliance.privacy.calibration import NoiseEvent
from compliance.privacy.distributions import SUMMED_UP_TO, masses, quantile
from compliance.privacy.nouns import CONFIDENCE, Budget, GaussianEvent
from compliance.privacy.nouns.question import Mechanism

DOTS = 20
_COLUMNS = 11  # of a dot plot, about
_Z = NormalDist().inv_cdf(0.5 + CONFIDENCE / 2)


def posterior(prior: float, epsilon: float) -> float:
    """How sure an attacker can become at most, who starts from `prior`; both 0–1.

    Bayes' rule under ε-differential privacy: the odds rise by at most e^ε. With a δ this can fail
    with probability δ.

    Source: Lee and Clifton 2011, doi:10.1007/978-3-642-24861-0_22.
    """
    if not 0 <= prior <= 1:
        raise ValueError("a prior lies from 0 to 1")
    if prior in (0, 1):
        return float(prior)
    return 1 / (1 + (1 - prior) / prior * math.exp(-epsilon))


def largest_rise(epsilon: float) -> tuple[float, float]:
    """The prior from which an attacker can learn most, and how sure they are then; both 0–1.

    Between the two lies tanh(ε/4): no other prior rises by more.
    """
    prior = 1 / (1 + math.exp(epsilon / 2))
    return prior, posterior(prior, epsilon)


def detection(false_alarm: float, budget: Budget) -> float:
    """The largest share of people found, by a test that wrongly names `false_alarm` of others.

    Source: Kairouz, Oh, Viswanath 2015, arXiv:1311.0776, Theorem 2.1.
    """
    epsilon, delta = float(budget.epsilon), float(budget.delta)
    raised = math.exp(epsilon) * false_alarm + delta
    lowered = 1 - math.exp(-epsilon) * (1 - delta - false_alarm)
    return max(min(raised, lowered, 1.0), 0.0)


def tradeoff(budget: Budget, points: int = 41) -> tuple[tuple[float, float], ...]:
    """False alarms against the largest share of people found, from (0, δ) to (1, 1)."""
    return tuple((n / (points - 1), detection(n / (points - 1), budget)) for n in range(points))


def success(budget: Budget) -> float:
    """How often a guess “in or out” can be right at most, where both are as likely; 0–1.

    (e^ε + δ)/(1 + e^ε): with probability δ all may be told, else the odds are e^ε at most.
    """
    odds = math.exp(-float(budget.epsilon))
    return min((1 + float(budget.delta) * odds) / (1 + odds), 1.0)


def largest_auc(budget: Budget) -> float:
    """How likely the best test at most puts a person who is in before one who is out; 0.5–1.

    The area under `tradeoff`: e^ε/(1+e^ε), and a little more with δ.
    """
    return 1 - (1 - float(budget.delta)) ** 2 / (1 + math.exp(float(budget.epsilon)))


def dots(value: float, margin: float, mechanism: Mechanism, count: int = DOTS) -> tuple[float, ...]:
    """`count` equally likely outcomes around `value`, ascending: the quantiles of its noise.

    Each dot stands for one chance in `count`. Nothing is drawn.

    Source: Kay et al. 2016, doi:10.1145/2858036.2858558 (quantile dot plots).
    """
    levels = [(n + 0.5) / count for n in range(count)]
    if mechanism is Mechanism.LAPLACE:
        scale = margin / -math.log(1 - CONFIDENCE)
        return tuple(value + scale * _laplace(level) for level in levels)
    return tuple(value + margin / _Z * NormalDist().inv_cdf(level) for level in levels)


def dots_of_noise(
    value: float, event: NoiseEvent, per_one: int = 1, count: int = DOTS
) -> tuple[float, ...]:
    """The same where the noise itself is known: its exact quantiles, in whole steps.

    Args:
        per_one: steps of the noise in one unit of `value` (100 for cents).
    """
    return tuple(value + quantile(event, (n + 0.5) / count) / per_one for n in range(count))


def stacked(outcomes: Sequence[float], value: float) -> tuple[tuple[float, int], ...]:
    """Where each dot stands: the middle of its column, and its place in it, counted from 1.

    All columns are equally wide, and one has `value` in its middle. Outcomes that lie whole steps
    apart get columns of whole steps, so that no column holds more of them than its neighbours.

    Args:
        outcomes: ascending; at least one.
    """
    apart = [later - earlier for earlier, later in pairwise(outcomes)]
    width = (outcomes[-1] - outcomes[0]) / (_COLUMNS - 1) or 1.0
    step = min((gap for gap in apart if gap > 0), default=width)
    if all(math.isclose(gap / step, round(gap / step), abs_tol=1e-6) for gap in apart):
        width = math.ceil(width / step - 1e-6) * step
    heights: Counter[int] = Counter()
    places = []
    for outcome in outcomes:
        column = round((outcome - value) / width)
        heights[column] += 1
        places.append((value + column * width, heights[column]))
    return tuple(places)


def wrong_order(difference: float, margin: float, other_margin: float) -> float:
    """The chance that noise turns the order of two numbers round, which lie `difference` apart.

    By a normal approximation of both noises; 0.5 where there is no difference.
    """
    spread = math.hypot(margin, other_margin) / _Z
    if spread == 0:
        return 0.0 if difference else 0.5
    return NormalDist().cdf(-abs(difference) / spread)


def wrong_order_of_noise(distance: int, event: NoiseEvent) -> float:
    """The same for two numbers so many whole steps apart under known noise; a draw counts half."""
    apart = abs(distance)
    if isinstance(event, GaussianEvent):
        return sum(_gaussian_exceeds(event, least) for least in (apart, apart + 1)) / 2
    return sum(_laplace_exceeds(event.scale, least) for least in (apart, apart + 1)) / 2


def _gaussian_exceeds(event: GaussianEvent, least: int) -> float:
    """How likely one draw exceeds another by `least` or more."""
    if event.scale > SUMMED_UP_TO:
        return NormalDist().cdf(-(least - 0.5) / (math.sqrt(2) * event.scale))
    weights = masses(event, math.ceil(12 * event.scale) + 2)
    tails = np.append(np.cumsum(weights[::-1])[::-1], 0.0)
    places = np.clip(np.arange(len(weights)) + least, 0, len(weights))
    return float(weights @ tails[places])


def _laplace_exceeds(scale: float, least: int) -> float:
    """The same for discrete Laplace noise: a geometric series and its derivative, summed."""
    ratio, rest = math.exp(-1 / scale), -math.expm1(-1 / scale)
    spread = (1 + ratio**2) / (rest * (1 + ratio))
    weight = (rest / (1 + ratio)) ** 2 * math.exp(-least / scale)
    return weight * ((least + spread) / rest + ratio / rest**2)


def _laplace(level: float) -> float:
    """The quantile of Laplace noise of scale 1."""
    away = level - 0.5
    return math.copysign(math.log(1 - 2 * abs(away)), away)
