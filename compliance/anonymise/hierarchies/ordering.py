"""Ranks and other ordered values: neighbours put together."""

from __future__ import annotations

import calendar
from collections.abc import Sequence

from compliance.anonymise.hierarchies.numbers import Level, to_numbers
from compliance.anonymise.nouns import ALL

_CALENDARS = (calendar.month_name, calendar.month_abbr, calendar.day_name, calendar.day_abbr)


def in_order(values: Sequence[str]) -> list[str]:
    """`values` as numbers, months or days of the week where all are; else by the alphabet."""
    numbers = to_numbers(values)
    if all(number is not None for number in numbers):
        return [value for _, value in sorted(zip(numbers, values, strict=True))]
    plain = [value.strip().casefold() for value in values]
    ranks = {
        str(name).casefold(): rank for names in _CALENDARS for rank, name in enumerate(names)
    } | {"june": 6, "sept": 9}
    if all(name in ranks for name in plain):
        return sorted(values, key=lambda value: ranks[value.strip().casefold()])
    return sorted(values)


def by_neighbours(values: Sequence[str], order: Sequence[str], *, factor: int) -> list[Level]:
    """`factor` neighbours in `order` under one name, “first to last”; then as many of these, …

    Values that `order` lacks are “*”. The last level has more than one name.
    """
    ranks = {value: rank for rank, value in enumerate(order)}
    made: list[Level] = []
    size = factor
    while size < len(order):
        made.append(tuple(_stretch(ranks.get(value), order, size) for value in values))
        size *= factor
    return made


def _stretch(rank: int | None, order: Sequence[str], size: int) -> str:
    if rank is None:
        return ALL
    first = rank // size * size
    last = min(first + size, len(order)) - 1
    return order[first] if first == last else f"{order[first]} to {order[last]}"
