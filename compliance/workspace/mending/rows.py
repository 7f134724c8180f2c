"""The rows of a dataset changed in memory: columns left out or masked, rows removed."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from compliance.anonymise.nouns import Keys, Treatment, TreatmentKind
from compliance.anonymise.treatments import treat
from compliance.dataset import Intake, RawTable, Table, take_in
from compliance.dataset.nouns import ColumnName, ColumnType, Dataset, Sha256, Source
from compliance.discovery.nouns import Discovery
from compliance.errors import RemedyError
from compliance.workspace.anonymising.making import generator

_CONSENT = re.compile(r"consent|opt[ _-]?in|einwilligung|consentement|consentimiento", re.I)
_MONTHS_A_YEAR = 12


def without(table: Table, columns: Collection[str]) -> pa.Table:
    """The rows without some columns.

    Raises:
        RemedyError: no column would be left.
    """
    names = [name for name in table.column_names if name not in columns]
    if not names:
        raise RemedyError(reason="no column would be left; remove the dataset instead")
    return table.arrow(names)


def masked(
    table: Table, dataset: Dataset, discovery: Discovery, columns: Sequence[ColumnName]
) -> pa.Table:
    """The rows with parts of each value of some columns replaced by asterisks."""
    types = {label.column: label.semantic_type for label in discovery.labels}
    asked = [
        Treatment(column=c, kind=TreatmentKind.MASK, settings={"type": types.get(c, "")})
        for c in columns
    ]
    treated = treat(table, dataset.columns, asked, Keys(), generator())
    content = table.arrow(table.column_names)
    for column in columns:
        place = content.column_names.index(column)
        content = content.set_column(place, column, treated.columns[column])
    return content


def since(table: Table, column: ColumnName, first: date) -> pa.Table:
    """The rows of `first` and later; those without a date stay, for nobody knows their age."""
    content = table.arrow(table.column_names)
    days = content.column(column).cast(pa.date32())
    is_kept = pc.or_kleene(pc.greater_equal(days, pa.scalar(first)), pc.is_null(days))
    return _some_of(content, is_kept)


def agreeing(table: Table, column: ColumnName) -> pa.Table:
    """The rows whose consent column says yes; one that says nothing is no consent."""
    content = table.arrow(table.column_names)
    return _some_of(content, pc.fill_null(content.column(column), fill_value=False))


def consent_column(dataset: Dataset) -> ColumnName | None:
    """The column that says yes or no to whether a person agreed; None where there is none."""
    found = (c for c in dataset.columns if c.type is ColumnType.BOOLEAN and _CONSENT.search(c.name))
    return next((column.name for column in found), None)


def months_before(day: date, months: int) -> date:
    """The same day so many months earlier, or the last of that month where it has no such day."""
    from dateutil.relativedelta import relativedelta

    earlier: date = day - relativedelta(months=months)
    return earlier


def taken_in(content: pa.Table, dataset: Dataset) -> Intake:
    """Changed rows of `dataset`, ready to be stored as its next version."""
    source = Source(name=f"{dataset.id}", sha256=Sha256(dataset.sha256), size_bytes=0)
    return take_in([RawTable(table=content, steps=(), source=source)])


def table_of(intake: Intake) -> Table:
    """The rows of an intake, before they are stored."""
    from pathlib import Path

    return Table(Path(), intake.parquet)


def _some_of(content: pa.Table, is_kept: pa.ChunkedArray) -> pa.Table:
    left = content.filter(is_kept)
    if not left.num_rows:
        raise RemedyError(reason="no row would be left; remove the dataset instead")
    return left
