"""A package as files: JSON, CSV that no spreadsheet computes, and one ZIP with a manifest.

The same package gives the same bytes. Reading a CSV back gives the same values.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC
from typing import Any

from compliance.dataset.nouns import ColumnName, ColumnType
from compliance.i18n import mark
from compliance.plain import spreadsheet_safe
from compliance.rights.nouns import Copy, Extract, Handed, Package, ShownColumn, Value

FORMAT = "privacy-desk-package"
VERSION = 1
MANIFEST = "manifest.json"

_TEXTS = (ColumnType.TEXT,)
_FIRST_YEAR = 1980  # ZIP knows no day before


def to_csv(extract: Extract) -> bytes:
    """The rows of `extract` as CSV (RFC 4180) in UTF-8.

    A text that a spreadsheet would compute has an apostrophe before it; what was left out, and
    what has no value, is empty. Numbers, dates and truth values stand as they are.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([spreadsheet_safe(str(column.name)) for column in extract.columns])
    columns = [_cells(extract, column) for column in extract.columns]
    writer.writerows(zip(*columns, strict=True))
    return out.getvalue().encode("utf-8", "replace")


def from_csv(data: bytes, columns: Sequence[ShownColumn]) -> dict[ColumnName, tuple[Value, ...]]:
    """The values that `to_csv` wrote."""
    rows = list(csv.reader(io.StringIO(data.decode(), newline="")))[1:]
    return {
        column.name: tuple(_value(row[place], column.type) for row in rows if row)
        for place, column in enumerate(columns)
    }


def to_data(package: Package) -> bytes:
    """The whole package as JSON in UTF-8; `schema` says what each column is."""
    told: dict[str, Any] = {
        "format": FORMAT,
        "version": VERSION,
        "request": package.request,
        "law": package.law,
        "right": str(package.right),
        "article": package.article,
        "from": _sender(package),
        "made_at": package.made_at.astimezone(UTC).isoformat(),
        "legal_bases": list(package.bases),
        "information": [
            {"id": e.id, "title": e.title, "says": list(e.says), "missing": list(e.missing)}
            for e in package.elements
        ],
        "datasets": [_extract(extract) for extract in package.extracts],
        "older_versions_and_copies": [_copy(copy) for copy in package.copies],
        "mentions": [
            {"dataset": one.dataset_id, "column": one.column, "text": one.text}
            for one in package.excerpts
        ],
        "left_out": _left_out(package),
    }
    return _json(told)


def zipped(package: Package, pdf: bytes) -> Handed:
    """The package as one ZIP with a manifest; `pdf` is the readable part.

    Args:
        pdf: of this very package.
    """
    files = {"package.pdf": pdf, "data.json": to_data(package), **dict(_tables(package))}
    hashes = {name: hashlib.sha256(data).hexdigest() for name, data in sorted(files.items())}
    manifest = _json(
        {
            "format": FORMAT,
            "version": VERSION,
            "request": package.request,
            "made_at": package.made_at.astimezone(UTC).isoformat(),
            "encoding": "UTF-8",
            "csv": mark(
                "RFC 4180; an apostrophe before a text keeps spreadsheets from computing it"
            ),
            "sha256": hashes,
        }
    )
    return Handed(
        data=_zip(package, {MANIFEST: manifest, **files}),
        sha256=hashlib.sha256(manifest).hexdigest(),
        files=(MANIFEST, *sorted(files)),
        rows=package.rows,
        datasets=len(package.extracts),
        withheld=sum(extract.withheld for extract in package.extracts),
        missing=tuple(said for element in package.elements for said in element.missing),
    )


def _zip(package: Package, files: Mapping[str, bytes]) -> bytes:
    at = package.made_at.astimezone(UTC)
    moment = (max(at.year, _FIRST_YEAR), at.month, at.day, at.hour, at.minute, at.second)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, moment)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system, entry.external_attr = 3, 0o600 << 16  # the same on every system
            archive.writestr(entry, files[name], compresslevel=6)
    return out.getvalue()


def _tables(package: Package) -> Iterator[tuple[str, bytes]]:
    """One CSV per dataset, and per copy that says something else."""
    taken: set[str] = set()
    for extract in package.extracts:
        yield _name("data", extract.name, taken), to_csv(extract)
    for copy in package.copies:
        if copy.extract is not None:
            said = mark("{name} version {version}").format(
                name=copy.extract.name, version=copy.extract.version
            )
            yield _name("copies", said, taken), to_csv(copy.extract)


def _name(folder: str, name: str, taken: set[str]) -> str:
    """A file name that no other has on systems where case does not count."""
    found, number = f"{folder}/{name}.csv", 2
    while found.casefold() in taken:
        found, number = f"{folder}/{name} ({number}).csv", number + 1
    taken.add(found.casefold())
    return found


def _cells(extract: Extract, column: ShownColumn) -> list[str]:
    values = extract.values[column.name]
    if column.type in _TEXTS:
        return ["" if value is None else spreadsheet_safe(str(value)) for value in values]
    return [_cell(value) for value in values]


def _cell(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return repr(value) if isinstance(value, float) else str(value)


def _value(cell: str, type_: ColumnType) -> Value:
    if cell == "":
        return None
    match type_:
        case ColumnType.INTEGER:
            return int(cell)
        case ColumnType.NUMBER:
            return float(cell)
        case ColumnType.BOOLEAN:
            return cell == "true"
        case ColumnType.TEXT:
            return cell.removeprefix("'") if cell.startswith("'") else cell
        case _:
            return cell


def _extract(extract: Extract) -> dict[str, Any]:
    names = [column.name for column in extract.columns]
    columns = [extract.values[name] for name in names]
    return {
        "name": extract.name,
        "version": extract.version,
        "restricted_rows": extract.restricted,
        "schema": [
            {
                "column": c.name,
                "type": str(c.type),
                "meaning": c.meaning or None,
                "left_out_cells": c.withheld,
                "left_out_pieces_of_text": c.redacted,
                "why_left_out": c.why or None,
            }
            for c in extract.columns
        ],
        "rows": [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)],
    }


def _copy(copy: Copy) -> dict[str, Any]:
    return {
        "what": copy.dataset_id,
        "kind": str(copy.kind),
        "of": copy.of or None,
        "rows": copy.rows,
        "rows_that_differ": copy.differing,
        "differing": None if copy.extract is None else _extract(copy.extract),
    }


def _left_out(package: Package) -> dict[str, Any]:
    return {
        "other_peoples_data": {e.name: e.withheld for e in package.extracts if e.withheld},
        "rows_taken_for_somebody_elses": dict(package.doubtful),
        "mentions_taken_for_somebody_elses": package.doubtful_mentions,
        "datasets": dict(package.excluded),
        "not_searched": dict(package.skipped),
    }


def _sender(package: Package) -> dict[str, str | None]:
    one = package.sender
    return {"organisation": one.name or None, "contact": one.contact or None}


def _json(plain: object) -> bytes:
    text = json.dumps(plain, ensure_ascii=False, indent=2, allow_nan=False)
    # Half of a surrogate pair, which a broken import can bring, has no UTF-8.
    return text.encode("utf-8", "replace") + b"\n"
