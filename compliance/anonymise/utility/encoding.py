"""A table's features as matrices, alike for exact cells and for those made coarser.

A cell that holds several values counts as each of them in equal parts, so a learner trained on
“30–39” can be asked about 34.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeGuard

import numpy as np

from compliance.anonymise.attacks.facets import Facet, Named, Numeric
from compliance.anonymise.attacks.scenes import scene_of_tables
from compliance.anonymise.nouns import Hierarchy
from compliance.anonymise.nouns.problem import Floats, Ints
from compliance.anonymise.utility.learners import Blocks
from compliance.dataset.nouns import ColumnName
from compliance.dataset.table import Table

_MOST_VALUES = 300
_BINS = 16


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Encoding:
    """How cells become rows of matrices.

    Attributes:
        facets: of the features in use; none with more than 300 names.
    """

    facets: tuple[Named | Numeric, ...]

    def exact(self, rows: Ints) -> Blocks:
        """Original rows, as the learner is asked about them."""
        return [_exact(facet, rows) for facet in self.facets]

    def shown(self, rows: Ints) -> Blocks:
        """Released rows, as the learner sees them."""
        return [_shown(facet, rows) for facet in self.facets]


def encoding(
    original: Table,
    released: Table,
    features: Sequence[ColumnName],
    hierarchies: Mapping[ColumnName, Hierarchy],
) -> Encoding:
    """The encoding of `features`, at least one, that both tables have."""
    scene = scene_of_tables(original, released, features, hierarchies=hierarchies)
    return Encoding(facets=tuple(facet for facet in scene.facets if _is_learnable(facet)))


def _is_learnable(facet: Facet) -> TypeGuard[Named | Numeric]:
    return isinstance(facet, Numeric) or (
        isinstance(facet, Named) and _values(facet) <= _MOST_VALUES
    )


def _exact(facet: Named | Numeric, rows: Ints) -> Floats:
    if isinstance(facet, Numeric):
        return _binned(facet, facet.values[facet.original[rows]])
    values = _values(facet)
    return np.eye(values + 1)[:, :values][facet.original[rows]]  # missing ones are 0 throughout


def _shown(facet: Named | Numeric, rows: Ints) -> Floats:
    if isinstance(facet, Numeric):
        return _binned(facet, facet.shown[facet.released[rows]])
    names = np.arange(len(facet.level))
    holds = facet.holds(np.arange(_values(facet)), names).T.astype(np.float64)
    parts: Floats = holds / np.maximum(holds.sum(axis=1, keepdims=True), 1)
    return parts[facet.released[rows]]


def _values(facet: Named) -> int:
    """How many values there are but the missing one."""
    return int(facet.maps.shape[1]) - 1


def _binned(facet: Numeric, numbers: Floats) -> Floats:
    """Bins that hold about as many of the released numbers each."""
    released = facet.shown[facet.released]
    known = released[~np.isnan(released)]
    edges = np.unique(np.quantile(known, np.arange(1, _BINS) / _BINS)) if len(known) else known
    bins = np.searchsorted(edges, numbers, side="right")
    blocks: Floats = np.eye(len(edges) + 1)[bins] * ~np.isnan(numbers)[:, None]
    return blocks
