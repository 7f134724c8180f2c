"""What a dataset is: its columns, where it came from, what was cleaned, whose data it holds."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

from compliance.errors import BadDatasetNameError, DescriptionError, UnknownColumnError

DatasetName = NewType("DatasetName", str)
ColumnName = NewType("ColumnName", str)
Sha256 = NewType("Sha256", str)

NAME_LIMIT = 80
LONGEST_MONTHS = 1_200
_NAME = re.compile(r"[^\W_](?:[\w .\-]*[\w.\-])?", re.UNICODE)
_COUNTRY = re.compile(r"[A-Z]{2}")


class ColumnType(StrEnum):
    """What the values of a column are, once cleaned."""

    TEXT = "text"
    INTEGER = "integer"
    NUMBER = "number"
    DATE = "date"
    TIMESTAMP = "timestamp"
    BOOLEAN = "boolean"


class Engine(StrEnum):
    """What computes on a table that is kept elsewhere, where it lies."""

    DUCKDB = "duckdb"
    POSTGRESQL = "postgresql"
    SPARK = "spark"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where the rows of a dataset lie that the desk does not hold.

    It never holds an address: that may have a password in it, and stays in the settings.

    Attributes:
        engine: what computes there; DuckDB is part of the desk and reads files of this machine.
        warehouse: the name under which the settings have its address; empty for files.
        table: the file or folder of Parquet files, or the table as the engine names it.
    """

    engine: Engine
    table: str
    warehouse: str = ""

    @property
    def title(self) -> str:
        """The place in words, without a folder or an address."""
        if self.engine is Engine.DUCKDB:
            return self.table.rstrip("/").rsplit("/", 1)[-1]
        return f"{self.warehouse}: {self.table}"


class LegalBasis(StrEnum):
    """The six legal bases of GDPR Art. 6(1)."""

    CONSENT = "consent"
    CONTRACT = "contract"
    LEGAL_OBLIGATION = "legal_obligation"
    VITAL_INTERESTS = "vital_interests"
    PUBLIC_TASK = "public_task"
    LEGITIMATE_INTERESTS = "legitimate_interests"


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column.

    Attributes:
        name: as in the table's header, repaired where it was blank or double.
        type: what its values are.
        missing: how many rows hold no value.
        distinct: how many different values there are.
    """

    name: ColumnName
    type: ColumnType
    missing: int = 0
    distinct: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class CleaningStep:
    """One change made while the data were taken in, in words, without any value.

    Attributes:
        step: what was done.
        rows_changed: how many rows it touched.
        column: the one column concerned, if it was one.
    """

    step: str
    rows_changed: int
    column: ColumnName | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One file or table that the data came from; its folder is not kept."""

    name: str
    sha256: Sha256
    size_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """What only people know about a dataset. An empty field means: not recorded yet.

    Attributes:
        data_subjects: whose data it is, in the words of the record of processing (“customers”).
        purpose: what the data are used for (GDPR Art. 5(1)(b)).
        legal_basis: why that is allowed (GDPR Art. 6(1)).
        region: the home region, an ISO 3166-1 alpha-2 code.
        retention_months: how long rows are kept (GDPR Art. 5(1)(e)); 1 to 1,200.
        source: where the data were collected.
        population: the group of people who share one privacy budget; the dataset's own name
            when nothing else is said.
        unit: the column that tells one person from another.
        special_condition: which condition of GDPR Art. 9(2) allows special categories of data.
    """

    data_subjects: str = ""
    purpose: str = ""
    legal_basis: LegalBasis | None = None
    region: str = ""
    retention_months: int | None = None
    source: str = ""
    population: str = ""
    unit: ColumnName | None = None
    special_condition: str = ""

    def __post_init__(self) -> None:
        if self.region and not _COUNTRY.fullmatch(self.region):
            raise DescriptionError(
                field="The home region",
                given=self.region[:20],
                known="a two-letter country code such as DE, GB, US or CN",
            )
        if self.retention_months is not None and not 1 <= self.retention_months <= LONGEST_MONTHS:
            raise DescriptionError(
                field="The retention",
                given=f"{self.retention_months}"[:20],
                known=f"1 to {LONGEST_MONTHS:,} months",
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset:
    """One version of a table in the desk.

    Attributes:
        id: stable for this version: name and version number.
        name: what people call it; the same for all its versions.
        version: 1 for the first, then counting up.
        sha256: of the stored Parquet bytes, which are named by it.
        rows: how many.
        columns: in the table's order.
        cleaning: what was changed on the way in, in order.
        sources: the files it came from.
        description: what people said about it.
        added_at: when, UTC.
        kept: where its rows lie, if not here; then `sha256` tells what was found there, and how
            many different values a column holds is an estimate.
    """

    id: str
    name: DatasetName
    version: int
    sha256: Sha256
    rows: int
    columns: tuple[Column, ...]
    cleaning: tuple[CleaningStep, ...]
    sources: tuple[Source, ...]
    description: Description
    added_at: datetime
    kept: Place | None = None

    def __post_init__(self) -> None:
        check_dataset_name(self.name)

    @property
    def column_names(self) -> tuple[ColumnName, ...]:
        return tuple(column.name for column in self.columns)

    @property
    def population(self) -> str:
        """The name under which its people's privacy budget is kept."""
        return self.description.population or self.name

    def column(self, name: str) -> Column:
        """The column named `name`.

        Raises:
            UnknownColumnError: there is none.
        """
        for column in self.columns:
            if column.name == name:
                return column
        known = ", ".join(self.column_names[:12]) + (" …" if len(self.columns) > 12 else "")
        raise UnknownColumnError(column=str(name)[:NAME_LIMIT], dataset=self.name, known=known)


def check_dataset_name(name: str) -> DatasetName:
    """`name`, if a dataset may be called so.

    Raises:
        BadDatasetNameError: it holds a slash, a quotation mark, a control character, is too
            long, or starts with something other than a letter or digit.
    """
    if len(name) > NAME_LIMIT or not _NAME.fullmatch(name):
        raise BadDatasetNameError(limit=NAME_LIMIT)
    return DatasetName(name)
