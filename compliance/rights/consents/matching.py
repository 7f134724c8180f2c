"""What is known of people, looked up for the values of a column by keyed hashes.

What is known is a number per hash, and the largest that any of a person's hashes has is the
person's: so a withdrawal by e-mail reaches rows that hold a customer number only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Scores = npt.NDArray[np.int64]

UNKNOWN = -1


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Lookup:
    """Numbers by hash.

    Attributes:
        people: the hashes, each once.
        scores: a number of 0 or more for each.
    """

    people: pa.Array
    scores: Scores

    def of(self, hashes: pa.Array) -> Scores:
        """The number of each hash; `UNKNOWN` where there is none."""
        if not len(self.people) or not len(hashes):
            return np.full(len(hashes), UNKNOWN, dtype=np.int64)
        at = pc.index_in(hashes, value_set=self.people, skip_nulls=True)
        place = at.fill_null(UNKNOWN).to_numpy(zero_copy_only=False)
        return np.where(place < 0, UNKNOWN, self.scores[place])


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pairs:
    """Two hashes of one person each: a key, and what that person is reached at."""

    keys: pa.Array
    contacts: pa.Array

    def turned(self) -> Pairs:
        """The same, looked up the other way round."""
        return Pairs(keys=self.contacts, contacts=self.keys)


def scores(known: Lookup, hashes: pa.Array, pairs: Sequence[Pairs] = ()) -> Scores:
    """The number of each value whose hash is given, by itself and by what it is paired with.

    Args:
        pairs: those whose `keys` are hashes of the same kind as `hashes`.
    """
    found = known.of(hashes)
    for pair in pairs:
        beside = known.of(pair.contacts)
        hit = beside > UNKNOWN
        if not hit.any():
            continue
        at = pc.index_in(pair.keys.filter(pa.array(hit)), value_set=hashes, skip_nulls=True)
        place = at.fill_null(UNKNOWN).to_numpy(zero_copy_only=False)
        here = place >= 0
        np.maximum.at(found, place[here], beside[hit][here])
    return found


def renamed(people: pa.Array, known: pa.Array, pairs: Pairs) -> pa.Array:
    """`people` by the hash under which they are known, where they are known by another one."""
    found = people
    for pair in (pairs, pairs.turned()):
        leads = pc.and_(
            pc.is_in(pair.contacts, value_set=known, skip_nulls=True),
            pc.invert(pc.is_in(pair.keys, value_set=known, skip_nulls=True)),
        )
        at = pc.index_in(found, value_set=pair.keys.filter(leads), skip_nulls=True)
        found = pc.coalesce(pair.contacts.filter(leads).take(at), found)
    return found
