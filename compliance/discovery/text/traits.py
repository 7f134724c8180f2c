"""What the network looks at in a word: its vector, its letters, and what the lexicon knows of it.

Everything is computed once for each different word; no word is kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from compliance.discovery.text.lexicon import FIELDS, known
from compliance.discovery.text.vectors import vectors

LONGEST, KEPT_END = 16, 5
_LETTERS = (
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'-.#@&!?_,:;/()"  # from 2 on
)
_NUMBERS = {letter: number for number, letter in enumerate(_LETTERS, 2)}
ALPHABET = len(_LETTERS) + 2  # 0 is no letter, 1 any other
# The bits of a cluster are its path in a tree: few bits, a wider class.
PATHS = (4, 6, 10)
# Steps of each field of the lexicon that counts in steps.
_STEPS = {"given": 4, "family": 4, "place": 4, "frequency": 6, "capital": 5}
_ABOVE_LETTERS = 0x2000  # signs, emoji and scripts without capitals
_SIGNS = "'-."

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Traits:
    """Of many words: one row each.

    Attributes:
        vectors: their company; zeros where it is not known.
        facts: what the lexicon knows, and how they are written; most are 0 or 1.
        paths: the class of each in clusters of 16, 64 and 1,024.
        letters: numbers of letters, at most `LONGEST`; 0 behind the last.
    """

    vectors: Floats
    facts: Floats
    paths: NDArray[np.int64]
    letters: NDArray[np.int64]


def traits(words: Sequence[str]) -> Traits:
    """What the network looks at in each of `words`; a hashtag counts as its word."""
    bare = [word.casefold().lstrip("#") for word in words]
    rows, cased = known(bare), known(words)
    company, is_known = vectors([word.replace("’", "'") for word in bare])
    plain, is_plain = vectors([word.strip(_SIGNS) for word in bare])
    company = np.where(is_known[:, None], company, plain)
    cluster = FIELDS.index("cluster")
    paths = np.where(cased[:, cluster] > 0, cased[:, cluster], rows[:, cluster]).astype(np.int64)
    facts: list[NDArray[Any]] = [
        *(_in_steps(rows[:, FIELDS.index(name)], steps) for name, steps in _STEPS.items()),
        (rows[:, FIELDS.index("like_names")] / 100)[:, None],
        rows[:, [FIELDS.index("german"), FIELDS.index("romance")]] > 0,
        ~(is_known | is_plain)[:, None],
        np.array([_written(word) for word in words]).reshape(len(words), -1),
    ]
    return Traits(
        vectors=company.astype(np.float32),
        facts=np.hstack(facts).astype(np.float32),
        paths=np.stack([paths & (2**bits - 1) for bits in PATHS], axis=1),
        letters=np.array([_letters(word) for word in words]).reshape(len(words), LONGEST),
    )


def _in_steps(values: NDArray[np.uint32], steps: int) -> Floats:
    found: Floats = np.eye(steps, dtype=np.float32)[np.minimum(values, steps - 1)]
    return found


def _written(word: str) -> tuple[bool, ...]:
    return (
        word[:1].isupper(),
        len(word) > 1 and word.isupper(),
        word.islower(),
        any(c.isdigit() for c in word),
        not any(c.isalnum() for c in word),
        word[:1] == "#",
        word == "@user",
        word == "http",
        len(word) == 1,
        any(c.isupper() for c in word[1:]) and not word.isupper(),
        word in (".", "!", "?"),
        word[:1] > chr(_ABOVE_LETTERS),
    )


def _letters(word: str) -> list[int]:
    """Of a long word the beginning and the end."""
    if len(word) > LONGEST:
        word = word[: LONGEST - KEPT_END] + word[-KEPT_END:]
    return [_NUMBERS.get(letter, 1) for letter in word] + [0] * (LONGEST - len(word))
