"""Which rows count: every person limited to so many groups and so many rows in each.

Which of a person's stretches of time, groups and rows are kept is decided by a keyed hash of
their content, so nobody's selection depends on anybody else's rows, nor on the order of the
table. That is what makes the limits sensitivities: adding or removing one person changes only
that person's rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from compliance.dataset.nouns import Column, ColumnName
from compliance.privacy.choosing import Hashes, Ints, Truths, compacted, least_of_each
from compliance.privacy.conditions import matching
from compliance.privacy.grouping import Groups, groups_of
from compliance.privacy.lots import Drawing, Lots, OwnLots, Stretches, columns_computed_with
from compliance.privacy.nouns import Dropped
from compliance.privacy.nouns.question import Mechanism, Query
from compliance.privacy.rows import Rows

_BLOCK = 2**16  # rows hashed at a time, so that steps between stay in the processor's cache


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounded:
    """The rows that count.

    Attributes:
        rows: their positions in the table, ascending.
        groups: per such row, the number of its group.
        keys: per group, one text per column of `by`.
        units: per group, how many people count in it.
        dropped: what does not count.
    """

    rows: Ints
    groups: Ints
    keys: tuple[tuple[str, ...], ...]
    units: Ints
    dropped: Dropped

    @property
    def nbytes(self) -> int:
        """How much memory it takes."""
        return self.rows.nbytes + self.groups.nbytes + self.units.nbytes


@dataclass(frozen=True, slots=True, kw_only=True)
class _Places:
    """The places that people take: a place is one person in one group.

    Attributes:
        of_row: per row that may count, the number of its place.
        unit: per place, the code of its person.
        group: per place, the number of its group.
    """

    of_row: Ints
    unit: Ints
    group: Ints


def bound(
    table: Rows, query: Query, columns: Sequence[Column], key: bytes, draw: Drawing = OwnLots
) -> Bounded:
    """The rows of `table` that count under the bounds of `query`.

    Rows that name no person never count, nor with a period those without a moment. With public
    keys only rows of those groups do, and all those groups are there, empty or not; otherwise
    the groups are the ones seen.

    Args:
        key: secret of the workspace; decides which of a person's rows are kept.
        draw: how it decides.
    """
    units = table.codes(query.unit)
    groups = groups_of(table, query)
    counts = matching(table, query.where, columns)
    without_unit = int((counts & (units.codes < 0)).sum())
    counts &= (units.codes >= 0) & (groups.numbers >= 0)
    if query.period:
        counts &= table.codes(query.period.column).codes >= 0
    rows = np.flatnonzero(counts)
    unit, group = units.codes[rows], groups.numbers[rows]
    places = _places(unit, group, len(units.labels), len(groups.keys))
    stretches, stretch = _stretches(query, groups)
    lots = draw(table, query, groups, stretches, key)
    is_taken = _places_within_bounds(query, places, (stretch, len(stretches)), lots)

    def row_lots(items: Ints) -> Hashes:
        found = np.empty(len(items), dtype=np.uint64)
        for start in range(0, len(items), _BLOCK):
            block = slice(start, start + _BLOCK)
            found[block] = lots.of_rows(rows[items[block]], unit[items[block]].astype(np.int64))
        return found

    is_kept = is_taken[places.of_row]
    is_kept &= least_of_each(places.of_row, row_lots, query.max_rows_per_group)
    kept, lost = np.flatnonzero(is_kept), np.flatnonzero(~is_kept)
    dropped = Dropped(
        rows=len(lost) + without_unit,
        units=_distinct(unit[lost], len(units.labels)),
        rows_without_unit=without_unit,
    )
    return Bounded(
        rows=rows[kept],
        groups=group[kept],
        keys=groups.keys,
        units=np.bincount(places.group[is_taken], minlength=len(groups.keys)),
        dropped=dropped,
    )


def choice_of(query: Query) -> tuple[Query, tuple[ColumnName, ...]]:
    """What of a query decides which rows count: equal for queries that can share a `Bounded`."""
    asked_of_all = replace(query, statistics=(), mechanism=Mechanism.GAUSSIAN, shares={})
    return asked_of_all, columns_computed_with(query)


def _places(unit: npt.NDArray[np.int32], group: Ints, units: int, groups: int) -> _Places:
    of_row, cells = compacted(unit * np.int64(groups) + group, units * groups)
    place_unit, place_group = np.divmod(cells, max(groups, 1))
    return _Places(of_row=of_row, unit=place_unit, group=place_group)


def _stretches(query: Query, groups: Groups) -> tuple[Stretches, Ints]:
    """The stretches of time that groups lie in, and per group which; none without a period."""
    if query.period is None:
        return np.array([], dtype=object), np.zeros(len(groups.keys), dtype=np.int64)
    moment = query.by.index(query.period.column)
    texts = np.array([keys[moment] for keys in groups.keys], dtype=object)
    return np.unique(texts, return_inverse=True)


def _places_within_bounds(
    query: Query, places: _Places, stretches: tuple[Ints, int], lots: Lots
) -> Truths:
    """Per place, whether its stretch of time and its group are among those its person keeps.

    Args:
        stretches: per group its stretch of time, and how many there are.
    """

    def place_lots(items: Ints) -> Hashes:
        return lots.of_places(places.unit[items], places.group[items])

    if query.period is None:
        return least_of_each(places.unit, place_lots, query.groups_per_period)
    stretch, count = stretches
    part, cells = compacted(
        places.unit * count + stretch[places.group],
        (int(places.unit.max(initial=0)) + 1) * max(count, 1),
    )
    part_unit, part_stretch = np.divmod(cells, max(count, 1))

    def part_lots(items: Ints) -> Hashes:
        return lots.of_stretches(part_unit[items], part_stretch[items])

    is_in_time = least_of_each(part_unit, part_lots, query.period.most)[part]
    return is_in_time & least_of_each(part, place_lots, query.groups_per_period)


def _distinct(codes: npt.NDArray[np.int32], possible: int) -> int:
    occurs = np.zeros(possible, dtype=np.bool_)
    occurs[codes] = True
    return int(occurs.sum())
