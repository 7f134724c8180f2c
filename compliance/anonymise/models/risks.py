"""How likely an attacker finds the right person: El Emam's three attackers.

Source: El Emam 2013, Guide to the De-Identification of Personal Health Information, chapters 16
and 17; as ARX computes them. pycanon's average is over classes and not over rows.
"""

from __future__ import annotations

import numpy as np

from compliance.anonymise.nouns import Measures, Risk
from compliance.anonymise.nouns.problem import Ints


def prosecutor(sizes: Ints, easiest: Ints | None = None) -> Risk:
    """Of one who knows that the person is in the table: one divided by the size of the class.

    Args:
        sizes: rows (people) per class.
        easiest: per class, those who count for the mean there; a person who stands in several
            counts where it is easiest to find. All, if None.
    """
    return _risk(sizes, sizes if easiest is None else easiest)


def journalist(sizes: Ints, population: Ints | None, easiest: Ints | None = None) -> Risk:
    """Of one who does not: one divided by the people of the population in the class.

    The mean is the larger of two: classes per person of the population in them, and that of the
    marketer. Who is in the table is in the population too, so that a class of the population is
    never taken to be smaller than that of the table. Without a population, as the prosecutor.
    """
    if population is None or not len(sizes):
        return prosecutor(sizes, easiest)
    people = np.maximum(sizes, population)
    hits = marketer(sizes, population, easiest)
    return Risk(max=hits.max, mean=max(len(people) / int(people.sum()), hits.mean))


def marketer(sizes: Ints, population: Ints | None, easiest: Ints | None = None) -> Risk:
    """Of one who links every row with somebody of the population: the expected share of hits."""
    people = sizes if population is None else np.maximum(sizes, population)
    return _risk(people, sizes if easiest is None else easiest)


def share_at_risk(measures: Measures, threshold: float) -> float:
    """The share of rows (or people) whom a prosecutor finds with a chance above the threshold.

    The bound is strict, as in ARX's records at risk: a class of five is not above 0.2. 0 for an
    empty table.
    """
    at_risk = sum(size * count for size, count in measures.sizes if 1 / size > threshold)
    return at_risk / max(sum(size * count for size, count in measures.sizes), 1)


def _risk(people: Ints, counting: Ints) -> Risk:
    if not len(people):
        return Risk(max=0.0, mean=0.0)
    return Risk(max=1 / int(people.min()), mean=float((counting / people).sum() / counting.sum()))
