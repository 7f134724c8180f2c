"""Which rows count: every person limited to so many groups and so many rows in each.

Which of a person's stretches of time, groups and rows are kept is decided by a keyed hash of
their content, so nobody's selection depends on anybody else's rows, nor on the order of the
table. That is what makes the limits sensitivities: adding or removing one person changes only
that person's rows.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from compliance.dataset.nouns import Column, ColumnName
from compliance.privacy.choosing import Hashes, Ints, Truths, compacted, least_of_each
from compliance.privacy.conditions import matching
from compliance.privacy.grouping import Groups, groups_of, hashed_groups
from compliance.privacy.nouns import Dropped
from compliance.privacy.nouns.question import Mechanism, Query
from compliance.privacy.rows import Rows, hashed, hashed_numbers, hashed_texts, mixed

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


def bound(table: Rows, query: Query, columns: Sequence[Column], key: bytes) -> Bounded:
    """The rows of `table` that count under the bounds of `query`.

    Rows that name no person never count, nor with a period those without a moment. With public
    keys only rows of those groups do, and all those groups are there, empty or not; otherwise
    the groups are the ones seen.

    Args:
        key: secret of the workspace; decides which of a person's rows are kept.
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
    person = hashed(units, key)
    is_taken = _places_within_bounds(query, places, groups, person, key)

    def row_hashes(items: Ints) -> Hashes:
        hashes = np.empty(len(items), dtype=np.uint64)
        for start in range(0, len(items), _BLOCK):
            block = slice(start, start + _BLOCK)
            at = rows[items[block]], person[unit[items[block]]]
            hashes[block] = _row_hashes(table, query, *at, key)
        return hashes

    is_kept = is_taken[places.of_row]
    is_kept &= least_of_each(places.of_row, row_hashes, query.max_rows_per_group)
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
    return asked_of_all, _columns_computed_with(query)


def _places(unit: npt.NDArray[np.int32], group: Ints, units: int, groups: int) -> _Places:
    of_row, cells = compacted(unit * np.int64(groups) + group, units * groups)
    place_unit, place_group = np.divmod(cells, max(groups, 1))
    return _Places(of_row=of_row, unit=place_unit, group=place_group)


def _places_within_bounds(
    query: Query, places: _Places, groups: Groups, person: Hashes, key: bytes
) -> Truths:
    """Per place, whether its stretch of time and its group are among those its person keeps."""
    called = hashed_groups(groups, key)

    def pair_hashes(items: Ints) -> Hashes:
        pair = person[places.unit[items]] ^ called[places.group[items]]
        return mixed(pair ^ _salt(key, b"groups"))

    if query.period is None:
        return least_of_each(places.unit, pair_hashes, query.groups_per_period)
    moment = query.by.index(query.period.column)
    texts = np.array([keys[moment] for keys in groups.keys], dtype=object)
    stretches, stretch = np.unique(texts, return_inverse=True)
    part, cells = compacted(
        places.unit * len(stretches) + stretch[places.group],
        (int(places.unit.max(initial=0)) + 1) * max(len(stretches), 1),
    )
    part_unit, part_stretch = np.divmod(cells, max(len(stretches), 1))
    named = hashed_texts(stretches, key)

    def part_hashes(items: Ints) -> Hashes:
        pair = person[part_unit[items]] ^ named[part_stretch[items]]
        return mixed(pair ^ _salt(key, b"periods"))

    is_in_time = least_of_each(part_unit, part_hashes, query.period.most)[part]
    return is_in_time & least_of_each(part, pair_hashes, query.groups_per_period)


def _row_hashes(table: Rows, query: Query, rows: Ints, person: Hashes, key: bytes) -> Hashes:
    """Per row a hash of its person and of the values that are computed with."""
    hashes = person
    for column in _columns_computed_with(query):
        hashes = mixed(hashes + hashed_numbers(table.numbers(column), rows, key))
    return mixed(hashes ^ _salt(key, b"rows"))


def _columns_computed_with(query: Query) -> tuple[ColumnName, ...]:
    return tuple(sorted({s.column for s in query.statistics if s.column}))


def _distinct(codes: npt.NDArray[np.int32], possible: int) -> int:
    occurs = np.zeros(possible, dtype=np.bool_)
    occurs[codes] = True
    return int(occurs.sum())


def _salt(key: bytes, use: bytes) -> np.uint64:
    """A secret number for one use of the workspace's key."""
    digest = hashlib.blake2b(key, person=use, digest_size=8).digest()
    return np.uint64(int.from_bytes(digest, "big"))
