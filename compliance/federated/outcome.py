"""What came of a run: per site, and against the baselines."""

from __future__ import annotations

import numpy as np

from compliance.federated.features import FloatArray
from compliance.federated.measures import auc, measured
from compliance.federated.nouns import Baselines, Outcome, Plan, SiteResult
from compliance.federated.problem import Problem
from compliance.federated.training import Training


def finish(problem: Problem, plan: Plan, training: Training) -> Outcome:
    """The outcome of a run as it stands, complete or stopped; nothing more is trained.

    Baselines have trained for as many rounds as the run. They and all metrics are computed
    without noise: with noise they are for the officer, not for publication.
    """
    scores = problem.held_out_inputs @ training.model
    scores_alone = np.concatenate(
        [
            inputs @ model
            for inputs, model in zip(
                _by_site(problem, problem.held_out_inputs), training.models_alone, strict=True
            )
        ]
    )
    return Outcome(
        rounds=training.rounds,
        sites=_site_results(problem, training, scores, scores_alone),
        sites_left_out=problem.sites_left_out,
        left_out=problem.left_out,
        unit_is_row=problem.unit_is_row,
        baselines=Baselines(
            centralised=measured(problem, problem.held_out_inputs @ training.model_pooled)[1],
            local=measured(problem, scores_alone)[1],
        ),
        features=problem.features,
        is_stopped=len(training.rounds) < plan.rounds,
    )


def _site_results(
    problem: Problem, training: Training, scores: FloatArray, scores_alone: FloatArray
) -> tuple[SiteResult, ...]:
    rows = (problem.sites.sizes + problem.held_out).tolist()
    sent = (training.times_taken * problem.model_bytes).tolist()
    answers, together, alone = (
        _by_site(problem, values) for values in (problem.held_out_answers, scores, scores_alone)
    )
    return tuple(
        SiteResult(
            site=name,
            rows=rows[site],
            bytes_up=sent[site],
            bytes_down=sent[site],
            bytes_home=problem.bytes_home[site],
            metric_federated=auc(answers[site], together[site]),
            metric_local=auc(answers[site], alone[site]),
        )
        for site, name in enumerate(problem.site_names)
    )


def _by_site(problem: Problem, held_out: FloatArray) -> list[FloatArray]:
    return np.split(held_out, np.cumsum(problem.held_out)[:-1])
