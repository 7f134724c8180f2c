"""Charts as plain geometry: positions 0–1, labels and texts; the template only draws them.

Every chart has an `alt` that says its finding. Colours are roles, named in the template.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from compliance.i18n import translate as _
from compliance.report import wording
from compliance.report.axes import (
    Axis,
    axis_for,
    is_finite,
    letters_used,
    linear_axis,
    steep_axis,
)
from compliance.report.tables import Plain

MOST_GROUPS = 20  # rows of a chart, so that it fits on half a page
_LABEL_WIDTH = 30
_TITLE_WIDTH = 36


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One number of a group and how far it may be off.

    Attributes:
        value: None where there is no number.
        margin: ±; 0 where there is none.
        low, high: an interval in place of ±, which need not be even on both sides.
        role: gives the mark its look.
        beside: another number, marked as well, that this one is to be held against.
    """

    value: float | None
    margin: float = 0.0
    low: float | None = None
    high: float | None = None
    role: str = "main"
    beside: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a line chart; `role` gives colour and dashes."""

    name: str
    role: str
    points: tuple[tuple[float, float], ...]


def value_chart(
    labels: Sequence[str],
    panels: Sequence[tuple[str, Sequence[Bar]]],
    *,
    alt: str,
    caption: str,
    is_bars: bool = False,
    is_steep: bool = False,
    legend: Sequence[tuple[str, str]] = (),
) -> Plain:
    """One row per group, one panel per statistic: a dot with whiskers of its margin.

    Args:
        is_bars: whether a bar goes from nought to each dot, as histograms have it.
        is_steep: whether the axis goes in powers of ten whatever the values.
        legend: what each role of a mark means, where there are several.
    """
    most_ticks = max(6 - len(panels), 2)
    drawn = [
        _value_panel(
            title,
            bars,
            _axis(bars, most_ticks, is_bars=is_bars, is_steep=is_steep),
            is_bars=is_bars,
        )
        for title, bars in panels
    ]
    caption += letters_used(tick["text"] for panel in drawn for tick in panel["ticks"])
    if any(panel["is_steep"] for panel in drawn):
        caption += _(" Axis in powers of ten.")
    return {
        "labels": [wording.shortened(label, _LABEL_WIDTH) for label in labels],
        "panels": drawn,
        "legend": [{"role": role, "text": text} for role, text in legend],
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
        rows.append({"whisker": whisker, "marks": marks, "bar": None})
    panel = {"title": title, "ticks": list(axis.ticks), "zero": None, "rows": rows}
    return {
        "labels": [wording.shortened(label, _LABEL_WIDTH) for label in labels],
        "panels": [panel],
        "legend": [{"role": r, "text": n} for r, n in zip(roles, names, strict=True)],
        "alt": alt,
        "caption": caption,
    }


def line_chart(
    title: str, x_title: str, lines: Sequence[Line], *, shown: Sequence[float] = ()
) -> Plain:
    """Lines over a common x axis; numbers that are not finite leave a gap.

    Args:
        shown: what the y axis shows in any case, so that small changes look small.
    """
    kept = [
        (line, [(x, y) for x, y in line.points if math.isfinite(x) and math.isfinite(y)])
        for line in lines
    ]
    x_axis = linear_axis([x for __, points in kept for x, ___ in points], whole=True)
    y_axis = linear_axis([*shown, *(y for __, points in kept for ___, y in points)])
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


def only_first(number: int, things: str) -> str:
    """What a caption adds where a chart shows only the first `MOST_GROUPS` of `things`."""
    if number <= MOST_GROUPS:
        return ""
    return _(" The first {shown} of {number} {things}.").format(
        shown=MOST_GROUPS, number=wording.count(number), things=_(things)
    )


def _axis(bars: Sequence[Bar], most_ticks: int, *, is_bars: bool, is_steep: bool) -> Axis:
    ends = [end for bar in bars for end in _ends(bar)]
    ends += [bar.beside for bar in bars if is_finite(bar.beside)]
    if is_bars:  # lengths are compared, so steps stay even
        return linear_axis([0.0, *ends], most_ticks=most_ticks)
    if is_steep and any(ends):
        return steep_axis(ends, most_ticks=most_ticks)
    return axis_for(ends, [bar.value for bar in bars], most_ticks=most_ticks)


def _value_panel(title: str, bars: Sequence[Bar], axis: Axis, *, is_bars: bool) -> Plain:
    zero = axis.place(0.0)
    rows = []
    for bar in bars:
        whisker = [axis.place(end) for end in _ends(bar)] or None
        mark = {"at": axis.place(bar.value), "role": bar.role} if is_finite(bar.value) else None
        other = [{"at": axis.place(bar.beside), "role": "second"}] if is_finite(bar.beside) else []
        rows.append(
            {
                "whisker": whisker,
                "marks": [*other, mark] if mark else other,
                "bar": [zero, mark["at"]] if mark and is_bars else None,
            }
        )
    return {
        "title": wording.shortened(title, _TITLE_WIDTH),
        "ticks": list(axis.ticks),
        "zero": zero if 0 <= zero <= 1 else None,
        "rows": rows,
        "is_steep": axis.is_steep,
    }


def _ends(bar: Bar) -> tuple[float, ...]:
    if not is_finite(bar.value):
        return ()
    if bar.low is not None and bar.high is not None:
        return (bar.low, bar.high)
    return (bar.value - bar.margin, bar.value + bar.margin)
