"""Records as files that read back as the same records."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from enum import StrEnum

from compliance.plain import to_plain
from compliance.register.kinds import kind_of
from compliance.register.nouns import KindId, Record
from compliance.register.reading import ABOUT, FORMAT
from compliance.register.values import to_cell

# What makes a spreadsheet compute a cell, and the mark itself. The wide ones count in East Asia.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠", "'")


class Shape(StrEnum):
    """The forms in which records are handed over."""

    CSV = "csv"
    JSON = "json"


def write_records(records: Sequence[Record], shape: Shape, kind: KindId = "") -> bytes:
    """`records` as a file; reading and checking it gives the same values again.

    Args:
        kind: in CSV, the one kind that they are of; its fields are the columns.
    """
    if shape is Shape.CSV:
        return _csv(records, kind)
    listed = [
        {"kind": one.kind, "id": one.id, "name": one.name, "values": dict(one.values)}
        for one in records
    ]
    return json_bytes({"format": FORMAT, "version": 1, "records": listed})


def csv_bytes(rows: Sequence[Sequence[str]]) -> bytes:
    """Rows of cells as CSV that spreadsheets open as text: marked UTF-8, no cell a formula."""
    out = io.StringIO(newline="")
    csv.writer(out).writerows([[spreadsheet_safe(cell) for cell in row] for row in rows])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def json_bytes(plain: object) -> bytes:
    """A plain value as JSON for people to read."""
    import msgspec  # only exports need it here

    return msgspec.json.format(msgspec.json.encode(to_plain(plain)), indent=2) + b"\n"


def spreadsheet_safe(cell: str) -> str:
    """`cell` with an apostrophe before it where a spreadsheet would compute it."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _csv(records: Sequence[Record], kind: KindId) -> bytes:
    fields = kind_of(kind).fields
    rows = [[*ABOUT, *(field.id for field in fields)]]
    for one in records:
        cells = [to_cell(f, one.values[f.id]) if f.id in one.values else "" for f in fields]
        rows.append([one.kind, one.id, one.name, *cells])
    return csv_bytes(rows)
