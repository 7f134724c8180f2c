"""From the levels of records to what the rows of the table show."""

from __future__ import annotations

import numpy as np

from compliance.anonymise.local.nouns import Places, Records
from compliance.anonymise.local.records import distinct
from compliance.anonymise.nouns.problem import Codes32, Floats, Ints, Ladder, Recoding

Name = str | None


def write(records: Records, places: Places) -> Recoding:
    """What each row shows: the name of its cell at its level; records without a place are gone."""
    codes, names, shares = [], [], []
    suppressed = ~places.placed[records.of_row]
    for column, ladder in enumerate(records.ladders):
        positions, called, share = _positions(ladder)
        shown = _shown(records, places, column, positions)[records.of_row]
        used, dense = np.unique(shown, return_inverse=True)
        codes.append(dense.astype(np.int32))
        names.append(tuple(called[position] for position in used))
        shares.append(share[used])
    return Recoding(
        columns=tuple(ladder.column for ladder in records.ladders),
        codes=tuple(codes),
        names=tuple(names),
        shares=tuple(shares),
        suppressed=suppressed,
        levels=None,
    )


def classes_of(records: Records, places: Places, chosen: Ints) -> tuple[Ints, int]:
    """The class of each chosen record by the names that it shows, and how many classes."""
    columns, sizes = [], []
    for column, ladder in enumerate(records.ladders):
        positions, called, _ = _positions(ladder)
        columns.append(_shown(records, places, column, positions)[chosen])
        sizes.append(len(called))
    first, of, _ = distinct(columns, sizes)
    return of, len(first)


def _positions(ladder: Ladder) -> tuple[list[Codes32], list[Name], Floats]:
    """Per level, the position of each group's name; the names; the share that each stands for.

    A name that stands at several levels is one position: rows that show it look the same. It
    stands for the largest of the groups that are called so.
    """
    place: dict[Name, int] = {}
    positions: list[Codes32] = []
    share: list[float] = []
    for names, shares in zip(ladder.names, ladder.shares, strict=True):
        for name, part in zip(names, shares.tolist(), strict=True):
            if name not in place:
                place[name] = len(share)
                share.append(part)
            share[place[name]] = max(share[place[name]], part)
        positions.append(np.array([place[name] for name in names], dtype=np.int32))
    return positions, list(place), np.array(share)


def _shown(records: Records, places: Places, column: int, positions: list[Codes32]) -> Ints:
    """The position of the name that each record shows in a column."""
    ladder = records.ladders[column]
    of_leaf = np.stack([of[to] for of, to in zip(positions, ladder.maps, strict=True)])
    return of_leaf[places.levels[:, column], records.leaves[:, column]].astype(np.int64)
