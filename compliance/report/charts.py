"""Charts as plain geometry: positions 0–1, labels and texts; the template only draws them.

Every chart has an `alt` that says its finding. Colours are roles, named in the template.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any, TypeGuard

from compliance.report import wording

MOST_GROUPS = 40  # rows of a chart that still fit on one page
_LABEL_WIDTH = 30
_TITLE_WIDTH = 36
_STEEP = 30  # from this ratio of largest to middle number on, the axis goes in powers of ten
_FEW = 5
_LETTERS = (
    (12, "T", "million million"),
    (9, "G", "thousand million"),
    (6, "M", "million"),
    (3, "k", "thousand"),
)

Plain = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One number of a group and how far it may be off.

    Attributes:
        value: None where there is no number.
        margin: ±; 0 where there is none.
    """

    value: float | None
    margin: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a line chart; `role` gives colour and dashes."""

    name: str
    role: str
    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """Where numbers lie on an axis (0–1), and its ticks."""

    place: Callable[[float], float]
    ticks: tuple[Plain, ...]
    is_steep: bool = False


def value_chart(
    labels: Sequence[str], panels: Sequence[tuple[str, Sequence[Bar]]], *, alt: str, caption: str
) -> Plain:
    """One row per group, one panel per statistic: a dot with whiskers of its margin."""
    drawn = [_value_panel(title, bars, most_ticks=6 - len(panels)) for title, bars in panels]
    caption += _letters_used(tick["text"] for panel in drawn for tick in panel["ticks"])
    if any(panel.pop("is_steep") for panel in drawn):
        caption += " Axis in powers of ten."
    return {
        "labels": [wording.shortened(label, _LABEL_WIDTH) for label in labels],
        "panels": drawn,
        "legend": [],
        "alt": alt,
        "caption": caption,
    }


def pair_chart(
    labels: Sequence[str],
    title: str,
    pairs: Sequence[tuple[float | None, float | None]],
    names: tuple[str, str],
    *,
    alt: str,
    caption: str,
) -> Plain:
    """One row per site, two marks on it, joined by a bar."""
    axis = linear_axis([number for pair in pairs for number in pair if is_finite(number)])
    roles = ("main", "second")
    rows = []
    for pair in pairs:
        marks = [
            {"at": axis.place(number), "role": role}
            for number, role in zip(pair, roles, strict=True)
            if is_finite(number)
        ]
        whisker = [mark["at"] for mark in marks] if len(marks) == len(roles) else None
        rows.append({"whisker": whisker, "marks": marks})
    panel = {"title": title, "ticks": list(axis.ticks), "zero": None, "rows": rows}
    return {
        "labels": [wording.shortened(label, _LABEL_WIDTH) for label in labels],
        "panels": [panel],
        "legend": [{"role": r, "text": n} for r, n in zip(roles, names, strict=True)],
        "alt": alt,
        "caption": caption,
    }


def line_chart(title: str, x_title: str, lines: Sequence[Line]) -> Plain:
    """Lines over a common x axis; numbers that are not finite leave a gap."""
    kept = [
        (line, [(x, y) for x, y in line.points if math.isfinite(x) and math.isfinite(y)])
        for line in lines
    ]
    x_axis = linear_axis([x for _, points in kept for x, _ in points], whole=True)
    y_axis = linear_axis([y for _, points in kept for _, y in points])
    return {
        "title": title,
        "x_title": x_title,
        "x_ticks": list(x_axis.ticks),
        "y_ticks": list(y_axis.ticks),
        "series": [
            {
                "name": line.name,
                "role": line.role,
                "points": [[x_axis.place(x), y_axis.place(y)] for x, y in points],
            }
            for line, points in kept
        ],
    }


def share_chart(
    rows: Sequence[tuple[str, Sequence[tuple[str, float]], str]],
    legend: Sequence[tuple[str, str]],
    *,
    alt: str,
    caption: str,
) -> Plain:
    """One bar per row, split into parts.

    Args:
        rows: label, parts as (role, share 0–1), and the note that stands beside the bar.
        legend: what each role means.
    """
    return {
        "rows": [
            {
                "label": wording.shortened(label, _LABEL_WIDTH),
                "note": note,
                "parts": [
                    {"role": role, "share": min(max(share, 0.0), 1.0)}
                    for role, share in parts
                    if is_finite(share)
                ],
            }
            for label, parts, note in rows
        ],
        "legend": [{"role": role, "text": text} for role, text in legend],
        "alt": alt,
        "caption": caption,
    }


def is_finite(number: float | None) -> TypeGuard[float]:
    """Whether there is a number that has a place on an axis."""
    return number is not None and math.isfinite(number)


def only_first(number: int, things: str) -> str:
    """What a caption adds where a chart shows only the first `MOST_GROUPS` of `things`."""
    return f" The first {MOST_GROUPS} of {number:,} {things}." if number > MOST_GROUPS else ""


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


def _value_panel(title: str, bars: Sequence[Bar], *, most_ticks: int) -> Plain:
    ends = [end for bar in bars for end in _ends(bar)]
    axis = _axis_for(ends, [bar.value for bar in bars], most_ticks=max(most_ticks, 2))
    rows = []
    for bar in bars:
        whisker = [axis.place(end) for end in _ends(bar)] or None
        mark = {"at": axis.place(bar.value), "role": "main"} if is_finite(bar.value) else None
        rows.append({"whisker": whisker, "marks": [mark] if mark else []})
    zero = axis.place(0.0)
    return {
        "title": wording.shortened(title, _TITLE_WIDTH),
        "ticks": list(axis.ticks),
        "zero": zero if 0 <= zero <= 1 else None,
        "rows": rows,
        "is_steep": axis.is_steep,
    }


def _axis_for(ends: Sequence[float], values: Sequence[float | None], *, most_ticks: int) -> Axis:
    sizes = [abs(value) for value in values if value and is_finite(value)]
    if len(sizes) >= _FEW and max(sizes) > _STEEP * median(sizes):
        return steep_axis(ends, most_ticks=most_ticks)
    return linear_axis([0.0, *ends], most_ticks=most_ticks)


def _ends(bar: Bar) -> tuple[float, ...]:
    if not is_finite(bar.value):
        return ()
    return (bar.value - bar.margin, bar.value + bar.margin)


def _round_step(rough: float) -> float:
    power: float = 10.0 ** math.floor(math.log10(rough))
    return next(step * power for step in (1, 2, 5, 10) if step * power >= rough * (1 - 1e-9))


def _short_number(value: float, decimals: int) -> str:
    for power, letter, _ in _LETTERS:
        if abs(value) >= 10.0**power:
            return wording.signed(f"{value / 10.0**power:g}{letter}")
    return wording.number(value, decimals)


def _letters_used(texts: Iterable[str]) -> str:
    ends = {text[-1] for text in texts}
    used = [f"{letter}: {word}" for _, letter, word in _LETTERS[::-1] if letter in ends]
    return f" {', '.join(used)}." if used else ""


def _places(value: float) -> int:
    return max(0, -math.floor(math.log10(abs(value)))) if value else 0
