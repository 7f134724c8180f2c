"""Which rows count: every person limited to so many groups and so many rows in each.

Which of a person's groups and rows are kept is decided by a keyed hash of their content, so
nobody's selection depends on anybody else's rows, nor on the order of the table. That is what
makes the limits sensitivities: adding or removing one person changes only that person's rows.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
import numpy.typing as npt

from compliance.dataset.nouns import Column
from compliance.dataset.table import NO_VALUE, Codes, Table
from compliance.privacy.conditions import matching
from compliance.privacy.nouns import Dropped, Query

_Ints = npt.NDArray[np.int64]
_Hashes = npt.NDArray[np.uint64]


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

    rows: _Ints
    groups: _Ints
    is_first_of_unit: npt.NDArray[np.bool_]
    keys: tuple[tuple[str, ...], ...]
    dropped: Dropped


def bound(table: Table, query: Query, columns: Sequence[Column], key: bytes) -> Bounded:
    """The rows of `table` that count under the bounds of `query`.

    Rows that name no person never count. With public keys only rows of those groups do, and
    all those groups are there, empty or not; otherwise the groups are the ones seen.

    Args:
        key: secret of the workspace; decides which of a person's rows are kept.
    """
    units = table.codes(query.unit)
    counted = matching(table, query.where, columns)
    groups, keys = _groups(table, query)
    without_unit = int((counted & (units.codes < 0)).sum())
    rows = np.flatnonzero(counted & (units.codes >= 0) & (groups >= 0))
    order, starts_pair, starts_unit = _ordered(table, query, rows, groups, key)
    kept = _within_bounds(query, starts_pair, starts_unit)
    lost = rows[order[~kept]]
    dropped = Dropped(
        rows=len(lost) + without_unit,
        units=len(np.unique(units.codes[lost])),
        rows_without_unit=without_unit,
    )
    chosen = rows[order[kept]]
    return Bounded(
        rows=chosen,
        groups=groups[chosen],
        is_first_of_unit=starts_pair[kept],
        keys=keys,
        dropped=dropped,
    )


def _groups(table: Table, query: Query) -> tuple[_Ints, tuple[tuple[str, ...], ...]]:
    """Per row the number of its group (-1: none that may be published), and the groups' keys."""
    if not query.by:
        return np.zeros(table.rows, dtype=np.int64), ((),)
    coded = [_keyed(table.codes(c), query.public_keys.get(c)) for c in query.by]
    numbers = np.zeros(table.rows, dtype=np.int64)
    outside = np.zeros(table.rows, dtype=np.bool_)
    for codes, texts in coded:
        if numbers.max(initial=0) >= 2**62 // (len(texts) + 1):
            numbers = np.unique(numbers, return_inverse=True)[1]
        numbers = numbers * len(texts) + codes
        outside |= codes < 0
    if query.has_public_keys:
        numbers[outside] = -1
        return numbers, tuple(product(*(texts for _, texts in coded)))
    inside = np.flatnonzero(~outside)
    _, first, compact = np.unique(numbers[inside], return_index=True, return_inverse=True)
    numbers[outside] = -1
    numbers[inside] = compact
    keys = [[texts[code] for code in codes[inside[first]]] for codes, texts in coded]
    return numbers, tuple(zip(*keys, strict=True))


def _keyed(codes: Codes, public: tuple[str, ...] | None) -> tuple[_Ints, list[str]]:
    """A column's codes and texts: the typed keys only, or all values and one for “no value”."""
    texts = codes.texts()
    if public is None:
        values = codes.codes.astype(np.int64)
        values[values < 0] = len(texts)
        return values, [*texts, NO_VALUE]
    position = {text: i for i, text in enumerate(public)}
    lookup = np.array([*(position.get(text, -1) for text in texts), position.get(NO_VALUE, -1)])
    return lookup[codes.codes].astype(np.int64), list(public)


def _ordered(
    table: Table, query: Query, rows: _Ints, groups: _Ints, key: bytes
) -> tuple[_Ints, npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """An order of `rows` by person, then group, then row; and where pairs and persons begin."""
    units = table.codes(query.unit)
    salt = [
        np.uint64(int.from_bytes(hashlib.blake2b(key, person=p, digest_size=8).digest(), "big"))
        for p in (b"groups", b"rows")
    ]
    person = _hashes(units, key)[units.codes[rows]]
    group_hash = np.zeros(len(rows), dtype=np.uint64)
    for position, column in enumerate(query.by):
        values = table.codes(column)
        group_hash = _mixed(
            group_hash + _hashes(values, key)[values.codes[rows]] + np.uint64(position)
        )
    row_hash = person
    for column in dict.fromkeys(s.column for s in query.statistics if s.column):
        values = table.codes(column)
        row_hash = _mixed(row_hash + _hashes(values, key)[values.codes[rows]])
    pair_hash = _mixed(person ^ group_hash ^ salt[0])
    order = np.lexsort((_mixed(row_hash ^ salt[1]), groups[rows], pair_hash, units.codes[rows]))
    ordered_units, ordered_groups = units.codes[rows][order], groups[rows][order]
    starts_unit = np.ones(len(rows), dtype=np.bool_)
    starts_unit[1:] = ordered_units[1:] != ordered_units[:-1]
    starts_pair = starts_unit.copy()
    starts_pair[1:] |= ordered_groups[1:] != ordered_groups[:-1]
    return order, starts_pair, starts_unit


def _within_bounds(
    query: Query, starts_pair: npt.NDArray[np.bool_], starts_unit: npt.NDArray[np.bool_]
) -> npt.NDArray[np.bool_]:
    pair = np.cumsum(starts_pair) - 1
    unit = np.cumsum(starts_unit) - 1
    group_rank = pair - pair[starts_unit][unit] if len(pair) else pair
    first_row = np.flatnonzero(starts_pair)
    row_rank = np.arange(len(pair)) - first_row[pair] if len(pair) else pair
    return (group_rank < query.groups_per_unit) & (row_rank < query.max_rows_per_group)


def _hashes(codes: Codes, key: bytes) -> _Hashes:
    """A hash per label, and last one for “no value”, which code -1 picks."""
    labels = codes.labels
    if labels.dtype.kind in "OUT":
        from pandas.util import hash_array  # pandas is slow to load; most commands do without

        text_key = hashlib.blake2b(key, digest_size=8).hexdigest()
        hashed = hash_array(labels.astype(object), hash_key=text_key, categorize=False)
    elif labels.dtype.kind == "b":
        hashed = labels.astype(np.uint64)
    else:
        hashed = labels.view(np.uint64) if labels.itemsize == 8 else labels.astype(np.uint64)
    return _mixed(np.append(hashed, np.uint64(0x9E3779B97F4A7C15)))


def _mixed(values: _Hashes) -> _Hashes:
    """Every bit of each value spread over all 64 (the finaliser of SplitMix64, Steele 2014)."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))
