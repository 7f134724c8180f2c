"""Excel and OpenDocument sheets to a table."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path

import msgspec
import pyarrow as pa

from compliance.dataset.nouns import CleaningStep
from compliance.dataset.readers.choice import chosen
from compliance.dataset.readers.headers import names_from
from compliance.errors import (
    EmptyFileError,
    NoRowsError,
    NotATableError,
    TooManyColumnsError,
    UnfoldsError,
)
from compliance.settings import MAX_COLUMNS, MAX_SHEET_CELLS

_ALONE = Path(__file__).with_name("sheets.py")
_MOST_S = 600
_NO_WORKBOOK = 1
_TYPES = {"d": date.fromisoformat, "m": datetime.fromisoformat, "t": time.fromisoformat}


def read_spreadsheet(
    name: str, data: bytes, sheet: str | None
) -> tuple[pa.Table, list[CleaningStep]]:
    """The table on `sheet`, or on the only sheet that holds anything.

    Raises:
        ChooseTableError, UnknownTableError: which sheet is not clear.
        EmptyFileError, NoRowsError, NotATableError, TooManyColumnsError, UnfoldsError: no table
            on it.
    """
    sheets = _sheets(name, data)
    filled = {
        s: rows for s, rows in sheets.items() if any(any(_is_filled(c) for c in r) for r in rows)
    }
    if not filled:
        raise EmptyFileError(name=name)
    rows = filled[chosen(name, sorted(filled), sheet)]
    while not any(_is_filled(cell) for cell in rows[0]):
        rows = rows[1:]
    if len(rows) == 1:
        raise NoRowsError(name=name)
    width = max(len(row) for row in rows)
    if width > MAX_COLUMNS:
        raise TooManyColumnsError(name=name, columns=width, limit=MAX_COLUMNS)
    names, steps = names_from([_text(cell) for cell in rows[0]], width=width)
    columns = [[row[i] if i < len(row) else None for row in rows[1:]] for i in range(width)]
    return pa.table([_array(column) for column in columns], names=names), steps


def _sheets(name: str, data: bytes) -> dict[str, list[list[object]]]:
    """The rows of every sheet, read by a process that ends where one is out of all proportion."""
    command = [sys.executable, "-I", str(_ALONE), str(MAX_SHEET_CELLS)]
    try:
        done = subprocess.run(
            command, input=data, capture_output=True, check=False, timeout=_MOST_S
        )
    except subprocess.TimeoutExpired:
        raise UnfoldsError(name=name, what="more than can be read in ten minutes") from None
    if done.returncode == _NO_WORKBOOK:
        raise NotATableError(name=name, reason="it is no readable workbook")
    if done.returncode:
        raise UnfoldsError(name=name, what=f"more than {MAX_SHEET_CELLS:,} cells")
    told = msgspec.msgpack.decode(done.stdout, type=list[tuple[str, list[list[object]]]])
    return {sheet: [[_cell(cell) for cell in row] for row in rows] for sheet, rows in told}


def _cell(told: object) -> object:
    """A cell in its own type, as `sheets.py` told it."""
    if not isinstance(told, dict):
        return told
    ((kind, value),) = told.items()
    return timedelta(seconds=value) if kind == "s" else _TYPES[kind](value)


def _is_filled(cell: object) -> bool:
    return cell not in (None, "")


def _array(cells: Sequence[object]) -> pa.Array:
    """The cells of a column in their own type where they share one, as text otherwise."""
    filled = [cell for cell in cells if _is_filled(cell)]
    kinds = {type(cell) for cell in filled}
    as_none = [cell if _is_filled(cell) else None for cell in cells]
    if kinds <= {int, float} and filled:
        return _numbers([cell if isinstance(cell, (int, float)) else None for cell in cells])
    if kinds == {bool}:
        return pa.array(as_none, pa.bool_())
    if kinds == {date}:
        return pa.array(as_none, pa.date32())
    if kinds == {datetime}:
        return pa.array(as_none, pa.timestamp("us"))
    return pa.array([_text(cell) for cell in cells], pa.string())


def _numbers(cells: Sequence[int | float | None]) -> pa.Array:
    """Whole numbers where all are whole: a workbook stores every number as a decimal."""
    whole = all(c is None or (float(c).is_integer() and abs(c) < 2**53) for c in cells)
    kind = int if whole else float
    numbers = [None if cell is None else kind(cell) for cell in cells]
    return pa.array(numbers, pa.int64() if whole else pa.float64())


def _text(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, (date, datetime, time)):
        return cell.isoformat(" ") if isinstance(cell, datetime) else cell.isoformat()
    if isinstance(cell, timedelta):
        return str(cell)
    return str(cell)
