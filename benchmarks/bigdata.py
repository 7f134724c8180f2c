"""The aggregation under a release on tables larger than memory, and on engines elsewhere.

Prints three tables: DuckDB out of core over Parquet (each run in a process of its own, whose peak
memory is measured), the same in memory by ourselves, polars and pandas, and PostgreSQL and Spark,
whose integers must be those of DuckDB. Everything is invented, and thrown away at the end.

    python benchmarks/bigdata.py [--rows 10,50] [--engines 1,10]      in millions of rows
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

MILLION, CHUNK = 10**6, 10**6
MEMORY_GB = 2  # what DuckDB is allowed; a process has more around it
KEY = b"k" * 32
COUNTRIES = np.array(["DE", "FR", "GB", "CN", "US", "PL", "ES", "IT", "JP", "BR", "SE", "NL"])
MOST_GROUPS, MOST_ROWS = 3, 5
ASKED = {
    "unit": "customer",
    "by": ["country"],
    "max_groups": MOST_GROUPS,
    "max_rows_per_group": MOST_ROWS,
    "statistics": [
        {"count": "rows"},
        {"count": "units"},
        {"sum": {"column": "amount", "lower": 0, "upper": 500, "unit": "cents"}},
    ],
}
_COLUMNS = "customer text, country text, amount double precision, bought timestamp"


def invent(folder: Path, millions: int) -> Path:
    """Orders of five customers a hundred rows, few of whom have many; a file per million rows."""
    made = folder / f"orders-{millions}"
    made.mkdir()
    for part in range(millions):
        rng = np.random.default_rng(part)
        customer = (millions * MILLION * 0.05 * rng.random(CHUNK) ** 2).astype(np.int64)
        cents = rng.gamma(1.2, 6_000, CHUNK).astype(np.int64)
        moment = np.datetime64("2024-01-01", "us") + rng.integers(0, 730 * 86_400, CHUNK) * 10**6
        table = pa.table(
            {
                "customer": pa.array(np.char.add("C", customer.astype("U"))),
                "country": pa.array(COUNTRIES[(customer + rng.integers(0, 4, CHUNK)) % 12]),
                "amount": pa.array(cents / 100),
                "bought": pa.array(moment),
            }
        )
        pq.write_table(table, made / f"part-{part:03}.parquet", compression="zstd")
    return made


def answer(engine: str, table: str, address: str, spill: str) -> dict[str, Any]:
    """The integers of one engine, in this process, and what they took."""
    from compliance.dataset.kept.engines import Room, opened
    from compliance.dataset.kept.places import to_warehouses
    from compliance.dataset.nouns import Engine, Place
    from compliance.privacy import to_query
    from compliance.privacy.relational import aggregate_elsewhere

    place = Place(engine=Engine(engine), table=table, warehouse="there" if address else "")
    warehouses = to_warehouses(f"there={address}" if address else "")
    room, query = Room(folder=Path(spill), memory_gb=MEMORY_GB), to_query(ASKED)
    with opened(place, warehouses, room) as found:
        began = time.perf_counter()
        exact = aggregate_elsewhere(found.cells, query, found.cells.columns, KEY, found.ask)
        took = time.perf_counter() - began
    told = [exact.keys, exact.units.tolist(), {n: p.tolist() for n, p in exact.parts.items()}]
    told += [exact.dropped.rows, exact.dropped.units, exact.people]
    return _told(took, json.dumps(told))


def in_memory(how: str, table: str) -> dict[str, Any]:
    """The same bounds on a table that is read whole, in this process."""
    began = time.perf_counter()
    said = {"ours": _ours, "polars": _polars, "pandas": _pandas}[how](Path(table))
    return _told(time.perf_counter() - began, said)


def _ours(folder: Path) -> str:
    from compliance.dataset import Table
    from compliance.dataset.nouns import Column, ColumnName, ColumnType
    from compliance.privacy import aggregate, to_query

    whole = folder.parent / f"{folder.name}.parquet"
    if not whole.exists():
        pq.write_table(pq.read_table(folder), whole)
    columns = [
        Column(name=ColumnName("customer"), type=ColumnType.TEXT),
        Column(name=ColumnName("country"), type=ColumnType.TEXT),
        Column(name=ColumnName("amount"), type=ColumnType.NUMBER),
    ]
    return str(aggregate(Table(whole), to_query(ASKED), columns, KEY).units.sum())


def _polars(folder: Path) -> str:
    import polars as pl

    rows = pl.read_parquet(folder / "*.parquet").with_columns(
        lot=pl.struct("customer", "amount").hash(1), place=pl.struct("customer", "country").hash(2)
    )
    taken = pl.col("place").rank("dense").over("customer") <= MOST_GROUPS
    kept = pl.col("lot").rank("ordinal").over("customer", "country") <= MOST_ROWS
    cents = (pl.col("amount").clip(0, 500) * 100).round().cast(pl.Int64)
    found = (
        rows.filter(taken & kept)
        .group_by("country")
        .agg(pl.len(), pl.col("customer").n_unique(), cents.sum())
    )
    return str(found.height)


def _pandas(folder: Path) -> str:
    import pandas as pd

    rows = pd.read_parquet(folder)
    rows["lot"] = pd.util.hash_pandas_object(rows[["customer", "amount"]], index=False)
    rows["place"] = pd.util.hash_pandas_object(rows[["customer", "country"]], index=False)
    groups = rows.groupby("customer", sort=False)
    taken = groups["place"].rank("dense") <= MOST_GROUPS
    places = rows.sort_values("lot").groupby(["customer", "country"], sort=False)
    kept = rows[taken & (places.cumcount().reindex(rows.index) < MOST_ROWS)]
    cents = (kept["amount"].clip(0, 500) * 100).round().astype("int64")
    found = kept.assign(cents=cents).groupby("country", dropna=False)
    return str(
        len(found.agg(n=("cents", "size"), of=("customer", "nunique"), sum=("cents", "sum")))
    )


def _told(took: float, said: str) -> dict[str, Any]:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return {
        "wall_s": round(took, 1),
        "cpu_s": round(used.ru_utime + used.ru_stime, 1),
        "peak_mb": used.ru_maxrss // 1024,
        "said": hashlib.sha256(said.encode()).hexdigest()[:12],
    }


def alone(*said: str) -> dict[str, Any]:
    """What another process of this file answers, so that its memory is its own."""
    command = [sys.executable, "-W", "ignore", __file__, "--one", *said]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return dict(json.loads(done.stdout.splitlines()[-1]))


@contextmanager
def server() -> Iterator[Callable[[Path], str]]:
    """A PostgreSQL of our own; called with a folder, it takes its files in as table `orders`."""
    from tests.postgresql import running

    with running(is_large=True) as own:
        name = own.new_database()

        def take_in(folder: Path) -> str:
            with own.connection(name) as connection:
                connection.execute("drop table if exists orders")
                connection.execute(f"create table orders ({_COLUMNS})")  # type: ignore[arg-type]
                with connection.cursor().copy("copy orders from stdin with csv") as copy:
                    for file in sorted(folder.glob("*.parquet")):
                        sink = io.BytesIO()
                        options = pa_csv.WriteOptions(include_header=False)
                        pa_csv.write_csv(pq.read_table(file), sink, options)
                        copy.write(sink.getvalue())
                connection.execute("analyze orders")
            return own.address(name)

        yield take_in


def line(name: str, rows: int, found: dict[str, Any], more: str = "") -> None:
    """A row of the table."""
    print(
        f"{name:<28} {rows:>4} M {found['wall_s']:>8} s {found['cpu_s']:>8} s "
        f"{found['peak_mb']:>7} MB  {found['said']}  {more}",
        flush=True,
    )


def main() -> None:
    """All tables."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--rows", default="10,50")
    asked.add_argument("--engines", default="1,10")
    asked.add_argument("--one", nargs="+")
    said = asked.parse_args()
    if said.one:
        does = answer if said.one[0] == "engine" else in_memory
        print(json.dumps(does(*said.one[1:])))
        return
    with tempfile.TemporaryDirectory(prefix="desk-bigdata-") as name:
        folder = Path(name)
        print("what                          rows      wall         CPU      peak  integers")
        embedded: dict[int, dict[str, Any]] = {}
        millions = [int(n) for n in said.rows.split(",") if n]
        others = [int(n) for n in said.engines.split(",") if n]
        for rows in sorted({*millions, *others}):
            orders = invent(folder, rows)
            spill = str(folder / "spill")
            found = embedded[rows] = alone("engine", "duckdb", str(orders), "", spill)
            line("DuckDB out of core", rows, found, f"limit {MEMORY_GB} GB")
            if rows in millions and rows <= 10:
                for how in ("ours", "polars", "pandas"):
                    peer = alone("memory", how, str(orders))
                    ratio = found["wall_s"] / max(peer["wall_s"], 0.1)
                    line(f"{how} in memory", rows, peer, f"DuckDB takes {ratio:.1f} times as long")
            if rows in others:
                with server() as take_in:
                    there = alone("engine", "postgresql", "orders", take_in(orders), spill)
                line("PostgreSQL", rows, there, _equal(there, found))
                there = alone("engine", "spark", str(orders), "local[2]", spill)
                line("Spark, local[2]", rows, there, _equal(there, found))


def _equal(one: dict[str, Any], other: dict[str, Any]) -> str:
    is_equal = one["said"] == other["said"]
    return "equal to the last integer" if is_equal else "NOT EQUAL"


if __name__ == "__main__":
    main()
