"""Bytes to a raw table: whatever kind of file it is, one way in."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pyarrow as pa

from compliance.dataset.nouns import CleaningStep, Sha256, Source
from compliance.dataset.readers.archive import member_of, unzipped
from compliance.dataset.readers.columnar import read_parquet
from compliance.dataset.readers.database import read_database, read_sqlite
from compliance.dataset.readers.delimited import read_delimited
from compliance.dataset.readers.headers import names_from
from compliance.dataset.readers.jsonlines import read_json_lines
from compliance.dataset.readers.kinds import Kind, kind_of
from compliance.dataset.readers.spreadsheet import read_spreadsheet
from compliance.errors import FileTooLargeError, HeadersDifferError, NotATableError
from compliance.plain import one_line
from compliance.settings import MAX_FILE_BYTES

__all__ = ["RawFile", "RawTable", "read", "read_database_table", "stack"]

DEEPEST_ARCHIVE = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class RawFile:
    """The bytes of one file, under the name (not the path) that it had."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class RawTable:
    """A table as it was read: strings from text files, typed columns from typed ones.

    Attributes:
        table: one row per row of the file.
        steps: what reading had to repair.
        source: the file.
    """

    table: pa.Table
    steps: tuple[CleaningStep, ...]
    source: Source


def read(file: RawFile, table: str | None = None) -> RawTable:
    """The table in `file`; `table` names the sheet, database table or archive member.

    Raises:
        FileError: it cannot be taken in; the message says why and what to do.
    """
    name = one_line(file.name)
    if len(file.data) > MAX_FILE_BYTES:
        raise FileTooLargeError(name=name, limit=f"{MAX_FILE_BYTES // 2**30} GB")
    raw, steps = _read(name, file.data, table)
    source = Source(
        name=name,
        sha256=Sha256(hashlib.sha256(file.data).hexdigest()),
        size_bytes=len(file.data),
    )
    return RawTable(table=raw, steps=tuple(steps), source=source)


def read_database_table(address: str, table: str | None = None) -> RawTable:
    """The table `table` of the database at `address`; its credentials are not kept.

    Raises:
        FileError: it cannot be reached or read.
    """
    name, found = read_database(address, table)
    found, steps = _well_named(found)
    digest = hashlib.sha256(name.encode()).hexdigest()
    source = Source(name=one_line(name), sha256=Sha256(digest), size_bytes=found.nbytes)
    return RawTable(table=found, steps=tuple(steps), source=source)


def stack(tables: Sequence[RawTable]) -> RawTable:
    """Several tables of one header as one, in the order given.

    Raises:
        HeadersDifferError: a table has other columns than the first.
    """
    first = tables[0]
    names = first.table.column_names
    for other in tables[1:]:
        if set(other.table.column_names) != set(names):
            extra = sorted(set(other.table.column_names) ^ set(names))
            raise HeadersDifferError(
                name=other.source.name, first=first.source.name, difference=", ".join(extra[:8])
            )
    aligned = [t.table.select(names) for t in tables]
    if any(t.schema != aligned[0].schema for t in aligned):
        aligned = [_as_text(t) for t in aligned]
    return RawTable(
        table=pa.concat_tables(aligned).combine_chunks(),
        steps=_summed(step for t in tables for step in t.steps),
        source=first.source,
    )


def _read(
    name: str, data: bytes, table: str | None, depth: int = 0
) -> tuple[pa.Table, list[CleaningStep]]:
    kind = kind_of(name, data)
    if kind in (Kind.ARCHIVE, Kind.GZIP) and depth == DEEPEST_ARCHIVE:
        raise NotATableError(name=name, reason="it is packed too many times")
    if kind is Kind.ARCHIVE:
        inner, data = member_of(name, data, table)
        return _read(one_line(inner), data, None, depth + 1)
    if kind is Kind.GZIP:
        inner, data = unzipped(name, data)
        return _read(inner, data, table, depth + 1)
    if kind is Kind.SPREADSHEET:
        return read_spreadsheet(name, data, table)
    if kind is Kind.DELIMITED:
        return read_delimited(name, data)
    if kind is Kind.PARQUET:
        found = read_parquet(name, data)
    elif kind is Kind.JSON_LINES:
        found = read_json_lines(name, data)
    else:
        found = read_sqlite(name, data, table)
    return _well_named(found)


def _well_named(found: pa.Table) -> tuple[pa.Table, list[CleaningStep]]:
    names, steps = names_from(found.column_names, width=found.num_columns)
    return found.rename_columns(names), steps


def _as_text(table: pa.Table) -> pa.Table:
    return pa.table(
        [column.cast(pa.string()) for column in table.columns], names=table.column_names
    )


def _summed(steps: Iterable[CleaningStep]) -> tuple[CleaningStep, ...]:
    """The same step of several files as one, with the rows of all."""
    totals: dict[tuple[str, str | None], CleaningStep] = {}
    for step in steps:
        key = (step.step, step.column)
        before = totals[key].rows_changed if key in totals else 0
        totals[key] = CleaningStep(
            step=step.step, column=step.column, rows_changed=before + step.rows_changed
        )
    return tuple(totals.values())
