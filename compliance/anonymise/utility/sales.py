"""The rows of a table that are sales in full, by the columns that a use needs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from compliance.anonymise.nouns import Roles
from compliance.anonymise.nouns.problem import Bools, Floats, Ints
from compliance.dataset.nouns import ColumnName
from compliance.dataset.table import Table
from compliance.i18n import mark


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sales:
    """Sales, one entry per row.

    Attributes:
        person, item: a code; −1 for all where the use does not need it.
        day: since 1970; 0 for all where the use does not need it.
        worth: amount × quantity, as far as the roles name them; 1 where they name neither.
        items: the names of the articles.
    """

    person: Ints
    item: Ints
    day: Ints
    worth: Floats
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """The columns that a use needs; None where it does without."""

    person: ColumnName | None = None
    product: ColumnName | None = None
    date: ColumnName | None = None
    worth: tuple[ColumnName, ...] = ()

    @property
    def columns(self) -> tuple[ColumnName, ...]:
        """All of them."""
        single = (self.person, self.product, self.date)
        return (*(name for name in single if name is not None), *self.worth)


def worth_of(roles: Roles) -> tuple[ColumnName, ...]:
    """The columns whose product is the worth of a row."""
    return tuple(name for name in (roles.amount, roles.quantity) if name is not None)


def trouble(table: Table, needs: Needs) -> str:
    """Why the table has no such sales; nothing where it has some."""
    for name in needs.columns:
        if name not in table.column_names:
            return mark("“{column}” is not in it").format(column=name)
    for name in needs.worth:
        if table.codes(name).labels.dtype.kind not in "iuf":
            return mark("“{column}” does not hold numbers").format(column=name)
    if needs.date is not None and table.codes(needs.date).labels.dtype.kind != "M":
        return mark("“{column}” does not hold dates").format(column=needs.date)
    return "" if _complete(table, needs).any() else mark("no row says all that it takes")


def sales_of(table: Table, needs: Needs) -> Sales:
    """The rows of the table that hold all that is needed; see `trouble`."""
    rows = np.flatnonzero(_complete(table, needs))
    nobody = np.full(len(rows), -1, dtype=np.int64)
    worth, day = np.ones(len(rows)), np.zeros(len(rows), dtype=np.int64)
    for name in needs.worth:
        codes = table.codes(name)
        worth = worth * codes.labels.astype(np.float64)[codes.codes[rows]]
    if needs.date is not None:
        codes = table.codes(needs.date)
        day = codes.labels.astype("datetime64[D]").astype(np.int64)[codes.codes[rows]]
    person, item = (
        nobody if name is None else table.codes(name).codes[rows].astype(np.int64)
        for name in (needs.person, needs.product)
    )
    items = () if needs.product is None else tuple(table.codes(needs.product).texts())
    return Sales(person=person, item=item, day=day, worth=worth, items=items)


def _complete(table: Table, needs: Needs) -> Bools:
    whole = np.ones(table.rows, dtype=np.bool_)
    for name in needs.columns:
        whole &= table.codes(name).codes >= 0
    return whole
