"""Where numbers lie on the axis of a chart, and the ticks that it bears."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import TypeGuard

from compliance.i18n import mark
from compliance.i18n import translate as _
from compliance.report import wording
from compliance.report.tables import Plain

_STEEP = 30  # from this ratio of largest to middle number on, the axis goes in powers of ten
_FEW = 5
_LETTERS = (
    (12, "T", mark("million million")),
    (9, "G", mark("thousand million")),
    (6, "M", mark("million")),
    (3, "k", mark("thousand")),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """Where numbers lie on an axis (0–1), and its ticks."""

    place: Callable[[float], float]
    ticks: tuple[Plain, ...]
    is_steep: bool = False


def is_finite(number: float | None) -> TypeGuard[float]:
    """Whether there is a number that has a place on an axis."""
    return number is not None and math.isfinite(number)


def axis_for(ends: Sequence[float], values: Sequence[float | None], *, most_ticks: int) -> Axis:
    """An axis from zero over all `ends`, steep where a few `values` dwarf the others."""
    sizes = [abs(value) for value in values if value and is_finite(value)]
    if len(sizes) >= _FEW and max(sizes) > _STEEP * median(sizes):
        return steep_axis(ends, most_ticks=most_ticks)
    return linear_axis([0.0, *ends], most_ticks=most_ticks)


def linear_axis(numbers: Sequence[float], *, most_ticks: int = 5, whole: bool = False) -> Axis:
    """An axis over all `numbers`, with round ticks; `whole` keeps the ticks whole numbers."""
    lowest, highest = (min(numbers), max(numbers)) if numbers else (0.0, 1.0)
    if highest - lowest <= abs(highest) * 1e-9:
        pad = abs(highest) * 0.1 or 1.0
        lowest, highest = lowest - pad, highest + pad
    step = _round_step((highest - lowest) / most_ticks)
    step = max(step, 1.0) if whole else step
    start, end = math.floor(lowest / step), math.ceil(highest / step)
    decimals = max(0, -math.floor(math.log10(step)))
    span = (end - start) * step

    def place(number: float) -> float:
        return (number - start * step) / span

    ticks = tuple(
        {"at": place(index * step), "text": _short_number(index * step, decimals)}
        for index in range(start, end + 1)
    )
    return Axis(place=place, ticks=ticks)


def steep_axis(numbers: Sequence[float], *, most_ticks: int = 5) -> Axis:
    """An axis in powers of ten on both sides of zero, even in steps close to zero."""
    sizes = [abs(number) for number in numbers if number]
    smallest = 10.0 ** math.floor(math.log10(median(sizes) / 10))

    def bend(number: float) -> float:
        return math.copysign(math.log10(1 + abs(number) / smallest), number)

    lowest, highest = min(0.0, *map(bend, numbers)), max(0.0, *map(bend, numbers))
    lowest, highest = lowest * 1.02, highest * 1.02

    def place(number: float) -> float:
        return (bend(number) - lowest) / (highest - lowest)

    exponents = range(math.ceil(math.log10(smallest)) + 1, math.floor(math.log10(max(sizes))) + 1)
    every = max(1, math.ceil(len(exponents) / most_ticks))
    powers = [10.0**exponent for exponent in exponents[::-1][::every]]
    marks = sorted({0.0, *powers, *(-power for power in powers)})
    ticks = tuple(
        {"at": place(mark), "text": _short_number(mark, _places(mark))}
        for mark in marks
        if 0 <= place(mark) <= 1
    )
    return Axis(place=place, ticks=ticks, is_steep=True)


def letters_used(texts: Iterable[str]) -> str:
    """What a caption says of the letters that stand for powers of ten in `texts`."""
    ends = {text[-1] for text in texts}
    used = [
        _("{letter}: {word}").format(letter=letter, word=_(word))
        for __, letter, word in _LETTERS[::-1]
        if letter in ends
    ]
    return _(" {letters}.").format(letters=wording.enumerated(used)) if used else ""


def _round_step(rough: float) -> float:
    power: float = 10.0 ** math.floor(math.log10(rough))
    return next(step * power for step in (1, 2, 5, 10) if step * power >= rough * (1 - 1e-9))


def _short_number(value: float, decimals: int) -> str:
    for power, letter, __ in _LETTERS:
        if abs(value) >= 10.0**power:
            return wording.formatted(value / 10.0**power, "g") + letter
    return wording.number(value, decimals)


def _places(value: float) -> int:
    return max(0, -math.floor(math.log10(abs(value)))) if value else 0
