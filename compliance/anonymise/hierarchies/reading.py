"""A hierarchy from ARX's CSV: first column the value, then one column per level, no header."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from compliance.anonymise.hierarchies.decoding import rows_of
from compliance.anonymise.nouns import ALL, Hierarchy
from compliance.dataset.nouns import ColumnName
from compliance.errors import HierarchyError
from compliance.i18n import mark

MOST_VALUES = 1_000_000
MOST_LEVELS = 60

_Rows = list[list[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """A hierarchy as it was read.

    Attributes:
        hierarchy: nested, every gap filled.
        notes: what was repaired or left out, in sentences without any value.
    """

    hierarchy: Hierarchy
    notes: tuple[str, ...] = ()


def read_hierarchy(data: bytes, column: ColumnName) -> Read:
    """The hierarchy in `data`, in the form that ARX and ANJANA write.

    Cells are separated by “;”, tab, “,” or “|”, in quotes or not, in any usual encoding. Blanks
    around names are cut off. A blank cell takes the name that other rows with the same finer name
    have there; else, inside a row, the finer name itself, and at its end “*”. A row of which the
    value is blank is left out, for missing values form a class of their own.

    Raises:
        HierarchyError: the file is empty, too large or no text; a value stands on two rows that
            differ; a name has two names at the next level; or names stand above themselves.
    """
    rows, notes = rows_of(data, column)
    rows = _without_header(rows, column, notes)
    rows = _with_values(rows, column, notes)
    _check_size(rows, column)
    _fill(rows, notes)
    levels = _levels(rows, column, notes)
    _check_nested(levels, column)
    _check_loops(levels, column)
    if len(set(levels[-1])) > 1:
        notes.append(mark("The last level still tells groups apart: the column cannot become “*”."))
    return Read(hierarchy=Hierarchy(column=column, levels=levels), notes=tuple(notes))


def _without_header(rows: _Rows, column: ColumnName, notes: list[str]) -> _Rows:
    if len(rows) > 1 and rows[0][0].casefold() == column.strip().casefold():
        notes.append(mark("The first row names the column and was taken for a header."))
        return rows[1:]
    return rows


def _with_values(rows: _Rows, column: ColumnName, notes: list[str]) -> _Rows:
    kept = [row for row in rows if row[0]]
    if left_out := len(rows) - len(kept):
        notes.append(
            mark(
                "{rows} without a value left out: missing values form a class of their own."
            ).format(rows=_counted(left_out, "row"))
        )
    if not kept:
        raise HierarchyError(column=column, reason="no row of its file begins with a value")
    return kept


def _check_size(rows: _Rows, column: ColumnName) -> None:
    width = max(map(len, rows))
    if len(rows) > MOST_VALUES or width > MOST_LEVELS + 1:
        reason = (
            f"its file has {len(rows):,} rows and {width - 1:,} levels; at most {MOST_VALUES:,} "
            f"and {MOST_LEVELS} are taken"
        )
        raise HierarchyError(column=column, reason=reason)


def _fill(rows: _Rows, notes: list[str]) -> None:
    """Make all rows as long as the longest, without blanks; in place."""
    lengths = [len(row) if row[-1] else _length(row) for row in rows]
    width = max(lengths)
    if all(len(row) == width and "" not in row for row in rows):
        return
    filled = 0
    for row in rows:
        row[:] = (row + [""] * width)[:width]
    for level in range(1, width):
        known = {row[level - 1]: row[level] for row in rows if row[level]}
        for row, length in zip(rows, lengths, strict=True):
            if not row[level]:
                within = row[level - 1] if level < length else ALL
                row[level] = known.get(row[level - 1], within)
                filled += 1
    if filled:
        notes.append(
            mark(
                "{cells} filled from other rows, from the level below, or with “{all_name}” at the "
                "end of a row."
            ).format(cells=_counted(filled, "blank cell"), all_name=ALL)
        )


def _length(row: Sequence[str]) -> int:
    """How many cells there are up to the last one that is not blank."""
    return max(place for place, cell in enumerate(row, start=1) if cell)


def _levels(rows: _Rows, column: ColumnName, notes: list[str]) -> tuple[tuple[str, ...], ...]:
    different = dict.fromkeys(map(tuple, rows))
    if twice := len(rows) - len(different):
        notes.append(mark("{rows} stood there twice.").format(rows=_counted(twice, "row")))
    counts = Counter(row[0] for row in different)
    if contradicting := sum(count > 1 for count in counts.values()):
        reason = (
            f"{_counted(contradicting, 'value')} of its file stand on several rows that differ; "
            "leave one row per value"
        )
        raise HierarchyError(column=column, reason=reason)
    return tuple(zip(*different, strict=True))


def _check_nested(levels: Sequence[Sequence[str]], column: ColumnName) -> None:
    for level, (finer, coarser) in enumerate(itertools.pairwise(levels), start=1):
        pairs = set(zip(finer, coarser, strict=True))
        names = Counter(name for name, _ in pairs)
        if split := sum(count > 1 for count in names.values()):
            reason = (
                f"{_counted(split, 'name')} of level {level - 1} fall apart at level {level}; "
                "values that share a name at one level must share it at all later ones"
            )
            raise HierarchyError(column=column, reason=reason)


def _check_loops(levels: Sequence[Sequence[str]], column: ColumnName) -> None:
    """Refuse names that stand above themselves, by way of others, such as a → b → a."""
    above = {name for level in levels[1:] for name in set(level)}
    steps = {
        pair
        for finer, coarser in itertools.pairwise(levels)
        for pair in set(zip(finer, coarser, strict=True))
        if pair[0] != pair[1] and pair[0] in above  # most values are at the start of a way
    }
    rest = _without_ends(_without_ends(steps, side=0), side=1)
    if rest:
        names = len({name for step in rest for name in step})
        reason = (
            f"{_counted(names, 'name')} stand above themselves by way of others; give groups "
            "names that no finer level has"
        )
        raise HierarchyError(column=column, reason=reason)


def _without_ends(steps: Iterable[tuple[str, str]], *, side: int) -> set[tuple[str, str]]:
    """The steps left when those at an end of a way go, again and again; side 0 is its start."""
    left = set(steps)
    by_end: dict[str, list[tuple[str, str]]] = {}
    waiting: Counter[str] = Counter()
    for step in left:
        by_end.setdefault(step[side], []).append(step)
        waiting[step[1 - side]] += 1
    ends = [name for name in by_end if not waiting[name]]
    while ends:
        for step in by_end.get(ends.pop(), ()):
            left.discard(step)
            waiting[step[1 - side]] -= 1
            if not waiting[step[1 - side]]:
                ends.append(step[1 - side])
    return left


def _counted(count: int, thing: str) -> str:
    return f"{count:,} {thing}{'' if count == 1 else 's'}"
