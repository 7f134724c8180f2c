"""Consents as a file for a spreadsheet, with hashes in place of people or without them."""

from __future__ import annotations

import csv
import io
from datetime import datetime

import pyarrow as pa

from compliance.plain import spreadsheet_safe


def as_csv(found: pa.Table, *, with_people: bool) -> bytes:
    """Events as CSV; people as keyed hashes, or not at all."""
    names = [name for name in found.column_names if with_people or name != "person"]
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(names)
    for row in found.select(names).to_pylist():
        writer.writerow([_cell(value) for value in row.values()])
    return text.getvalue().encode()


def _cell(value: object) -> str:
    """A cell that no spreadsheet takes for a formula."""
    if value is None:
        return ""
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%dT%H:%M:%SZ}"
    return spreadsheet_safe(str(value))
