"""Hierarchies of items, made from what they are called or how much they are bought."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from compliance.anonymise.baskets.nouns import Baskets
from compliance.anonymise.nouns import ALL, Hierarchy
from compliance.anonymise.nouns.problem import Floats, Ints
from compliance.dataset.nouns import ColumnName

_MOST_SPELT_OUT = 4


def by_code(column: ColumnName, baskets: Baskets, length: int = 3) -> Hierarchy:
    """Items whose codes begin alike stand together.

    Shops number their goods as they take them in, so that neighbours are often of one kind.

    Args:
        column: whose.
        baskets: who has what.
        length: characters at the beginning that make a family.
    """
    return _by_family(column, baskets, [f"{item[:length]}…" for item in baskets.items])


def by_description(column: ColumnName, baskets: Baskets, texts: Sequence[str]) -> Hierarchy:
    """Items whose descriptions end with the same word stand together.

    In English, and in other languages that put the noun last, the last word says what it is: a
    bag, a holder.

    Args:
        column: whose.
        baskets: who has what.
        texts: the description of each item.
    """
    words = [re.findall(r"\w+", text.upper())[-1:] or ["?"] for text in texts]
    return _by_family(column, baskets, [f"… {word}" for (word,) in words])


def by_demand(column: ColumnName, baskets: Baskets) -> Hierarchy:
    """Items that are bought by about as many people stand together, two, four, eight of them.

    What everybody buys keeps its own name, for it points to nobody; what few buy is put together
    with what few buy. It loses least, and says nothing of what things are for. Up to four items
    are spelt out; more are named by their ranks.
    """
    levels = _halvings(baskets.items, baskets.buyers, [""] * len(baskets.items))
    return _nested(column, [*levels, (ALL,) * len(baskets.items)])


def _by_family(column: ColumnName, baskets: Baskets, families: Sequence[str]) -> Hierarchy:
    """Neighbours by demand within each family, then the families, neighbours by demand again."""
    inside = _halvings(baskets.items, baskets.buyers, families)
    number = {family: place for place, family in enumerate(dict.fromkeys(families))}
    of = np.array([number[family] for family in families], dtype=np.int64)
    demand = np.bincount(of, weights=baskets.buyers)
    above = _halvings(tuple(number), demand, [""] * len(number))
    outside = [tuple(level[place] for place in of.tolist()) for level in above]
    return _nested(column, [*inside, *outside, (ALL,) * len(of)])


def _halvings(
    names: tuple[str, ...], demand: Ints | Floats, families: Sequence[str]
) -> list[tuple[str, ...]]:
    """The names, then two, four, eight of a family under one, by demand, up to whole families."""
    members: dict[str, list[int]] = {}
    for place in np.argsort(-demand, kind="stable").tolist():
        members.setdefault(families[place], []).append(place)
    levels, width = [names], 1
    while width < max(map(len, members.values()), default=0):
        width *= 2
        level, taken = [""] * len(names), set[str]()
        for family, places in members.items():
            for first in range(0, len(places), width):
                some = places[first : first + width]
                name = family if len(some) == len(places) else ""
                name = name or _together([names[at] for at in some], family, first)
                while name in taken:  # items may be called as groups are
                    name += "′"
                taken.add(name)
                for at in some:
                    level[at] = name
        levels.append(tuple(level))
    return levels


def _together(names: Sequence[str], family: str, first: int) -> str:
    """What some neighbours by demand are called."""
    if len(names) <= _MOST_SPELT_OUT:
        return " | ".join(names)
    return f"{family} demand {first + 1}–{first + len(names)}".strip()


def _nested(column: ColumnName, levels: Sequence[tuple[str, ...]]) -> Hierarchy:
    """A hierarchy of these levels, without those that put nothing more together."""
    kept = [levels[0]]
    for level in levels[1:]:
        if len(set(level)) == 1:
            kept.append((ALL,) * len(level))
            break
        if len(set(level)) < len(set(kept[-1])):
            kept.append(level)
    return Hierarchy(column=column, levels=tuple(kept))
