"""What it costs to hide 4,372 shoppers among k who all bought the same m things, and how long.

Run with `python benchmarks/baskets.py`. Online Retail is read from the shared data sets: who has
bought which stock codes, 267,615 pairs. “exposed” counts people whom some combination of up to m
items leaves among fewer than k, measured anew on what is shown.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Generator
from pathlib import Path
from typing import TypeVar

import pyarrow as pa
from pyarrow import csv

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from compliance.anonymise.baskets import (
    Baskets,
    anonymise_baskets,
    by_code,
    by_demand,
    by_description,
    gather_baskets,
    losses_of_baskets,
    measure_baskets,
)
from compliance.anonymise.nouns import Hierarchy
from compliance.dataset import Table
from compliance.dataset.nouns import ColumnName

SHARED_DATA = Path(__file__).resolve().parent.parent.parent / "shared" / "data"
PERSON, ITEM, DESCRIPTION = map(ColumnName, ("CustomerID", "StockCode", "Description"))
Result = TypeVar("Result")


def purchases(shared_data: Path) -> Table:
    """All lines of Online Retail: who bought what."""
    texts = csv.ConvertOptions(
        include_columns=[PERSON, ITEM, DESCRIPTION],
        column_types=dict.fromkeys((PERSON, ITEM, DESCRIPTION), pa.string()),
        strings_can_be_null=True,
    )
    days = sorted((shared_data / "online_retail" / "by-day").glob("*.csv"))
    return Table.in_memory(
        pa.concat_tables(csv.read_csv(day, convert_options=texts) for day in days)
    )


def hierarchies(table: Table, baskets: Baskets) -> dict[str, Hierarchy]:
    """One of each kind."""
    columns = table.arrow([ITEM, DESCRIPTION]).to_pydict()
    described = dict(zip(columns[ITEM], columns[DESCRIPTION], strict=True))
    texts = [described[item] or "" for item in baskets.items]
    return {
        "code": by_code(ITEM, baskets),
        "description": by_description(ITEM, baskets, texts),
        "demand": by_demand(ITEM, baskets),
    }


def outcome(steps: Generator[object, None, Result]) -> Result:
    """What a generator of progress returns in the end."""
    while True:
        try:
            next(steps)
        except StopIteration as stop:
            return stop.value


def main() -> None:
    """Print the table."""
    table = purchases(SHARED_DATA)
    baskets = gather_baskets(table, PERSON, ITEM)
    print(f"{baskets.persons:,} people, {len(baskets.items):,} items, {len(baskets.item):,} pairs")
    for m in (1, 2, 3):
        begun = time.process_time()
        found = measure_baskets(baskets, m, asked=5)
        print(
            f"as they are, m = {m}: k = {found.k}, {found.singled_out:,} people singled out, "
            f"{found.exposed:,} among fewer than 5  ({time.process_time() - begun:.2f} CPU-s)"
        )
    print(
        "by           k m    NCP  names  own  gone  top-100 items, pairs kept, apart   k after"
        "  exposed   CPU-s  measured"
    )
    for name, hierarchy in hierarchies(table, baskets).items():
        for k, m in ((2, 2), (5, 1), (5, 2), (10, 2), (5, 3)):
            begun = time.process_time()
            recoded = outcome(anonymise_baskets(baskets, hierarchy, k, m))
            seconds = time.process_time() - begun
            losses = losses_of_baskets(recoded, len(hierarchy.values))
            begun = time.process_time()
            after = measure_baskets(recoded.after, m, asked=k)
            print(
                f"{name:11} {k:2} {m} {losses.ncp:.4f} {losses.names:6,} {losses.own_names:4,} "
                f"{losses.suppressed_share:5.2%} {losses.top_items_kept:13.2f} "
                f"{losses.top_pairs_kept:12.2f} {losses.top_pairs_apart:6.2f} {after.k:9} "
                f"{after.exposed:8} {seconds:7.2f} {time.process_time() - begun:9.2f}"
            )


if __name__ == "__main__":
    main()
