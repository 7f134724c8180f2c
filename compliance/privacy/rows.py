"""The rows that a query asks about: of one stored table, or with other tables of the same people.

What a joined table adds to a row depends on that row's person and on that person's rows over
there, and on nothing else. So adding or removing a person, with all rows in all tables, changes
only that person's rows, and bounding limits them as it does without a join.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Protocol

import numpy as np
import numpy.typing as npt

from compliance.dataset.nouns import Column, ColumnName
from compliance.dataset.table import Codes, Numbers
from compliance.privacy.choosing import Hashes, Ints, least_of_each
from compliance.privacy.nouns.question import Query

_NO_VALUE = np.uint64(0x9E3779B97F4A7C15)  # stands for a missing value when hashed


class Rows(Protocol):
    """A table as far as a query looks at it: see `compliance.dataset.Table`."""

    @property
    def rows(self) -> int: ...
    def codes(self, column: ColumnName) -> Codes: ...
    def numbers(self, column: ColumnName) -> Numbers: ...


def joined_columns(name: str, columns: Sequence[Column]) -> tuple[Column, ...]:
    """The columns of dataset `name` under the names by which a query asks for them."""
    return tuple(replace(c, name=ColumnName(f"{name}.{c.name}")) for c in columns)


def joined(table: Rows, query: Query, others: Mapping[str, Rows], key: bytes) -> Rows:
    """`table` with the columns of the datasets that `query` joins.

    Args:
        others: the joined tables by the name of their dataset.
        key: secret of the workspace; decides which of a person's values over there counts.
    """
    return _Joined(table, query, others, key) if query.join else table


class _Joined:
    """A table beside others of the same people; what is looked up is kept."""

    def __init__(self, table: Rows, query: Query, others: Mapping[str, Rows], key: bytes) -> None:
        self._table, self._query, self._others, self._key = table, query, others, key
        self._codes: dict[ColumnName, Codes] = {}

    @property
    def rows(self) -> int:
        return self._table.rows

    def codes(self, column: ColumnName) -> Codes:
        for join in self._query.join:
            prefix = f"{join.dataset}."
            if column.startswith(prefix):
                if column not in self._codes:
                    there = ColumnName(column.removeprefix(prefix))
                    self._codes[column] = self._looked_up(join.dataset, join.unit, there)
                return self._codes[column]
        return self._table.codes(column)

    def numbers(self, column: ColumnName) -> Numbers:
        if not any(column.startswith(f"{join.dataset}.") for join in self._query.join):
            return self._table.numbers(column)
        coded = self.codes(column)
        is_float = coded.labels.dtype.kind == "f"
        labels = coded.labels.astype(np.float64 if is_float else np.int64)
        return Numbers(values=np.append(labels, 0)[coded.codes], present=coded.codes >= 0)

    def _looked_up(self, dataset: str, on: ColumnName, column: ColumnName) -> Codes:
        other = self._others[dataset]
        people, values = other.codes(on), other.codes(column)
        value_of = _one_each(people, values, self._key)
        here = self._table.codes(self._query.unit)
        # Person code −1 (no person) and people who are not over there find the last, −1.
        found = np.append(value_of, np.int32(-1))[_same(here, people)]
        return Codes(codes=np.append(found, np.int32(-1))[here.codes], labels=values.labels)


def hashed(codes: Codes, key: bytes) -> Hashes:
    """A keyed hash per label, and last one for “no value”, which code −1 picks."""
    labels = codes.labels
    if labels.dtype.kind in "OUT":
        hashes = hashed_texts(labels.astype(object), key)
    elif labels.dtype.kind == "b":
        hashes = labels.astype(np.uint64)
    else:
        # Adding 0 makes the two zeros of floating-point numbers one.
        hashes = (labels + 0 if labels.dtype.kind == "f" else labels).view(np.uint64)
    return mixed(np.append(hashes, _NO_VALUE) ^ _salt(key))


def hashed_numbers(numbers: Numbers, rows: Ints, key: bytes) -> Hashes:
    """A keyed hash per row of `rows`, of its number alone."""
    values = numbers.values[rows] + 0  # makes the two zeros of floating-point numbers one
    bits = np.where(numbers.present[rows], values.view(np.uint64), _NO_VALUE)
    return mixed(bits ^ _salt(key))


def hashed_texts(texts: npt.NDArray[np.object_], key: bytes) -> Hashes:
    """A keyed hash per text."""
    from pandas.util import hash_array  # pandas is slow to load; most commands do without

    text_key = hashlib.blake2b(key, digest_size=8).hexdigest()
    return np.asarray(hash_array(texts, hash_key=text_key, categorize=False), dtype=np.uint64)


def mixed(values: Hashes) -> Hashes:
    """Every bit of each value spread over all 64 (the finaliser of SplitMix64, Steele 2014)."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


def _salt(key: bytes) -> np.uint64:
    return np.uint64(int.from_bytes(hashlib.blake2b(key, digest_size=8).digest(), "big"))


def _one_each(people: Codes, values: Codes, key: bytes) -> npt.NDArray[np.int32]:
    """Per person over there, the code of one of their values: the one of the least keyed hash.

    The hash is of person and value: of the value alone, the same ones would win for everybody.
    """
    rows = np.flatnonzero((people.codes >= 0) & (values.codes >= 0))
    person, value = people.codes[rows], values.codes[rows]
    here, own = hashed(people, key), hashed(values, key)
    is_one = least_of_each(person, lambda i: mixed(here[person[i]] ^ own[value[i]]), 1)
    chosen = np.full(len(people.labels), -1, dtype=np.int32)
    chosen[person[is_one]] = value[is_one]
    return chosen


def _same(here: Codes, there: Codes) -> Ints:
    """Per person of one table, that person's code in the other; −1 where there is none."""
    from pandas import Index  # slow to load; only joins need it

    one, other = here.labels, there.labels
    if one.dtype.kind != other.dtype.kind:
        one, other = (np.array(codes.texts(), dtype=object) for codes in (here, there))
    return np.asarray(Index(other).get_indexer(Index(one)), dtype=np.int64)
