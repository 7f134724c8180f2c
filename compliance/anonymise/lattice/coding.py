"""Rows as integers in which a coarser level is a mask: `key & mask` is the class of a row.

Each column takes a field of bits, the coarsest level's group first, then which of its parts the
next finer level has, and so on. To generalise is then to blank the lower bits of a field, and two
rows are in one class when their masked keys are equal. Columns that do not fit into 62 bits go on
in a second word.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from compliance.anonymise.nouns import Ladder, Problem
from compliance.anonymise.nouns.problem import Floats, Ints
from compliance.errors import HierarchyError

WORD_BITS = 62

LOOKUP_BITS = 16
"""Fields up to this wide are looked up; wider ones are searched for."""

Words = npt.NDArray[np.int64]
"""Keys: one row per word, a column per class or row of the table."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Field:
    """One column's place in a key. All levels are counted from the lowest that may be used.

    Attributes:
        word, shift: where its lowest bit stands.
        masks: per level, the bits that stay, in place.
        codes: per level, what stands in the field for each group that occurs, ascending and
            shifted down.
        shares: per level, the share of the column's values of each such group (0–1].
        counts: per level, the table's rows in each such group.
        leaves: rows of each leaf, those that occur.
        least: the share of one leaf.
        ranks: per level, the place in `codes` by code; () where the field is too wide.
    """

    word: int
    shift: int
    masks: tuple[int, ...]
    codes: tuple[Ints, ...]
    shares: tuple[Floats, ...]
    counts: tuple[Ints, ...]
    leaves: Ints
    least: float
    ranks: tuple[Ints, ...]

    @property
    def levels(self) -> int:
        """How many levels may be used."""
        return len(self.masks)

    def groups(self, level: int, keys: Words) -> Ints:
        """The place in `codes` of the group of each key, which need not be masked."""
        codes = (keys[self.word] & self.masks[level]) >> self.shift
        if len(self.ranks[level]):
            return np.asarray(self.ranks[level].take(codes))
        return np.asarray(np.searchsorted(self.codes[level], codes))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Coding:
    """A problem's rows as keys.

    Attributes:
        fields: in the order of the problem's columns.
        keys: of the table's rows.
        population: of the population's people, or None.
        bits: column × level × word, the bits that stay.
    """

    fields: tuple[Field, ...]
    keys: Words
    population: Words | None
    bits: Ints

    def masks(self, levels: Sequence[int]) -> Words:
        """The mask of one node, one row per word; levels are counted from the lowest allowed."""
        chosen = self.bits[range(len(levels)), levels]
        return np.asarray(np.bitwise_or.reduce(chosen, axis=0)[:, None])


def coded(problem: Problem) -> Coding:
    """The rows of a problem as keys; the columns with most levels stand lowest.

    Raises:
        HierarchyError: the hierarchy of a single column does not fit into one word.
    """
    paths = [
        _paths(ladder, _occurring(problem, place)) for place, ladder in enumerate(problem.ladders)
    ]
    places = _placed([sum(widths) for _, widths in paths], problem.ladders)
    fields = tuple(
        _field(ladder, *path, *place)
        for ladder, path, place in zip(problem.ladders, paths, places, strict=True)
    )
    words = 1 + max(word for word, _ in places)
    fulls = [path for path, _ in paths]
    return Coding(
        fields=fields,
        keys=_keys(problem.ladders, fulls, places, words),
        population=_keys(problem.population, fulls, places, words) if problem.population else None,
        bits=_bits(fields, words),
    )


def _occurring(problem: Problem, place: int) -> Ints:
    """The leaves of one column that the table or its population holds."""
    ladder = problem.ladders[place]
    seen = np.zeros(len(ladder.maps[0]), dtype=bool)
    seen[ladder.codes] = True
    if problem.population:
        seen[problem.population[place].codes] = True
    return np.flatnonzero(seen)


