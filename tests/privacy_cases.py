"""What the tests of the privacy room share: tables of given types, queries, stand-ins for noise."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from compliance.dataset import Table
from compliance.dataset.nouns import Column, ColumnName, ColumnType
from compliance.dataset.table import to_parquet
from compliance.privacy import Aggregate, aggregate, joined, joined_columns, mechanisms
from compliance.privacy.nouns import Budget
from compliance.privacy.nouns.question import Query

KEY = b"k" * 32
ORDERS = pa.schema(
    [
        ("who", pa.string()),
        ("city", pa.string()),
        ("day", pa.timestamp("us")),
        ("amount", pa.float64()),
        ("kind", pa.int64()),
    ]
)
PROFILES = pa.schema([("id", pa.string()), ("plan", pa.string()), ("age", pa.int64())])
_TYPES = {
    pa.string(): ColumnType.TEXT,
    pa.int64(): ColumnType.INTEGER,
    pa.float64(): ColumnType.NUMBER,
    pa.bool_(): ColumnType.BOOLEAN,
    pa.date32(): ColumnType.DATE,
    pa.timestamp("us"): ColumnType.TIMESTAMP,
}
# One of each kind of statistic; together they need every kind of part.
EVERY_STATISTIC: dict[str, dict[str, object]] = {
    "rows": {"count": "rows"},
    "people": {"count": "units"},
    "sum": {"sum": {"column": "amount", "lower": -3, "upper": 7, "unit": "cents"}},
    "mean": {"mean": {"column": "amount", "lower": -5, "upper": 90}},
    "variance": {"variance": {"column": "amount", "lower": -700, "upper": 900, "unit": "cents"}},
    "deviation": {"standard_deviation": {"column": "kind", "lower": 0, "upper": 9}},
    "median": {"median": {"column": "amount", "lower": 0, "upper": 50, "step": 1}},
    "quantile": {"quantile": {"column": "kind", "lower": 0, "upper": 9, "at": 0.9}},
    "histogram": {"histogram": {"column": "amount", "lower": 0, "upper": 1, "bins": 5}},
    "largest": {"top": {"groups": 2, "of": "rows"}},
    "most people": {"top": {"groups": 2, "of": "units"}},
}


def budget(epsilon: str | int = 1, delta: str = "1e-6") -> Budget:
    return Budget(epsilon=Decimal(epsilon), delta=Decimal(delta))


def table_of(
    folder: Path, schema: pa.Schema, rows: Sequence[Sequence[object]]
) -> tuple[Table, tuple[Column, ...]]:
    """A stored table of exactly these types, whatever its values are: nothing is guessed."""
    lists = zip(*rows, strict=True) if rows else [()] * len(schema)
    arrays = [pa.array(list(values), f.type) for values, f in zip(lists, schema, strict=True)]
    data = to_parquet(pa.table(arrays, schema=schema))
    path = folder / f"{hashlib.sha256(data).hexdigest()}.parquet"
    path.write_bytes(data)
    columns = [Column(name=ColumnName(f.name), type=_TYPES[f.type]) for f in schema]
    return Table(path), tuple(columns)


def summed(
    folder: Path,
    query: Query,
    orders: Sequence[Sequence[object]],
    profiles: Sequence[Sequence[object]] = (),
) -> Aggregate:
    """The exact answer to `query` on `orders`, with `profiles` joined where it asks for them."""
    table, columns = table_of(folder, ORDERS, orders)
    other, beside = table_of(folder, PROFILES, profiles)
    rows = joined(table, query, {"profiles": other}, KEY)
    return aggregate(rows, query, (*columns, *joined_columns("profiles", beside)), KEY)


def _unblurred(values: npt.NDArray[np.int64], *_: object) -> npt.NDArray[np.int64]:
    return values


def _all_seen(units: npt.NDArray[np.int64], *_: object) -> list[int]:
    return [int(group) for group in np.flatnonzero(units)]


def _over(units: npt.NDArray[np.int64], _: object, threshold: Any, *__: object) -> list[int]:
    return [int(group) for group in np.flatnonzero(units >= threshold.threshold)]


def highest(scores: npt.NDArray[np.int64], event: Any) -> list[int]:
    """A choice without noise."""
    return [int(place) for place in np.argsort(-scores, kind="stable")[: event.draws]]


# Noise that blurs nothing, and noise that hides no group.
SILENCE = SimpleNamespace(
    add_noise=_unblurred, surviving_groups=_over, choose=highest, change_answers=_unblurred
)
WITHOUT_THRESHOLD = SimpleNamespace(
    add_noise=mechanisms.add_noise,
    surviving_groups=_all_seen,
    choose=mechanisms.choose,
    change_answers=mechanisms.change_answers,
)
