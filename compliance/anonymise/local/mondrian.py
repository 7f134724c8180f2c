"""Split classes from the top, along the hierarchies, as long as every part meets the criteria.

Multidimensional recoding from the top is LeFevre et al. 2006 (doi:10.1109/ICDE.2006.101); a column
there is cut at its median, here into the children of its name, so that every name is one of the
hierarchy. Children that are too small stay together under their parent's name, if that rest is
large enough. All classes are split at once, each at the column that gives back the most detail.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass

import numpy as np

from compliance.anonymise.local.guarding import Guard
from compliance.anonymise.local.nouns import Places, Progress, Records
from compliance.anonymise.nouns.problem import Bools, Floats, Ints


@dataclass(slots=True, kw_only=True, eq=False)
class _Cells:
    """Classes that may still be split.

    Attributes:
        chosen: records in them.
        of: the cell of each, from 0.
        count: how many cells.
        closed: cell × column: not to be split there, for a rest of such a split.
    """

    chosen: Ints
    of: Ints
    count: int
    closed: Bools


def split(
    records: Records, guard: Guard, places: Places, chosen: Ints, of: Ints
) -> Generator[Progress, None, None]:
    """Lower the levels of the chosen records, class by class, until none can be split.

    Args:
        chosen: records of the table; all of one class have the same levels and names.
        of: the class of each, from 0; each meets the criteria.
    """
    count = int(of.max(initial=-1)) + 1
    closed = np.zeros((count, len(records.ladders)), dtype=bool)
    cells = _Cells(chosen=chosen, of=of, count=count, closed=closed)
    heights = sum(ladder.highest - ladder.lowest for ladder in records.ladders)
    rounds = 0
    while cells.count:
        cells = _split_once(records, guard, places, cells)
        rounds += 1
        yield Progress(
            step="splitting",
            share=min(rounds / max(heights, 1), 1.0),
            placed_rows=int(records.counts[places.placed].sum()),
        )


def _split_once(records: Records, guard: Guard, places: Places, cells: _Cells) -> _Cells:
    """Each cell split at its best column; cells that cannot be are left out of what comes back."""
    columns = len(records.ladders)
    gains = np.full((columns, cells.count), -np.inf)
    moves = np.zeros((columns, len(cells.chosen)), dtype=bool)
    for column in range(columns):
        gains[column], moves[column] = _tried(records, guard, places, cells, column)
    best = gains.argmax(axis=0)
    splits = gains[best, np.arange(cells.count)] > -np.inf
    going = splits[cells.of]
    chosen, of = cells.chosen[going], cells.of[going]
    at = best[of]
    moved = moves[:, going][at, np.arange(len(chosen))]
    places.levels[chosen[moved], at[moved]] -= 1
    part = np.where(moved, _shown(records, places, chosen, at) + 1, 0)
    _, first, of_new = np.unique(
        of * (_widest(records) + 1) + part, return_index=True, return_inverse=True
    )
    closed = cells.closed[of[first]]
    rests = ~moved[first]
    closed[rests, at[first][rests]] = True
    return _Cells(chosen=chosen, of=of_new, count=len(first), closed=closed)


def _tried(
    records: Records, guard: Guard, places: Places, cells: _Cells, column: int
) -> tuple[Floats, Bools]:
    """What each cell gains by a split at one column (−∞ where it cannot), and who moves down."""
    gain = np.full(cells.count, -np.inf)
    moves = np.zeros(len(cells.chosen), dtype=bool)
    level = places.levels[cells.chosen, column]
    open_ = (level > records.ladders[column].lowest) & ~cells.closed[cells.of, column]
    if not open_.any():
        return gain, moves
    chosen, of, level = cells.chosen[open_], cells.of[open_], level[open_]
    leaves = records.leaves[chosen, column]
    child = _maps(records, column)[level - 1, leaves]
    _, part = np.unique(of * np.int64(_widest(records)) + child, return_inverse=True)
    good = guard.holds(chosen, part, int(part.max()) + 1)[part]
    rests = np.bincount(of[~good], minlength=cells.count) > 0
    rest_holds = guard.holds(chosen[~good], of[~good], cells.count)
    can = np.bincount(of[good], minlength=cells.count) > 0
    can &= ~rests | rest_holds
    prices = records.prices[column]
    back = (prices[level, leaves] - prices[level - 1, leaves]) * records.counts[chosen]
    gains = np.bincount(of[good], weights=back[good], minlength=cells.count)
    gain[can] = gains[can]
    moves[open_] = good
    return gain, moves


def _shown(records: Records, places: Places, chosen: Ints, columns: Ints) -> Ints:
    """The group that each record has at its level, each at a column of its own."""
    shown = np.zeros(len(chosen), dtype=np.int64)
    for column in range(len(records.ladders)):
        mine = columns == column
        rows = chosen[mine]
        levels = places.levels[rows, column]
        shown[mine] = _maps(records, column)[levels, records.leaves[rows, column]]
    return shown


def _maps(records: Records, column: int) -> Ints:
    """Level × leaf: the group."""
    return np.stack(records.ladders[column].maps).astype(np.int64)


def _widest(records: Records) -> int:
    """The largest number of groups of any column at any level."""
    return max(ladder.sizes[0] for ladder in records.ladders)
