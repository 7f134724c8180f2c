"""Ranks and other ordered values: neighbours put together."""

from __future__ import annotations

import calendar
from collections.abc import Sequence

from compliance.anonymise.hierarchies.numbers import Level, to_numbers
from compliance.anonymise.nouns import ALL

_MONTHS = {
    name.casefold(): rank
    for names in (calendar.month_name, calendar.month_abbr)
    for rank, name in enumerate(names)
    if name
} | {"sept": 9}
_DAYS = {
    name.casefold(): rank
    for names in (calendar.day_name, calendar.day_abbr)
    for rank, name in enumerate(names)
}


def in_order(values: Sequence[str]) -> list[str]:
    """`values` as numbers, months or days of the week where all are; else by the alphabet."""
    numbers = to_numbers(values) if None not in to_numbers(values[:1]) else [None]
    if None not in numbers:
        return [value for _, value in sorted(zip(numbers, values, strict=True))]
    ranks = calendar_ranks(values)
    if all(rank is not None for rank in ranks):
        return [value for _, value in sorted(zip(ranks, values, strict=True))]
    return sorted(values)


def calendar_ranks(values: Sequence[str]) -> list[int | None]:
    """Each value's place in the year or the week; None where it is no month, or no day of it."""
    plain = [value.strip().casefold().rstrip(".") for value in values]
    found = [[names.get(name) for name in plain] for names in (_MONTHS, _DAYS)]
    return max(found, key=lambda ranks: sum(rank is not None for rank in ranks))


def whole_calendar(values: Sequence[str]) -> list[str]:
    """All months, or all days of the week, in order: those of `values` as they are written."""
    ranks = calendar_ranks(values)
    written = {rank: value for rank, value in zip(ranks, values, strict=True) if rank is not None}
    is_month = any(value.strip().casefold().rstrip(".") in _MONTHS for value in written.values())
    names = calendar.month_abbr[1:] if is_month else calendar.day_abbr
    first = 1 if is_month else 0
    return [written.get(rank, name) for rank, name in enumerate(names, start=first)]


def by_neighbours(
    values: Sequence[str], order: Sequence[str], *, factors: Sequence[int]
) -> list[Level]:
    """Neighbours in `order` under one name, “first to last”; then neighbours of these, …

    Args:
        values: in any order.
        order: all that can be, lowest first; values that it lacks are “*”.
        factors: how many join at each level; the last counts for all further ones.

    Returns:
        levels, the last with more than one name.
    """
    ranks = {value: rank for rank, value in enumerate(order)}
    made: list[Level] = []
    size = factors[0]
    while size < len(order):
        made.append(tuple(_stretch(ranks.get(value), order, size) for value in values))
        size *= factors[min(len(made), len(factors) - 1)]
    return made


def _stretch(rank: int | None, order: Sequence[str], size: int) -> str:
    if rank is None:
        return ALL
    first = rank // size * size
    last = min(first + size, len(order)) - 1
    return order[first] if first == last else f"{order[first]} to {order[last]}"
