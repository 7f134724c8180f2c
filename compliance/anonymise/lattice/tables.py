"""The equivalence classes of one node, and those of a coarser node from them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from compliance.anonymise.lattice.coding import Coding, Words
from compliance.anonymise.models import is_per_class
from compliance.anonymise.nouns import Classes, Histogram, Problem
from compliance.anonymise.nouns.problem import Bools, Ints

KEPT_TABLES = 256

_ODD = np.int64(-7046029254386353131)
"""2⁶⁴ over the golden ratio: multiplying by it spreads low bits over all (Knuth, TAOCP 3, 6.4)."""

Levels = tuple[int, ...]
"""One level per column, counted from the lowest that may be used."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pairs:
    """How often each sensitive value stands in each class; one entry per pair that occurs."""

    classes: Ints
    values: Ints
    counts: Ints


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Table:
    """The classes of one node, all rows in them.

    Attributes:
        keys: masked; ascending where there is one word.
        sizes: rows of the table per class; 0 where only the population has people.
        people: of the population per class, or None.
        firsts: the first row of each class; None where no criterion is about the whole table.
        pairs: per sensitive column.
    """

    keys: Words
    sizes: Ints
    people: Ints | None
    firsts: Ints | None
    pairs: tuple[Pairs, ...]

    def __len__(self) -> int:
        return len(self.sizes)


def bottom(problem: Problem, coding: Coding) -> Table:
    """The classes of the finest node."""
    rows = problem.rows
    keys, sizes, people = coding.keys, np.ones(rows, dtype=np.int64), None
    if coding.population is not None:
        others = coding.population.shape[1]
        keys = np.concatenate([keys, coding.population], axis=1)
        sizes = np.concatenate([sizes, np.zeros(others, dtype=np.int64)])
        people = 1 - sizes
    pairs = tuple(
        Pairs(classes=np.arange(rows), values=column.codes.astype(np.int64), counts=sizes[:rows])
        for column in problem.sensitive
    )
    is_whole = any(not is_per_class(criterion.model) for criterion in problem.criteria)
    firsts = np.arange(keys.shape[1]) if is_whole else None
    single = Table(keys=keys, sizes=sizes, people=people, firsts=firsts, pairs=pairs)
    return rolled(single, coding.masks([0] * len(coding.fields)))


def rolled(table: Table, masks: Words, *, in_order: bool = False) -> Table:
    """The classes of a node that is nowhere finer than the one of `table`.

    Args:
        in_order: the masked keys still ascend, for only the lowest field becomes coarser.
    """
    keys, order = table.keys & masks, None
    if not in_order:
        order = _order(keys)
        keys = keys.take(order, axis=1)
    fresh = _fresh(keys)
    starts = np.flatnonzero(fresh)

    def joined(column: Ints, how: np.ufunc = np.add) -> Ints:
        return np.asarray(how.reduceat(column if order is None else column.take(order), starts))

    pairs: tuple[Pairs, ...] = ()
    if table.pairs:
        new = np.cumsum(fresh) - 1
        if order is not None:
            new[order] = new.copy()
        pairs = tuple(_merged(each, new) for each in table.pairs)
    return Table(
        keys=keys.take(starts, axis=1),
        sizes=joined(table.sizes),
        people=None if table.people is None else joined(table.people),
        firsts=None if table.firsts is None else joined(table.firsts, np.minimum),
        pairs=pairs,
    )


def _order(keys: Words) -> Ints:
    """An order in which equal keys are neighbours; of one word, the ascending one.

    Several words are mixed into one, whose order is fast to find. Should two different keys come
    out equal, which is seen, the words themselves are put in order.
    """
    if len(keys) == 1:
        return np.argsort(keys[0])
    mixed = keys[0].copy()
    for word in keys[1:]:
        mixed ^= mixed >> 31
        mixed *= _ODD
        mixed += word
    order = np.argsort(mixed)
    mixed = mixed[order]
    is_mistaken = (mixed[1:] == mixed[:-1]) & _fresh(keys.take(order, axis=1))[1:]
    return np.lexsort(keys) if is_mistaken.any() else order


def _fresh(keys: Words) -> Bools:
    """Where a key differs from the one before it."""
    fresh = np.empty(keys.shape[1], dtype=bool)
    fresh[:1] = True
    if len(keys) == 1:
        np.not_equal(keys[0, 1:], keys[0, :-1], out=fresh[1:])
    else:
        (keys[:, 1:] != keys[:, :-1]).any(axis=0, out=fresh[1:])
    return fresh


def _merged(pairs: Pairs, new: Ints) -> Pairs:
    """The same pairs, with the number of the coarser class; those that became equal are summed."""
    width = int(pairs.values.max(initial=0)) + 1
    code = new[pairs.classes] * width + pairs.values
    order = np.argsort(code)
    code = code[order]
    starts = np.flatnonzero(np.diff(code, prepend=-1))
    return Pairs(
        classes=code[starts] // width,
        values=code[starts] % width,
        counts=np.add.reduceat(pairs.counts[order], starts),
    )


def classes_of(problem: Problem, table: Table) -> Classes:
    """The classes that hold rows of the table, as the privacy models ask for them."""
    held = table.sizes > 0
    number = np.cumsum(held) - 1
    return Classes(
        sizes=table.sizes[held],
        histograms={
            column.column: Histogram(
                classes=number[pairs.classes],
                values=pairs.values,
                counts=pairs.counts,
                whole=np.bincount(column.codes, minlength=column.values),
                maps=column.maps,
            )
            for column, pairs in zip(problem.sensitive, table.pairs, strict=True)
        },
        population=None if table.people is None else table.people[held],
        elsewhere=0 if table.people is None else int(table.people[~held].sum()),
    )


def found_in(table: Table, keys: Words) -> Ints:
    """The class of each masked key; every one must be there."""
    if len(keys) == 1:
        return np.asarray(np.searchsorted(table.keys[0], keys[0]))
    both, inverse = np.unique(
        np.concatenate([table.keys, keys], axis=1), axis=1, return_inverse=True
    )
    place = np.empty(both.shape[1], dtype=np.int64)
    place[inverse.ravel()[: len(table)]] = np.arange(len(table))
    return place[inverse.ravel()[len(table) :]]


class Tables:
    """The tables that were lately asked for, so that those of coarser nodes start from them."""

    def __init__(self, coding: Coding, finest: Table) -> None:
        columns = len(coding.fields)
        self._coding = coding
        self._tables = [finest]
        self._levels = np.zeros((KEPT_TABLES, columns), dtype=np.int64)
        self._sizes = np.full(KEPT_TABLES, np.iinfo(np.int64).max)
        self._sizes[0] = len(finest)
        self._next = 1

    def at(self, levels: Levels) -> Table:
        """The classes of a node, from the smallest known table that is nowhere coarser."""
        wanted = np.array(levels)
        finer = (self._levels <= wanted).all(axis=1)
        place = int(np.where(finer, self._sizes, np.iinfo(np.int64).max).argmin())
        nearest = self._tables[place]
        if (self._levels[place] == wanted).all():
            return nearest
        table = rolled(nearest, self._coding.masks(levels))
        self._keep(wanted, table)
        return table

    def _keep(self, levels: Ints, table: Table) -> None:
        """In the place of the oldest but the finest."""
        place = self._next
        if place < len(self._tables):
            self._tables[place] = table
        else:
            self._tables.append(table)
        self._levels[place], self._sizes[place] = levels, len(table)
        self._next = place + 1 if place + 1 < KEPT_TABLES else 1
