"""Names of ranges, in the ways that ARX, ANJANA and people write them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

_AMOUNT = r"([+-]?\d+(?:\.\d+)?)"
_CLOSED = re.compile(rf"{_AMOUNT}\s*[-–]\s*{_AMOUNT}")
_HALF_OPEN = re.compile(rf"\[\s*{_AMOUNT}\s*[,;]\s*{_AMOUNT}\s*[\[)]")
_FROM = re.compile(rf"(?:>=|≥)\s*{_AMOUNT}")
_BELOW = re.compile(rf"<\s*{_AMOUNT}")
_ENDLESS = Decimal("Infinity")


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """The numbers from `low` up to, but not including, `end`; either may be endless."""

    low: Decimal
    end: Decimal

    @property
    def is_endless(self) -> bool:
        return not (self.low.is_finite() and self.end.is_finite())

    def holds(self, number: Decimal) -> bool:
        """Whether `number` lies in it."""
        return self.low <= number < self.end

    def around(self, number: Decimal) -> Range:
        """The range of the same width and alignment that `number` lies in."""
        width = self.end - self.low
        low = self.low + ((number - self.low) // width) * width
        if low > number:  # Decimal rounds towards 0, a floor does not
            low -= width
        return Range(low=low, end=low + width)


def to_range(name: str) -> Range | None:
    """The range that `name` writes: “20-29” (whole numbers), “[20, 30[”, “[20,30)”, “>=80”, “<20”.

    None for any other name.
    """
    if match := _HALF_OPEN.fullmatch(name):
        low, end = Decimal(match[1]), Decimal(match[2])
    elif (match := _CLOSED.fullmatch(name)) and "." not in name:
        low, end = Decimal(match[1]), Decimal(match[2]) + 1
    elif match := _FROM.fullmatch(name):
        low, end = Decimal(match[1]), _ENDLESS
    elif match := _BELOW.fullmatch(name):
        low, end = -_ENDLESS, Decimal(match[1])
    else:
        return None
    return Range(low=low, end=end) if low < end else None


class Ranges:
    """The names of one level that are ranges, and how they go on beyond those that there are."""

    def __init__(self, names: Iterable[str]) -> None:
        found = {name: to_range(name) for name in names}
        self._endless = {n: r for n, r in found.items() if r is not None and r.is_endless}
        self._bounded = {n: r for n, r in found.items() if r is not None and not r.is_endless}
        self._named = {bounds: name for name, bounds in self._bounded.items()}
        first = next(iter(self._bounded.values()), None)
        is_even = first and all(first.around(r.low) == r for r in self._bounded.values())
        self._pattern = first if is_even else None

    def of(self, number: Decimal) -> str | None:
        """The name of the range that holds `number`; None where none does and none can be told."""
        for name, bounds in self._endless.items():
            if bounds.holds(number):
                return name
        if self._pattern is None:
            return next((n for n, found in self._bounded.items() if found.holds(number)), None)
        wanted = self._pattern.around(number)
        return self._named.get(wanted) or _written(wanted, self._named[self._pattern])


def _written(wanted: Range, like: str) -> str:
    """The name of `wanted`, written the way `like` is."""
    if not like.startswith("["):
        dash = "–" if "–" in like else "-"
        return f"{wanted.low:f}{dash}{wanted.end - 1:f}"
    ends = iter((wanted.low, wanted.end))
    return re.sub(_AMOUNT, lambda _: f"{next(ends):f}", like)
