"""Which rows count: every person limited to so many groups and so many rows in each.

Which of a person's stretches of time, groups and rows are kept is decided by a keyed hash of
their content, so nobody's selection depends on anybody else's rows, nor on the order of the
table. That is what makes the limits sensitivities: adding or removing one person changes only
that person's rows.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from compliance.dataset.nouns import Column
from compliance.privacy.conditions import matching
from compliance.privacy.grouping import Groups, coarse_codes, groups_of, hashed_groups
from compliance.privacy.nouns import Dropped
from compliance.privacy.nouns.question import Query
from compliance.privacy.rows import Hashes, Ints, Rows, hashed, hashed_texts, mixed

_Truths = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounded:
    """The rows that count.

    Attributes:
        rows: their positions in the table.
        groups: per such row, the number of its group.
        is_first_of_unit: per such row, whether it is the first that its person has in its group.
        keys: per group, one text per column of `by`.
        dropped: what does not count.
    """

    rows: Ints
    groups: Ints
    is_first_of_unit: _Truths
    keys: tuple[tuple[str, ...], ...]
    dropped: Dropped


@dataclass(frozen=True, slots=True, kw_only=True)
class _Order:
    """Rows sorted by person, stretch of time, group; and where each of these begins."""

    order: Ints
    starts_unit: _Truths
    starts_period: _Truths
    starts_group: _Truths


def bound(table: Rows, query: Query, columns: Sequence[Column], key: bytes) -> Bounded:
    """The rows of `table` that count under the bounds of `query`.

    Rows that name no person never count, nor with a period those without a moment. With public
    keys only rows of those groups do, and all those groups are there, empty or not; otherwise
    the groups are the ones seen.

    Args:
        key: secret of the workspace; decides which of a person's rows are kept.
    """
    units = table.codes(query.unit).codes
    counted = matching(table, query.where, columns)
    groups = groups_of(table, query)
    without_unit = int((counted & (units < 0)).sum())
    counts = counted & (units >= 0) & (groups.numbers >= 0)
    if query.period:
        counts &= table.codes(query.period.column).codes >= 0
    rows = np.flatnonzero(counts)
    found = _ordered(table, query, rows, groups, key)
    kept = _within_bounds(query, found)
    lost = rows[found.order[~kept]]
    dropped = Dropped(
        rows=len(lost) + without_unit,
        units=len(np.unique(units[lost])),
        rows_without_unit=without_unit,
    )
    chosen = rows[found.order[kept]]
    return Bounded(
        rows=chosen,
        groups=groups.numbers[chosen],
        is_first_of_unit=found.starts_group[kept],
        keys=groups.keys,
        dropped=dropped,
    )


def _ordered(table: Rows, query: Query, rows: Ints, groups: Groups, key: bytes) -> _Order:
    """`rows` by person, stretch of time, group and row, the last three in an order of chance."""
    units = table.codes(query.unit)
    unit, group = units.codes[rows], groups.numbers[rows]
    person = hashed(units, key)[unit]
    pair = mixed(person ^ hashed_groups(groups, key)[group] ^ _salt(key, b"groups"))
    row = mixed(_row_hashes(table, query, rows, person, key) ^ _salt(key, b"rows"))
    stretch = np.zeros(len(rows), dtype=np.int32)
    keys: tuple[npt.NDArray[np.generic], ...] = (row, group, pair)
    if query.period:
        codes, texts = coarse_codes(
            table.codes(query.period.column), query.coarse[query.period.column]
        )
        stretch = codes[rows]
        hashes = hashed_texts(np.array(texts, dtype=object), key)
        keys += (stretch, mixed(person ^ hashes[stretch] ^ _salt(key, b"periods")))
    order = np.lexsort((*keys, unit))
    starts_unit = starts(unit[order])
    starts_period = starts_unit | starts(stretch[order])
    return _Order(
        order=order,
        starts_unit=starts_unit,
        starts_period=starts_period,
        starts_group=starts_period | starts(group[order]),
    )


def _row_hashes(table: Rows, query: Query, rows: Ints, person: Hashes, key: bytes) -> Hashes:
    """Per row a hash of its person and of the values that are computed with."""
    hashes = person
    for column in dict.fromkeys(s.column for s in query.statistics if s.column):
        values = table.codes(column)
        hashes = mixed(hashes + hashed(values, key)[values.codes[rows]])
    return hashes


def _within_bounds(query: Query, found: _Order) -> _Truths:
    """Whether a row's stretch, group and place in the group are among the first so many."""
    if not len(found.order):
        return np.zeros(0, dtype=np.bool_)
    most = query.period.most if query.period else 1
    kept = _rank(found.starts_period, found.starts_unit) < most
    kept &= _rank(found.starts_group, found.starts_period) < query.groups_per_period
    first_row = np.flatnonzero(found.starts_group)
    place = np.arange(len(kept)) - first_row[np.cumsum(found.starts_group) - 1]
    kept &= place < query.max_rows_per_group
    return kept


def _rank(starts: _Truths, starts_outer: _Truths) -> Ints:
    """Per row, which part of its whole it is in, from 0: parts begin at `starts`."""
    number = np.cumsum(starts) - 1
    return np.asarray(number - number[starts_outer][np.cumsum(starts_outer) - 1])


def starts(values: npt.NDArray[np.generic]) -> _Truths:
    """Where a value differs from the one before."""
    starts = np.ones(len(values), dtype=np.bool_)
    starts[1:] = values[1:] != values[:-1]
    return starts


def _salt(key: bytes, use: bytes) -> np.uint64:
    """A secret number for one use of the workspace's key."""
    digest = hashlib.blake2b(key, person=use, digest_size=8).digest()
    return np.uint64(int.from_bytes(digest, "big"))
