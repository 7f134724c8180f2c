"""Values of a table that a hierarchy does not hold: shown, and given a place in it."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from compliance.anonymise.hierarchies import places
from compliance.anonymise.hierarchies.categories import OTHER
from compliance.anonymise.hierarchies.intervals import Ranges
from compliance.anonymise.hierarchies.matching import as_number, leaves_of
from compliance.anonymise.hierarchies.schemes import Step, characters, codes_and_dates
from compliance.anonymise.nouns import ALL, Hierarchy


@dataclass(frozen=True, slots=True, kw_only=True)
class Completed:
    """A hierarchy that holds all values it was asked to.

    Attributes:
        hierarchy: the old values in their places, the new ones after them.
        added: how many are new.
        placed: how many of these got a name as the old ones have, rather than “*”
            from level 1 on.
    """

    hierarchy: Hierarchy
    added: int
    placed: int = 0


def unmapped(hierarchy: Hierarchy, texts: Sequence[str]) -> tuple[str, ...]:
    """Those of `texts` that the hierarchy does not hold: for officers' eyes, not for a log."""
    leaves = leaves_of(hierarchy.values, texts)
    return tuple(text for text, leaf in zip(texts, leaves, strict=True) if leaf < 0)


def complete(hierarchy: Hierarchy, values: Sequence[str]) -> Completed:
    """The hierarchy with a place for each of `values`.

    A new value is itself at level 0. A number in a hierarchy of ranges gets the range that holds
    it, or the next ones of the same width; where one of our ways to make names of codes, dates or
    countries made all that there are, it makes the new ones too; rare values join the other rare
    ones. Any other value is “*” from level 1 on: nothing is known of what it belongs to. A last
    level that had one name for all becomes “*” as a whole.
    """
    new = _new_values(hierarchy, values)
    if not new:
        return Completed(hierarchy=hierarchy, added=0)
    levels = [list(level) for level in hierarchy.levels]
    if len(levels) > 1 and len(set(levels[-1])) == 1 and levels[-1][0].strip(ALL):
        levels[-1] = [ALL] * len(levels[-1])
    climbs = _Climbs(levels)
    placed = 0
    for value in new:
        names = climbs.of(value)
        placed += len(names) > 2 and names[1].strip(ALL) != ""
        for level, name in zip(levels, names, strict=True):
            level.append(name)
    made = Hierarchy(column=hierarchy.column, levels=tuple(map(tuple, levels)))
    return Completed(hierarchy=made, added=len(new), placed=placed)


def _new_values(hierarchy: Hierarchy, values: Sequence[str]) -> list[str]:
    """The values to add, one for all ways to write it; each as it is written where the hierarchy
    itself tells such ways apart, as “1.1” and “1.10”."""
    lacking = unmapped(hierarchy, values)
    new = list({as_number(value): value.strip() for value in lacking}.values())
    every = [*hierarchy.values, *new]
    if len(set(every)) == len(every) and -1 not in leaves_of(every, lacking):
        return new
    return list(dict.fromkeys(lacking))


class _Climbs:
    """Where a new value goes at each level; remembers what it gave names to."""

    def __init__(self, levels: Sequence[Sequence[str]]) -> None:
        self._parents = [
            dict(zip(finer, coarser, strict=True)) for finer, coarser in itertools.pairwise(levels)
        ]
        self._ranges = [Ranges(dict.fromkeys(level)) for level in levels[1:]]
        self._steps = [_step(levels[0], level) for level in levels[1:]]
        self._has_other = [OTHER in level for level in levels[1:]]
        self._last = levels[-1][0] if len(set(levels[-1])) == 1 else ALL

    def of(self, value: str) -> list[str]:
        """The names of `value`, level 0 first; nested among all that were given."""
        names = [value]
        for level, parents in enumerate(self._parents):
            otherwise = self._last if level == len(self._parents) - 1 else ALL
            if names[-1] not in parents:
                parents[names[-1]] = self._like_the_old(value, level, names[-1]) or otherwise
            names.append(parents[names[-1]])
        return names

    def _like_the_old(self, value: str, level: int, below: str) -> str | None:
        """What the level's names are made by makes of `value`; None after a “*”."""
        if level and below == ALL:
            return None
        step = self._steps[level]
        if step is not None:
            return step(value)
        if self._has_other[level]:
            return OTHER
        number = as_number(value)
        if not number.lstrip("+-").replace(".", "", 1).isdecimal():
            return None
        return self._ranges[level].of(Decimal(number))


def _step(values: Sequence[str], names: Sequence[str]) -> Step | None:
    """The step that makes all names of a level, if one does: of dates, codes or places."""
    if not any(name.strip(ALL) for name in names):
        return None
    kept, length = len(names[0].rstrip(ALL)), len(names[0])
    masks = [characters(kept, length)] if kept < length else []
    for step in (*masks, *codes_and_dates(), *places.every_step()):
        if all(step(value) == name for value, name in zip(values, names, strict=True)):
            return step
    return None
