"""Which distinct values of a column are looked at: a stratified sample, the same each time."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from compliance.dataset.table import Codes

SAMPLE = 400
# Upper ends of the classes of lengths in characters, and of rows per value.
_LENGTHS = (4, 8, 12, 16, 20, 30, 60)
_ROWS = (1, 9)
_KEY = "privacy desk    "  # seeds the hash; pandas wants sixteen characters


def sampled(codes: Codes) -> npt.NDArray[np.generic]:
    """Up to `SAMPLE` distinct values of a column, each stratum in proportion to its size.

    Strata are lengths, whether digits, letters and “@” stand in a value, and on how many rows it
    stands. Within a stratum a keyed hash of the value decides, so neither the order of rows nor
    chance plays a part. Every value has the same chance, up to rounding: a share of the sample
    estimates the share of all.

    Source: systematic sampling from an ordered list, Cochran 1977, Sampling Techniques, chapter 8.
    """
    labels = codes.labels
    if not len(labels):
        return labels
    order = np.argsort(_keys(codes), kind="stable")
    if len(labels) > SAMPLE:
        order = order[((np.arange(SAMPLE) + 0.5) * (len(labels) / SAMPLE)).astype(np.int64)]
        order = order[np.argsort(hashes_of(labels[order]), kind="stable")]
    return labels[order]


def rows_of(codes: Codes) -> npt.NDArray[np.int64]:
    """On how many rows each distinct value stands."""
    return np.bincount(codes.codes[codes.codes >= 0], minlength=len(codes.labels))


def hashes_of(labels: npt.NDArray[np.generic]) -> npt.NDArray[np.uint64]:
    """A keyed hash of each value; the same in every run."""
    from pandas.util import hash_array  # pandas is slow to load; most commands do without

    return hash_array(labels, hash_key=_KEY, categorize=False)


def _keys(codes: Codes) -> npt.NDArray[np.uint64]:
    """By which values are ordered: their stratum in the highest byte, then their hash."""
    hashes = hashes_of(codes.labels)
    if len(codes.labels) <= SAMPLE:
        return hashes
    strata = _strata(codes).astype(np.uint64)
    return (strata << np.uint64(56)) | (hashes >> np.uint64(8))


def _strata(codes: Codes) -> npt.NDArray[np.int64]:
    labels = codes.labels
    often: npt.NDArray[np.int64] = np.digitize(rows_of(codes), _ROWS, right=True)
    if labels.dtype.kind != "O":
        return often + 3 * _magnitudes(labels)
    texts = pa.array(labels, type=pa.string(), from_pandas=False)
    length = np.digitize(pc.utf8_length(texts).to_numpy(), _LENGTHS, right=True)
    signs = [_has(texts, sign) for sign in (r"[0-9]", r"\pL", "@")]
    held = signs[0] + 2 * signs[1] + 4 * (signs[2] & signs[1])
    strata: npt.NDArray[np.int64] = often + 3 * (length + 8 * held)
    return strata


def _has(texts: pa.StringArray, sign: str) -> npt.NDArray[np.int64]:
    found = pc.match_substring_regex(texts, sign).to_numpy(zero_copy_only=False)
    return np.asarray(found).astype(np.int64)


def _magnitudes(labels: npt.NDArray[np.generic]) -> npt.NDArray[np.int64]:
    """Orders of magnitude of numbers; the same for all dates and truth values."""
    if labels.dtype.kind not in "iuf":
        return np.zeros(len(labels), dtype=np.int64)
    size: npt.NDArray[np.float64] = np.abs(labels.astype(np.float64))
    orders = np.clip(np.log10(np.where(size > 1, size, 1)), 0, 20)
    return orders.astype(np.int64)
