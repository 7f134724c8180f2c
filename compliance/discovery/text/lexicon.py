"""What is known of single words, without the words: a table under 32-bit hashes.

Of a word it says how common it is as a given name, as a family name and as the name of a place,
how common it is in English, how often it is written with a capital there and which words it is used
like, and how common it is in German and in Romance languages; then in which of 64, 512 and 2,048
clusters of words in like company it is, and how many in a hundred of its fellows there are names.
Where the figures come from stands in tagger.md.
"""

from __future__ import annotations

import functools
import importlib.resources
import zlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

FIELDS = (
    *("given", "family", "place", "frequency", "capital", "cluster", "german", "romance"),
    *("company64", "company512", "company2048", "like_names"),
)
_FILE = "lexicon.npz"

Numbers = NDArray[np.uint32]


def word_hash(word: str) -> int:
    """CRC-32 of the word: stable, and quick to compute."""
    return zlib.crc32(word.encode("utf-8", "replace"))


def known(words: Sequence[str]) -> Numbers:
    """One row per word, one column per name of `FIELDS`; zeros where nothing is known."""
    keys, rows = _table()
    hashes = np.array([word_hash(word) for word in words], dtype=np.uint32)
    places = np.minimum(np.searchsorted(keys, hashes), len(keys) - 1)
    found: Numbers = np.where((keys[places] == hashes)[:, None], rows[places], 0)
    return found.astype(np.uint32)


@functools.cache
def _table() -> tuple[Numbers, Numbers]:
    file = importlib.resources.files(__package__) / _FILE
    with file.open("rb") as opened, np.load(opened, allow_pickle=False) as stored:
        return stored["keys"], stored["rows"]
