"""What came of a run: per site, and against the baselines."""

from __future__ import annotations

import numpy as np

from compliance.federated.features import FloatArray
from compliance.federated.learners import Learner, learner_of
from compliance.federated.messages import bytes_of, sent
from compliance.federated.models import Model
from compliance.federated.naive import naive_metric
from compliance.federated.nouns import Baselines, Outcome, Plan, SiteResult
from compliance.federated.problem import Problem
from compliance.federated.training import Training


def finish(
    problem: Problem, plan: Plan, training: Training, *, model: Model | None = None
) -> Outcome:
    """The outcome of a run as it stands, complete or stopped; nothing more is trained.

    Baselines have trained for as many rounds as the run. They and all metrics are computed
    without noise: with noise they are for the officer, not for publication.
    """
    with np.errstate(over="ignore", invalid="ignore"):  # a baseline may go astray
        return _outcome(problem, plan, training, learner_of(problem, plan, model))


def _outcome(problem: Problem, plan: Plan, training: Training, learner: Learner) -> Outcome:
    common = np.broadcast_to(training.model, (len(problem.sites), len(training.model)))
    together = _by_site(learner, common)
    alone = _by_site(learner, training.models_alone) if plan.baselines else None
    return Outcome(
        rounds=training.rounds,
        sites=_site_results(learner, training, together, alone),
        sites_left_out=problem.sites_left_out,
        left_out=problem.left_out,
        unit_is_row=problem.unit_is_row,
        baselines=_baselines(learner, training, alone) if alone is not None else None,
        features=problem.features,
        is_stopped=len(training.rounds) < plan.rounds,
        metric=learner.metric,
        tensors=learner.tensors,
        protected=len(problem.units.clients) if problem.units else 0,
        seen=training.seen,
    )


def _by_site(learner: Learner, models: FloatArray) -> list[FloatArray]:
    """What each site's model says of its own held-out rows."""
    return [
        learner.predicted(model, rows)
        for model, rows in zip(models, learner.problem.held_out_at(), strict=True)
    ]


def _baselines(learner: Learner, training: Training, alone: list[FloatArray]) -> Baselines:
    rows, pooled = learner.problem.held_out_rows, training.model_pooled
    return Baselines(
        centralised=_metric(learner, learner.predicted(pooled, rows), rows)
        if np.isfinite(pooled).all()
        else None,
        local=_metric(learner, np.concatenate(alone), rows)
        if np.isfinite(training.models_alone).all()
        else None,
        naive=naive_metric(learner.problem, learner.plan),
    )


def _metric(learner: Learner, predicted: FloatArray, rows: slice) -> float | None:
    """None where the rows cannot tell, or it is no number: records hold numbers only."""
    metric = learner.quality(predicted, rows).metric
    return metric if metric is not None and np.isfinite(metric) else None


def _site_results(
    learner: Learner,
    training: Training,
    together: list[FloatArray],
    alone: list[FloatArray] | None,
) -> tuple[SiteResult, ...]:
    problem = learner.problem
    rows = (problem.sites.sizes + problem.held_out).tolist()
    travelled = sent(learner, 1, 1)
    up, down = bytes_of(travelled, is_up=True), bytes_of(travelled, is_up=False)
    held_out = problem.held_out_at()
    return tuple(
        SiteResult(
            site=name,
            rows=rows[site],
            bytes_up=int(training.times_taken[site]) * up,
            bytes_down=int(training.times_asked[site]) * down,
            bytes_home=problem.bytes_home[site],
            metric_federated=_metric(learner, together[site], held_out[site]),
            metric_local=None if alone is None else _metric(learner, alone[site], held_out[site]),
        )
        for site, name in enumerate(problem.site_names)
    )
