"""Keys of rows, people and sites that depend on nothing but their own values.

Who is held out, who is sampled away by a bound, which bucket a category falls into: each is
decided by such a key and a seed. So nothing depends on where a row stands in the file, and one
person's presence changes nothing for anybody else. Keys have 64 bits; two different things share
one with a probability of about n²/2^65 among n.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from compliance.dataset.nouns import ColumnName
from compliance.dataset.table import Codes, Table

KeyArray = npt.NDArray[np.uint64]

# Fixed for ever: another key would put categories into other buckets than a stored run did.
_HASH_KEY = "privacy-desk/v01"
_NOTHING = np.uint64(0x6E6F7468696E6721)
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)


def value_keys(codes: Codes) -> KeyArray:
    """One key per row: the same for the same value, another one where there is none."""
    labels = _hashed(codes.labels)
    return mixed(np.append(labels, _NOTHING)[codes.codes])  # code -1 picks the last one


def label_keys(texts: Sequence[str]) -> KeyArray:
    """One key per text."""
    return _hashed(np.array(texts, dtype=object))


def row_keys(table: Table, columns: Sequence[ColumnName]) -> KeyArray:
    """One key per row, from all its values. Equal rows are told apart by counting them."""
    keys = np.zeros(table.rows, dtype=np.uint64)
    for column in columns:
        keys = mixed(keys ^ value_keys(table.codes(column)))
    return _told_apart(keys)


def mixed(keys: KeyArray) -> KeyArray:
    """`keys`, each bit of which now depends on all bits; no two become equal.

    Source: the finaliser of SplitMix64, Steele et al. 2014, doi:10.1145/2660193.2660195.
    """
    keys = (keys ^ (keys >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    keys = (keys ^ (keys >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return keys ^ (keys >> np.uint64(31))


def salted(keys: KeyArray, salt: int) -> KeyArray:
    """Another set of keys for another purpose; `salt` is below 2^64."""
    return mixed(keys ^ mixed(np.array([salt], dtype=np.uint64) + _GOLDEN))


def run_starts(*columns: npt.NDArray[np.generic]) -> npt.NDArray[np.int64]:
    """Where a new combination of values begins in `columns`, which are sorted together."""
    if not len(columns[0]):
        return np.empty(0, dtype=np.int64)
    differs = np.logical_or.reduce([column[1:] != column[:-1] for column in columns])
    return np.flatnonzero(np.append(True, differs))


def ranks_in_runs(starts: npt.NDArray[np.int64], total: int) -> npt.NDArray[np.int64]:
    """0, 1, 2 … within each run of `total` sorted things."""
    lengths = np.diff(np.append(starts, total))
    return np.arange(total, dtype=np.int64) - np.repeat(starts, lengths)


def _hashed(labels: npt.NDArray[np.generic]) -> KeyArray:
    from pandas.util import hash_array  # pandas is slow to load; most commands do without

    hashed = hash_array(labels, hash_key=_HASH_KEY, categorize=False)
    return np.asarray(hashed, dtype=np.uint64)


def _told_apart(keys: KeyArray) -> KeyArray:
    order = np.argsort(keys, kind="stable")
    ordered = keys[order]
    ranks = ranks_in_runs(run_starts(ordered), len(keys))
    apart = np.empty_like(keys)
    apart[order] = mixed(ordered + ranks.astype(np.uint64) * _GOLDEN)
    return apart
