"""Numbers by ranges: of one width, each level wider; or so that each holds enough rows."""

from __future__ import annotations

import itertools
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from decimal import Decimal

from compliance.anonymise.nouns import ALL

MOST_LEVELS = 12
_MOST_GROUPS = 20
_NICE = (Decimal(1), Decimal(2), Decimal(5))

Level = tuple[str, ...]


def to_numbers(values: Sequence[str]) -> list[Decimal | None]:
    """Each value as a number; None where it is none."""
    return [_decimal(value) for value in values]


def width_for(numbers: Sequence[Decimal]) -> Decimal:
    """A round width (1, 2 or 5 times a power of ten) that makes a score of ranges at most."""
    span = max(numbers) - min(numbers)
    groups = max(1, min(_MOST_GROUPS, len(set(numbers)) // 2))
    least = span / groups if span else Decimal(1)
    scale = Decimal(1).scaleb(least.adjusted())
    return next(scale * nice for nice in (*_NICE, Decimal(10)) if scale * nice >= least)


def levels_for(numbers: Sequence[Decimal], width: Decimal, factor: int) -> int:
    """How many levels of ranges there are until two hold all numbers."""
    span = max(numbers) - min(numbers)
    levels = 1
    while width * 2 < span and levels < MOST_LEVELS:
        width, levels = width * factor, levels + 1
    return levels


def joinings(groups: int, factor: int) -> int:
    """How many levels there are until at most `factor` of the groups at level 1 are left."""
    levels = 1
    while groups > factor and levels < MOST_LEVELS:
        groups, levels = -(-groups // factor), levels + 1
    return levels


def by_width(
    values: Sequence[str], *, width: Decimal, factor: int, origin: Decimal, levels: int
) -> list[Level]:
    """Ranges of `width`, then of `factor` times that, and so on; `levels` of them.

    Whole numbers read “20-24”, others “[20, 25[” (25 is not in it). What is no number is “*”.
    """
    numbers = to_numbers(values)
    present = [number for number in numbers if number is not None]
    ends = [width, origin, *present]
    is_whole = all(n == n.to_integral_value() for n in ends) and min(present, default=1) >= 0
    made = []
    lows = numbers  # numbers of one range go on together
    for _ in range(levels):
        different = set(lows) - {None}
        low_of = {n: _low(n, width, origin) for n in different if n is not None}
        names = {n: _range_name(low, width, is_whole=is_whole) for n, low in low_of.items()}
        made.append(tuple(ALL if n is None else names[n] for n in lows))
        lows = [None if n is None else low_of[n] for n in lows]
        width *= factor
    return made


def by_rows(counts: Mapping[str, int], *, rows: int, factor: int, levels: int) -> list[Level]:
    """Ranges that hold at least `rows` rows each, then `factor` neighbours put together, …

    Their ends are the roundest numbers that part them, so that no end is anybody's own number
    unless no other fits.
    """
    by_number: dict[Decimal, int] = {}
    for value, count in counts.items():
        if (number := _decimal(value)) is not None:
            by_number[number] = by_number.get(number, 0) + count
    cuts = _cuts(sorted(by_number.items()), rows)
    numbers = to_numbers(list(counts))
    parts = [None if number is None else bisect_right(cuts, number) for number in numbers]
    made = []
    for _ in range(levels):
        names = [_part_name(part, cuts) for part in range(len(cuts) + 1)]
        made.append(tuple(ALL if part is None else names[part] for part in parts))
        cuts = cuts[factor - 1 :: factor]
        parts = [None if part is None else part // factor for part in parts]
    return made


def _decimal(value: str) -> Decimal | None:
    try:
        found = Decimal(value.strip())
    except ArithmeticError:
        return None
    return found if found.is_finite() else None


def _low(number: Decimal, width: Decimal, origin: Decimal) -> Decimal:
    return origin + ((number - origin) / width).to_integral_value("ROUND_FLOOR") * width


def _range_name(low: Decimal, width: Decimal, *, is_whole: bool) -> str:
    if is_whole and width == 1:
        return _short(low)
    if is_whole:
        return f"{_short(low)}-{_short(low + width - 1)}"
    return f"[{_short(low)}, {_short(low + width)}["


def _cuts(counted: Sequence[tuple[Decimal, int]], rows: int) -> list[Decimal]:
    """Where one range ends and the next begins, so that each holds enough rows."""
    cuts: list[Decimal] = []
    left = sum(count for _, count in counted)
    held = 0
    for (number, count), (following, _) in itertools.pairwise(counted):
        held, left = held + count, left - count
        if held >= rows and left >= rows:
            cuts.append(_roundest(number, following))
            held = 0
    return cuts


def _roundest(above: Decimal, most: Decimal) -> Decimal:
    """The number with the fewest digits that is greater than `above` and at most `most`."""
    exponent = max(above.adjusted(), most.adjusted()) + 1
    while True:
        unit = Decimal(1).scaleb(exponent)
        found = (most / unit).to_integral_value("ROUND_FLOOR") * unit
        if found > above:
            return found
        exponent -= 1


def _part_name(place: int, cuts: Sequence[Decimal]) -> str:
    if not cuts:
        return ALL
    if place == 0:
        return f"<{_short(cuts[0])}"
    if place == len(cuts):
        return f">={_short(cuts[-1])}"
    return f"[{_short(cuts[place - 1])}, {_short(cuts[place])}["


def _short(number: Decimal) -> str:
    return "0" if not number else f"{number.normalize():f}"
