"""Rows put into their equivalence classes, and sensitive values counted within them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from compliance.anonymise.nouns import Classes, Histogram, Ladder, Recoding, Sensitive
from compliance.anonymise.nouns.problem import Bools, Ints
from compliance.errors import MalformedRecipeError

_WIDEST = 2**62
_DENSE = 16


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Column:
    """One quasi-identifier: per row a code from 0, below `codes_end`."""

    codes: npt.NDArray[np.integer]
    codes_end: int


def grouped(columns: Iterable[Column], rows: int) -> tuple[Ints, int]:
    """The class of each row, numbered from 0, and how many classes there are.

    Rows are in one class that have the same code in every column; without columns, all are. The
    codes are the digits of one number per row. Before it gets too wide for 64 bits, the numbers
    in use are numbered anew; so that there may be any number of columns.
    """
    keys, end = np.zeros(rows, dtype=np.int64), 1
    for column in columns:
        if end * column.codes_end > _WIDEST:
            keys, end = _renumbered(keys, end)
        keys *= column.codes_end
        keys += column.codes
        end *= column.codes_end
    return _renumbered(keys, end)


def counted(classes: Ints, values: npt.NDArray[np.integer], ends: tuple[int, int]) -> Histogram:
    """How often each value stands in each class; `ends` are the numbers of both.

    The whole is what is counted here; where rows are left out before, the caller knows better.
    """
    keys = classes * ends[1] + values
    if ends[0] * ends[1] <= _DENSE * len(keys):
        dense = np.bincount(keys, minlength=ends[0] * ends[1])
        found = np.flatnonzero(dense)
        counts = dense[found]
    else:
        found, counts = np.unique(keys, return_counts=True)
    place = found // ends[1]
    return Histogram(
        classes=place,
        values=found - place * ends[1],
        counts=counts.astype(np.int64, copy=False),
        whole=np.bincount(values, minlength=ends[1]).astype(np.int64, copy=False),
    )


def classes_of(
    recoding: Recoding, sensitive: Sequence[Sensitive] = (), population: Sequence[Ladder] = ()
) -> Classes:
    """The equivalence classes of what is shown; suppressed rows are in none.

    Args:
        recoding: what each row shows.
        sensitive: the columns to count; their distribution in the whole table is taken over all
            rows, also suppressed ones.
        population: the same quasi-identifiers, in the same order, of the population's people.

    Raises:
        MalformedRecipeError: there is a population, and levels differ from cell to cell: then a
            person can be in more than one cell.
    """
    kept = ~recoding.suppressed
    columns = [
        Column(codes=codes[kept], codes_end=max(len(names), 1))
        for codes, names in zip(recoding.codes, recoding.names, strict=True)
    ]
    people: Ints | None = None
    rows, elsewhere = int(kept.sum()), 0
    if population:
        columns = _with_population(recoding, columns, population)
        group, _ = grouped(columns, rows + len(population[0].codes))
        group, people, elsewhere = split(group, rows)
    else:
        group, _ = grouped(columns, rows)
    return Classes(
        sizes=np.bincount(group).astype(np.int64),
        histograms={each.column: _histogram(each, group, kept) for each in sensitive},
        population=people,
        elsewhere=elsewhere,
    )


def split(group: Ints, rows: int) -> tuple[Ints, Ints, int]:
    """The classes of the first `rows` rows numbered anew, the other rows in them, and the rest."""
    own, others = group[:rows], group[rows:]
    present = np.bincount(own, minlength=int(group.max(initial=-1)) + 1) > 0
    number = np.cumsum(present) - 1
    within = np.bincount(others, minlength=len(present))
    return number[own], within[present].astype(np.int64), int(within[~present].sum())


def _histogram(sensitive: Sensitive, group: Ints, kept: Bools) -> Histogram:
    ends = (int(group.max(initial=-1)) + 1, sensitive.values)
    found = counted(group, sensitive.codes[kept], ends)
    whole = np.bincount(sensitive.codes, minlength=sensitive.values).astype(np.int64)
    return Histogram(
        classes=found.classes,
        values=found.values,
        counts=found.counts,
        whole=whole,
        maps=sensitive.maps,
    )


def _with_population(
    recoding: Recoding, columns: Sequence[Column], population: Sequence[Ladder]
) -> list[Column]:
    if recoding.levels is None:
        reason = "a population can be compared only where a column has one level"
        raise MalformedRecipeError(place="population", reason=reason)
    joined = []
    parts = zip(columns, recoding.names, recoding.levels, population, strict=True)
    for column, names, level, ladder in parts:
        place: dict[str | None, int] = {name: i for i, name in enumerate(names)}
        number = [place.setdefault(name, len(place)) for name in ladder.names[level]]
        others = np.array(number, dtype=np.int64)[ladder.maps[level][ladder.codes]]
        both = np.concatenate((column.codes, others))
        joined.append(Column(codes=both, codes_end=max(len(place), 1)))
    return joined


def _renumbered(keys: Ints, end: int) -> tuple[Ints, int]:
    if not len(keys):
        return keys, 0
    if end <= _DENSE * len(keys):
        used = np.zeros(end, dtype=np.bool_)
        used[keys] = True
        number = np.cumsum(used) - 1
        return number[keys], int(number[-1]) + 1
    found, number = np.unique(keys, return_inverse=True)
    return number.astype(np.int64, copy=False), len(found)


def first_of_each(keys: Ints) -> Ints:
    """The position of one row of each different key."""
    return np.unique(keys, return_index=True)[1]
