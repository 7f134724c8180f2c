"""Reads a workbook in a process of its own: started as a script, never imported by the desk.

A few bytes of a workbook can say that a sheet has 17,000 million cells. The library that reads it
then takes memory for all of them, and where there is not so much the whole process ends. So that
is this one, which may take only so much memory and time.

In: the workbook on standard input. Out: MessagePack, a list of sheets, each its name and rows. What
MessagePack has no type for is told by one key: `d` a date, `m` a moment, `t` a time, `s` seconds.
Ends with 1 where it is no workbook, with 3 where it unfolds to too much.
"""

from __future__ import annotations

import sys
from datetime import date, datetime, time, timedelta
from io import BytesIO

import msgspec
from python_calamine import CalamineError, CalamineWorkbook

NO_WORKBOOK, TOO_MUCH = 1, 3
_MOST_BYTES = 4 * 2**30
_MOST_S = 300


def _restrain() -> None:
    try:
        import resource  # not on Windows
    except ImportError:
        return
    for what, most in ((resource.RLIMIT_AS, _MOST_BYTES), (resource.RLIMIT_CPU, _MOST_S)):
        hard = resource.getrlimit(what)[1]
        resource.setrlimit(what, (most if hard < 0 else min(most, hard), hard))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _cell(cell: object) -> object:
    if isinstance(cell, datetime):
        return {"m": cell.isoformat()}
    if isinstance(cell, date):
        return {"d": cell.isoformat()}
    if isinstance(cell, time):
        return {"t": cell.isoformat()}
    if isinstance(cell, timedelta):
        return {"s": cell.total_seconds()}
    return cell


def _sheets(data: bytes, most_cells: int) -> list[tuple[str, list[list[object]]]]:
    book = CalamineWorkbook.from_filelike(BytesIO(data))
    found, cells = [], 0
    for name in book.sheet_names:
        sheet = book.get_sheet_by_name(name)
        cells += sheet.height * sheet.width
        if cells > most_cells:
            sys.exit(TOO_MUCH)
        found.append((name, [[_cell(cell) for cell in row] for row in sheet.to_python()]))
    return found


if __name__ == "__main__":
    _restrain()
    try:
        told = _sheets(sys.stdin.buffer.read(), int(sys.argv[1]))
    except CalamineError:
        sys.exit(NO_WORKBOOK)
    except MemoryError:
        sys.exit(TOO_MUCH)
    sys.stdout.buffer.write(msgspec.msgpack.encode(told))
