"""What a guarantee means for somebody who attacks it, in closed form: nothing is drawn here."""

from __future__ import annotations

import math
from statistics import NormalDist

from compliance.privacy.nouns import CONFIDENCE, Budget
from compliance.privacy.nouns.question import Mechanism

DOTS = 20
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

    e^ε/(1+e^ε), and half of what δ adds.
    """
    odds = math.exp(-float(budget.epsilon))
    return min((1 + float(budget.delta) * odds) / (1 + odds), 1.0)


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


def wrong_order(difference: float, margin: float, other_margin: float) -> float:
    """The chance that noise turns the order of two numbers round, which lie `difference` apart.

    By a normal approximation of both noises; 0.5 where there is no difference.
    """
    spread = math.hypot(margin, other_margin) / _Z
    if spread == 0:
        return 0.0 if difference else 0.5
    return NormalDist().cdf(-abs(difference) / spread)


def _laplace(level: float) -> float:
    """The quantile of Laplace noise of scale 1."""
    away = level - 0.5
    return math.copysign(math.log(1 - 2 * abs(away)), away)
