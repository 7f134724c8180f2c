"""How the values of one column become coarser, level by level."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from compliance.dataset.nouns import ColumnName

ALL = "*"
"""What a value is called at a level that tells nothing any more, as ARX writes it."""


class Builder(StrEnum):
    """How a hierarchy is made from the values themselves."""

    INTERVALS = "intervals"  # numbers and ages: ranges, each level wider
    DATES = "dates"  # day, month, quarter, year, decade
    PREFIX = "prefix"  # postal codes and other codes: characters masked from the right
    ORDER = "order"  # ranks: neighbours in order put together
    PLACES = "places"  # country, region, continent
    CATEGORIES = "categories"  # words: groups by likeness of what they go together with
    SUPPRESS = "suppress"  # the value, then “*”


@dataclass(frozen=True, slots=True, kw_only=True)
class Build:
    """The order to make a hierarchy.

    Attributes:
        builder: how.
        settings: what the builder takes, such as {"width": 5, "factor": 2}; see `hierarchies`.
    """

    builder: Builder
    settings: Mapping[str, float | str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hierarchy:
    """The values of one column and their names at each level.

    Nested: values that share a name at one level share it at all later ones. A missing value has
    no place in it; the search gives it a class of its own until the whole column is “*”.

    Attributes:
        column: whose.
        levels: one tuple of names per level, all of one length; `levels[0]` are the values
            themselves, all different, and `levels[l][i]` is the name of value i at level l.
    """

    column: ColumnName
    levels: tuple[tuple[str, ...], ...]

    def __post_init__(self) -> None:
        if not self.levels or len({len(level) for level in self.levels}) != 1:
            raise ValueError("every level names every value")
        if len(set(self.levels[0])) != len(self.levels[0]):
            raise ValueError("a value stands twice")
        for finer, coarser in zip(self.levels, self.levels[1:], strict=False):
            if len(set(zip(finer, coarser, strict=True))) != len(set(finer)):
                raise ValueError("a name has two names at the next level")

    @property
    def values(self) -> tuple[str, ...]:
        """The values at level 0, also those that a table does not hold."""
        return self.levels[0]

    @property
    def height(self) -> int:
        """The highest level; level 0 changes nothing."""
        return len(self.levels) - 1
