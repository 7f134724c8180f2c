"""How good a model is on rows that it has not seen."""

from __future__ import annotations

import numpy as np

from compliance.federated.features import FloatArray
from compliance.federated.keys import run_starts


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


def softmax_loss(answers: FloatArray, outputs: FloatArray) -> float:
    """Mean of -log(probability given to the true class); log K is guessing among K.

    Args:
        answers: the number of the class, from 0; at least one.
        outputs: rows × classes.
    """
    highest = outputs.max(axis=1)
    totals = highest + np.log(np.exp(outputs - highest[:, None]).sum(axis=1))
    right = outputs[np.arange(len(answers)), answers.astype(np.int64)]
    return float((totals - right).mean())


def accuracy(answers: FloatArray, outputs: FloatArray) -> float:
    """Share of rows, at least one, whose largest output is that of the true class; 0–1."""
    return float((outputs.argmax(axis=1) == answers).mean())


def explained(answers: FloatArray, values: FloatArray) -> float | None:
    """R²: the share of the answers' variance that `values` explain; at most 1, below 0 when worse
    than always saying the mean. None where the answers do not vary.
    """
    spread = float(((answers - answers.mean()) ** 2).sum())
    return None if spread == 0 else 1 - float(((answers - values) ** 2).sum()) / spread
