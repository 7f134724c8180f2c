"""How many people are alone with their values in the whole population, estimated from a sample.

Every model gives the share of the population (0–1) that is unique in it, or None where it does not
apply: its equations have no solution, or give more uniques than people. Nothing is drawn.

* `zayatz`: classes of the population are as large as those of the sample (Zayatz 1991, Estimation
  of the number of unique population elements using a sample).
* `pitman`: sizes follow Pitman's sampling formula, fitted by maximum likelihood (Hoshino 2001,
  Journal of Official Statistics 17(4)). For small samples.
* `snb`: sizes follow a negative binomial shifted by one (Chen and Keller-McNulty 1998, Journal of
  Official Statistics 14(1)), fitted to the uniques and pairs of the sample; the number of classes
  in the population by the third estimator after Shlosser of Haas and Stokes 1998,
  doi:10.1080/01621459.1998.10473807.
* `dankar`: which of them to believe (Dankar et al. 2012, doi:10.1186/1472-6947-12-66).

ARX has the same models. Its estimate of the number of classes subtracts 1 where Haas and Stokes
subtract (1 − f)^i times the number of classes of that size, and its second equation multiplies by
the power that the model divides by: its SNB, and so its Dankar's rule above a tenth, differ from
these. Zayatz and Pitman are the same.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from compliance.anonymise.nouns.problem import Floats, Ints


def dankar(sizes: Ints, fraction: float, *, fall_back: bool = False) -> float | None:
    """The estimate of the model that fits: Pitman's up to a tenth, or the lower of SNB and Zayatz.

    Args:
        sizes: people of the sample in each of its classes; above 0.
        fraction: the sampling fraction, above 0 and at most 1: people of the sample per person of
            the population. At 1 the answer is counted, not estimated.
        fall_back: whether Zayatz stands in where Pitman's model does not apply (as ARX shows it),
            or nothing does (as ARX judges by it).

    Raises:
        ValueError: the fraction is not a share above 0.
    """
    if fraction > 0.1:
        candidates = [snb(sizes, fraction), zayatz(sizes, fraction)]
        return min((share for share in candidates if share is not None), default=None)
    share = pitman(sizes, fraction)
    return zayatz(sizes, fraction) if share is None and fall_back else share


def zayatz(sizes: Ints, fraction: float) -> float | None:
    """As `dankar`: a unique person of the sample is one of the population with a chance P.

    By Bayes' rule, from the chances that a class of each size shows exactly one of its people in
    the sample (hypergeometric).
    """
    if (counted := _counted(sizes, fraction)) is not None:
        return counted
    people = int(sizes.sum())
    population = int(people / fraction)
    size, classes = np.unique(sizes, return_counts=True)
    steps = np.arange(1, int(size[-1]))
    with np.errstate(divide="ignore"):
        logs = np.log(np.maximum(population - people - steps + 1, 0)) - np.log(population - steps)
    left_out = np.exp(np.concatenate(([0.0], np.cumsum(logs))))[size - 1]
    shows_one = size * people / population * left_out
    uniques = int(classes[0])
    chance = uniques * (people / population) / float(classes @ shows_one)
    return _share(uniques * chance / people)


def pitman(sizes: Ints, fraction: float) -> float | None:
    """As `dankar`: Γ(θ + 1) / Γ(θ + α) × N^α uniques among N people.

    None where the likelihood has no maximum: all people stand alone, or classes are more even than
    chance alone would make them.
    """
    if (counted := _counted(sizes, fraction)) is not None:
        return counted
    if (parameters := pitman_parameters(sizes)) is None:
        return None
    theta, alpha = parameters
    population = float(sizes.sum()) / fraction
    log_share = _log_gamma(theta + 1) - _log_gamma(theta + alpha) + (alpha - 1) * np.log(population)
    return _share(float(np.exp(min(log_share, 1.0))))


def pitman_parameters(sizes: Ints) -> tuple[float, float] | None:
    """θ and α of Pitman's formula where its likelihood is largest.

    α < 1, and θ > −α; an α below 0 stands for a population with a largest number of classes, and
    then θ is above −α times those of the sample.
    """
    size, classes = np.unique(sizes, return_counts=True)
    if len(size) < 2:
        return None
    score = _PitmanScore(size, classes)
    alpha = _root(score.of_alpha, _ALPHAS)
    return None if alpha is None else (score.theta(alpha), alpha)


def snb(sizes: Ints, fraction: float) -> float | None:
    """As `dankar`: K β^α uniques, K the classes of the population.

    None where the sample has no pairs, or no α > 0 and 0 < β < 1 give its uniques and pairs.
    """
    if (counted := _counted(sizes, fraction)) is not None:
        return counted
    uniques, pairs = int((sizes == 1).sum()), int((sizes == 2).sum())
    classes = _classes_of_population(sizes, fraction)
    if not pairs or uniques >= classes * fraction:
        return None

    def alpha_of(beta: float) -> float:
        return _snb_alpha(beta, fraction, uniques / (classes * fraction))

    def excess_of_pairs(beta: float) -> float:
        alpha, hidden = alpha_of(beta), (1 - fraction) * (1 - beta)
        log_shown = alpha * np.log(beta / (1 - hidden))
        curve = alpha * (1 - beta) * (2 - (1 - alpha) * hidden) / (1 - hidden) ** 2
        return float(classes * fraction**2 / 2 * np.exp(log_shown) * curve - pairs)

    beta = _root(excess_of_pairs, np.concatenate((np.geomspace(1e-6, 0.5, 24), _NEAR_ONE)))
    if beta is None:
        return None
    return _share(classes * beta ** alpha_of(beta) * fraction / float(sizes.sum()))


_EWENS = 1e-7
"""Below it, Pitman's formula is as good as that of Ewens, where α is 0."""
_ENDLESS = 1e15
_ALPHAS = np.array(
    [*-np.geomspace(1e4, 1e-3, 15), 1e-3, *np.linspace(0.05, 0.95, 7), 0.999, 1 - 1e-6]
)
_NEAR_ONE = 1 - np.geomspace(0.45, 1e-6, 24)


