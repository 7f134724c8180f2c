"""Choices: a quantile among candidate values, and the largest groups.

A quantile is the candidate whose rank is nearest to the one asked. For the share a/(a+b) of n
values, candidate c scores −|b·(values below c) − a·(values above c)|; one row changes a score by
at most max(a, b), whatever the others are. Two more choices, aimed a known distance below and
above that rank, make the 95 % interval: the noise of a choice is as likely to miss by that
distance as a two-sided geometric draw.

Source: McSherry and Talwar 2007, doi:10.1109/FOCS.2007.66 (exponential mechanism, drawn as the
highest score with Gumbel noise); Smith 2011, doi:10.1145/1993636.1993743 for quantiles.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from compliance.privacy.aggregates import Aggregate, Ranked, Role, steps, to_ratio, to_steps
from compliance.privacy.nouns import CONFIDENCE, SelectionEvent
from compliance.privacy.nouns.question import Statistic

_Ints = npt.NDArray[np.int64]
_Floats = npt.NDArray[np.float64]


def candidates(statistic: Statistic) -> _Ints:
    """The values that a quantile can take, ascending, in steps of the granularity."""
    if statistic.step is None:
        raise ValueError(f"{statistic.name} has no step")
    lower, upper = steps(statistic)
    found = np.arange(lower, upper, max(to_steps(statistic.step, statistic), 1), dtype=np.int64)
    return np.append(found, upper)


def scores(
    ranked: Ranked, group: int, statistic: Statistic, role: Role, event: SelectionEvent
) -> _Ints:
    """Per candidate, how near its rank is to the one aimed at; 0 is nearest. Whole numbers."""
    values, places = ranked.of(group), candidates(statistic)
    below_share, above_share = to_ratio(statistic.at)
    below = np.searchsorted(values, places, side="left")
    above = len(values) - np.searchsorted(values, places, side="right")
    distance = above_share * below - below_share * above
    aims = {Role.CHOICE_LOW: aim(event), Role.CHOICE_HIGH: -aim(event)}
    return np.asarray(-np.abs(distance + aims.get(role, 0)), dtype=np.int64)


def aim(event: SelectionEvent) -> int:
    """How far off the rank an end of the interval aims, in scores: missed with 2.5 %."""
    return math.ceil(event.scale * math.log(1 / (1 - CONFIDENCE)))


def exact_quantile(ranked: Ranked, group: int, statistic: Statistic) -> float:
    """The candidate nearest to the rank, without noise; in the column's own unit."""
    silent = SelectionEvent(statistic=statistic.name, sensitivity=1, scale=1.0)
    found = scores(ranked, group, statistic, Role.CHOICE, silent)
    return to_unit(int(candidates(statistic)[_middle_of_best(found)]), statistic)


def quantile_margin(
    ranked: Ranked, group: int, statistic: Statistic, event: SelectionEvent
) -> float:
    """The least m for which the choice lies within ± m of the exact one with 95 % probability.

    In closed form from the exact scores, so for the officer only.
    """
    found = scores(ranked, group, statistic, Role.CHOICE, event)
    places = candidates(statistic)
    weights = np.exp((found - found.max()) / event.scale)
    away = np.abs(places - places[_middle_of_best(found)])
    order = np.argsort(away, kind="stable")
    within = np.cumsum(weights[order]) / weights.sum()
    farthest = away[order][min(int(np.searchsorted(within, CONFIDENCE)), len(away) - 1)]
    return to_unit(int(farthest), statistic)


def largest_groups(counts: _Ints, statistic: Statistic) -> list[int]:
    """The largest groups without noise, largest first."""
    return [int(group) for group in np.argsort(-counts, kind="stable")[: statistic.largest]]


def rivals(counts: _Ints, group: int, event: SelectionEvent) -> int:
    """How many other groups are so near in size that noise can turn the order round.

    The difference of two Gumbel draws is logistic: it stays within 3.66 scales with 95 %.
    """
    band = event.scale * math.log((1 + CONFIDENCE) / (1 - CONFIDENCE))
    return int((np.abs(counts - counts[group]) <= band).sum()) - 1


def choosable(aggregate: Aggregate, statistic: Statistic, kept: _Ints) -> _Ints:
    """The counts among which the largest groups are chosen."""
    return aggregate.parts[f"{statistic.name}:{Role.CHOICE}"][kept]


def to_unit(steps_: int, statistic: Statistic) -> float:
    """Steps of the granularity in the column's own unit."""
    return steps_ / statistic.granularity.per_one


def _middle_of_best(found: _Ints) -> int:
    """Of the candidates with the best score, the one in the middle."""
    best = np.flatnonzero(found == found.max())
    return int(best[len(best) // 2])
