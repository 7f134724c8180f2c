"""One column as an attacker sees it: what people are, what rows show, and how far these are apart.

A generalised cell holds a value that lies below it in the hierarchy. Distances are Gower's
(1971, doi:10.2307/2528823): 0 to 1 per column. A cell that holds the value is nearer the fewer
other values it holds, but always so near that all columns together stay below one that does not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from compliance.anonymise.nouns import ALL, Hierarchy, Ladder
from compliance.anonymise.nouns.problem import Bools, Codes32, Floats, Ints
from compliance.dataset.nouns import ColumnName

Near = npt.NDArray[np.float32]

_NOWHERE = -1  # the level of a shown name that stands for no value


class Facet(Protocol):
    """One column that the attacker knows.

    Attributes:
        column: which.
        original: per original row, a code of its value.
        released: per released row, a code of what it shows.
    """

    @property
    def column(self) -> ColumnName: ...
    @property
    def original(self) -> Ints: ...
    @property
    def released(self) -> Ints: ...

    def apart(self, values: Ints, shown: Ints) -> Near:
        """The distance of each value (row) from each cell shown (column), 0–1."""
        ...

    def holds(self, values: Ints, shown: Ints) -> Bools:
        """Whether each value (row) can be what each cell (column) shows."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Named:
    """A column of names, with the hierarchy that its cells may come from.

    Attributes:
        column, original, released: see `Facet`; the last value stands for missing ones.
        maps: level × value: the group of each value; the last level has one group.
        level, group: of each shown name; level −1 where it stands for no value.
        sizes: how many values each shown name holds; at least 1.
        facets: how many columns the attacker knows.
    """

    column: ColumnName
    original: Ints
    released: Ints
    maps: Codes32
    level: Ints
    group: Ints
    sizes: Ints
    facets: int

    def holds(self, values: Ints, shown: Ints) -> Bools:
        """See `Facet`."""
        level = self.level[shown]
        inside: Bools = self.group[shown] == self.maps[level[None, :], values[:, None]]
        found: Bools = inside & (level != _NOWHERE)[None, :]
        return found

    def apart(self, values: Ints, shown: Ints) -> Near:
        """See `Facet`."""
        loose = (0.5 * (1 - 1 / self.sizes[shown]) / self.facets).astype(np.float32)
        return np.where(self.holds(values, shown), loose[None, :], np.float32(1))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Numeric:
    """A column of numbers, or of days, on both sides.

    Attributes:
        column, original, released: see `Facet`.
        values, shown: the number behind each code; NaN for a missing one.
        spread: of the original values; above 0.
    """

    column: ColumnName
    original: Ints
    released: Ints
    values: Floats
    shown: Floats
    spread: float

    def holds(self, values: Ints, shown: Ints) -> Bools:
        """See `Facet`; a missing cell may be anything."""
        near: Bools = self.apart(values, shown) <= 0
        found: Bools = near | np.isnan(self.shown[shown])[None, :]
        return found

    def apart(self, values: Ints, shown: Ints) -> Near:
        """See `Facet`; a missing number is as far from any other as can be."""
        x = (self.values[values] / self.spread)[:, None]
        y = (self.shown[shown] / self.spread)[None, :]
        gap = np.abs(x - y).astype(np.float32)
        np.minimum(gap, 1, out=gap)  # NaN stays
        gap[np.isnan(x[:, 0])[:, None] & np.isnan(y[0])[None, :]] = 0
        return np.nan_to_num(gap, copy=False, nan=1.0)


