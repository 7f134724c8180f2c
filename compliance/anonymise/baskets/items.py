"""Hierarchies of items, made from what they are called or how much they are bought."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np

from compliance.anonymise.baskets.nouns import Baskets
from compliance.anonymise.nouns import ALL, Hierarchy
from compliance.dataset.nouns import ColumnName

_MOST_SPELT_OUT = 4


def by_code(column: ColumnName, items: Sequence[str], shortest: int = 1) -> Hierarchy:
    """Codes that begin alike stand together: a letter at the end goes first, then a character each.

    Shops number their goods as they take them in, so that neighbours are often of one kind.

    Args:
        column: whose.
        items: the codes, all different.
        shortest: characters of the shortest name before “*”.
    """
    stems = [re.sub(r"(?<=\d)[A-Za-z]+$", "", item) or item for item in items]
    longest = max(map(len, stems), default=0)
    levels = [tuple(items)]
    for length in range(longest, shortest - 1, -1):
        cut = tuple(
            stem[:length] + "*" * (len(stem) > length or stem != item)
            for stem, item in zip(stems, items, strict=True)
        )
        levels.append(cut)
    return _nested(column, [*levels, (ALL,) * len(items)])


def by_description(column: ColumnName, descriptions: Mapping[str, str]) -> Hierarchy:
    """Items whose descriptions end alike stand together, by two words, then by one.

    In English, and in other languages that put the noun last, the last word says what it is: a
    bag, a holder.

    Args:
        column: whose.
        descriptions: by item.
    """
    words = [re.findall(r"\w+", text.upper()) or ["?"] for text in descriptions.values()]
    two = tuple("… " + " ".join(each[-2:]) for each in words)
    one = tuple("… " + each[-1] for each in words)
    return _nested(column, [tuple(descriptions), two, one, (ALL,) * len(words)])


def by_demand(column: ColumnName, baskets: Baskets, branch: int = 2) -> Hierarchy:
    """Items that are bought by about as many people stand together.

    What everybody buys keeps its own name, for it points to nobody; what few buy is put together
    with what few buy. It loses least, and says nothing of what things are for. Up to four items
    are spelt out; more are named by their ranks.

    Args:
        column: whose.
        baskets: who has what.
        branch: names that are put together at each level, at least 2.
    """
    if branch < 2:
        raise ValueError("a level puts at least two names together")
    order = np.argsort(-baskets.buyers, kind="stable")
    ranks = np.empty(len(order), dtype=np.int64)
    ranks[order] = np.arange(len(order))
    levels, width = [baskets.items], branch
    while width < len(order):
        ends = {
            first: _together([baskets.items[at] for at in order[first : first + width]], first)
            for first in range(0, len(order), width)
        }
        levels.append(tuple(ends[rank // width * width] for rank in ranks.tolist()))
        width *= branch
    return _nested(column, [*levels, (ALL,) * len(order)])


def _together(items: Sequence[str], first: int) -> str:
    if len(items) <= _MOST_SPELT_OUT:
        return " | ".join(items)
    return f"demand {first + 1}–{first + len(items)}"


def _nested(column: ColumnName, levels: Sequence[tuple[str, ...]]) -> Hierarchy:
    """A hierarchy of these levels, without those that put nothing more together."""
    kept = [levels[0]]
    for level in levels[1:]:
        if len(set(level)) < len(set(kept[-1])):
            kept.append(level)
    return Hierarchy(column=column, levels=tuple(kept))
