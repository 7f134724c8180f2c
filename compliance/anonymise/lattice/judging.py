"""Which classes go, and what that says about finer nodes."""

from __future__ import annotations

import bisect
from dataclasses import dataclass

import numpy as np

from compliance.anonymise.lattice.tables import Table, classes_of
from compliance.anonymise.models import holds, is_monotone, is_per_class, satisfied
from compliance.anonymise.nouns import Classes, Criterion, Histogram, Model, Problem
from compliance.anonymise.nouns.problem import Bools, Floats, Ints

NESTED = {Model.K_ANONYMITY, Model.K_MAP, Model.DISTINCT_L}
"""A class that fails these has only parts that fail: so rows that fail at a node fail at every
finer node too, and they bound what finer nodes cost, whatever the other criteria are."""

_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Verdict:
    """What the criteria say about the classes of one node.

    Attributes:
        gone: per class, whether it is suppressed.
        core: the part of `gone` whose rows go at every finer node too.
        holds: what is left meets the criteria about the whole table.
        spoils: no finer node can meet the criteria.
    """

    gone: Bools
    core: Bools
    holds: bool
    spoils: bool


def least_rows(problem: Problem) -> int:
    """The rows that every class that is left has, at least."""
    asked = [c.value for c in problem.criteria if c.model is Model.K_ANONYMITY]
    return max(1, int(np.ceil(max(asked, default=1))))


def judged(problem: Problem, table: Table) -> Verdict:
    """The verdict on one node: all classes that fail a criterion go, and no others.

    Unless a criterion about the whole table does not hold of what is left: then as few of the
    smallest classes go too as it takes (of equal ones, those whose first row comes first), found
    by halving, if the suppression limit allows. ARX does the same.
    """
    if all(criterion.model is Model.K_ANONYMITY for criterion in problem.criteria):
        gone = (table.sizes < least_rows(problem)) & (table.sizes > 0)
        return Verdict(gone=gone, core=gone, holds=True, spoils=False)
    held, limit = table.sizes > 0, problem.spare
    classes = classes_of(problem, table)
    single = [c for c in problem.criteria if is_per_class(c.model)]
    whole = [c for c in problem.criteria if not is_per_class(c.model)]
    fails = {criterion: ~satisfied(criterion, classes) for criterion in single}
    gone = _any(list(fails.values()), classes)
    core = _any([_fails_for_good(each, classes, bad) for each, bad in fails.items()], classes)
    is_held = True
    if table.firsts is not None:
        gone, is_held = _until_held(whole, classes, table.firsts[held], gone, limit)
    broken = [each for each, bad in fails.items() if bad.any()] + ([] if is_held else whole)
    spoils = limit == 0 and any(is_monotone(each.model, suppressing=False) for each in broken)
    return Verdict(
        gone=_spread(gone, held),
        core=_spread(core, held),
        holds=is_held,
        spoils=spoils or (not is_held and _is_risk_spoilt(single, whole)),
    )


def _fails_for_good(criterion: Criterion, classes: Classes, fails: Bools) -> Bools:
    """Of the classes that fail, those of which we know that all their parts fail too.

    exp of the entropy is at most the number of values, and recursive (c, ℓ)-diversity needs ℓ of
    them. The values that a class lacks are part of its distance from the table; and those that it
    has must make up all of it, each with at most 1 + β times its share of the table.
    """
    match criterion.model:
        case model if model in NESTED:
            return fails
        case Model.ENTROPY_L | Model.RECURSIVE_CL:
            values = np.bincount(_histogram(criterion, classes).classes)
            return np.asarray(values < criterion.value * (1 - _ROUNDING))
        case Model.EQUAL_T:
            return np.asarray(_covered(criterion, classes) < 1 - criterion.value - _ROUNDING)
        case Model.BETA_LIKENESS | Model.ENHANCED_BETA_LIKENESS:
            return np.asarray(_covered(criterion, classes) * (1 + criterion.value) < 1 - _ROUNDING)
    return np.zeros_like(fails)


def _covered(criterion: Criterion, classes: Classes) -> Floats:
    """The share of the table's rows that have one of the sensitive values of each class."""
    histogram = _histogram(criterion, classes)
    shares = histogram.whole / histogram.whole.sum()
    return np.asarray(np.bincount(histogram.classes, weights=shares[histogram.values]), dtype=float)


def _histogram(criterion: Criterion, classes: Classes) -> Histogram:
    if criterion.column is None:
        raise ValueError("the model needs a sensitive column")
    return classes.histograms[criterion.column]


def _is_risk_spoilt(single: list[Criterion], whole: list[Criterion]) -> bool:
    """Whether an average risk that cannot be reached here cannot be at any finer node either.

    What is left of a finer node has at least as many classes, over at most as many rows, as what
    is left here when the same rows go; and here, no other rows do better than the smallest
    classes. Only classes that go for another reason, and not at finer nodes, stand against it.
    """
    is_nested = all(criterion.model in NESTED for criterion in single)
    return is_nested and all(criterion.model is Model.MEAN_RISK for criterion in whole)


def _any(fails: list[Bools], classes: Classes) -> Bools:
    return np.asarray(np.any([np.zeros(len(classes.sizes), dtype=bool), *fails], axis=0))


def _until_held(
    whole: list[Criterion], classes: Classes, firsts: Ints, gone: Bools, limit: int
) -> tuple[Bools, bool]:
    """Which classes go so that the criteria about the whole table hold, and whether they do."""
    left = np.flatnonzero(~gone)
    left = left[np.lexsort((firsts[left], classes.sizes[left]))]
    sizes = classes.sizes[left]
    most = int(np.searchsorted(sizes.cumsum() + classes.sizes[gone].sum(), limit, side="right"))

    def is_enough(count: int) -> bool:
        rest = Classes(sizes=sizes[count:])
        return all(holds(criterion, rest) for criterion in whole)

    if not is_enough(most):
        return gone, False
    count = bisect.bisect_left(range(most), x=True, key=is_enough)
    more = gone.copy()
    more[left[:count]] = True
    return more, True


def _spread(of_held: Bools, held: Bools) -> Bools:
    """From the classes that hold rows to all."""
    spread = np.zeros(len(held), dtype=bool)
    spread[held] = of_held
    return spread
