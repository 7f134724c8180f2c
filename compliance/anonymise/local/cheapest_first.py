"""Give each row the cheapest node of the lattice at which enough others are still without a place.

ARX recodes locally by a full-domain search, then another one over the rows that it suppressed, and
so on (Prasser, Kohlmayer, Spengler and Kuhn 2018, doi:10.1109/JBHI.2017.2676880, section on local
transformation). Here a round is one node, and the nodes come in the order of what they cost, so
no row is taken to a node while a cheaper one would have had it.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from functools import reduce
from typing import Any

import numpy as np
import numpy.typing as npt

from compliance.anonymise.local.guarding import Guard
from compliance.anonymise.local.nouns import Levels, Places, Progress, Records
from compliance.anonymise.local.records import keys
from compliance.anonymise.nouns.problem import Codes32, Floats, Ints, Ladder

_MOST_NODES = 150_000
_NODES_PER_RECORD = 200
_LARGEST = 3_000_000_000  # records × nodes beforehand: visits become fewer as rows find places
_MOST_VISITS = 8_000_000_000  # records × columns, summed over nodes; twenty seconds or so
_VISITS_PER_NODE = 1_000  # what a node costs beside, as records
_MOST_ORDERED = 4_000_000
_EVERY = 512


def place_cheapest_first(
    records: Records, guard: Guard, places: Places
) -> Generator[Progress, None, None]:
    """Place what can be placed, cheapest node first; says after many nodes how far it is.

    A large lattice is thinned beforehand (`nodes_of`), and work on it is bounded by a count, not
    by a clock, so that the same table is always recoded in the same way.
    """
    nodes = nodes_of(records)
    table = _Left(records, np.arange(records.size))
    visits = 0
    for number, node in enumerate(nodes.tolist()):
        visits += (table.size + _VISITS_PER_NODE) * len(node)
        if not table.has_rows or visits > _MOST_VISITS:
            break
        taken = _takers(table, node, guard)
        if len(taken):
            places.levels[taken] = node
            places.placed[taken] = True
            table = table.without(places)
        if number % _EVERY == 0:
            placed = int(records.counts[places.placed].sum())
            yield Progress(step="placing", share=number / len(nodes), placed_rows=placed)


def nodes_of(records: Records) -> Levels:
    """The nodes of the lattice, cheapest first; a node never stands before a finer one of it.

    A lattice that is too large is taken whole at its cheap end and thinned at its dear one: half
    of the nodes are the cheapest, the other half has fewer levels to choose from.
    """
    size = max(records.size, 1)
    most = min(_MOST_NODES, _LARGEST // size, _NODES_PER_RECORD * size)
    choices = _levels_tried(records.ladders, _MOST_ORDERED)
    cost = _costs(records, choices)
    order = np.argsort(cost, kind="stable")
    if len(order) > most:
        few = _levels_tried(records.ladders, most // 2)
        is_among = [np.isin(levels, some) for levels, some in zip(choices, few, strict=True)]
        is_kept = _crossed(np.logical_and, is_among)
        is_kept[order[: most // 2]] = True
        order = order[is_kept[order]]
    nodes = np.empty((len(order), len(choices)), dtype=np.int8)
    for column in reversed(range(len(choices))):
        order, place = np.divmod(order, len(choices[column]))
        nodes[:, column] = choices[column][place]
    return nodes


def _costs(records: Records, choices: Sequence[Ints]) -> Floats:
    """What all rows would lose at each node, node after node as the choices say."""
    means = []
    for ladder, prices, levels in zip(records.ladders, records.prices, choices, strict=True):
        rows = np.bincount(ladder.codes, minlength=ladder.sizes[0])
        means.append(prices[levels] @ rows)
    return _crossed(np.add, means)


def _crossed(operation: np.ufunc, columns: Sequence[Any]) -> npt.NDArray[Any]:
    """One value per node, the last column changing fastest; numpy itself ends at 64 columns."""
    return reduce(lambda left, right: operation.outer(left, right).ravel(), columns)


def _levels_tried(ladders: Sequence[Ladder], most: int) -> list[Ints]:
    choices = [np.arange(ladder.lowest, ladder.highest + 1) for ladder in ladders]
    while np.prod([float(len(c)) for c in choices]) > max(most, 1):
        widest = max(range(len(choices)), key=lambda place: len(choices[place]))
        levels = choices[widest]
        if len(levels) <= 2:
            # Nothing but ends is left. The column goes to its coarsest; the splitting afterwards
            # gives back what it can.
            choices[widest] = levels[-1:]
        else:
            choices[widest] = np.delete(levels, len(levels) // 2)
    return choices


def _takers(table: _Left, node: Sequence[int], guard: Guard) -> Ints:
    """The records without a place that get one at this node."""
    _, groups = np.unique(table.keys(node), return_inverse=True)
    count = int(groups.max()) + 1
    good = guard.holds(table.chosen, groups, count)
    if not good.any():
        return np.empty(0, dtype=np.int64)
    taken = table.chosen[good[groups]]
    return taken[table.records.counts[taken] > 0]


class _Left:
    """The records without a place, their groups at each level at hand; and the population's."""

    def __init__(self, records: Records, chosen: Ints) -> None:
        self.records, self.chosen = records, chosen
        self.size = len(chosen)
        self.has_rows = bool((records.counts[chosen] > 0).any())
        self._groups: list[list[Codes32]] = [
            [to[records.leaves[chosen, place]] for to in ladder.maps]
            for place, ladder in enumerate(records.ladders)
        ]

    def keys(self, node: Sequence[int]) -> Ints:
        ladders = self.records.ladders
        columns = [self._groups[place][level] for place, level in enumerate(node)]
        sizes = [ladder.sizes[level] for ladder, level in zip(ladders, node, strict=True)]
        return keys(columns, sizes)

    def without(self, places: Places) -> _Left:
        """What is left when those with a place have gone."""
        kept = ~places.placed[self.chosen]
        left = _Left.__new__(_Left)
        left.records, left.chosen = self.records, self.chosen[kept]
        left.size = len(left.chosen)
        left.has_rows = bool((self.records.counts[left.chosen] > 0).any())
        left._groups = [[codes[kept] for codes in levels] for levels in self._groups]
        return left
