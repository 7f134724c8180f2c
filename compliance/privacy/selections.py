"""Choices: a quantile among candidate values, and the largest groups.

A quantile is the candidate whose ranks are nearest to the one asked. For the share a/(a+b) of n
values, the rank asked is a·n, counted in steps of a+b for each value; candidate c has the ranks
from (a+b)·(values below c) to (a+b)·(values up to c), all of them where many values are equal,
and scores minus the distance. One row changes a score by at most max(a, b), whatever the others
are.

Two more choices, aimed a known distance below and above that rank, make the 95 % interval with
it. The noise of a choice misses by that distance as often as a two-sided geometric draw; the
interval misses where both ends and the value lie on one side. Among few values there is no rank
so far off, and an end would lie anywhere. So each end has one more candidate, the bound on its
side, which is the more likely the fewer values there are.

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

# p, for which p·(1 − p) is the 5 % that an interval may miss: one end is on the wrong side with
# p, the other on the right one with 1 − p, the value with either as often; and so the other way.
_END_MISSES = (1 - math.sqrt(1 - 4 * (1 - CONFIDENCE))) / 2


def candidates(statistic: Statistic, role: Role = Role.CHOICE) -> _Ints:
    """The values that a quantile can take, ascending, in steps of the granularity.

    Those of an end of the interval are followed by the bound on that side once more.
    """
    if statistic.step is None:
        raise ValueError(f"{statistic.name} has no step")
    lower, upper = steps(statistic)
    found = np.arange(lower, upper, max(to_steps(statistic.step, statistic), 1), dtype=np.int64)
    if role is Role.CHOICE:
        return np.append(found, upper)
    return np.append(found, (upper, lower if role is Role.CHOICE_LOW else upper))


def scores(
    ranked: Ranked, group: int, statistic: Statistic, role: Role, event: SelectionEvent
) -> _Ints:
    """Per candidate, how near its ranks are to the one aimed at; 0 is nearest. Whole numbers."""
    values, places = ranked.of(group), candidates(statistic)
    below_share, above_share = to_ratio(statistic.at)
    each, asked = below_share + above_share, below_share * len(values)
    first = each * np.searchsorted(values, places, side="left") - asked
    last = each * np.searchsorted(values, places, side="right") - asked
    aimed = {Role.CHOICE_LOW: -aim(event), Role.CHOICE_HIGH: aim(event)}.get(role, 0)
    found = -np.maximum(np.maximum(first - aimed, aimed - last), 0)
    if role is not Role.CHOICE:
        lead = _head_start(event, len(places)) - min(below_share, above_share) * len(values)
        found = np.append(found, lead)
    return np.asarray(found, dtype=np.int64)


def aim(event: SelectionEvent) -> int:
    """How far off the rank an end of the interval aims, in scores."""
    return math.ceil(event.scale * math.log(1 / (2 * _END_MISSES)))


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


def _head_start(event: SelectionEvent, others: int) -> int:
    """By how much a bound leads where there is no value at all.

    Then all `others` score −`aim`, a weight of 2p each; beside a weight of 2·(1 − p)·`others` one
    of them is chosen with probability p, as an end may miss.
    """
    return math.ceil(event.scale * math.log(2 * (1 - _END_MISSES) * others))


def _middle_of_best(found: _Ints) -> int:
    """Of the candidates with the best score, the one in the middle."""
    best = np.flatnonzero(found == found.max())
    return int(best[len(best) // 2])
