"""Two small learners and what they are judged by.

Sources: naive Bayes with Laplace's smoothing and logistic regression with a ridge, as in Hastie,
Tibshirani and Friedman 2009, The Elements of Statistical Learning, 6.6.3 and 4.4.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from compliance.anonymise.nouns.problem import Floats, Ints

_RIDGE = 1e-3
_MOST_STEPS = 200

Blocks = Sequence[Floats]
"""One matrix per feature: row × value, each row sums to 1, or to 0 where the value is missing."""

Scorer = Callable[[Blocks], Floats]
"""Rows × classes, or one number per row: the larger, the likelier."""


def naive_bayes(blocks: Blocks, target: Ints, classes: int) -> Scorer:
    """The log chance of each class, up to a constant; features count as independent."""
    is_class = np.eye(classes)[target]
    prior = np.log((is_class.sum(axis=0) + 1) / (len(target) + classes))
    tables = []
    for block in blocks:
        counts = is_class.T @ block + 1 / block.shape[1]
        tables.append(np.log(counts / counts.sum(axis=1, keepdims=True)))

    def score(rows: Blocks) -> Floats:
        total: Floats = prior[None, :] + sum(
            block @ table.T for block, table in zip(rows, tables, strict=True)
        )
        return total

    return score


def logistic(blocks: Blocks, target: Ints) -> Scorer:
    """The log odds of class 1 of two."""
    from scipy.optimize import minimize  # slow to load

    design, sign = _design(blocks), np.where(target == 1, 1.0, -1.0)

    def loss(weights: Floats) -> tuple[float, Floats]:
        margin = sign * (design @ weights)
        pull = -sign / (1 + np.exp(np.clip(margin, -50, 50)))
        ridge = _RIDGE * weights
        ridge[-1] = 0  # the last one is the intercept
        value = float(np.logaddexp(0, -margin).mean() + ridge @ weights / 2)
        return value, design.T @ pull / len(sign) + ridge

    start = np.zeros(design.shape[1])
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": _MOST_STEPS})
    weights: Floats = found.x
    return lambda rows: np.asarray(_design(rows) @ weights, dtype=np.float64)


def accuracy(scores: Floats, target: Ints) -> float:
    """The share of rows whose likeliest class is the true one."""
    return float((scores.argmax(axis=1) == target).mean())


def auc(scores: Floats, target: Ints) -> float:
    """The chance that a row of class 1 scores above one of class 0; ties count half."""
    low, high = np.sort(scores[target == 0]), scores[target == 1]
    below = np.searchsorted(low, high, side="left")
    same = np.searchsorted(low, high, side="right") - below
    return float((below + same / 2).mean() / len(low))


def _design(blocks: Blocks) -> Floats:
    ones = np.ones((len(blocks[0]), 1))
    return np.concatenate([*blocks, ones], axis=1)
