"""How good a model is on rows that it has not seen."""

from __future__ import annotations

import numpy as np

from compliance.federated.features import FloatArray
from compliance.federated.keys import run_starts
from compliance.federated.problem import Problem


def auc(answers: FloatArray, scores: FloatArray) -> float | None:
    """Area under the ROC curve: how likely a +1 scores above a -1; ties count half.

    Only the order of the scores matters. 0.5 is guessing; None where only one answer occurs.

    Args:
        answers: +1 or -1.
        scores: one per answer, finite.

    Source: Hanley and McNeil 1982, doi:10.1148/radiology.143.1.7063747.
    """
    positive = answers > 0
    yes = int(positive.sum())
    no = len(answers) - yes
    if not yes or not no:
        return None
    order = np.argsort(scores, kind="stable")
    starts = run_starts(scores[order])
    lengths = np.diff(np.append(starts, len(scores)))
    ranks = np.empty(len(scores))
    ranks[order] = np.repeat(starts + (lengths + 1) / 2, lengths)
    return float((ranks[positive].sum() - yes * (yes + 1) / 2) / (yes * no))


def log_loss(answers: FloatArray, scores: FloatArray) -> float:
    """Mean of -log(probability given to the true answer); log 2 is guessing.

    Args:
        answers: +1 or -1; at least one.
        scores: the log-odds of +1.
    """
    return float(np.logaddexp(0, -answers * scores).mean())


def measured(problem: Problem, scores: FloatArray) -> tuple[float, float]:
    """Log loss and AUC over the held-out rows of all sites."""
    area = auc(problem.held_out_answers, scores)
    if area is None:
        raise ValueError("held-out rows show one answer only; prepare refuses that")
    return log_loss(problem.held_out_answers, scores), area
