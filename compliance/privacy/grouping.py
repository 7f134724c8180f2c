"""The groups of a query: which group each row belongs to, and what the groups are called."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import product

import numpy as np
import numpy.typing as npt

from compliance.dataset.table import NO_VALUE, Codes
from compliance.privacy.choosing import Hashes, Ints, compacted
from compliance.privacy.nouns.question import Coarsening, Per, Query
from compliance.privacy.rows import Rows, hashed_texts, mixed
from compliance.privacy.statistics import bars


@dataclass(frozen=True, slots=True, kw_only=True)
class Groups:
    """Who belongs where.

    Attributes:
        numbers: per row the number of its group; -1 for none that may be published.
        keys: per group, one text per column of `by`.
    """

    numbers: Ints
    keys: tuple[tuple[str, ...], ...]


def groups_of(table: Rows, query: Query) -> Groups:
    """The groups of `query`: with public keys all of them, empty or not; else those seen."""
    if not query.by:
        return Groups(numbers=np.zeros(table.rows, dtype=np.int64), keys=((),))
    coded = [
        _keyed(*coarse_codes(table.codes(c), query.coarse.get(c)), query.public_keys.get(c))
        for c in query.by
    ]
    if query.has_public_keys:
        return _all_groups(coded)
    numbers, is_inside = np.zeros(table.rows, dtype=np.int64), np.ones(table.rows, dtype=np.bool_)
    keys: list[tuple[str, ...]] = [()]
    for codes, texts in coded:
        is_inside &= codes >= 0
        numbers = np.where(is_inside, numbers * len(texts) + codes, 0)
        # Compact after every column, so that the numbers of many columns stay small.
        compact, seen = compacted(numbers[is_inside], len(keys) * len(texts))
        numbers[is_inside] = compact
        keys = [(*keys[n // len(texts)], texts[n % len(texts)]) for n in seen.tolist()]
    numbers[~is_inside] = -1
    return Groups(numbers=numbers, keys=tuple(keys))


def _all_groups(coded: Sequence[tuple[Ints, list[str]]]) -> Groups:
    """The groups of typed keys, seen or not."""
    numbers = coded[0][0]
    for codes, texts in coded[1:]:
        numbers = np.where((numbers < 0) | (codes < 0), -1, numbers * len(texts) + codes)
    return Groups(numbers=numbers, keys=tuple(product(*(texts for _, texts in coded))))


def hashed_groups(groups: Groups, key: bytes) -> Hashes:
    """A keyed hash per group, of what it is called: the same whatever else is in the table."""
    # As Python writes tuples, no two are alike; keys just joined could be.
    called = np.array([str(keys) for keys in groups.keys], dtype=object)
    return mixed(hashed_texts(called, key))


def coarse_codes(codes: Codes, how: Coarsening | None) -> tuple[npt.NDArray[np.int32], list[str]]:
    """A column's codes and what they are called, after its values became fewer groups."""
    if how is None:
        return codes.codes, codes.texts()
    if how.per:
        numbers, texts = _by_calendar(codes.labels, how.per)
    else:
        numbers, texts = bars_of(codes.labels.astype(np.float64), how.edges), list(bars(how.edges))
    return np.append(numbers, -1).astype(np.int32)[codes.codes], texts


def public_codes(codes: npt.NDArray[np.int32], texts: list[str], public: tuple[str, ...]) -> Ints:
    """Per row the position of its value among the keys; -1 where it is none of them."""
    position = {text: i for i, text in enumerate(public)}
    lookup = np.array([*(position.get(text, -1) for text in texts), position.get(NO_VALUE, -1)])
    return lookup[codes].astype(np.int64, copy=False)


def bars_of(values: npt.NDArray[np.generic], edges: Sequence[Decimal]) -> Ints:
    """Per value the number of its bar, from 0; what lies outside belongs to the outer ones."""
    inner = np.array([float(edge) for edge in edges[1:-1]])
    return np.searchsorted(inner, values, side="right").astype(np.int64, copy=False)


def _by_calendar(labels: npt.NDArray[np.generic], per: Per) -> tuple[Ints, list[str]]:
    months = labels.astype("datetime64[M]")
    if per is Per.DAY:
        found = labels.astype("datetime64[D]")
    elif per is Per.YEAR:
        found = labels.astype("datetime64[Y]")
    else:
        found = months
    if per is Per.QUARTER:
        quarters, numbers = np.unique(months.astype(np.int64) // 3, return_inverse=True)
        texts = [f"{1970 + quarter // 4}-Q{quarter % 4 + 1}" for quarter in quarters.tolist()]
        return numbers.astype(np.int64), texts
    stretches, numbers = np.unique(found, return_inverse=True)
    return numbers.astype(np.int64), [str(stretch) for stretch in stretches]


def _keyed(
    codes: npt.NDArray[np.int32], texts: list[str], public: tuple[str, ...] | None
) -> tuple[Ints, list[str]]:
    """A column's codes and texts: the typed keys only, or all values and one for “no value”.

    Values that are written alike are one group, or a table of groups would name it twice.
    """
    keys = dict.fromkeys((*texts, NO_VALUE)) if public is None else public
    return public_codes(codes, texts, tuple(keys)), list(keys)
