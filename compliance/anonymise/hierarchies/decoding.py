"""The bytes of a hierarchy file to rows of trimmed cells."""

from __future__ import annotations

import codecs
import csv
import io
import re
from itertools import islice

from compliance.dataset.nouns import ColumnName
from compliance.dataset.readers.delimited import Rows
from compliance.errors import HierarchyError
from compliance.i18n import mark

LARGEST_BYTES = 256 * 2**20
DELIMITERS = (";", "\t", ",", "|")  # ARX writes the first
_SAMPLE_ROWS = 200
_EXCEL = re.compile(r"sep=([;\t,|])\r?\n")  # the first line of a file that Excel is to open
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16: its mark begins with the other's
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

csv.field_size_limit(2**31 - 1)  # as the readers of tables have it


def rows_of(data: bytes, column: ColumnName) -> tuple[list[list[str]], list[str]]:
    """The rows of a delimited file without blank ones, cells trimmed; and what was done, in words.

    Raises:
        HierarchyError: it is empty, too large, no text, or its quotation marks do not close.
    """
    if len(data) > LARGEST_BYTES:
        reason = f"its file is larger than {LARGEST_BYTES // 2**20} MB"
        raise HierarchyError(column=column, reason=reason)
    text, encoding = _decoded(data, column)
    raw = _split(text, column)
    notes = (
        []
        if encoding == "utf-8"
        else [mark("The file was read as {encoding}.").format(encoding=encoding)]
    )
    trimmed = sum(cell != cell.strip() for row in raw for cell in row)
    rows = [[cell.strip() for cell in row] for row in raw]
    if trimmed:
        notes.append(mark("Blanks around {n:,} names were cut off.").format(n=trimmed))
    rows = [row for row in rows if any(row)]
    if not rows:
        raise HierarchyError(column=column, reason="its file is empty; give one row per value")
    return rows, notes


def _decoded(data: bytes, column: ColumnName) -> tuple[str, str]:
    """The text, and the encoding that it was read with."""
    marked = [(mark, encoding) for mark, encoding in _MARKS if data.startswith(mark)]
    candidates = [encoding for _, encoding in marked[:1]] or ["utf-8", _guess(data)]
    body = data[len(marked[0][0]) :] if marked else data
    for encoding in candidates:
        try:
            text = body.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            continue
        if "\x00" not in text:
            return text, encoding
    reason = "its file is no text; save it as CSV in UTF-8"
    raise HierarchyError(column=column, reason=reason)


def _guess(data: bytes) -> str:
    """What an unmarked file that is not UTF-8 may be: UTF-16, East Asian, or else Western."""
    head = data[:4096]
    if head.count(0) >= max(1, len(head) // 4):
        return "utf-16-le" if head[1::2].count(0) > head[0::2].count(0) else "utf-16-be"
    if data.isascii():
        return "utf-8"
    import chardet  # only texts that are not UTF-8 need it

    found = chardet.detect(data[:200_000])["encoding"] or ""
    is_east_asian = found.lower().startswith(("gb", "big5", "shift", "cp9", "euc"))
    return found.lower() if is_east_asian else "windows-1252"


def _split(text: str, column: ColumnName) -> list[list[str]]:
    """Rows of cells as written, split at the first delimiter that splits most rows."""
    named = _EXCEL.match(text)
    text = text[named.end() :] if named else text
    for delimiter in (named[1],) if named else DELIMITERS:
        sample = list(islice(_reader(text, delimiter, strict=False), _SAMPLE_ROWS))
        filled = [row for row in sample if any(row)]
        if filled and 2 * sum(len(row) > 1 for row in filled) > len(filled):
            break
    else:
        delimiter = named[1] if named else DELIMITERS[0]
    reader = _reader(text, delimiter, strict=True)
    try:
        return list(reader)
    except csv.Error:
        line = f"line {reader.line_num:,}"
        reason = f"a quotation mark that opens by {line} of its file is not closed with its cell"
        raise HierarchyError(column=column, reason=reason) from None


def _reader(text: str, delimiter: str, *, strict: bool) -> Rows:
    has_blanks = f'{delimiter} "' in text  # `1, "two"` means the cell `two`
    return csv.reader(
        io.StringIO(text, newline=""),
        delimiter=delimiter,
        skipinitialspace=has_blanks,
        strict=strict,
    )
