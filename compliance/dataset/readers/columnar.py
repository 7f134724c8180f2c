"""Parquet files to a table, in the types that they carry."""

from __future__ import annotations

import json

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from compliance.errors import NoRowsError, NotATableError, TooManyColumnsError
from compliance.settings import MAX_COLUMNS

BINARY = "(binary)"  # stands where bytes are no text


def read_parquet(name: str, data: bytes) -> pa.Table:
    """The table in Parquet bytes; nested values become JSON text.

    Raises:
        NotATableError, NoRowsError, TooManyColumnsError: it cannot be read or holds no rows.
    """
    try:
        file = pq.ParquetFile(pa.BufferReader(data))
        if (width := file.metadata.num_columns) > MAX_COLUMNS:
            raise TooManyColumnsError(name=name, columns=width, limit=MAX_COLUMNS)
        table = file.read()
    except (pa.ArrowException, OSError):
        raise NotATableError(name=name, reason="the Parquet file is damaged") from None
    if not table.num_rows:
        raise NoRowsError(name=name)
    for place, field in enumerate(table.schema):
        if pa.types.is_nested(field.type):
            table = table.set_column(place, field.name, _as_json(name, table.column(place)))
        elif pa.types.is_binary(field.type) or pa.types.is_fixed_size_binary(field.type):
            table = table.set_column(place, field.name, _as_text(table.column(place)))
    return table


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
