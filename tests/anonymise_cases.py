"""Small tables as classes, and the privacy models in plain loops, as their papers put them."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

import numpy as np

from compliance.anonymise.nouns import Classes, Histogram
from compliance.dataset.nouns import ColumnName

DISEASE = ColumnName("disease")

Groups = Sequence[Sequence[int]]
"""Per class, the sensitive value of each of its rows."""


def classes_of(
    groups: Groups, *, values: int | None = None, maps: Sequence[Sequence[int]] = ()
) -> Classes:
    """The groups as the nouns that a search hands over."""
    rows = np.array([value for group in groups for value in group], dtype=np.int64)
    count = values or int(rows.max()) + 1
    sizes = np.array([len(group) for group in groups], dtype=np.int64)
    keys = np.repeat(np.arange(len(groups)), sizes) * count + rows
    found, counts = np.unique(keys, return_counts=True)
    histogram = Histogram(
        classes=found // count,
        values=found % count,
        counts=counts,
        whole=np.bincount(rows, minlength=count),
        maps=tuple(np.array(level, dtype=np.int32) for level in maps),
    )
    return Classes(sizes=sizes, histograms={DISEASE: histogram})


class Plainly:
    """The figures of one class among all, by loops over every value of the table."""

    def __init__(self, groups: Groups, group: Sequence[int]) -> None:
        rows = [value for each in groups for value in each]
        self.values = sorted(set(rows))
        self.inside = {v: group.count(v) / len(group) for v in self.values}
        self.outside = {v: rows.count(v) / len(rows) for v in self.values}
        self.counts = sorted(Counter(group).values(), reverse=True)

    def entropy_l(self) -> float:
        return math.exp(-sum(p * math.log(p) for p in self.inside.values() if p))

    def recursive_c(self, ell: int) -> float:
        rare = sum(self.counts[ell - 1 :])
        return self.counts[0] / rare if rare else math.inf

    def equal_t(self) -> float:
        return sum(abs(self.inside[v] - self.outside[v]) for v in self.values) / 2

    def ordered_t(self) -> float:
        moved = total = 0.0
        for v in self.values:
            moved += self.inside[v] - self.outside[v]
            total += abs(moved)
        return total / max(len(self.values) - 1, 1)

    def hierarchical_t(self, maps: Sequence[Sequence[int]]) -> float:
        """Σ level / height × min(surplus, lack) over the inner nodes, as Li et al. put it."""
        height, cost = len(maps) - 1, 0.0
        extra = {v: self.inside[v] - self.outside[v] for v in self.values}
        for level in range(1, height + 1):
            for node in set(maps[level]):
                children = {maps[level - 1][v] for v in self.values if maps[level][v] == node}
                extras = [
                    sum(extra[v] for v in self.values if maps[level - 1][v] == child)
                    for child in children
                ]
                surplus, lack = sum(e for e in extras if e > 0), -sum(e for e in extras if e < 0)
                cost += level / height * min(surplus, lack)
        return cost

    def beta(self) -> float:
        return max((self.inside[v] - self.outside[v]) / self.outside[v] for v in self.values)

    def delta(self) -> float:
        ratios = [self.inside[v] / self.outside[v] for v in self.values if self.inside[v]]
        return max(abs(math.log2(ratio)) for ratio in ratios)