def named(
    column: ColumnName,
    original: tuple[Codes32, Sequence[str]],
    released: tuple[Codes32, Sequence[str]],
    hierarchy: Hierarchy | None,
    facets: int,
) -> Named:
    """A facet from codes and names on both sides; code −1 means missing.

    A missing cell may be anything, as “*” may. Where one level has all the names that are shown,
    they are of the finest such level; otherwise each name is of the coarsest level that has it.
    """
    levels = _levels(list(original[1]), hierarchy)
    maps, places = _numbered(levels, set(released[1]))
    value_of = {name: at for at, name in enumerate(levels[0])}
    of_original = np.array([value_of[name] for name in original[1]] + [len(levels[0])])
    names = [*released[1], ALL]  # the last one for missing cells
    found = [places.get(name, (_NOWHERE, 0)) for name in names]
    level, group = (np.array(column, dtype=np.int64) for column in zip(*found, strict=True))
    sizes = [np.count_nonzero(maps[at] == g) if at >= 0 else 1 for at, g in found]
    return Named(
        column=column,
        original=of_original[original[0]].astype(np.int64),
        released=np.where(released[0] < 0, len(names) - 1, released[0]).astype(np.int64),
        maps=maps,
        level=level,
        group=group,
        sizes=np.maximum(np.array(sizes, dtype=np.int64), 1),
        facets=facets,
    )


def named_by_ladder(
    ladder: Ladder, codes: Codes32, names: Sequence[str | None], rows: Ints, facets: int
) -> Named:
    """A facet from a ladder and what a recoding shows in `rows`."""
    levels = tuple(
        tuple(names_of[group] if names_of[group] is not None else "" for group in map_)
        for map_, names_of in zip(ladder.maps, ladder.names, strict=True)
    )
    leaves = [at for at, name in enumerate(ladder.names[0]) if name is not None]
    hierarchy = Hierarchy(
        column=ladder.column,
        levels=tuple(tuple(str(level[at]) for at in leaves) for level in levels),
    )
    leaf_codes = np.full(len(ladder.names[0]), -1, dtype=np.int32)
    leaf_codes[leaves] = np.arange(len(leaves))
    shown = [str(name) for name in names if name is not None]
    codes_of = np.full(len(names), -1, dtype=np.int32)
    codes_of[[at for at, name in enumerate(names) if name is not None]] = np.arange(len(shown))
    return named(
        ladder.column,
        (leaf_codes[ladder.codes], hierarchy.values),
        (codes_of[codes[rows]], shown),
        hierarchy,
        facets,
    )


def numeric(
    column: ColumnName, original: tuple[Floats, Bools], released: tuple[Floats, Bools]
) -> Numeric:
    """A facet from numbers and which of them are there, on both sides."""
    values, original_codes = np.unique(_with_nan(*original), return_inverse=True)
    shown, released_codes = np.unique(_with_nan(*released), return_inverse=True)
    known = values[~np.isnan(values)]
    spread = float(known[-1] - known[0]) if len(known) else 0.0
    return Numeric(
        column=column,
        original=original_codes.astype(np.int64),
        released=released_codes.astype(np.int64),
        values=values,
        shown=shown,
        spread=spread or 1.0,
    )


def _with_nan(values: npt.NDArray[np.generic], present: Bools) -> Floats:
    return np.where(present, values.astype(np.float64), np.nan)


def _levels(values: list[str], hierarchy: Hierarchy | None) -> list[list[str]]:
    """Names per level of all values; those that the hierarchy does not know stay, then are “*”."""
    known = set(hierarchy.values) if hierarchy else set()
    others = list(dict.fromkeys(value for value in values if value not in known))
    levels = [[*level, *others] for level in hierarchy.levels] if hierarchy else [others]
    return [*levels, [ALL] * len(levels[0])]


def _numbered(
    levels: list[list[str]], shown: set[str]
) -> tuple[Codes32, dict[str, tuple[int, int]]]:
    """Groups by level and value, and where each name is found; missing values come last."""
    of_all = next((at for at, names in enumerate(levels) if shown <= set(names)), None)
    places: dict[str, tuple[int, int]] = {}
    maps = np.zeros((len(levels), len(levels[0]) + 1), dtype=np.int32)
    for at, names in enumerate(levels):
        numbers: dict[str, int] = {}
        maps[at, :-1] = [numbers.setdefault(name, len(numbers)) for name in names]
        maps[at, -1] = len(numbers) if at < len(levels) - 1 else 0
        if of_all in (None, at) or at == len(levels) - 1:
            places |= {name: (at, number) for name, number in numbers.items()}
    places.setdefault(ALL, (len(levels) - 1, 0))  # a column without any value
    return maps, places
