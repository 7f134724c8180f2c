"""A hierarchy made from the values themselves, as a plan orders it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

import numpy as np

from compliance.anonymise.hierarchies import (
    categories,
    matching,
    numbers,
    ordering,
    places,
    schemes,
)
from compliance.anonymise.hierarchies.numbers import Level
from compliance.anonymise.nouns import ALL, Build, Builder, Hierarchy
from compliance.dataset.nouns import ColumnName
from compliance.dataset.table import Table
from compliance.errors import HierarchyError, UnknownColumnError

SETTINGS: Mapping[Builder, Mapping[str, str]] = {
    Builder.INTERVALS: {
        "width": "of the ranges at level 1; a round one that makes about 20 where not said",
        "factor": "how many ranges join at the next level, 2 where not said",
        "origin": "where a range begins, 0 where not said",
        "levels": "of ranges; where not said, until two hold everything",
        "rows": "instead of a width: how many rows each range at level 1 holds at least",
    },
    Builder.DATES: {
        "levels": "from hour, day, week, month, quarter, half_year, year, five_years, decade and "
        "century, finest first; month, quarter, year, five_years, decade where not said",
    },
    Builder.PREFIX: {
        "scheme": "characters, postal, email, phone or ip; characters where not said",
        "keep": "for characters: how many are kept at each level; one less each where not said",
    },
    Builder.ORDER: {
        "order": "the values, lowest first; as numbers, months, days or letters where not said",
        "factor": "how many neighbours join at each level; a number or a list, 2 where not said",
    },
    Builder.PLACES: {
        "within": "columns of the table with the larger places, finest first; lists of countries, "
        "states and provinces where not said",
    },
    Builder.CATEGORIES: {
        "like": "columns of the table; values that stand with much the same values there join",
        "rare_below": "instead of that: in fewer rows they become “(other)”; a list, one per level",
        "groups": "instead of that: each group's name with its values; the others stay themselves",
    },
    Builder.SUPPRESS: {},
}
_DATES = "month, quarter, year, five_years, decade"
_MOST_KEPT = 60
_LARGEST = Decimal(10) ** 400  # more than any number that a table holds


@dataclass(frozen=True, slots=True, kw_only=True)
class Values:
    """The values that a hierarchy is made for.

    Attributes:
        column: whose.
        counts: the values as people write them, with the rows that hold each.
        beside: per other column that a builder looks at, per value (in their order) how often
            each value there stands with it.
    """

    column: ColumnName
    counts: Mapping[str, int]
    beside: Mapping[ColumnName, Sequence[Mapping[str, int]]] = field(default_factory=dict)


def build_hierarchy(
    table: Table, column: ColumnName, build: Build, others: Sequence[str] = ()
) -> Hierarchy:
    """The hierarchy of a column that `build` orders; its last level is “*”.

    Deterministic: the same rows in any order make the same groups.

    Args:
        table: the rows.
        column: of the table.
        build: the builder and its settings, see `SETTINGS`.
        others: values that are not in the table but get a place as well.

    Raises:
        HierarchyError: a setting is unknown or out of range, or the values do not fit the builder.
        UnknownColumnError: a setting names a column that the table lacks.
    """
    orders = _Orders(column, build)
    beside = [*orders.names("within"), *orders.names("like")]
    for name in beside:
        if name not in table.column_names:
            known = ", ".join(table.column_names[:12])
            raise UnknownColumnError(column=name[:80], dataset="this dataset", known=known)
    return build_from(_values_of(table, column, [ColumnName(n) for n in beside], others), build)


def build_from(values: Values, build: Build) -> Hierarchy:
    """The same from values that are counted already."""
    leaves = tuple(values.counts)
    levels = _BUILDERS[build.builder](values, _Orders(values.column, build)) if leaves else []
    if not levels or any(name != ALL for name in levels[-1]):
        levels.append((ALL,) * len(leaves))
    try:
        return Hierarchy(column=values.column, levels=(leaves, *levels))
    except ValueError:
        reason = "what its builder makes does not nest; take other levels or another builder"
        raise HierarchyError(column=values.column, reason=reason) from None


class _Orders:
    """The settings of a builder, read with their defaults."""

    def __init__(self, column: ColumnName, build: Build) -> None:
        self._column, self._settings = column, build.settings
        known = SETTINGS[build.builder]
        if unknown := sorted(set(build.settings) - set(known)):
            possible = ", ".join(known) or "none"
            raise self.refusal(unknown[0][:40], f"it is not known; possible: {possible}")

    def refusal(self, name: str, reason: str) -> HierarchyError:
        return HierarchyError(column=self._column, reason=f"its setting “{name}”: {reason}")

    def __contains__(self, name: str) -> bool:
        return name in self._settings

    def names(self, name: str, default: str = "") -> list[str]:
        """A list of words, written “a, b”."""
        given = str(self._settings.get(name, default))
        return [part.strip() for part in given.split(",") if part.strip()]

    def groups(self, name: str) -> dict[str, str]:
        """The group of each value, written “group: a, b; other group: c”."""
        found: dict[str, str] = {}
        for part in str(self._settings[name]).split(";"):
            group, sign, members = part.partition(":")
            for member in members.split(","):
                if not (sign and group.strip() and member.strip()):
                    raise self.refusal(name, "each group has a name and values")
                if member.strip() in found:
                    raise self.refusal(name, "a value stands in two groups")
                found[member.strip()] = group.strip()
        return found

    def number(self, name: str, default: Decimal, *, is_positive: bool = True) -> Decimal:
        given = self._settings.get(name)
        if given is None:
            return default
        found = numbers.to_numbers([str(given)])[0]
        if found is None or (is_positive and found <= 0) or abs(found) > _LARGEST:
            raise self.refusal(name, "a number is expected" + (" above 0" if is_positive else ""))
        return found

    def whole(self, name: str, default: int, *, low: int, high: int = 10**9) -> int:
        found = self.number(name, Decimal(default))
        if found != int(found) or not low <= found <= high:
            raise self.refusal(name, f"a whole number from {low} to {high:,} is expected")
        return int(found)

    def wholes(self, name: str) -> list[int]:
        found = numbers.to_numbers(self.names(name))
        if any(n is None or n != int(n) or n < 0 for n in found):
            raise self.refusal(name, "a list of whole numbers is expected")
        return [int(n) for n in found if n is not None]


def _intervals(values: Values, orders: _Orders) -> list[Level]:
    present = [n for n in numbers.to_numbers(list(values.counts)) if n is not None]
    if not present:
        raise HierarchyError(column=values.column, reason="none of its values is a number")
    factor = orders.whole("factor", 2, low=2, high=1_000)
    if "rows" in orders:
        rows = orders.whole("rows", 1, low=1)
        groups = max(1, sum(values.counts.values()) // rows)
        most = numbers.joinings(groups, factor)
        levels = orders.whole("levels", most, low=1, high=numbers.MOST_LEVELS)
        return numbers.by_rows(values.counts, rows=rows, factor=factor, levels=levels)
    width = orders.number("width", numbers.width_for(present))
    most = numbers.levels_for(present, width, factor)
    return numbers.by_width(
        list(values.counts),
        width=width,
        factor=factor,
        origin=orders.number("origin", Decimal(0), is_positive=False),
        levels=orders.whole("levels", most, low=1, high=numbers.MOST_LEVELS),
    )


def _dates(values: Values, orders: _Orders) -> list[Level]:
    if not any(map(schemes.is_date, values.counts)):
        raise HierarchyError(column=values.column, reason="none of its values is a date")
    units = orders.names("levels", _DATES)
    if not units or any(name not in schemes.UNITS for name in units):
        raise orders.refusal("levels", f"possible are {', '.join(schemes.UNITS)}")
    if not schemes.nests(units):
        reason = "units ascend, each within the next; weeks lie in no month, so they come last"
        raise orders.refusal("levels", reason)
    return schemes.by_units(list(values.counts), units)


def _prefix(values: Values, orders: _Orders) -> list[Level]:
    name = (orders.names("scheme", "characters") or [""])[0]
    if name in schemes.scheme_names():
        return _by_steps(values, schemes.scheme(name))
    if name != "characters":
        possible = ", ".join(("characters", *schemes.scheme_names()))
        raise orders.refusal("scheme", f"it may be: {possible}")
    length = max(map(len, values.counts))
    kept = orders.wholes("keep") or list(range(min(length, _MOST_KEPT) - 1, 0, -1))
    if sorted(set(kept), reverse=True) != kept:
        raise orders.refusal("keep", "each level keeps fewer characters than the one before")
    return _by_steps(values, [schemes.characters(each, length) for each in kept])


def _by_steps(values: Values, steps: Sequence[schemes.Step]) -> list[Level]:
    return [tuple(map(step, values.counts)) for step in steps]


def _order(values: Values, orders: _Orders) -> list[Level]:
    order = orders.names("order") or ordering.in_order(list(values.counts))
    factors = orders.wholes("factor") or [2]
    if min(factors) < 2:
        raise orders.refusal("factor", "at least 2 neighbours join")
    return ordering.by_neighbours(list(values.counts), order, factors=factors)


def _places(values: Values, orders: _Orders) -> list[Level]:
    if not orders.names("within"):
        found = places.by_lists(list(values.counts), list(values.counts.values()))
        if found is None:
            reason = (
                "most of its values are in none of our lists of countries, states and provinces; "
                "name the columns that hold the larger places under “within”"
            )
            raise HierarchyError(column=values.column, reason=reason)
        return found
    levels = places.by_columns([values.beside[ColumnName(n)] for n in orders.names("within")])
    above = places.continents_above(levels[-1])
    return [*levels, *(above if any(name != ALL for name in above[0]) else [])]


def _categories(values: Values, orders: _Orders) -> list[Level]:
    if sum(name in orders for name in ("like", "rare_below", "groups")) != 1:
        reason = "say “like”, “rare_below” or “groups” for categories, one of them"
        raise HierarchyError(column=values.column, reason=reason)
    if "groups" in orders:
        named = orders.groups("groups")
        places_of = matching.leaves_of(list(named), list(values.counts))
        groups = list(named.values())
        return [
            tuple(
                groups[at] if at >= 0 else value
                for at, value in zip(places_of, values.counts, strict=True)
            )
        ]
    like = orders.names("like")
    if like:
        beside = [values.beside[ColumnName(name)] for name in like]
        return categories.by_likeness(values.counts, beside)
    bounds = orders.wholes("rare_below")
    if not bounds or sorted(set(bounds)) != bounds:
        raise orders.refusal("rare_below", "the bounds ascend")
    return categories.by_rarity(values.counts, bounds)


def _suppress(values: Values, orders: _Orders) -> list[Level]:  # noqa: ARG001 - as all builders
    return []


_BUILDERS: Mapping[Builder, Callable[[Values, _Orders], list[Level]]] = {
    Builder.INTERVALS: _intervals,
    Builder.DATES: _dates,
    Builder.PREFIX: _prefix,
    Builder.ORDER: _order,
    Builder.PLACES: _places,
    Builder.CATEGORIES: _categories,
    Builder.SUPPRESS: _suppress,
}


def _values_of(
    table: Table, column: ColumnName, beside: Sequence[ColumnName], others: Sequence[str]
) -> Values:
    """The values of a column in an order that the rows do not decide, with their counts."""
    codes = table.codes(column)
    texts = codes.texts()
    present = codes.codes >= 0
    rows = np.bincount(codes.codes[present], minlength=len(texts)).tolist()
    counted = dict(zip(texts, rows, strict=True))
    order = ordering.in_order([*texts, *others])
    return Values(
        column=column,
        counts={text: counted.get(text, 0) for text in order},
        beside={name: _together(table, column, name, order) for name in beside},
    )


def _together(
    table: Table, column: ColumnName, other: ColumnName, order: Sequence[str]
) -> list[Mapping[str, int]]:
    ours, theirs = table.codes(column), table.codes(other)
    both = (ours.codes >= 0) & (theirs.codes >= 0)
    pairs = ours.codes[both].astype(np.int64) * len(theirs.labels) + theirs.codes[both]
    found: dict[str, dict[str, int]] = {}
    texts, names = ours.texts(), theirs.texts()
    for pair, count in zip(*np.unique(pairs, return_counts=True), strict=True):
        mine, its = divmod(int(pair), len(names))
        found.setdefault(texts[mine], {})[names[its]] = int(count)
    return [found.get(text, {}) for text in order]
