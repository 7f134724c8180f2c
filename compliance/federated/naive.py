"""What could be said without learning, to see whether learning gains anything."""

from __future__ import annotations

import numpy as np

from compliance.federated.features import FloatArray
from compliance.federated.learners import FactorisationLearner
from compliance.federated.measures import accuracy, auc, explained
from compliance.federated.nouns import Plan, Task
from compliance.federated.problem import Problem


def naive_metric(problem: Problem, plan: Plan) -> float | None:
    """What a run's metric would be on the held-out rows without a model.

    A forecast repeats the last period, a recommendation names the best sellers, a class is always
    the most frequent one and a number always the mean; of two answers both are as likely.
    Best sellers, classes and means are those of the training rows of all sites.

    Returns:
        as `Quality.metric`; None where the rows are too few or too alike to tell.
    """
    rows = problem.held_out_rows
    answers = problem.answers[rows]
    if not len(answers):
        return None
    known = problem.answers[: problem.training_rows]
    if plan.task is Task.RECOMMEND:
        learner = FactorisationLearner(problem=problem, plan=plan)
        return learner.quality(learner.best_sellers(rows), rows).metric
    if plan.task is Task.FORECAST:
        return explained(answers, repeated(problem))
    if problem.answers_known > 2:
        counts = np.bincount(known.astype(np.int64), minlength=problem.answers_known)
        return accuracy(answers, np.tile(counts.astype(np.float64), (len(answers), 1)))
    if problem.answers_known:
        return auc(answers - answers.mean(), np.zeros(len(answers)))
    return explained(answers, np.full(len(answers), known.mean()))


def repeated(problem: Problem) -> FloatArray:
    """Per held-out row of a forecast, the last period before it, as answers are encoded."""
    inputs = problem.inputs[problem.held_out_rows]
    return np.asarray(inputs[:, -3] + inputs[:, -2])  # its departure from the mean, and the mean
