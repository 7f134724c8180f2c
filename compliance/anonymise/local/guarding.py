"""Whether classes meet the criteria, asked of many at a time."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from compliance.anonymise.local.nouns import Records
from compliance.anonymise.models import holds, is_per_class, satisfied
from compliance.anonymise.nouns.plan import Criterion, Model
from compliance.anonymise.nouns.problem import Bools, Classes, Histogram, Ints, Problem


def least_rows(criteria: Sequence[Criterion]) -> int:
    """Rows that every class needs, whatever else is asked.

    What is asked of the table as a whole is turned into what is enough of each class: a mean risk
    of at most r holds where every class has 1 / r rows, and without classes of one row no model
    of the population expects a unique.
    """
    return max((_least_rows(criterion) for criterion in criteria), default=1)


class Guard:
    """Answers, for groups of records, whether each may be a class."""

    def __init__(self, problem: Problem, records: Records) -> None:
        self._problem, self._records = problem, records
        self._least = least_rows(problem.criteria)
        self._of_table = [c for c in problem.criteria if not is_per_class(c.model)]
        per_class = [c for c in problem.criteria if is_per_class(c.model)]
        self._others = [c for c in per_class if c.model is not Model.K_ANONYMITY]

    @property
    def is_about_sizes_only(self) -> bool:
        """Whether a class that holds still holds when rows join it, and nothing else counts."""
        return not self._others

    @property
    def needs_everyone(self) -> bool:
        """Whether nobody of the population may be outside all classes: their share is 0 there."""
        return any(c.model is Model.DELTA_PRESENCE and c.lower > 0 for c in self._others)

    def holds(self, chosen: Ints, groups: Ints, count: int) -> Bools:
        """Which groups meet all criteria; a group without rows of the table does not.

        Args:
            chosen: records.
            groups: the group of each, from 0.
            count: how many groups there are.
        """
        sizes = np.bincount(groups, weights=self._records.counts[chosen], minlength=count)
        good = sizes >= self._least
        if self._others and good.any():
            good[good] = self._others_hold(chosen, groups, sizes, good)
        return good

    def holds_of_table(self, chosen: Ints, groups: Ints, count: int) -> bool:
        """Whether the criteria that are about the whole table hold with these classes."""
        sizes = np.bincount(groups, weights=self._records.counts[chosen], minlength=count)
        classes = Classes(sizes=sizes.astype(np.int64))
        return all(holds(criterion, classes) for criterion in self._of_table)

    def _others_hold(self, chosen: Ints, groups: Ints, sizes: Ints, large: Bools) -> Bools:
        """The criteria that need more than sizes, of the groups that are `large` enough."""
        number = np.cumsum(large) - 1
        kept = large[groups]
        of, chosen = number[groups[kept]], chosen[kept]
        count = int(large.sum())
        classes = Classes(
            sizes=sizes[large].astype(np.int64),
            histograms={
                sensitive.column: self._histogram(chosen, of, place)
                for place, sensitive in enumerate(self._problem.sensitive)
            },
            population=self._people(chosen, of, count),
        )
        good = np.ones(count, dtype=bool)
        for criterion in self._others:
            good &= satisfied(criterion, classes)
        return good

    def _histogram(self, chosen: Ints, of: Ints, place: int) -> Histogram:
        """How often each sensitive value stands in each group."""
        records, sensitive = self._records, self._problem.sensitive[place]
        key = of * sensitive.values + records.sensitive[place][chosen]
        of_table = records.counts[chosen] > 0
        pairs, where = np.unique(key[of_table], return_inverse=True)
        counts = np.bincount(where, weights=records.counts[chosen][of_table])
        return Histogram(
            classes=pairs // sensitive.values,
            values=pairs % sensitive.values,
            counts=counts.astype(np.int64),
            whole=np.bincount(sensitive.codes, minlength=sensitive.values),
            maps=sensitive.maps,
        )

    def _people(self, chosen: Ints, of: Ints, count: int) -> Ints | None:
        if not self._problem.population:
            return None
        people = np.bincount(of, weights=self._records.people[chosen], minlength=count)
        return people.astype(np.int64)


def _least_rows(criterion: Criterion) -> int:
    match criterion.model:
        case Model.K_ANONYMITY:
            return math.ceil(criterion.value)
        case Model.MEAN_RISK:
            return math.ceil(1 / max(criterion.value, 1e-9) - 1e-9)
        case Model.POPULATION_UNIQUES:
            return 2
    return 1
