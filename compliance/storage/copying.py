"""All rows of the records, out of one database and into another, of either kind."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import msgspec
import sqlalchemy
from sqlalchemy import (
    ColumnElement,
    Connection,
    LargeBinary,
    Table,
    TableClause,
    column,
    func,
    insert,
    select,
    text,
)
from sqlalchemy.exc import DataError, IntegrityError, StatementError

from compliance.errors import BackupError, NotRestoredError
from compliance.storage.database import Database, revision_of, upgrade
from compliance.storage.tables import METADATA

_AT_A_TIME = 1_000
_PART_BYTES = 2**20
_OWN = "alembic_version"
_REVISION = re.compile(r"\d{4}")

EVERY = tuple(METADATA.tables.values())  # a new table is in backups by itself


def rows_of(connection: Connection, table: Table) -> Iterator[tuple[bytes, int]]:
    """The rows of `table` as JSON lines, part by part, and how many are in each part."""
    query = select(table).order_by(*table.primary_key.columns)
    part, count = bytearray(), 0
    with connection.execute(query.execution_options(yield_per=_AT_A_TIME)) as rows:
        for row in rows:
            part += msgspec.json.encode([_plain(value) for value in row]) + b"\n"
            count += 1
            if len(part) >= _PART_BYTES:
                yield bytes(part), count
                part, count = bytearray(), 0
    if part:
        yield bytes(part), count


def _plain(value: object) -> object:
    return base64.b64encode(value).decode() if isinstance(value, (bytes, memoryview)) else value


def not_empty() -> NotRestoredError:
    """The database holds something else."""
    return NotRestoredError(reason="the database is not empty; name a new one")


class Filling:
    """A database that is filled with rows from elsewhere, in one transaction."""

    def __init__(self, connection: Connection, *, is_filled: bool) -> None:
        self.connection = connection
        self.is_filled = is_filled
        self._tables: dict[str, TableClause] = {}
        self.counts: dict[str, int] = {}

    def begin(self, revision: str, columns: dict[str, tuple[str, ...]], name: str) -> None:
        """Make the tables as version `revision` of the records has them.

        Raises:
            BackupError: there is no such version, or its tables are others.
        """
        if not self.is_filled:
            try:
                if not _REVISION.fullmatch(revision):
                    raise LookupError
                upgrade(self.connection, revision)
            except LookupError:
                reason = "a newer version of the desk made it; use that version"
                raise BackupError(name=name, reason=reason) from None
        inspector = sqlalchemy.inspect(self.connection)
        for table in inspector.get_table_names():
            if table != _OWN:
                found = inspector.get_columns(table)
                columns_ = [column(str(one["name"]), one["type"]) for one in found]
                self._tables[table] = sqlalchemy.table(table, *columns_)
        there = {table: set(one.c.keys()) for table, one in self._tables.items()}
        is_same = there == {table: set(names) for table, names in columns.items()}
        if not (is_same or self.is_filled):
            raise BackupError(name=name, reason="it holds other tables than the desk’s")
        self._columns = columns
        self.counts = dict.fromkeys(columns, 0)

    def add(self, table: str, rows: Sequence[Sequence[object]], name: str) -> None:
        """Add rows of one table.

        Raises:
            BackupError: they cannot be rows of it.
        """
        names = self._columns.get(table)
        if names is None or any(len(row) != len(names) for row in rows):
            raise BackupError(name=name, reason="it holds rows that no table has")
        self.counts[table] += len(rows)
        if self.is_filled or not rows:
            return
        try:
            self.connection.execute(insert(self._tables[table]), self._values(table, rows))
        except (ValueError, StatementError, DataError, IntegrityError):
            raise BackupError(name=name, reason="it holds rows that no table takes") from None

    def _values(self, table: str, rows: Sequence[Sequence[object]]) -> list[dict[str, object]]:
        names = self._columns[table]
        kinds = [self._tables[table].c[one].type for one in names]
        return [
            {
                one: base64.b64decode(str(value)) if isinstance(kind, LargeBinary) else value
                for one, kind, value in zip(names, kinds, row, strict=True)
            }
            for row in rows
        ]

    def end(self) -> None:
        """Bring what was filled to the newest version of the records."""
        if self.is_filled:
            return
        if self.connection.dialect.name == "postgresql":
            self.connection.execute(text("set constraints all immediate"))
            for name, table in self._tables.items():
                if "position" in table.c:
                    self._count_on(name, table.c.position)
        upgrade(self.connection)

    def _count_on(self, table: str, position: ColumnElement[int]) -> None:
        """Let PostgreSQL number the next row after the last one, which it did not number."""
        last = self.connection.scalar(select(func.max(position)))
        if last is not None:
            sequence = func.pg_get_serial_sequence(table, "position")
            self.connection.execute(select(func.setval(sequence, last)))


@contextmanager
def filling(address: str, *, may_be_filled: bool = False) -> Iterator[Filling]:
    """Fill the empty database at `address`; on an error it stays empty.

    Args:
        may_be_filled: it may hold records already, which are then left as they are: who filled it
            was stopped right after.

    Raises:
        NotRestoredError: it holds something already.
        WorkspaceError: it cannot be used.
    """
    database = Database.unopened(address)
    with database.writing() as connection:
        there = set(sqlalchemy.inspect(connection).get_table_names())
        is_filled = revision_of(connection) is not None
        if there and not (may_be_filled and is_filled):
            raise not_empty()
        yield Filling(connection, is_filled=is_filled)
