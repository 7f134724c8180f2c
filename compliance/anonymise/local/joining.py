"""Find a class for each row that has none, or suppress it where that costs less."""

from __future__ import annotations

from collections.abc import Generator

import numpy as np

from compliance.anonymise.local.guarding import Guard
from compliance.anonymise.local.nouns import Levels, Places, Progress, Records
from compliance.anonymise.local.writing import classes_of
from compliance.anonymise.nouns.problem import Floats, Ints

_TRIED = 64  # classes that a row is held against where the criteria are about more than sizes


def join(
    records: Records, guard: Guard, places: Places, allowed: int
) -> Generator[Progress, None, int]:
    """Place the rest, one record at a time, in the order of the records.

    Args:
        allowed: rows that may be suppressed.

    Returns:
        rows that are neither placed nor may be suppressed; 0 where all is well. Records that are
        not placed afterwards are suppressed.
    """
    waiting = np.flatnonzero(~places.placed & (records.counts > 0))
    homes = _Homes(records, places)
    lost = 0
    for number, record in enumerate(waiting.tolist()):
        count = int(records.counts[record])
        home, dearer = homes.best(record, guard)
        may_go = lost + count <= allowed
        if home is not None and not (may_go and dearer > count * records.whole[record]):
            homes.take(record, home)
        else:
            lost += count
        if number % 64 == 0:
            placed = int(records.counts[places.placed].sum())
            yield Progress(step="joining", share=number / len(waiting), placed_rows=placed)
    return max(lost - allowed, 0)


class _Homes:
    """The classes so far: their levels, one leaf of each per column, and their rows."""

    def __init__(self, records: Records, places: Places) -> None:
        self._records, self._places = records, places
        placed = np.flatnonzero(places.placed)
        self._of = np.full(records.size, -1, dtype=np.int64)
        count = 0
        if len(placed):
            self._of[placed], count = classes_of(records, places, placed)
        first = np.full(count, -1, dtype=np.int64)
        first[self._of[placed][::-1]] = placed[::-1]
        self._leaves = records.leaves[first]
        self._levels = places.levels[first].copy()
        self._rows = np.bincount(self._of[placed], weights=records.counts[placed], minlength=count)

    def best(self, record: int, guard: Guard) -> tuple[int | None, float]:
        """The class that a record joins at the least cost, and that cost; None if there is none."""
        if not len(self._rows):
            return None, np.inf
        levels, fits = self._common(record)
        cost = np.where(fits, self._cost(record, levels), np.inf)
        if guard.is_about_sizes_only:
            home = int(cost.argmin())
            return (home, float(cost[home])) if fits[home] else (None, np.inf)
        for home in np.argsort(cost, kind="stable")[:_TRIED].tolist():
            if fits[home] and self._would_hold(record, home, levels[home], guard):
                return home, float(cost[home])
        return None, np.inf

    def take(self, record: int, home: int) -> None:
        """Put a record into a class; all its rows show what they now have in common."""
        levels, _ = self._common(record)
        self._levels[home] = levels[home]
        self._rows[home] += self._records.counts[record]
        self._of[record] = home
        self._places.placed[record] = True
        self._places.levels[self._of == home] = levels[home]

    def _common(self, record: int) -> tuple[Levels, np.ndarray[tuple[int], np.dtype[np.bool_]]]:
        """Per class the lowest levels at which the record fits in, and whether it may at all."""
        levels = self._levels.copy()
        fits = np.ones(len(levels), dtype=bool)
        for column, ladder in enumerate(self._records.ladders):
            mine = self._records.leaves[record, column]
            theirs = self._leaves[:, column]
            apart = sum((to[theirs] != to[mine]).astype(np.int8) for to in ladder.maps)
            levels[:, column] = np.maximum(levels[:, column], apart)
            fits &= apart <= ladder.highest
        return np.minimum(levels, [ladder.highest for ladder in self._records.ladders]), fits

    def _cost(self, record: int, levels: Levels) -> Floats:
        """What a class's rows and the record's lose together by showing these levels."""
        cost = np.zeros(len(levels))
        for column, prices in enumerate(self._records.prices):
            leaves, new = self._leaves[:, column], levels[:, column]
            more = prices[new, leaves] - prices[self._levels[:, column], leaves]
            own = prices[new, self._records.leaves[record, column]]
            cost += more * self._rows + own * self._records.counts[record]
        return cost

    def _would_hold(self, record: int, home: int, levels: Levels, guard: Guard) -> bool:
        rows: Ints = np.append(np.flatnonzero(self._of == home), record)
        chosen = np.append(rows, self._people_in(record, levels))
        return bool(guard.holds(chosen, np.zeros(len(chosen), dtype=np.int64), 1)[0])

    def _people_in(self, record: int, levels: Levels) -> Ints:
        """The population's records that a class stands for which shows a record at these levels."""
        people = np.flatnonzero(self._records.people > 0)
        for column, ladder in enumerate(self._records.ladders):
            to = ladder.maps[levels[column]]
            leaves = self._records.leaves[:, column]
            people = people[to[leaves[people]] == to[leaves[record]]]
        return people
