"""The builder that fits a column, so that nobody needs to choose one."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from compliance.anonymise.hierarchies import numbers, ordering, places, schemes
from compliance.anonymise.nouns import Build, Builder
from compliance.dataset.nouns import Column, ColumnName, ColumnType
from compliance.dataset.table import Table
from compliance.discovery.nouns import IdentifierClass, Label
from compliance.shipped import table

FEW = 3  # so few values: any group of them is nearly all
_MOST_WORDS = 400
_MOST_LIKE = 3
_SKEWED = 0.5  # of the rows in one of about twenty ranges
_PARTS = 20  # ranges that hold as many rows each
_UNITS = ("hour", "day", "month", "quarter", "year", "five_years", "decade")
_MOMENTS = (ColumnType.DATE, ColumnType.TIMESTAMP)
_NUMERIC = (ColumnType.INTEGER, ColumnType.NUMBER)
_LARGER = ("region", "country", "country_code")
_WEEK = 7
_LEAST_ROWS = 5
_LEVELS = 5


def propose(table: Table, column: Column, label: Label, labels: Sequence[Label] = ()) -> Build:
    """How to make a hierarchy for a column; all settings are said, so that it stays the same.

    What the values mean decides (`proposals.yaml`), then what they are: a kind that does not fit
    them gives way to the next. Columns with up to `FEW` values, and those whose values are all
    but unique words, become “*” at once.

    Args:
        table: the rows.
        column: of the table.
        label: what discovery or an officer says of it.
        labels: of all columns: words are grouped by other columns, cities by their countries.
    """
    counts = _counts(table, column.name)
    if len(counts) <= FEW or column.type is ColumnType.BOOLEAN:
        return Build(builder=Builder.SUPPRESS)
    kind = kinds().get(label.semantic_type, "")
    if not kind:
        kind = "dates" if column.type in _MOMENTS else "words"
        kind = (
            "numbers" if column.type in _NUMERIC and label.semantic_type[-5:] != "_code" else kind
        )
    others = [other for other in labels if other.column != column.name]
    look = _Look(table=table, counts=counts, others=others)
    for way in (_WAYS[kind], _words):
        if (found := way(look)) is not None:
            return found
    return Build(builder=Builder.SUPPRESS)


@functools.cache
def kinds() -> Mapping[str, str]:
    """The kind of hierarchy that fits each semantic type, by its id."""
    rows = table("compliance.anonymise.hierarchies", "proposals.yaml")
    return {name: row["kind"] for row in rows for name in row["types"]}


def _counts(table: Table, column: ColumnName) -> dict[str, int]:
    codes = table.codes(column)
    present = codes.codes[codes.codes >= 0]
    rows = np.bincount(present, minlength=len(codes.labels)).tolist()
    return dict(zip(codes.texts(), rows, strict=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    """A column as the ways to propose see it.

    Attributes:
        table: the rows.
        counts: the column's values with their rows.
        others: the labels of the other columns.
    """

    table: Table
    counts: Mapping[str, int]
    others: Sequence[Label]

    def size(self, column: str) -> int:
        """How many different values another column has."""
        return len(self.table.codes(ColumnName(column)).labels)


_Way = Callable[[_Look], Build | None]


def _ages(look: _Look) -> Build | None:
    found = [n for n in numbers.to_numbers(list(look.counts)) if n is not None]
    if 2 * len(found) < len(look.counts):
        return None
    settings = {"width": 5.0, "factor": 2.0, "origin": 0.0, "levels": 4.0}
    return Build(builder=Builder.INTERVALS, settings=settings)


def _numbers(look: _Look) -> Build | None:
    read = dict(zip(look.counts, numbers.to_numbers(list(look.counts)), strict=True))
    found = [number for number in read.values() if number is not None]
    if 2 * len(found) < len(look.counts):
        return None
    width = numbers.width_for(found)
    rows = Counter[Decimal]()
    for value, number in read.items():
        if number is not None:
            rows[number // width] += look.counts[value]
    if max(rows.values()) > _SKEWED * rows.total() and len(found) > _PARTS:
        # Of amounts most are often 0: the ranges part the rest.
        rest = rows.total() - max(look.counts.values())
        each = max(_LEAST_ROWS, rest // _PARTS)
        levels = numbers.joinings(rows.total() // each, 2)
        settings = {"rows": float(each), "factor": 2.0, "levels": float(min(levels, _LEVELS))}
        return Build(builder=Builder.INTERVALS, settings=settings)
    levels = numbers.levels_for(found, width, 2)
    settings = {"width": float(width), "factor": 2.0, "origin": 0.0, "levels": float(levels)}
    return Build(builder=Builder.INTERVALS, settings=settings)


def _dates(look: _Look) -> Build | None:
    """Those units that put values together, and do not put all of them together."""
    if 2 * sum(map(schemes.is_date, look.counts)) < len(look.counts):
        return None
    units, before = [], len(look.counts)
    levels = schemes.by_units(list(look.counts), _UNITS)
    for name, level in zip(_UNITS, levels, strict=True):
        groups = len(set(level))
        if 1 < groups < before:
            units.append(name)
            before = groups
    if not units:
        return Build(builder=Builder.SUPPRESS)
    return Build(builder=Builder.DATES, settings={"levels": ", ".join(units)})


def _calendar(look: _Look) -> Build | None:
    """Months by quarters and halves, whichever of them are there; days of the week by twos."""
    ranks = ordering.calendar_ranks(list(look.counts))
    if 2 * sum(rank is not None for rank in ranks) < len(ranks):
        return None
    order = ordering.whole_calendar(list(look.counts))
    factor = "3, 2" if len(order) > _WEEK else "2"
    settings = {"order": ", ".join(order), "factor": factor}
    return Build(builder=Builder.ORDER, settings=settings)


def _ranks(look: _Look) -> Build | None:
    is_ranked = all(number is not None for number in numbers.to_numbers(list(look.counts)))
    return Build(builder=Builder.ORDER, settings={"factor": 2.0}) if is_ranked else None


def _postal(_: _Look) -> Build | None:
    return Build(builder=Builder.PREFIX, settings={"scheme": "postal"})


def _places(look: _Look) -> Build | None:
    """By our lists; else by the columns beside it that hold fewer, larger places."""
    if places.by_lists(list(look.counts), list(look.counts.values())) is not None:
        return Build(builder=Builder.PLACES)
    within: list[str] = []
    most = len(look.counts)
    for kind in _LARGER:
        for other in look.others:
            size = look.size(other.column)
            if other.semantic_type == kind and 1 < size < most and "," not in other.column:
                within.append(other.column)
                most = size
    return Build(builder=Builder.PLACES, settings={"within": ", ".join(within)}) if within else None


def _scheme(name: str) -> _Way:
    def way(_: _Look) -> Build | None:
        return Build(builder=Builder.PREFIX, settings={"scheme": name})

    return way


def _suppress(_: _Look) -> Build | None:
    return Build(builder=Builder.SUPPRESS)


def _words(look: _Look) -> Build | None:
    """Words by other quasi-identifiers; without any, the rare ones become “other”.

    Not by sensitive columns: classes of people who are alike in these would tell more of them.
    """
    rows = sum(look.counts.values())
    if len(look.counts) > _MOST_WORDS or 2 * len(look.counts) > rows:
        return None
    like = [
        other.column
        for other in look.others
        if other.identifier_class is IdentifierClass.QUASI
        and "," not in other.column
        and 1 < look.size(other.column) <= _MOST_WORDS
    ]
    if like:
        sizes = {name: look.size(name) for name in like}
        chosen = sorted(like, key=lambda name: (-min(sizes[name], _PARTS), name))[:_MOST_LIKE]
        return Build(builder=Builder.CATEGORIES, settings={"like": ", ".join(sorted(chosen))})
    bounds = sorted({max(2, rows // part) for part in (1_000, 100, 20)})
    return Build(builder=Builder.CATEGORIES, settings={"rare_below": ", ".join(map(str, bounds))})


_WAYS: Mapping[str, _Way] = {
    "ages": _ages,
    "numbers": _numbers,
    "dates": _dates,
    "calendar": _calendar,
    "ranks": _ranks,
    "postal": _postal,
    "places": _places,
    "email": _scheme("email"),
    "phone": _scheme("phone"),
    "ip": _scheme("ip"),
    "suppress": _suppress,
    "words": _words,
}
