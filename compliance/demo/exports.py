"""Tables to the files that a shop's systems would export, with gaps, stray blanks and repeats."""

from __future__ import annotations

import codecs
import io
import json

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv

from compliance.dataset.readers import RawFile


def csv_file(
    name: str, table: pa.Table, *, delimiter: str = ",", has_mark: bool = False
) -> RawFile:
    """`table` as UTF-8 text with its texts quoted; Excel puts a byte-order mark before it."""
    buffer = io.BytesIO()
    pacsv.write_csv(table, buffer, pacsv.WriteOptions(delimiter=delimiter))
    mark = codecs.BOM_UTF8 if has_mark else b""
    return RawFile(name=name, data=mark + buffer.getvalue())


def json_lines_file(name: str, table: pa.Table) -> RawFile:
    """`table` as one JSON object a line."""
    lines = (json.dumps(row, ensure_ascii=False) for row in table.to_pylist())
    return RawFile(name=name, data=("\n".join(lines) + "\n").encode())


def spoilt(column: pa.Array, share: float, text: str, generator: np.random.Generator) -> pa.Array:
    """`column` with `text` in place of the value in a share of the rows."""
    return pc.if_else(generator.random(len(column)) < share, text, column)


def with_stray_blanks(column: pa.Array, share: float, generator: np.random.Generator) -> pa.Array:
    """`column` with a blank after the value in a share of the rows."""
    ends = pc.if_else(generator.random(len(column)) < share, " ", "")
    return pc.binary_join_element_wise(column, ends, "")


def shouted(column: pa.Array, share: float, generator: np.random.Generator) -> pa.Array:
    """`column` in capital letters in a share of the rows."""
    return pc.if_else(generator.random(len(column)) < share, pc.utf8_upper(column), column)


def with_repeats(table: pa.Table, repeats: int, generator: np.random.Generator) -> pa.Table:
    """`table` with `repeats` of its rows a second time, each below the first."""
    rows = np.arange(len(table))
    twice = generator.choice(rows, repeats, replace=False)
    return table.take(pa.array(np.sort(np.concatenate([rows, twice]))))


def as_decimals(numbers: pa.Array) -> pa.Array:
    """Whole numbers as a system writes them that met a missing one: 17 becomes 17.0."""
    return pc.binary_join_element_wise(numbers.cast(pa.string()), ".0", "")
