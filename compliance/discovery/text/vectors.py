"""What company words keep: vectors of common English words, each stored in 25 bytes.

A vector of 100 numbers is cut into parts of four; of each part only the number of the nearest of
256 centres is kept (product quantisation: Jégou, Douze and Schmid 2011, doi:10.1109/TPAMI.2010.57).
Words stand there as hashes. Where the vectors come from stands in tagger.md.
"""

from __future__ import annotations

import functools
import importlib.resources
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from compliance.discovery.text.lexicon import word_hash

_FILE = "vectors.npz"

Floats = NDArray[np.float32]


def vectors(words: Sequence[str]) -> tuple[Floats, NDArray[np.bool_]]:
    """The vector of each of `words`, written small, and whether it has one: zeros where not."""
    keys, codes, centres = _table()
    hashes = np.array([word_hash(word) for word in words], dtype=np.uint32)
    places = np.minimum(np.searchsorted(keys, hashes), len(keys) - 1)
    is_known = keys[places] == hashes
    parts = centres[np.arange(centres.shape[0]), codes[places]]
    found: Floats = parts.reshape(len(hashes), -1) * is_known[:, None]
    return found, is_known


@functools.cache
def _table() -> tuple[NDArray[np.uint32], NDArray[np.uint8], Floats]:
    file = importlib.resources.files(__package__) / _FILE
    with file.open("rb") as opened, np.load(opened, allow_pickle=False) as stored:
        return stored["keys"], stored["codes"], stored["centres"].astype(np.float32)
