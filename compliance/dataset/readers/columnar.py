"""Parquet files to a table, in the types that they carry."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.parquet as pq

from compliance.errors import NoRowsError, NotATableError, TooManyColumnsError
from compliance.settings import MAX_COLUMNS


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
    return table
