"""Whole columns drawn at once: patterns filled, words picked, parts joined."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Positions = npt.NDArray[np.intp]

# What stands for what in a pattern. Letters are those of the last part of a British postcode.
_BLANKS = {"#": "0123456789", "^": "123456789", "@": "ABDEFGHJLNPQRSTUWXYZ"}
_SLOT = re.compile(r"\{(\w+)\}")


def filled(patterns: Sequence[str], which: Positions, generator: np.random.Generator) -> pa.Array:
    """Per row the pattern that `which` names, with its blanks filled: # digit, ^ 1–9, @ letter."""
    width = max(map(len, patterns))
    letters = np.array(patterns, dtype=f"U{width}")[which].view("U1").reshape(-1, width)
    for sign, choices in _BLANKS.items():
        blanks = letters == sign
        letters[blanks] = generator.choice(list(choices), int(blanks.sum()))
    return pa.array(letters.view(f"U{width}").ravel())


def picked(words: Sequence[str], count: int, generator: np.random.Generator) -> pa.Array:
    """`count` of the words, each as likely as the others."""
    return words_at(words, generator.integers(len(words), size=count))


def words_at(words: Sequence[str], which: Positions) -> pa.Array:
    """Per row the word that `which` names."""
    return pa.array(list(words), pa.string()).take(pa.array(which))


def joined(pattern: str, **parts: pa.Array) -> pa.Array:
    """Per row `pattern` with the parts in place of their names in braces."""
    pieces = _SLOT.split(pattern)
    columns = [parts[piece] if i % 2 else piece for i, piece in enumerate(pieces)]
    return pc.binary_join_element_wise(*columns, "")


def drawn_by(
    group: Positions, weights: Sequence[Sequence[float]], generator: np.random.Generator
) -> Positions:
    """Per row a position, drawn by the row of `weights` that its group names."""
    sums = np.cumsum(np.asarray(weights, dtype=np.float64), axis=1)
    marks = generator.random(len(group)) * sums[group, -1]
    return np.asarray((marks[:, None] >= sums[group, :-1]).sum(axis=1), dtype=np.intp)


def texts(numbers: npt.NDArray[np.int64], width: int = 0) -> pa.Array:
    """Whole numbers as texts, with leading zeros up to `width`."""
    return pc.utf8_lpad(pa.array(numbers).cast(pa.string()), width, "0")