class _PitmanScore:
    """The derivatives of the log-likelihood of Pitman's formula, both 0 at its maximum."""

    def __init__(self, size: Ints, classes: Ints) -> None:
        self._size, self._classes = size, classes
        self._people, self._groups = int(size @ classes), int(classes.sum())

    def theta(self, alpha: float) -> float:
        """Where the derivative by θ is 0; it falls, from infinity to below 0."""
        least = max(-alpha, -alpha * (self._groups - 1))
        lowest, highest = least + 1e-12 * max(abs(least), 1e-3), least + 1.0
        while self._of_theta(highest, alpha) > 0 and highest < _ENDLESS:
            highest = least + 16 * (highest - least)
        if self._of_theta(highest, alpha) > 0 or self._of_theta(lowest, alpha) < 0:
            return highest
        return _crossing(self._of_theta, lowest, highest, args=(alpha,), xtol=1e-12, rtol=1e-14)

    def of_alpha(self, alpha: float) -> float:
        """The derivative by α, at the best θ for it."""
        theta, last = self.theta(alpha), self._groups - 1
        if abs(alpha) < _EWENS:
            first = last * (last + 1) / 2 / theta
        else:  # Σ i / (θ + iα) = Σ (1 − θ / (θ + iα)) / α
            first = (last - theta * self._sum(theta, alpha)) / alpha
        return float(first - self._classes @ (_digamma(self._size - alpha) - _digamma(1 - alpha)))

    def _of_theta(self, theta: float, alpha: float) -> float:
        return self._sum(theta, alpha) - float(_digamma(self._people + theta) - _digamma(theta + 1))

    def _sum(self, theta: float, alpha: float) -> float:
        """Σ 1 / (θ + iα) for i from 1 to the number of classes less one."""
        if abs(alpha) < _EWENS:
            return (self._groups - 1) / theta
        start = theta / abs(alpha)
        if alpha < 0:
            return float(_digamma(start) - _digamma(start - self._groups + 1)) / -alpha
        return float(_digamma(self._groups + start) - _digamma(start + 1)) / alpha


def _snb_alpha(beta: float, fraction: float, shown: float) -> float:
    """The α at which a class shows one person with the chance `shown` × f.

    ln of that chance is concave in α and 0 at α = 0, so below 0 it is met once.
    """
    hidden = (1 - fraction) * (1 - beta)
    slope, weight = np.log(beta / (1 - hidden)), hidden / (1 - hidden)

    def excess(alpha: float) -> float:
        return float(alpha * slope + np.log1p(alpha * weight) - np.log(shown))

    highest = 1.0
    while excess(highest) > 0:
        highest *= 2
    return _crossing(excess, 0.0, highest, xtol=1e-14, rtol=1e-14)


def _classes_of_population(sizes: Ints, fraction: float) -> float:
    """Haas and Stokes 1998, D_Sh3: the classes of the sample, and those that it does not show."""
    size, classes = np.unique(sizes, return_counts=True)
    uniques = int(classes[size == 1].sum())
    missed = (1 - fraction) ** size @ classes
    in_square = (size * fraction**2 * (1 - fraction**2) ** (size - 1)) @ classes
    difference = ((1 - fraction**2) ** size - (1 - fraction) ** size) @ classes
    in_sample = (size * fraction * (1 - fraction) ** (size - 1)) @ classes
    return float(len(sizes) + uniques * in_square / difference * (missed / in_sample) ** 2)


def _counted(sizes: Ints, fraction: float) -> float | None:
    """The share where it need not be estimated: nobody stands alone, or the sample is everybody."""
    if not 0 < fraction <= 1:
        raise ValueError("the sampling fraction is a share above 0")
    uniques = int((sizes == 1).sum())
    if not uniques:
        return 0.0
    return uniques / float(sizes.sum()) if fraction == 1 else None


def _root(function: Callable[[float], float], edges: Floats) -> float | None:
    """The first root between two neighbouring edges; None where the sign never changes."""
    below = function(float(edges[0]))
    for left, right in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True):
        above = function(right)
        if below == 0 or below * above < 0:
            return left if below == 0 else _crossing(function, left, right, xtol=1e-13)
        below = above
    return None


def _share(share: float) -> float | None:
    """None where there would be no uniques, or more than people, as ARX judges an estimate."""
    return share if 0 < share <= 1 else None


def _crossing(function: Callable[..., float], low: float, high: float, **settings: Any) -> float:
    """Where `function` crosses zero between `low` and `high`."""
    from scipy.optimize import brentq  # slow to load; most commands do without

    return float(brentq(function, low, high, **settings))


def _log_gamma(value: Any) -> Any:
    from scipy.special import gammaln

    return gammaln(value)


def _digamma(value: Any) -> Any:
    from scipy.special import psi

    return psi(value)
