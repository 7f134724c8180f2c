"""Tables on three engines, and the same in memory: what the tests of kept tables share."""

from __future__ import annotations

import itertools
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from compliance.dataset import Table
from compliance.dataset.kept.engines import Room, opened
from compliance.dataset.kept.places import Warehouse, to_warehouses
from compliance.dataset.nouns import Engine, Place
from compliance.privacy import Aggregate, add_up, bound
from compliance.privacy.nouns.question import Query
from compliance.privacy.relational import aggregate_elsewhere
from compliance.privacy.shared_lots import SharedLots
from tests.postgresql import Server

# Spark's machine lives for seconds here, in which its second compiler takes more than it gains.
os.environ.setdefault("SPARK_SUBMIT_OPTS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC")

KEY = b"k" * 32
SCHEMA = pa.schema(
    {
        "who": pa.string(),
        "id": pa.int64(),
        "city": pa.string(),
        "day": pa.date32(),
        "at": pa.timestamp("us"),
        "seen": pa.timestamp("us", tz="UTC"),
        "amount": pa.float64(),
        "price": pa.decimal128(12, 2),
        "small": pa.int16(),
        "yes": pa.bool_(),
    }
)
# What ibis and Spark say of their own libraries; nothing of ours is called so.
QUIET = pytest.mark.filterwarnings(
    "ignore:fetch_arrow_table:DeprecationWarning",
    "ignore::DeprecationWarning:pyspark.*",
    "ignore::FutureWarning:pyspark.*",
    "ignore::UserWarning:pyspark.*",
    "ignore:unclosed.*(socket|file):ResourceWarning",
)
# Columns whose collation finds “a” and “A” alike, as administrators may have chosen.
_ALIKE = (
    "create collation alike (provider = icu, locale = 'und-u-ks-level1', deterministic = false)"
)
_POSTGRESQL = (
    "who text collate alike, id bigint, city text collate alike, day date, at timestamp, "
    "seen timestamptz, amount double precision, price numeric(12,2), small smallint, yes boolean"
)


@dataclass(kw_only=True)
class Engines:
    """A folder, and where asked a server and a session."""

    folder: Path
    server: Server | None = None
    database: str = ""
    spark: str = "local[2]"
    _numbers: Any = field(default_factory=itertools.count)

    @property
    def room(self) -> Room:
        return Room(folder=self.folder / "spill", memory_gb=1)

    @property
    def warehouses(self) -> dict[str, Warehouse]:
        said = f"lake={self.spark}"
        if self.server:
            said += f" sales={self.server.address(self.database)}"
        return to_warehouses(said)

    def keep(self, table: pa.Table, engine: Engine) -> Place:
        """Put a table where the engine finds it."""
        name = f"t{next(self._numbers)}"
        path = self.folder / f"{name}.parquet"
        if engine is Engine.POSTGRESQL:
            self._copy(table, name)
            return Place(engine=engine, warehouse="sales", table=name)
        pq.write_table(table, path)
        if engine is Engine.SPARK:
            return Place(engine=engine, warehouse="lake", table=str(path))
        return Place(engine=engine, table=str(path))

    def start(self, server: Server) -> None:
        """Use a database of `server`."""
        self.server, self.database = server, server.new_database()
        with server.connection(self.database) as connection:
            connection.execute(_ALIKE)

    def _copy(self, table: pa.Table, name: str) -> None:
        assert self.server
        with self.server.connection(self.database) as connection:
            connection.execute(f"create table {name} ({_POSTGRESQL})")  # type: ignore[arg-type]
            with connection.cursor().copy(f"copy {name} from stdin") as copy:  # type: ignore[arg-type]
                for row in table.to_pylist():
                    copy.write_row(list(row.values()))

    def answer(self, place: Place, query: Query) -> Aggregate:
        """The exact answer where the table lies."""
        with opened(place, self.warehouses, self.room) as table:
            return aggregate_elsewhere(table.cells, query, table.cells.columns, KEY, table.ask)


def in_memory(table: pa.Table) -> Table:
    """The same rows as the desk stores what it takes in: NaN is no value, decimals are numbers."""
    changed = {}
    for name, kind in zip(table.column_names, table.schema.types, strict=True):
        column = table.column(name)
        if pa.types.is_floating(kind):
            column = pc.if_else(pc.is_nan(column), None, column)
        elif pa.types.is_decimal(kind):
            column = column.cast(pa.float64())
        elif pa.types.is_timestamp(kind):
            column = column.cast(pa.timestamp("us"))
        elif pa.types.is_integer(kind):
            column = column.cast(pa.int64())
        changed[name] = column
    return Table.in_memory(pa.table(changed))


def by_numpy(table: pa.Table, query: Query, columns: Sequence[Any]) -> Aggregate:
    """The exact answer as the desk computes it in memory, with the lots that engines share."""
    stored = in_memory(table)
    return add_up(stored, query, bound(stored, query, columns, KEY, SharedLots))


def plain(found: Aggregate, query: Query) -> dict[str, object]:
    """All integers of an answer, by group; groups of nobody only where they were typed."""
    kept = [i for i in range(len(found.keys)) if query.has_public_keys or int(found.units[i])]
    order = sorted(kept, key=lambda i: found.keys[i])
    return {
        "keys": [found.keys[i] for i in order],
        "units": found.units[order].tolist(),
        "parts": {name: part[order].tolist() for name, part in found.parts.items()},
        "dropped": found.dropped,
        "people": found.people,
    }


def choices(found: Aggregate, query: Query) -> dict[str, object]:
    """What quantiles are chosen by: per group and candidate the score."""
    from compliance.privacy.aggregates import Role
    from compliance.privacy.nouns import SelectionEvent
    from compliance.privacy.selections import scores

    silent = SelectionEvent(statistic="", sensitivity=1, scale=1.0)
    return {
        s.name: {
            found.keys[i]: scores(found.ranked[s.name], i, s, Role.CHOICE, silent).tolist()
            for i in range(len(found.keys))
            if query.has_public_keys or int(found.units[i])
        }
        for s in query.statistics
        if s.name in found.ranked
    }


def many(rows: int, people: int, seed: int = 1) -> pa.Table:
    """Invented orders: few people have many."""
    rng = np.random.default_rng(seed)
    who = (people * rng.random(rows) ** 3).astype(np.int64)
    cents = rng.integers(-500, 60_000, rows)
    cities = np.array(["Bonn", "Köln", "Ulm", "北京", "São Paulo", "Łódź", "bonn", "BONN"])
    moments = np.datetime64("2023-01-01", "us") + rng.integers(0, 2 * 365 * 86_400, rows) * 10**6
    return pa.table(
        {
            "who": pa.array([f"P{n:07}" for n in who]),
            "id": pa.array(who),
            "city": pa.array(cities[rng.integers(0, len(cities), rows)]),
            "day": pa.array(moments.astype("datetime64[D]")),
            "at": pa.array(moments),
            "seen": pa.array(moments).cast(pa.timestamp("us", tz="UTC")),
            "amount": pa.array(cents / 100),
            "price": pa.array(cents / 100).cast(pa.decimal128(12, 2), safe=False),
            "small": pa.array((cents % 100).astype(np.int16)),
            "yes": pa.array(cents % 3 == 0),
        },
        schema=SCHEMA,
    )
