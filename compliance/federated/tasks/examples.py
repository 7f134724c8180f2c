"""What a run learns from before it is known which sites take part, and where it comes from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np

from compliance.dataset.nouns import Column, ColumnName
from compliance.dataset.table import Table
from compliance.discovery.nouns import Label
from compliance.federated.features import FloatArray, IntArray
from compliance.federated.keys import KeyArray, row_keys
from compliance.federated.nouns import Plan
from compliance.federated.records import BoolArray, Records


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """The days that a table reaches over.

    Attributes:
        first, last: both within.
    """

    first: date
    last: date


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Source:
    """A table as the desk knows it, and what is asked of it.

    Attributes:
        table: one row per record.
        columns: its columns, in its order.
        plan: what to learn, and where.
        labels: what discovery says of the columns; may be empty.
        person: the column that tells one person from another, or None.
        unit: the column that tells one protected unit from another: that of the person, of a
            device, or None where each row is one.
        span: of all sites together, where the table is a part of theirs; otherwise None.
        keys: of the rows, where the table is a part in which they cannot be told: equal rows are
            told apart by counting them all; otherwise None.
    """

    table: Table
    columns: Sequence[Column]
    plan: Plan
    labels: Sequence[Label]
    person: ColumnName | None
    unit: ColumnName | None
    span: Span | None = None
    keys: KeyArray | None = None

    @property
    def row_keys(self) -> KeyArray:
        """One key per row."""
        return row_keys(self.table, self.names) if self.keys is None else self.keys

    @property
    def names(self) -> list[ColumnName]:
        """Of all columns."""
        return [column.name for column in self.columns]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Examples:
    """One element per example: a row of the table, or what several rows say together.

    Each is made of the rows of its own site only, and of its own person's where it is a
    person's; nobody else's rows change it.

    Attributes:
        features: the columns learnt from.
        records: whose each example is, where it lies, and whether it is held out. `at` counts
            examples from 0; the site is -1 where it is missing, or all -1 where a split decides.
        answers: +1 or -1, the number of a class from 0, or a number, as the model wants it.
        has_answer: whether there is one.
        answers_known: how many different answers there are; 0 where they are numbers.
        site_names: of the sites that `records` counts; empty where a split decides.
        inputs_at: the inputs of some examples: one row for each, then one row of zeros. The last
            input is 1, but for the row of zeros.
        choices: see `Problem.choices`.
    """

    features: tuple[ColumnName, ...]
    records: Records
    answers: FloatArray
    has_answer: BoolArray
    answers_known: int
    site_names: tuple[str, ...]
    inputs_at: Callable[[IntArray], FloatArray]
    choices: IntArray = field(default_factory=lambda: np.empty(0, dtype=np.int64))
