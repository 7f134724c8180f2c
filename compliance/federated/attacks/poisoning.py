"""The same run with some sites lying, joined in several ways."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from compliance.errors import DivergedError
from compliance.federated.learners import learner_of
from compliance.federated.models import Model
from compliance.federated.nouns import ROBUST, Plan, Poisoning, Strategy
from compliance.federated.problem import Problem
from compliance.federated.training import train

_FEWEST = 3  # with fewer sites nothing can be outvoted
_MOST_TOLERATED = 0.49


def poisonings(problem: Problem, plan: Plan, *, model: Model | None = None) -> Iterator[Poisoning]:
    """The honest run, the run with liars joined as planned, and by each robust strategy.

    Where the plan has no liars, as many lie as it tolerates, and one at least. Nothing where there
    are fewer than three sites. Learners that add sums up have no robust
    strategies.

    Args:
        problem: prepared for `plan`, which has no noise.
    """
    sites = len(problem.sites)
    if sites < _FEWEST:
        return
    quiet = replace(plan, baselines=False, trouble=replace(plan.trouble, poisoned=0))
    yield _ended(problem, quiet, model)
    liars = min(plan.trouble.poisoned or max(1, round(plan.tolerated * sites)), sites)
    lying = replace(quiet, trouble=replace(quiet.trouble, poisoned=liars))
    yield _ended(problem, lying, model)
    if learner_of(problem, plan, model).adds_up:
        return
    # As many are set aside on each side as lie; half a site more, because shares are cut off.
    tolerated = min(max(plan.tolerated, (liars + 0.5) / sites), _MOST_TOLERATED)
    for strategy in sorted(ROBUST):
        if strategy is not plan.strategy:
            robust = replace(lying, strategy=Strategy(strategy), tolerated=tolerated, secure=False)
            yield _ended(problem, robust, model)


def _ended(problem: Problem, plan: Plan, model: Model | None) -> Poisoning:
    metric: float | None = None
    try:
        for training in train(problem, replace(plan, secure=False), model=model):
            metric = training.latest.metric
    except DivergedError:
        metric = None
    return Poisoning(
        strategy=plan.strategy,
        poisoned=plan.trouble.poisoned,
        sites=len(problem.sites),
        measure=learner_of(problem, plan, model).metric,
        metric=metric,
    )
