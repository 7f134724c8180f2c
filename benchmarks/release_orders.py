"""The orders of `release.py`: generated, and stored in a workspace of their own.

    python benchmarks/release_orders.py ROWS PEOPLE FOLDER

writes FOLDER/orders.parquet and the workspace FOLDER/desk, and prints as JSON the seconds that
storing took, the most rows that one person has, and the peak memory in bytes.

Few people have many rows: the expected number falls with a person's rank as 1 / (rank + 50).
Everybody orders from one country, so that ten rows per person are the same task for a system
that bounds persons, and for one that bounds persons within groups.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from decimal import Decimal
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from release_contenders import COUNTRIES

from compliance.dataset.nouns import ColumnName, Description
from compliance.privacy.nouns import Budget
from compliance.settings import Settings
from compliance.workspace import Workspace

SEED = 7
SHARES = np.array([30, 20, 15, 12, 10, 6, 5, 2]) / 100


def orders(rows: int, people: int) -> pa.Table:
    """One row per order: a person's number, their country, an amount with cents."""
    rng = np.random.default_rng(SEED)
    weights = 1 / (np.arange(people) + 50)
    person = np.repeat(np.arange(people), rng.multinomial(rows, weights / weights.sum()))
    rng.shuffle(person)
    number = 100_000 + rng.permutation(people)
    country = rng.choice(len(COUNTRIES), people, p=SHARES).astype(np.int32)
    named = pa.DictionaryArray.from_arrays(country[person], list(COUNTRIES))
    amount = np.round(rng.lognormal(3.4, 0.9, rows), 2)
    return pa.table({"person": number[person], "country": named.cast("string"), "amount": amount})


def main() -> None:
    rows, people, folder = int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])
    table = orders(rows, people)
    pq.write_table(table, folder / "orders.parquet")
    most = int(np.unique(table["person"], return_counts=True)[1].max())
    del table
    desk = Workspace(Settings.from_environment({}, home=folder / "desk"))
    before = time.perf_counter()
    description = Description(unit=ColumnName("person"))
    stored = desk.add_places([folder / "orders.parquet"], "orders", description)
    seconds = time.perf_counter() - before
    plenty = Budget(epsilon=Decimal(100), delta=Decimal("1e-4"))
    desk.decide_budget(stored.population, plenty)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(json.dumps([seconds, most, peak]))


if __name__ == "__main__":
    main()
