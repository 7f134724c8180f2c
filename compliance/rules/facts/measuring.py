"""What is counted on the rows for the rules: how old they are, and where people live.

Counting takes long and answers change only with the rows, so it is apart from what the clock
changes: `ages` once per version, `retained` at any moment.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import numpy.typing as npt
from dateutil.relativedelta import relativedelta

from compliance.dataset import Table
from compliance.dataset.nouns import ColumnName, ColumnType, Dataset
from compliance.discovery.nouns import Discovery, IdentifierClass
from compliance.rules.nouns import Residents, Retained
from compliance.shipped import table

CodeOf = Callable[[str], str | None]

_KEYS = ("customer_id", "person_id", "employee_id")
_COUNTRIES = ("country", "country_code")
_REGIONS = ("region", "region_code")
_MOMENTS = (ColumnType.DATE, ColumnType.TIMESTAMP)
_DATES = ("date", "timestamp")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ages:
    """The days on which rows began, counted.

    Attributes:
        column: the column of dates that was read.
        days: different days, ascending; datetime64[D].
        rows: how many rows each has.
        undated: rows without a date.
    """

    column: str
    days: npt.NDArray[np.datetime64]
    rows: npt.NDArray[np.int64]
    undated: int


def date_column(dataset: Dataset, discovery: Discovery) -> ColumnName | None:
    """The column that tells how old a row is, by type, meaning and name; None where none does.

    Source: `ages.yaml`.
    """
    moments = [
        column.name
        for column in dataset.columns
        if column.type in _MOMENTS and _is_date(discovery, column.name)
    ]
    words = {name: _words(name) for name in moments}
    told = [name for name in moments if not words[name] & set(_ages()["never"])]
    for group in _ages()["groups"]:
        for name in told:
            if words[name] & set(group):
                return name
    return told[0] if len(told) == 1 else None


def ages(table: Table, column: ColumnName) -> Ages:
    """The days of `column`, counted; one row per different day."""
    codes = table.codes(column)
    labels = codes.labels.astype("datetime64[D]")
    present = codes.codes[codes.codes >= 0]
    counts = np.bincount(present, minlength=len(labels)) if len(labels) else np.zeros(0, np.int64)
    days, places = np.unique(labels, return_inverse=True)
    rows = np.bincount(places, weights=counts, minlength=len(days)).astype(np.int64)
    undated = len(codes.codes) - len(present)
    return Ages(column=str(column), days=days, rows=rows, undated=undated)


def retained(found: Ages, months: int | None, at: datetime) -> Retained:
    """How old the rows are at `at`, and how many are past `months`.

    Without months nothing is past; see the retention that is missing.
    """
    today = at.date()
    oldest = 0
    if len(found.days):
        gone = relativedelta(today, found.days[0].astype("datetime64[D]").item())
        oldest = max(0, gone.years * 12 + gone.months)
    past = 0
    if months is not None:
        first_kept = np.datetime64(today - relativedelta(months=months), "D")
        past = int(found.rows[found.days < first_kept].sum())
    return Retained(column=found.column, oldest_months=oldest, past=past, undated=found.undated)


def key_column(dataset: Dataset, discovery: Discovery | None) -> ColumnName | None:
    """The column that tells people apart: what the officer said, or a key that was discovered."""
    if dataset.description.unit is not None:
        return dataset.description.unit
    labels = discovery.labels if discovery else ()
    keys = [
        label.column
        for kind in _KEYS
        for label in labels
        if label.semantic_type == kind and label.identifier_class is IdentifierClass.DIRECT
    ]
    return keys[0] if keys else None


def people(dataset: Dataset, discovery: Discovery | None) -> int | None:
    """Distinct people in a dataset; None where no column tells them apart."""
    key = key_column(dataset, discovery)
    return None if key is None else dataset.column(key).distinct


def country_columns(discovery: Discovery) -> tuple[ColumnName | None, ColumnName | None]:
    """The columns of the country and of the region that people live in."""
    return _first(discovery, _COUNTRIES), _first(discovery, _REGIONS)


def residents(
    table: Table,
    key: ColumnName | None,
    country: ColumnName,
    region: ColumnName | None,
    code_of: CodeOf,
    state_of: CodeOf,
) -> Residents:
    """Where people live: a person with rows in two countries counts in both.

    Args:
        key: tells people apart; None: rows are counted.
        code_of, state_of: from a value to the code of a country, or of a state of the US.
    """
    places = table.codes(country)
    codes = [code_of(text) for text in places.texts()]
    whose = None if key is None else table.codes(key).codes
    counts: dict[str, int] = {}
    for code in sorted({code for code in codes if code}):
        here = _rows_of(places.codes, [code == other for other in codes])
        counts[code] = _counted(here, whose)
    unread = _counted(_rows_of(places.codes, [code is None for code in codes], missing=True), whose)
    lacks: tuple[str, ...] = ()
    if "US" in counts:
        in_us = _rows_of(places.codes, [code == "US" for code in codes])
        states = None if region is None else _states(table, region, in_us, whose, state_of)
        lacks = ("US",) if states is None else ()
        counts |= states or {}
    return Residents(
        columns=tuple(str(name) for name in (country, region) if name),
        counts=counts,
        is_of_people=key is not None,
        unread=unread,
        lacks_regions=lacks,
    )


def residents_by(
    table: Table,
    key: ColumnName,
    other: Table,
    other_key: ColumnName,
    country: ColumnName,
    code_of: CodeOf,
) -> Residents:
    """Where people live by another table that has the same people under the same keys."""
    places, owners = other.codes(country), other.codes(other_key)
    codes = [code_of(text) for text in places.texts()]
    lives: dict[str, set[str | None]] = {}
    names = owners.texts()
    for who, where in {*zip(owners.codes.tolist(), places.codes.tolist(), strict=True)}:
        if who >= 0:
            lives.setdefault(names[who], set()).add(codes[where] if where >= 0 else None)
    counts: dict[str, int] = {}
    unread = 0
    for name in table.codes(key).texts():
        found = lives.get(name, {None})
        unread += None in found
        for code in found - {None}:
            counts[str(code)] = counts.get(str(code), 0) + 1
    return Residents(
        columns=(str(country),),
        counts=dict(sorted(counts.items())),
        is_of_people=True,
        unread=unread,
        lacks_regions=("US",) if "US" in counts else (),
    )


def _states(
    table: Table,
    region: ColumnName,
    in_us: npt.NDArray[np.bool_],
    whose: npt.NDArray[np.int32] | None,
    state_of: CodeOf,
) -> dict[str, int] | None:
    """People by state, as `US-CA`; None where some row in the United States names none."""
    places = table.codes(region)
    codes = [state_of(text) for text in places.texts()]
    nowhere = _rows_of(places.codes, [code is None for code in codes], missing=True)
    if bool((nowhere & in_us).any()):
        return None
    return {
        f"US-{code}": count
        for code in sorted({code for code in codes if code})
        if (count := _counted(_rows_of(places.codes, [code == o for o in codes]) & in_us, whose))
    }


def _rows_of(
    codes: npt.NDArray[np.int32], is_wanted: list[bool], *, missing: bool = False
) -> npt.NDArray[np.bool_]:
    """Which rows hold one of the wanted values; those without a value as `missing` says."""
    # The last place is that of code -1: no value.
    wanted: npt.NDArray[np.bool_] = np.array([*is_wanted, missing], dtype=np.bool_)
    found: npt.NDArray[np.bool_] = wanted[codes]
    return found


def _counted(rows: npt.NDArray[np.bool_], whose: npt.NDArray[np.int32] | None) -> int:
    """How many people stand in these rows; a row that names nobody counts in none."""
    if whose is None:
        return int(rows.sum())
    found = whose[rows]
    return int(np.count_nonzero(np.bincount(found[found >= 0]))) if len(found) else 0


def _first(discovery: Discovery, kinds: tuple[str, ...]) -> ColumnName | None:
    return next((la.column for la in discovery.labels if la.semantic_type in kinds), None)


def _is_date(discovery: Discovery, column: str) -> bool:
    label = discovery.label(column)
    return label is not None and label.semantic_type in _DATES


def _words(name: str) -> set[str]:
    """The words of a column's name: “InvoiceDate” and “invoice_date” are two."""
    return set(re.findall(r"[^\W\d_]+", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower()))


@functools.cache
def _ages() -> Mapping[str, Any]:
    loaded: Mapping[str, Any] = table("compliance.rules.facts", "ages.yaml")
    return loaded
