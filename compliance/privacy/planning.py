"""Accuracy first: the smallest loss with which every number is as exact as it must be.

Each statistic needs a loss of its own, found by halving, for margins shrink as it grows; what
all need together is asked, and divided as they need it. Sizes are exact, so the plan is for the
officer, like a preview: nothing is drawn and nothing is spent.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from decimal import ROUND_CEILING, ROUND_DOWN, Decimal
from itertools import count

from compliance.errors import OutOfReachError, PrivacyParameterError
from compliance.privacy.aggregates import Aggregate, parts_of
from compliance.privacy.calibration import PartEvent, calibrate, divisible, part_event
from compliance.privacy.nouns import Budget
from compliance.privacy.nouns.planning import Planned, Reached, Target
from compliance.privacy.nouns.question import Mechanism, Query, Statistic
from compliance.privacy.preview import exact_answers, shown_groups
from compliance.privacy.queries import KEYS_SHARE

MOST_EPSILON = Decimal(100)
_FIRST = Decimal(1)  # where the search begins
_STEP = Decimal("0.0001")  # of a planned ε
_SHARE_STEP = Decimal("0.000001")
_HALVINGS = 48
_KEYS_WEIGHT = 1  # groups large enough for an exact number need little to be found
_ROUNDS = 6  # the groups that appear depend on ε, and ε on them


def plan(aggregate: Aggregate, query: Query, targets: Sequence[Target], delta: Decimal) -> Planned:
    """The smallest (ε, `delta`) that meets all `targets`, and how `query` divides it.

    Statistics without a target get what the others get on average, the search for groups a
    quarter of that.

    Raises:
        OutOfReachError: no ε up to 100 meets them.
        PrivacyParameterError: a target is about no statistic of the query, or δ keeps nothing.
    """
    _check(query, targets)
    shown = shown_groups(aggregate, calibrate(query, Budget(epsilon=_FIRST, delta=delta)))
    for _ in range(_ROUNDS):
        found = _plan_for(aggregate, query, targets, delta, shown)
        divided = replace(query, shares=found.shares)
        appearing = shown_groups(aggregate, calibrate(divided, found.asked))
        if appearing == shown:
            break
        shown = appearing
    events = {p.name: event for p, event in calibrate(divided, found.asked).parts}
    return replace(
        found, reached=tuple(_reached(aggregate, query, t, events, appearing) for t in targets)
    )


def _check(query: Query, targets: Sequence[Target]) -> None:
    known = [statistic.name for statistic in query.statistics]
    if not targets:
        reason = "say how exact at least one statistic must be"
        raise PrivacyParameterError(name="The target", given="nothing", reason=reason)
    for target in targets:
        if target.statistic not in known:
            reason = f"the query asks for {', '.join(known)}"[:200]
            raise PrivacyParameterError(
                name="The target", given=f"about “{target.statistic[:40]}”", reason=reason
            )
    if query.mechanism is Mechanism.RANDOMISED_RESPONSE:
        reason = "its error is read off the curve; choose ε there"
        raise PrivacyParameterError(
            name="The target", given="set for randomised response", reason=reason
        )


def _plan_for(
    aggregate: Aggregate,
    query: Query,
    targets: Sequence[Target],
    delta: Decimal,
    shown: Sequence[int],
) -> Planned:
    """The plan, if the groups of `shown` are those that appear."""
    needed = {
        target.statistic: _needed(aggregate, query, target, shown, _most(query, delta))
        for target in targets
    }
    weights = _weights(query)
    average = sum(needed.values()) / sum(weights[name] for name in needed)
    costs = {
        name: needed.get(name, math.ceil(average * weight)) for name, weight in weights.items()
    }
    total = sum(costs.values())
    shares = {
        name: max((Decimal(cost) / total).quantize(_SHARE_STEP, ROUND_DOWN), _SHARE_STEP)
        for name, cost in costs.items()
    }
    # Rounding the shares down must not take from any of them: ask for as much more.
    least = max(Decimal(cost) / shares[name] for name, cost in costs.items())
    asked = _asked(query, math.ceil(least), delta)
    return Planned(asked=asked, shares=shares, reached=())


def _weights(query: Query) -> dict[str, int]:
    weights = dict.fromkeys((s.name for s in query.statistics), 0)
    for part in parts_of(query):
        weights[part.statistic.name] += part.weight
    return weights if query.has_public_keys else {**weights, KEYS_SHARE: _KEYS_WEIGHT}


def _most(query: Query, delta: Decimal) -> int:
    return divisible(query, Budget(epsilon=MOST_EPSILON, delta=delta))


def _needed(
    aggregate: Aggregate, query: Query, target: Target, shown: Sequence[int], most: int
) -> int:
    """The smallest loss in units with which enough of the groups are within the target."""
    statistic = next(s for s in query.statistics if s.name == target.statistic)
    parts = [part for part in parts_of(query) if part.statistic == statistic]
    whole = sum(part.weight for part in parts)
    choices = {p.name: p.groups * (p.statistic.largest or 1) for p in parts}  # a unit for each

    def is_met(loss: int) -> bool:
        events = {
            part.name: part_event(query, part, max(loss * part.weight // whole, choices[part.name]))
            for part in parts
        }
        excess = _excess(aggregate, statistic, target, events, shown)
        return sum(e <= 1 for e in excess) >= target.coverage.share * len(excess)

    return _least(is_met, most, target)


def _least(is_met: Callable[[int], bool], most: int, target: Target) -> int:
    low, high = 0.0, math.log(most)
    if not is_met(most):
        raise OutOfReachError(statistic=target.statistic, limit=f"{MOST_EPSILON}")
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (low, middle) if is_met(int(math.exp(middle))) else (middle, high)
    return math.ceil(math.exp(high))


def _excess(
    aggregate: Aggregate,
    statistic: Statistic,
    target: Target,
    events: Mapping[str, PartEvent],
    shown: Sequence[int],
) -> list[float]:
    """Per number of each group, its margin as a multiple of what the target allows."""
    within = float(target.within)
    found = []
    for group in shown:
        for answer in exact_answers(aggregate, statistic, events, group, shown):
            allowed = within * abs(answer.value) if target.is_relative else within
            found.append(answer.margin / allowed if allowed else math.inf)
    return found


def _asked(query: Query, loss: int, delta: Decimal) -> Budget:
    """The smallest ε, to four decimals, that leaves `loss` units to divide."""
    low, high = Decimal(0), MOST_EPSILON
    if divisible(query, Budget(epsilon=high, delta=delta)) < loss:
        raise OutOfReachError(statistic="all statistics together", limit=f"{MOST_EPSILON}")
    while high - low > _STEP / 2:
        middle = (low + high) / 2
        enough = divisible(query, Budget(epsilon=middle, delta=delta)) >= loss
        low, high = (low, middle) if enough else (middle, high)
    for epsilon in (high.quantize(_STEP, ROUND_CEILING) + n * _STEP for n in count()):
        asked = Budget(epsilon=min(epsilon, MOST_EPSILON), delta=delta)
        if divisible(query, asked) >= loss or epsilon > MOST_EPSILON:
            return asked
    raise AssertionError("counting never ends")


def _reached(
    aggregate: Aggregate,
    query: Query,
    target: Target,
    events: Mapping[str, PartEvent],
    shown: Sequence[int],
) -> Reached:
    statistic = next(s for s in query.statistics if s.name == target.statistic)
    excess = _excess(aggregate, statistic, target, events, shown)
    margins = [
        answer.margin
        for group in shown
        for answer in exact_answers(aggregate, statistic, events, group, shown)
    ]
    return Reached(
        statistic=target.statistic,
        groups=len(excess),
        meeting=sum(e <= 1 for e in excess),
        widest=max(margins, default=0.0),
    )
