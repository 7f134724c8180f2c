"""Delimited text to a table of strings: delimiter, header, ragged rows and comments seen to.

Two ways through the same grammar: Arrow's parser for well-formed text, and Python's `csv` with
repairs for the rest. Every repair is told as a `CleaningStep`.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import dropwhile, islice
from typing import Protocol

import pyarrow as pa
import pyarrow.csv as pacsv

from compliance.dataset.nouns import CleaningStep
from compliance.dataset.readers.headers import names_from
from compliance.dataset.readers.text import decode
from compliance.dataset.readers.unfolding import check_cells
from compliance.errors import (
    BrokenQuotingError,
    EmptyFileError,
    NoRowsError,
    NotATableError,
    TooManyColumnsError,
)
from compliance.i18n import mark
from compliance.settings import MAX_COLUMNS

DELIMITERS = (",", ";", "\t", "|", "^")
SAMPLE_CHARACTERS = 65_536
SAMPLE_ROWS = 200
PROSE_WORDS = 5
FEW_ROWS_ALIKE = 0.5  # two columns in half of the rows; a table scores far more
RAGGED_SHARE_LIMIT = 0.5
_CELLS_PER_CHARACTER = 4  # a row that is short, or empty, is filled
RAGGED_ROWS_LIMIT = 20
_BLOCK_CHARACTERS = 2**20

_NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?")

csv.field_size_limit(2**31 - 1)  # an Arrow string holds no more


class Rows(Protocol):
    """What `csv.reader` gives; the class itself has no public name in Python 3.11."""

    line_num: int

    def __iter__(self) -> Iterator[list[str]]: ...
    def __next__(self) -> list[str]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """How a delimited text is written.

    Attributes:
        delimiter: between cells.
        skips_blank_after_delimiter: `1, "two"` means the cell `two`.
        has_comments: lines that start with # are not data.
    """

    delimiter: str
    skips_blank_after_delimiter: bool
    has_comments: bool

    def rows(self, lines: Iterable[str], *, strict: bool = False) -> Rows:
        """A reader over `lines`, each with its line end."""
        return csv.reader(
            lines,
            delimiter=self.delimiter,
            skipinitialspace=self.skips_blank_after_delimiter,
            strict=strict,
        )


def read_delimited(name: str, data: bytes) -> tuple[pa.Table, list[CleaningStep]]:
    """The table of strings in `data`, one row per data line, and what was repaired.

    Interior empty lines are rows without values; leading and trailing ones are not rows.

    Raises:
        EmptyFileError, NoRowsError, NotATableError, BrokenQuotingError, TooManyColumnsError,
        UndecodableTextError, UnfoldsError: it is no table, or rows cannot be told apart.
    """
    text, encoding = decode(name, data)
    steps = []
    if "\x00" in text:
        steps.append(
            CleaningStep(step=mark("NUL characters removed"), rows_changed=text.count("\x00"))
        )
        text = text.replace("\x00", "")
    dialect = _sniff(name, text)
    has_lone_returns = text.count("\r") > text.count("\r\n")
    first = list(islice(_data_rows(name, text, dialect), SAMPLE_ROWS))
    if not first:
        raise EmptyFileError(name=name)
    has_header = _has_header(first)
    if has_header and len(first) == 1:
        _refuse_swallowed_rows(name, text, dialect)
        raise NoRowsError(name=name)
    width = len(first[0])
    if width > MAX_COLUMNS:
        raise TooManyColumnsError(name=name, columns=width, limit=MAX_COLUMNS)
    rows, size = _line_ends(text), len(text)
    check_cells(name, rows=rows, columns=width, size=size, per_byte=_CELLS_PER_CHARACTER)
    names, header_steps = names_from(first[0] if has_header else [], width=width)
    steps += header_steps
    if encoding != "utf-8":
        steps.append(
            CleaningStep(
                step=mark("Text read as {encoding}").format(encoding=encoding), rows_changed=0
            )
        )
    table = None
    if not has_lone_returns and not dialect.has_comments and text.count('"') % 2 == 0:
        table = _parsed_by_arrow(text, dialect, names, has_header=has_header)
    if table is None:
        table, repairs = _parsed_with_repairs(name, text, dialect, names, has_header=has_header)
        steps += repairs
    marks = text.count('"')
    if marks % 2 or (marks and table.num_rows + has_header < _line_ends(text)):
        _refuse_swallowed_rows(name, text, dialect)
    return table, steps


def _sniff(name: str, text: str) -> Dialect:
    sample = text[:SAMPLE_CHARACTERS].lstrip("\r\n")
    if len(text) > SAMPLE_CHARACTERS and "\n" in sample:
        sample = sample[: sample.rindex("\n") + 1]
    lines = sample.splitlines(keepends=True)
    has_comments = _starts_with_comment(lines)
    if has_comments:
        lines = [line for line in lines if not line.startswith("#")]
    scores = {delimiter: _consistency(lines, delimiter) for delimiter in DELIMITERS}
    delimiter = max(scores, key=lambda d: scores[d])
    if scores[delimiter] < FEW_ROWS_ALIKE:
        _refuse_prose(name, lines)
    spaced = re.search(re.escape(delimiter) + r" +\"", sample) is not None
    return Dialect(
        delimiter=delimiter, skips_blank_after_delimiter=spaced, has_comments=has_comments
    )


def _starts_with_comment(lines: Sequence[str]) -> bool:
    """Whether a first line such as `# exported on …` stands apart from the table below it."""
    first = next((line for line in lines if line.strip()), "")
    below = next((line for line in lines if line.strip() and not line.startswith("#")), "")
    return first.startswith("#") and all(
        first.count(d) != below.count(d) for d in DELIMITERS if d in below
    )


def _consistency(lines: Sequence[str], delimiter: str) -> float:
    """How well `delimiter` splits `lines` into equal rows: share² × columns; 0 if it does not."""
    lengths = Counter(
        len(row) for row in islice(csv.reader(lines, delimiter=delimiter), 500) if row
    )
    several = {length: count for length, count in lengths.items() if length > 1}
    if not several:
        return 0.0
    length, count = max(several.items(), key=lambda item: (item[1], item[0]))
    share = count / lengths.total()
    return float(share**2 * min(length, 20))


def _refuse_prose(name: str, lines: Sequence[str]) -> None:
    words = sorted(len(line.split()) for line in lines if line.strip())
    if words and words[len(words) // 2] > PROSE_WORDS:
        raise NotATableError(name=name, reason="its text has no columns")


def _data_rows(name: str, text: str, dialect: Dialect) -> Iterator[list[str]]:
    """The rows from the header on, leading blank lines and comments left out.

    Raises:
        NotATableError: a cell is longer than any table's.
    """
    lines = _lines(text)
    if dialect.has_comments:
        lines = (line for line in lines if not line.startswith("#"))
    try:
        yield from dropwhile(lambda row: not row, dialect.rows(lines))
    except csv.Error:
        raise NotATableError(name=name, reason="one of its cells is endless") from None


def _lines(text: str) -> Iterator[str]:
    """The lines of `text`, each with its end.

    Block by block: `io.StringIO` takes four bytes for each character that it holds.
    """
    start = 0
    while start < len(text):
        end = text.find("\n", start + _BLOCK_CHARACTERS) + 1 or len(text)
        yield from io.StringIO(text[start:end], newline="")
        start = end


def _line_ends(text: str) -> int:
    return text.count("\n") + text.count("\r") - text.count("\r\n")


def _has_header(rows: Sequence[Sequence[str]]) -> bool:
    """Whether the first row names the columns.

    It does not when it holds numbers where the rows below hold numbers too, unless those
    numbers can be names (years along the top of a table: different and in order).
    """
    first, below = rows[0], rows[1:]
    numeric = [cell for cell in first if _NUMBER.fullmatch(cell.strip())]
    if not numeric:
        return True
    if len(numeric) == len(first) and not below:
        return False
    both = text_over_number = 0
    for position, cell in enumerate(first):
        cells = [row[position].strip() for row in below if len(row) > position]
        is_number_below = bool(cells) and all(_NUMBER.fullmatch(c) for c in cells if c)
        is_number = _NUMBER.fullmatch(cell.strip()) is not None
        both += is_number and is_number_below
        text_over_number += is_number_below and not is_number
    if both == 0 or text_over_number:
        return True
    if _NUMBER.fullmatch(first[0].strip()):
        return False
    values = [float(cell.replace(",", ".")) for cell in numeric]
    can_be_names = len(set(values)) == len(values) and values in (
        sorted(values),
        sorted(values, reverse=True),
    )
    return can_be_names or both * 2 < len(first)


def _parsed_by_arrow(
    text: str, dialect: Dialect, names: Sequence[str], *, has_header: bool
) -> pa.Table | None:
    """The table, or None where a row does not fit: then the careful way decides."""
    if len(names) == 1:
        return None  # a blank line is a missing value there, which Arrow would skip
    data = text.encode()
    data_start, end = 0, len(data)
    if has_header:
        lead = len(text) - len(text.lstrip("\r\n"))  # each of them is one byte as well
        reader = dialect.rows(_lines(text[lead:]))
        next(reader)
        if reader.line_num != 1:
            return None
        data_start = data.find(b"\n", lead) + 1
    while end and data[end - 1] in b"\r\n":
        end -= 1
    try:
        return pacsv.read_csv(
            pa.BufferReader(pa.py_buffer(memoryview(data)[data_start:end])),
            read_options=pacsv.ReadOptions(column_names=list(names), block_size=16 * 2**20),
            parse_options=pacsv.ParseOptions(
                delimiter=dialect.delimiter, newlines_in_values=True, ignore_empty_lines=False
            ),
            convert_options=pacsv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False
            ),
        )
    except pa.ArrowInvalid:
        return None


def _parsed_with_repairs(
    name: str, text: str, dialect: Dialect, names: Sequence[str], *, has_header: bool
) -> tuple[pa.Table, list[CleaningStep]]:
    """The table row by row: short rows filled, long ones cut, empty ones kept without values."""
    width = len(names)
    rows = list(islice(_data_rows(name, text, dialect), int(has_header), None))
    while rows and not rows[-1]:
        rows.pop()
    if not rows:
        raise NoRowsError(name=name)
    empty = sum(not row for row in rows) if width > 1 else 0
    short = sum(0 < len(row) < width for row in rows)
    long = sum(len(row) > width for row in rows)
    if len(rows) >= RAGGED_ROWS_LIMIT and short + long > RAGGED_SHARE_LIMIT * len(rows):
        raise NotATableError(name=name, reason="its lines do not share a number of columns")
    filled = (row[:width] + [""] * (width - len(row)) for row in rows)
    arrays = [pa.array(column, pa.string()) for column in zip(*filled, strict=True)]
    steps = (
        CleaningStep(
            step=mark("Rows shorter than the header filled with missing values"), rows_changed=short
        ),
        CleaningStep(step=mark("Cells beyond the header cut off"), rows_changed=long),
        CleaningStep(step=mark("Empty lines kept as rows without values"), rows_changed=empty),
    )
    return pa.table(arrays, names=list(names)), [step for step in steps if step.rows_changed]


def _refuse_swallowed_rows(name: str, text: str, dialect: Dialect) -> None:
    """Refuse a text in which a quotation mark swallowed rows: it closes in another cell, or never.

    A fault within one line is let pass: it harms no other row.
    """
    reader, line = dialect.rows(_lines(text), strict=True), 1
    while True:
        try:
            for _ in reader:
                line = reader.line_num + 1
        except csv.Error as fault:  # after which the reader goes on with the next line
            if reader.line_num > line or "end of data" in str(fault):
                raise BrokenQuotingError(name=name, line=line) from None
            line = reader.line_num + 1
        else:
            return
