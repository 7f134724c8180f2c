"""What a recoding costs, straight from its rows: the definitions, without any shortcut.

The definitions are those that ARX computes, so that figures can be compared (ARX 3.9.2;
Prasser et al. 2020, doi:10.1002/spe.2812). The search in `lattice` reaches the same numbers by
another way.
"""

from __future__ import annotations

import numpy as np

from compliance.anonymise.nouns import Ladder, Losses, Problem, Recoding
from compliance.anonymise.nouns.problem import Codes32, Floats, Ints


def losses_of(problem: Problem, recoding: Recoding) -> Losses:
    """All losses of one recoding.

    A suppressed row counts as fully generalised in every column. For the entropy, the original
    values are needed too, so the problem is an argument.

    Args:
        problem: the table before; its ladders stand in the order of the recoding's columns.
        recoding: the table after, with the same rows.

    Returns:
        Losses; all 0 for a table without rows.
    """
    rows, gone = problem.rows, recoding.suppressed
    if rows == 0:
        return Losses(
            loss=0, entropy=0, discernibility=0, class_size=0, granularity=1, suppressed_share=0
        )
    columns = range(len(problem.ladders))
    lost = np.array([lost_share(problem.ladders[c], recoding, c) for c in columns])
    bits = np.array([lost_bits(problem.ladders[c], recoding, c) for c in columns])
    sizes = class_sizes(recoding)
    suppressed = int(gone.sum())
    return Losses(
        loss=mean_loss(lost, weights_of(problem)),
        entropy=float(bits @ (weights_of(problem) / weights_of(problem).max())),
        discernibility=float((sizes.astype(float) ** 2).sum() + float(rows) * suppressed),
        class_size=rows / (len(sizes) + (suppressed > 0)),
        granularity=float(1 - lost.mean()),
        suppressed_share=suppressed / rows,
    )


def weights_of(problem: Problem) -> Floats:
    """The weight of each quasi-identifier."""
    return np.array([ladder.weight for ladder in problem.ladders], dtype=float)


def mean_loss(lost: Floats, weights: Floats) -> float:
    """The geometric mean of 1 + the loss of each column, less 1: so a column without loss counts.

    Args:
        lost: per column, 0–1.
        weights: per column; equal ones give the plain mean.
    """
    return float(np.exp(np.log1p(lost) @ weights / weights.sum()) - 1)


def lost_share(ladder: Ladder, recoding: Recoding, column: int) -> float:
    """The mean share of the column's values that a cell stands for, put on 0 (all told) to 1.

    Source: Iyengar 2002, doi:10.1145/775047.775089.
    """
    shares = np.where(recoding.suppressed, 1.0, recoding.shares[column][recoding.codes[column]])
    least = float(ladder.shares[0].min())
    return 0.0 if least == 1 else max(0.0, float((shares.mean() - least) / (1 - least)))


def lost_bits(ladder: Ladder, recoding: Recoding, column: int) -> float:
    """How many bits it would take to tell the original values of one column from the shown ones.

    In full-domain recoding, suppressed rows are generalised first, as all others, and the bits
    that tell their generalised values apart are added: so ARX has it. In local recoding, where a
    suppressed cell has no level, its original value is told apart from those of all suppressed.

    Source: De Waal and Willenborg 1999; Prasser et al. 2016, doi:10.1145/2996451.
    """
    gone, original = recoding.suppressed, ladder.codes
    if recoding.levels is None:
        kept = ~gone
        shown = recoding.codes[column]
        return _bits(original[kept], shown[kept]) + _entropy(original[gone])
    shown = ladder.maps[recoding.levels[column]][original]
    return _bits(original, shown) + _entropy(shown[gone])


def class_sizes(recoding: Recoding) -> Ints:
    """Rows of each equivalence class that is not suppressed."""
    kept = ~recoding.suppressed
    if not kept.any():
        return np.zeros(0, dtype=np.int64)
    classes = np.zeros(int(kept.sum()), dtype=np.int64)
    for codes in recoding.codes:
        pairs = classes * (int(codes.max()) + 1) + codes[kept]
        classes = np.unique(pairs, return_inverse=True)[1]
    return np.bincount(classes).astype(np.int64)


def _bits(original: Ints | Codes32, shown: Ints | Codes32) -> float:
    """−Σ log₂ of how likely each row's original value is among the rows that show the same."""
    if len(original) == 0:
        return 0.0
    pairs = original.astype(np.int64) * (int(shown.max()) + 1) + shown
    return _log_sum(shown) - _log_sum(pairs)


def _entropy(values: Ints | Codes32) -> float:
    """Rows × the entropy of their values, in bits."""
    return len(values) * float(np.log2(max(1, len(values)))) - _log_sum(values)


def _log_sum(values: Ints | Codes32) -> float:
    """Σ over the rows of log₂ of how often their value occurs."""
    counts = np.unique(values, return_counts=True)[1].astype(float)
    return float((counts * np.log2(counts)).sum())
