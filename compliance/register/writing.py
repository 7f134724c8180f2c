"""Records as files that read back as the same records."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from compliance.plain import csv_bytes, to_plain
from compliance.register.kinds import kind_of
from compliance.register.nouns import KindId, Record
from compliance.register.reading import ABOUT, FORMAT
from compliance.register.values import to_cell


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


def json_bytes(plain: object) -> bytes:
    """A plain value as JSON for people to read."""
    import msgspec  # only exports need it here

    return msgspec.json.format(msgspec.json.encode(to_plain(plain)), indent=2) + b"\n"


def _csv(records: Sequence[Record], kind: KindId) -> bytes:
    fields = kind_of(kind).fields
    rows = [[*ABOUT, *(field.id for field in fields)]]
    for one in records:
        cells = [to_cell(f, one.values[f.id]) if f.id in one.values else "" for f in fields]
        rows.append([one.kind, one.id, one.name, *cells])
    return csv_bytes(rows)
