"""The tables of a report as CSV, one file each, in a ZIP with a list of what is in it."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Sequence

from compliance.i18n import translate as _
from compliance.plain import csv_bytes
from compliance.report.manuscript import Cell, Facts, Heading, Manuscript, Table, Words

LONG_AGO = (1980, 1, 1, 0, 0, 0)  # the first moment that ZIP knows, on every file
_NAME_SIGNS = 40


def to_sheets(manuscript: Manuscript) -> bytes:
    """Every table and every list of facts; no cell is one that a spreadsheet computes."""
    written = list(_sheets(manuscript))
    places = [(name, place, str(len(rows) - 1)) for name, place, rows in written]
    contents = [(_("File"), _("Section"), _("Rows")), *places]
    return zipped(
        [
            ("contents.csv", csv_bytes(contents)),
            *((name, csv_bytes(rows)) for name, _place, rows in written),
        ]
    )


def zipped(files: Sequence[tuple[str, bytes]]) -> bytes:
    """Files in a ZIP that tells nothing of when it was made."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files:
            entry = zipfile.ZipInfo(name, LONG_AGO)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, data)
    return out.getvalue()


def _sheets(manuscript: Manuscript) -> Iterator[tuple[str, str, list[tuple[str, ...]]]]:
    """Name of the file, where it stands in the report, rows with the titles first."""
    section, minor, number = manuscript.title, "", 0
    for block in manuscript.blocks:
        if isinstance(block, Heading):
            section, minor = f"{block.number} {block.text}".strip(), ""
        elif isinstance(block, Words) and block.role == "minor":
            minor = "".join(run.text for run in block.runs)
        elif isinstance(block, Table | Facts):
            number += 1
            place = f"{section}: {minor}" if minor else section
            yield f"{number:03d}-{_slug(minor or section)}.csv", place, _rows(block)


def _rows(block: Table | Facts) -> list[tuple[str, ...]]:
    if isinstance(block, Facts):
        return [(_("Name"), _("Value")), *((name, value) for name, value, _is in block.rows)]
    return [block.titles, *(tuple(map(_cell, row)) for row in block.rows)]


def _cell(cell: Cell) -> str:
    return f"{cell.text} ({cell.below})" if cell.below else cell.text


def _slug(text: str) -> str:
    return re.sub(r"\W+", "-", text)[:_NAME_SIGNS].strip("-").lower() or "table"
