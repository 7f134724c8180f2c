"""Parquet files to a table, in the types that they carry."""

from __future__ import annotations

import json

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from compliance.dataset.readers.unfolding import FREE_BYTES, check_bytes, check_cells
from compliance.errors import NoRowsError, NotATableError, TooManyColumnsError, UnfoldsError
from compliance.settings import MAX_COLUMNS

_CELLS_PER_BYTE = 100  # columns of one value are stored as its number of rows
_ROWS_AT_ONCE = 2**16
BINARY = "(binary)"  # stands where bytes are no text


def read_parquet(name: str, data: bytes) -> pa.Table:
    """The table in Parquet bytes; nested values become JSON text.

    Raises:
        NotATableError, NoRowsError, TooManyColumnsError, UnfoldsError: it cannot be read, or holds
            no rows.
    """
    try:
        file = pq.ParquetFile(pa.BufferReader(data))
        if (width := file.metadata.num_columns) > MAX_COLUMNS:
            raise TooManyColumnsError(name=name, columns=width, limit=MAX_COLUMNS)
        rows = file.metadata.num_rows
        check_cells(name, rows=rows, columns=width, size=len(data), per_byte=_CELLS_PER_BYTE)
        table = _whole(name, file, len(data))
        table.validate(full=True)  # texts that are none, offsets that lead elsewhere
    except MemoryError:
        raise UnfoldsError(name=name, what="more than the memory holds") from None
    except (pa.ArrowException, OSError, UnicodeDecodeError):
        raise NotATableError(name=name, reason="the Parquet file is damaged") from None
    if not table.num_rows:
        raise NoRowsError(name=name)
    for place, field in enumerate(table.schema):
        if pa.types.is_nested(field.type):
            table = table.set_column(place, field.name, _as_json(name, table.column(place)))
        elif pa.types.is_binary(field.type) or pa.types.is_fixed_size_binary(field.type):
            table = table.set_column(place, field.name, _as_text(table.column(place)))
    return table


def _whole(name: str, file: pq.ParquetFile, size: int) -> pa.Table:
    """All rows; of a small file piece by piece, for a text may stand once and mean every row."""
    if size > FREE_BYTES:
        return file.read()
    pieces, so_far = [], 0
    for piece in file.iter_batches(batch_size=_ROWS_AT_ONCE):
        pieces.append(piece)
        so_far += piece.nbytes
        check_bytes(name, so_far, size)
    return pa.Table.from_batches(pieces, file.schema_arrow)


def _as_json(name: str, column: pa.ChunkedArray) -> pa.Array:
    try:
        values = column.to_pylist()
    except (ValueError, OverflowError):  # moments that Python has no form for
        reason = "its nested values have no form as text"
        raise NotATableError(name=name, reason=reason) from None
    return pa.array(
        [None if v is None else json.dumps(v, default=str, ensure_ascii=False) for v in values],
        pa.string(),
    )


def _as_text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Bytes as text: older writers mark no column as text."""
    try:
        return column.cast(pa.string())
    except pa.ArrowInvalid:
        return pc.if_else(column.is_valid(), BINARY, pa.scalar(None, pa.string()))
