"""Which released rows are nearest to people, many people at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from compliance.anonymise.attacks.facets import Near
from compliance.anonymise.attacks.scenes import Scene
from compliance.anonymise.nouns.problem import Bools, Ints

_CELLS_AT_ONCE = 2**22
_MOST_PAIRS = 20_000_000
_FEWEST_ATTEMPTS = 100
_SAME = 1e-6  # distances that differ by less are equal, for they are sums of rounded numbers


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Kinds:
    """Rows that are alike in all facets, put together.

    Attributes:
        of_row: the kind of each row.
        sizes: rows per kind.
        examples: one row of each kind.
    """

    of_row: Ints
    sizes: Ints
    examples: Ints


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Nearest:
    """The released kinds nearest to some people.

    Attributes:
        people: their original rows.
        kinds: the released kinds that the columns of `ties` stand for.
        own: per person, the kind of the own released row; −1 where there is none.
        ties: person × kind: whether it is among the nearest.
        distance: of each person to the nearest.
    """

    people: Ints
    kinds: Kinds
    own: Ints
    ties: Bools
    distance: Near

    @property
    def matches(self) -> Ints:
        """How many released rows are nearest to each person; at least 1."""
        found: Ints = self.ties @ self.kinds.sizes
        return found


def kinds_of(columns: Sequence[Ints]) -> Kinds:
    """The kinds of rows by the codes of their columns."""
    of_row = np.zeros(len(columns[0]), dtype=np.int64)
    for codes in columns:
        _, of_row = np.unique(of_row * (int(codes.max()) + 1) + codes, return_inverse=True)
    _, examples, sizes = np.unique(of_row, return_index=True, return_counts=True)
    return Kinds(of_row=of_row, sizes=sizes, examples=examples)


def bounded(scene: Scene, attempts: int) -> int:
    """As many of `attempts` as are compared with all released kinds in some seconds."""
    kinds = len(kinds_of([facet.released for facet in scene.facets]).sizes)
    return min(attempts, max(_FEWEST_ATTEMPTS, _MOST_PAIRS // kinds))


def nearest(scene: Scene, people: Ints, *, without_own: bool = False) -> Iterator[Nearest]:
    """The nearest released kinds of `people`, some people at a time, in their order.

    Args:
        scene: what is attacked.
        people: original rows.
        without_own: as if each person's own row had not been released; needs `scene.rows`.
    """
    kinds = kinds_of([facet.released for facet in scene.facets])
    own = _own_kinds(scene, kinds)
    for some in batches(people, len(kinds.sizes)):
        distances = summed(scene, lambda f, v, s: f.apart(v, s), some, kinds.examples)
        if without_own:
            alone = (own[some] >= 0) & (kinds.sizes[own[some]] == 1)
            distances[np.flatnonzero(alone), own[some][alone]] = np.inf
        least = distances.min(axis=1)
        yield Nearest(
            people=some,
            kinds=kinds,
            own=own[some],
            ties=distances <= least[:, None] + _SAME,
            distance=least,
        )


def summed(scene: Scene, what: Callable[..., Near], people: Ints, shown: Ints) -> Near:
    """`what` of each facet for each of `people` (original rows) and `shown` (released), summed."""
    total = np.zeros((len(people), len(shown)), dtype=np.float32)
    for facet in scene.facets:
        values, place = np.unique(facet.original[people], return_inverse=True)
        cells, cell = np.unique(facet.released[shown], return_inverse=True)
        if len(values) * len(cells) < total.size // 4:  # take from a small table
            total += what(facet, values, cells)[place][:, cell]
        else:
            total += what(facet, facet.original[people], facet.released[shown])
    return total


def batches(people: Ints, width: int) -> Iterator[Ints]:
    """`people` in parts so small that a table of them × `width` fits."""
    step = max(1, _CELLS_AT_ONCE // max(width, 1))
    for start in range(0, len(people), step):
        yield people[start : start + step]


def _own_kinds(scene: Scene, kinds: Kinds) -> Ints:
    if scene.rows is None:
        return np.full(scene.original_rows, -1, dtype=np.int64)
    place = scene.released_row()
    return np.where(place >= 0, kinds.of_row[place], -1)
