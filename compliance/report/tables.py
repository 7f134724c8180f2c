"""A table of the report as plain values: columns with their widths, rows of texts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from compliance.report import wording

Plain = dict[str, Any]
Cell = str | Plain

# Millimetres at the size in which tables are set; `_WIDEST` leaves room for other columns.
_DIGIT, _LETTER, _HALF_HAN, _PADDING = 1.56, 1.75, 1.45, 3.2
_UNTORN = 10  # columns of a Chinese title that stays on one line
_NARROWEST, _WIDEST = 13.0, 34.0


class Fill(StrEnum):
    """What the cells of a column hold, which decides how they are set.

    TEXT wraps and hyphenates; NAME may break anywhere but never gains a hyphen; NUMBER stands
    right in a column as wide as its longest number; CODE is monospaced and may break anywhere.
    """

    TEXT = "text"
    NAME = "name"
    NUMBER = "number"
    CODE = "code"


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """A column: its title, its share of the width left over by numbers, and what it holds."""

    title: str
    width: float = 1.0
    fill: Fill = Fill.TEXT


def heading(title: str, width: float = 1.0, fill: Fill = Fill.TEXT) -> Heading:
    """A column of a table; `width` counts only where `fill` is no number."""
    return Heading(title=title, width=width, fill=fill)


def table(headings: Sequence[Heading], rows: Sequence[Sequence[Cell]]) -> Plain | None:
    """A table, or None where there are no rows: an empty table is never shown."""
    if not rows:
        return None
    columns = []
    for index, head in enumerate(headings):
        width = {"share": head.width}
        if head.fill is Fill.NUMBER:
            width = {"mm": number_width(head.title, [row[index] for row in rows])}
        columns.append({"title": head.title, "fill": head.fill.value} | width)
    return {"columns": columns, "rows": [list(row) for row in rows]}


def number_width(title: str, cells: Sequence[Cell]) -> float:
    """Millimetres that a column of numbers needs for its longest number and its title."""
    longest = max((wording.columns(cell) for cell in cells if isinstance(cell, str)), default=0)
    needed = max(_PADDING + longest * _DIGIT, _PADDING + _title_width(title))
    return min(max(needed, _NARROWEST), _WIDEST)


def _title_width(title: str) -> float:
    """Millimetres of a title on at most two lines; a short Chinese one is not torn."""
    if any("\u2e80" <= sign <= "\u9fff" for sign in title):
        wide = wording.columns(title)
        return (wide if wide <= _UNTORN else wide // 2 + 2) * _HALF_HAN
    word = max((len(word) for word in title.split()), default=0)
    return max(word, min(len(title) // 2 + 2, len(title))) * _LETTER


def toned(text: str, tone: str) -> Plain:
    """A cell whose text is set off: `good`, `warn` or `bad`, always with a sign before it."""
    return {"text": text, "tone": tone, "below": "", "below_tone": ""}


def stacked(text: str, below: str, *, tone: str = "") -> Plain:
    """A cell with a second, smaller line, which `tone` sets off."""
    return {"text": text, "tone": "", "below": below, "below_tone": tone}


def tile(title: str, figure: str, note: str, *, tone: str = "") -> Plain:
    """A key figure of a summary; `tone` sets it off."""
    return {"title": title, "figure": figure, "note": note, "tone": tone}


def fact(name: str, value: str, *, fill: Fill = Fill.TEXT, missing: bool = False) -> Plain:
    """One line of a list of facts; `missing` flags what nobody has recorded."""
    return {"name": name, "value": value, "fill": fill.value, "missing": missing}
