"""How lots are drawn: which of a person's groups and rows count where there are too many.

Lots are hashes under a key. Each is of what the thing itself holds and of its person, so nobody's
lot depends on anybody else. Any such hash gives the limits; these are made for speed in memory.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import cached_property
from typing import Protocol

import numpy as np
import numpy.typing as npt

from compliance.dataset.nouns import ColumnName
from compliance.privacy.choosing import Hashes, Ints
from compliance.privacy.grouping import Groups, hashed_groups
from compliance.privacy.nouns.question import Query
from compliance.privacy.rows import Rows, hashed, hashed_numbers, hashed_texts, mixed

Stretches = npt.NDArray[np.object_]


class Lots(Protocol):
    """The lots of one question; the least ones count."""

    def of_places(self, unit: Ints, group: Ints) -> Hashes:
        """Per person and group, the lot of that group among the person's."""
        ...

    def of_stretches(self, unit: Ints, stretch: Ints) -> Hashes:
        """Per person and stretch of time, the lot of that stretch among the person's."""
        ...

    def of_rows(self, rows: Ints, unit: Ints) -> Hashes:
        """Per row, its lot among those of its person in one group; alike ones have the same."""
        ...


# Whoever draws knows the rows, the question, its groups and its stretches of time, and the key.
Drawing = Callable[[Rows, Query, Groups, Stretches, bytes], Lots]


class OwnLots:
    """Lots of 64 bits, by a few steps over whole columns."""

    def __init__(
        self, table: Rows, query: Query, groups: Groups, stretches: Stretches, key: bytes
    ) -> None:
        self._table, self._query, self._groups = table, query, groups
        self._stretches, self._key = stretches, key
        self._person = hashed(table.codes(query.unit), key)

    @cached_property
    def _called(self) -> Hashes:
        return hashed_groups(self._groups, self._key)

    @cached_property
    def _named(self) -> Hashes:
        return hashed_texts(self._stretches, self._key)

    def of_places(self, unit: Ints, group: Ints) -> Hashes:
        return mixed(self._person[unit] ^ self._called[group] ^ self._salt(b"groups"))

    def of_stretches(self, unit: Ints, stretch: Ints) -> Hashes:
        return mixed(self._person[unit] ^ self._named[stretch] ^ self._salt(b"periods"))

    def of_rows(self, rows: Ints, unit: Ints) -> Hashes:
        hashes = self._person[unit]
        for column in columns_computed_with(self._query):
            numbers = self._table.numbers(column)
            hashes = mixed(hashes + hashed_numbers(numbers, rows, self._key))
        return mixed(hashes ^ self._salt(b"rows"))

    def _salt(self, use: bytes) -> np.uint64:
        """A secret number for one use of the workspace's key."""
        digest = hashlib.blake2b(self._key, person=use, digest_size=8).digest()
        return np.uint64(int.from_bytes(digest, "big"))


def columns_computed_with(query: Query) -> tuple[ColumnName, ...]:
    """The columns whose values reach a statistic; rows that agree in them are alike."""
    return tuple(sorted({s.column for s in query.statistics if s.column}))
