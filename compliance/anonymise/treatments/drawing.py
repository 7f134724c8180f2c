"""Values that change places or are drawn anew: rank swapping and PRAM.

Sources: Moore 1996, Controlled data-swapping techniques for masking public use microdata sets;
Gouweleeuw, Kooiman, Willenborg and de Wolf 1998, Post randomisation for statistical disclosure
control: theory and implementation.
"""

from __future__ import annotations

import math

import numpy as np
import pyarrow as pa

from compliance.anonymise.nouns import Transition
from compliance.anonymise.nouns.problem import Floats, Ints
from compliance.anonymise.treatments.job import Job, Outcome, measured, texts_of
from compliance.i18n import mark

_TRIES = 12
_MOST_CATEGORIES = 500


def swapped(job: Job) -> Outcome:
    """Each value changes places with one whose rank is at most the window away.

    The column as a whole stays what it was. Where the number of values is odd, or all near ones
    are taken, a value stays in its place.
    """
    column = measured(job)
    rows = np.flatnonzero(column.present)
    ties = job.rng.random(len(rows))
    by_rank = rows[np.lexsort((ties, column.values[rows]))]
    window = max(1, math.floor(job.settings["percent"] / 100 * len(rows)))
    source = np.arange(len(column.values))
    source[by_rank] = by_rank[partners(len(by_rank), window, job.rng)]
    return Outcome(arrays=(job.arrays[0].take(pa.array(source)),))


def partners(count: int, window: int, rng: np.random.Generator) -> Ints:
    """For each of `count` ranks the rank that it changes places with; itself where none is left."""
    partner = np.full(count, -1, dtype=np.int64)
    draws = rng.random((count, _TRIES))
    for rank in range(count):
        if partner[rank] < 0:
            other = _free(partner, rank, min(window, count - 1 - rank), draws[rank], rng)
            partner[rank], partner[other] = other, rank
    return partner


def changed_at_random(job: Job) -> Outcome:
    """Each value is kept with the chance `keep`, otherwise drawn anew; missing ones stay missing.

    Drawn as often as values occur, the expected counts are those of the original (invariant PRAM).

    Raises:
        TreatmentError: it has too many different values for categories.
    """
    texts = texts_of(job.arrays[0])
    if (texts.codes < 0).all():
        return Outcome(arrays=job.arrays)
    if len(texts.texts) > _MOST_CATEGORIES:
        reason = f"it has {len(texts.texts):,} different values; this takes {_MOST_CATEGORIES}"
        raise job.refusal(f"{reason} categories at most")
    order = np.argsort(np.array(texts.texts, dtype=object), kind="stable")
    names = tuple(texts.texts[at] for at in order)
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    rows = np.flatnonzero(texts.codes >= 0)
    true = place[texts.codes[rows]]
    shares = np.bincount(true, minlength=len(names)) / len(rows)
    chances = transition(shares, job.settings["keep"], job.settings["draw"])
    target = shares if job.settings["draw"] == "frequency" else np.full(len(names), 1 / len(names))
    is_drawn = job.rng.random(len(rows)) >= job.settings["keep"]
    new = true.copy()
    new[is_drawn] = job.rng.choice(len(names), size=int(is_drawn.sum()), p=target)
    chosen = np.full(len(texts.codes), -1, dtype=np.int64)
    chosen[rows] = order[new]
    labels = job.arrays[0].dictionary_encode().dictionary
    array = labels.take(pa.array(chosen, mask=chosen < 0))
    chance, like = job.settings["keep"], job.settings["draw"]
    drawn = mark("as often as values occur" if like == "frequency" else "from all values alike")
    remark = mark(
        "A value was kept with the chance {chance:g}, and else drawn anew {drawn}: counts can be "
        "corrected by that."
    ).format(chance=chance, drawn=drawn)
    return Outcome(
        arrays=(array,), remark=remark, transition=Transition(names=names, chances=chances)
    )


def transition(shares: Floats, keep: float, draw: str) -> Floats:
    """The chance that each value (row) becomes each other (column).

    With draw “frequency” the shares are invariant: shares @ transition = shares.
    """
    count = len(shares)
    target = shares if draw == "frequency" else np.full(count, 1 / count)
    chances: Floats = keep * np.eye(count) + (1 - keep) * target[None, :]
    return chances


def corrected(counts: Floats, transition: Transition) -> Floats:
    """Unbiased estimates of the true counts behind the counts after PRAM, in `names`' order.

    They can be negative where the true ones are small.

    Raises:
        ValueError: the chances say nothing of the truth (`keep` is 0).
    """
    try:
        return np.asarray(np.linalg.solve(transition.chances.T, counts), dtype=np.float64)
    except np.linalg.LinAlgError:
        raise ValueError("these chances cannot be undone") from None


def _free(partner: Ints, rank: int, reach: int, draws: Floats, rng: np.random.Generator) -> int:
    """A rank within reach above `rank` that has no partner yet, or `rank` itself."""
    if reach < 1:
        return rank
    for draw in draws:
        other = rank + 1 + int(draw * reach)
        if partner[other] < 0:
            return other
    free = np.flatnonzero(partner[rank + 1 : rank + 1 + reach] < 0)
    return rank + 1 + int(free[rng.integers(len(free))]) if len(free) else rank
