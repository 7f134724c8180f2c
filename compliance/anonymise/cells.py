"""People of a population in the cells that an output shows, by the names that it shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from compliance.anonymise.models import classes_of
from compliance.anonymise.nouns import Classes, Ladder, Recoding, Sensitive
from compliance.anonymise.nouns.problem import Bools, Ints

_PAIRS_AT_ONCE = 20_000_000


def classes_with_people(
    shown: Recoding,
    sensitive: Sequence[Sensitive],
    population: Sequence[Ladder],
    made_by: Recoding,
) -> Classes:
    """The classes of an output, with the people of the population in each.

    Where one level holds for a whole column, a person is in one cell; people are elsewhere whose
    cell no row of the table is in, suppressed ones among them, as in the search. Where levels
    differ from cell to cell, a person is in each cell whose names are theirs at any level, and
    elsewhere who is in none.

    Args:
        shown: what the output shows, in texts.
        made_by: the recoding of the table that it was written from.
    """
    if made_by.levels is None:
        return _with_all_who_fit(shown, classes_of(shown, sensitive), population)
    classes = classes_of(replace(shown, levels=made_by.levels), sensitive, population)
    whole = replace(made_by, suppressed=np.zeros_like(made_by.suppressed))
    return replace(classes, elsewhere=classes_of(whole, (), population).elsewhere)


def _with_all_who_fit(shown: Recoding, classes: Classes, population: Sequence[Ladder]) -> Classes:
    cells = np.unique(np.stack(shown.codes), axis=1)  # in the order of the classes
    people, counts = np.unique(
        np.stack([each.codes for each in population]), axis=1, return_counts=True
    )
    fits = [_fits(names, ladder) for names, ladder in zip(shown.names, population, strict=True)]
    found, is_somewhere = [], np.zeros(len(counts), dtype=np.bool_)
    step = max(1, _PAIRS_AT_ONCE // max(1, len(counts)))
    for start in range(0, cells.shape[1], step):
        some = np.ones((cells[:, start : start + step].shape[1], len(counts)), dtype=np.bool_)
        for column, fit in enumerate(fits):
            some &= fit[cells[column, start : start + step]][:, people[column]]
        found.append(some @ counts)
        is_somewhere |= some.any(axis=0)
    inside: Ints = np.concatenate(found) if found else np.zeros(0, dtype=np.int64)
    return replace(classes, population=inside, elsewhere=int(counts[~is_somewhere].sum()))


def _fits(names: Sequence[str | None], ladder: Ladder) -> Bools:
    """Name × leaf: whether the leaf is called so at a level that may be used."""
    place = {name: at for at, name in enumerate(names)}
    fits = np.zeros((len(names), len(ladder.maps[0])), dtype=np.bool_)
    for level in range(ladder.lowest, ladder.highest + 1):
        of_group = np.array([place.get(name, -1) for name in ladder.names[level]])
        at = of_group[ladder.maps[level]]
        leaves = np.flatnonzero(at >= 0)
        fits[at[leaves], leaves] = True
    return fits
