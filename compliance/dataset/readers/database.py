"""Tables of an SQLite file or of a database at an address."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import pyarrow as pa
import sqlalchemy
from sqlalchemy.exc import SQLAlchemyError

from compliance.dataset.readers.choice import chosen
from compliance.dataset.readers.unfolding import check_cells
from compliance.errors import (
    DatabaseError,
    NoRowsError,
    NotATableError,
    TooManyColumnsError,
    UnfoldsError,
)
from compliance.settings import MAX_COLUMNS

_READING = frozenset([sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION])
_LONGEST_CELL = 2**26
_ROWS_AT_ONCE = 10_000
_CELLS_PER_BYTE = 20  # a NULL takes a byte, a view may join
# Steps of SQLite's machine: reading a table takes about one for a byte.
_PIECE, _FREE_PIECES, _STEPS_PER_BYTE = 1_000_000, 200, 100


def read_sqlite(name: str, data: bytes, table: str | None) -> pa.Table:
    """The rows of `table` (or of the only table) in the SQLite file `data`.

    Raises:
        NotATableError: the file is damaged.
        ChooseTableError, UnknownTableError, NoRowsError, TooManyColumnsError: see there.
        UnfoldsError: a view in it makes more of it than it holds.
    """
    connection = sqlite3.connect(":memory:")
    try:
        connection.deserialize(_without_log(data))
        _restrain(connection, len(data))
        connection.text_factory = partial(str, encoding="utf-8", errors="replace")
        found = connection.execute(
            "select name from sqlite_master where type in ('table', 'view')"
            " and name not like 'sqlite_%' order by name"
        )
        wanted = chosen(name, [row[0] for row in found], table)
        quoted = '"' + wanted.replace('"', '""') + '"'
        cursor = connection.execute(f"select * from {quoted}")  # noqa: S608 - a listed name, quoted  # nosec B608
        names = [part[0] for part in cursor.description]
        if len(names) > MAX_COLUMNS:
            raise TooManyColumnsError(name=name, columns=len(names), limit=MAX_COLUMNS)
        return _table(name, names, _fetched(name, cursor, len(names), len(data)))
    except (sqlite3.Error, UnicodeDecodeError):  # it quotes names that are in no encoding, too
        raise NotATableError(name=name, reason="the SQLite file is damaged") from None
    except MemoryError:
        raise UnfoldsError(name=name, what="more than the memory holds") from None
    finally:
        connection.close()


def _restrain(connection: sqlite3.Connection, size: int) -> None:
    """Let a file be read, and no more: a view in it may compute without end, or reach for files.

    Source: https://www.sqlite.org/security.html, “Untrusted SQLite database files”.
    """
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LONGEST_CELL)
    connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
    connection.set_authorizer(
        lambda action, *_: sqlite3.SQLITE_OK if action in _READING else sqlite3.SQLITE_DENY
    )
    pieces = _FREE_PIECES + size * _STEPS_PER_BYTE // _PIECE  # of work, then it is interrupted
    connection.set_progress_handler(iter([*[0] * pieces, 1]).__next__, _PIECE)


def _fetched(name: str, cursor: sqlite3.Cursor, width: int, size: int) -> list[tuple[object, ...]]:
    """All rows of a table; those of a view may be more than its file can mean."""
    rows: list[tuple[object, ...]] = []
    while some := cursor.fetchmany(_ROWS_AT_ONCE):
        rows += some
        check_cells(name, rows=len(rows), columns=width, size=size, per_byte=_CELLS_PER_BYTE)
    return rows


def _without_log(data: bytes) -> bytes:
    """A database that keeps a write-ahead log beside it, as one without: no log can be in memory.

    Source: https://www.sqlite.org/fileformat2.html, 1.3.3, file format version numbers.
    """
    return data[:18] + b"\x01\x01" + data[20:] if data[18:20] == b"\x02\x02" else data


def read_database(address: str, table: str | None) -> tuple[str, pa.Table]:
    """The rows of `table` in the database at `address`, and its name without credentials.

    Raises:
        DatabaseError: it cannot be reached or read.
        ChooseTableError, UnknownTableError, NoRowsError, TooManyColumnsError: see there.
    """
    try:
        url = sqlalchemy.make_url(address)
        name = f"{url.get_backend_name()}:{(url.database or '').rsplit('/', 1)[-1]}"
        engine = sqlalchemy.create_engine(url)
    except ModuleNotFoundError:
        reason = "the driver is not installed (for PostgreSQL: pip install '.[postgresql]')"
        raise DatabaseError(reason=reason) from None
    except (SQLAlchemyError, ValueError):
        raise DatabaseError(reason="the address is not one this installation understands") from None
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").is_file():
        raise DatabaseError(reason="there is no such SQLite file")  # connecting would make one
    try:
        inspector = sqlalchemy.inspect(engine)
        wanted = chosen(
            name, sorted(inspector.get_table_names() + inspector.get_view_names()), table
        )
        with engine.connect() as connection:
            rows = connection.execute(sqlalchemy.select("*").select_from(sqlalchemy.table(wanted)))
            return f"{name}.{wanted}", _table(name, list(rows.keys()), rows.fetchall())
    except SQLAlchemyError:
        raise DatabaseError(reason="it does not answer or refuses the table") from None
    finally:
        engine.dispose()


def _table(name: str, names: Sequence[str], rows: Sequence[Sequence[object]]) -> pa.Table:
    if not rows:
        raise NoRowsError(name=name)
    if len(names) > MAX_COLUMNS:
        raise TooManyColumnsError(name=name, columns=len(names), limit=MAX_COLUMNS)
    columns = zip(*rows, strict=True)
    return pa.table([_array(list(column)) for column in columns], names=list(names))


def _array(values: list[object]) -> pa.Array:
    if any(isinstance(value, bytes) for value in values):
        return pa.array([None if v is None else "(binary)" for v in values], pa.string())
    try:
        return pa.array(values)
    except (pa.ArrowException, OverflowError):
        return pa.array(
            [
                None if v is None else v if isinstance(v, str) else json.dumps(v, default=str)
                for v in values
            ],
            pa.string(),
        )