def _paths(ladder: Ladder, leaves: Ints) -> tuple[Ints, list[int]]:
    """The full code of each leaf (0 where it does not occur), and the bits of each level."""
    code = np.zeros(len(leaves), dtype=np.int64)
    widths: list[int] = []
    for level in range(ladder.highest, ladder.lowest - 1, -1):
        groups = ladder.maps[level][leaves].astype(np.int64)
        # One number per pair, of places so that it stays small: far faster than sorting pairs.
        place = np.unique(code, return_inverse=True)[1].astype(np.int64)
        ends = int(groups.max(initial=0)) + 1
        pairs, inverse = np.unique(place * ends + groups, return_inverse=True)
        starts = np.flatnonzero(np.diff(pairs // ends, prepend=-1))
        rank = np.arange(len(pairs)) - np.repeat(starts, np.diff(starts, append=len(pairs)))
        width = int(rank.max(initial=0)).bit_length()
        code = (code << width) | rank[inverse.ravel()]
        widths.insert(0, width)
    full = np.zeros(len(ladder.maps[0]), dtype=np.int64)
    full[leaves] = code
    if sum(widths) > WORD_BITS:
        reason = "its levels divide too often; leave some of them out"
        raise HierarchyError(column=ladder.column, reason=reason)
    return full, widths


def _placed(bits: Sequence[int], ladders: Sequence[Ladder]) -> list[tuple[int, int]]:
    """The word and shift of each column; more levels stand lower."""
    order = sorted(
        range(len(bits)), key=lambda c: (ladders[c].lowest - ladders[c].highest, -bits[c], c)
    )
    places = [(0, 0)] * len(bits)
    word, used = 0, 0
    for column in order:
        if used + bits[column] > WORD_BITS:
            word, used = word + 1, 0
        places[column] = (word, used)
        used += bits[column]
    return places


def _field(ladder: Ladder, full: Ints, widths: Sequence[int], word: int, shift: int) -> Field:
    rows = np.bincount(ladder.codes, minlength=len(full))
    occurring = np.flatnonzero(rows)
    top = (1 << sum(widths)) - 1
    masks, codes, shares, counts = [], [], [], []
    for level in range(len(widths)):
        mask = top & ~((1 << sum(widths[:level])) - 1)
        found, first, inverse = np.unique(
            full[occurring] & mask, return_index=True, return_inverse=True
        )
        group = ladder.maps[ladder.lowest + level][occurring[first]]
        masks.append(mask << shift)
        codes.append(found)
        shares.append(ladder.shares[ladder.lowest + level][group])
        counts.append(np.bincount(inverse, weights=rows[occurring]).astype(np.int64))
    return Field(
        word=word,
        shift=shift,
        masks=tuple(masks),
        codes=tuple(codes),
        shares=tuple(shares),
        counts=tuple(counts),
        leaves=rows[occurring],
        least=float(ladder.shares[0].min()),
        ranks=tuple(_ranks(found) for found in codes),
    )


def _ranks(codes: Ints) -> Ints:
    ranks = np.zeros(codes[-1] + 1 if codes[-1] < 1 << LOOKUP_BITS else 0, dtype=np.int64)
    if len(ranks):
        ranks[codes] = np.arange(len(codes))
    return ranks


def _bits(fields: Sequence[Field], words: int) -> Ints:
    bits = np.zeros((len(fields), max(field.levels for field in fields), words), dtype=np.int64)
    for column, field in enumerate(fields):
        bits[column, : field.levels, field.word] = field.masks
    return bits


def _keys(
    ladders: Sequence[Ladder],
    fulls: Sequence[Ints],
    places: Sequence[tuple[int, int]],
    words: int,
) -> Words:
    keys = np.zeros((words, len(ladders[0].codes)), dtype=np.int64)
    for ladder, full, (word, shift) in zip(ladders, fulls, places, strict=True):
        keys[word] |= (full << shift)[ladder.codes]
    return keys
