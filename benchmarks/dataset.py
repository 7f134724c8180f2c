"""How long real files take to become a dataset, against pandas' plain reading of the same files.

Run with `make bench-dataset`. Ours finds encoding and delimiter, cleans, counts what it changed,
writes Parquet and records the act; pandas only reads and concatenates.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from compliance.settings import Settings
from compliance.workspace import Workspace

ROOT = Path(__file__).resolve().parent.parent
SETS = {
    "online_retail": "online_retail/by-day/*.csv",
    "online_shoppers": "online_shoppers/*.csv",
    "adventureworks sales": "adventureworks/AdventureWorks_Sales_*.csv",
    "adventureworks customers": "adventureworks/AdventureWorks_Customers.csv",
}


def seconds(act: Callable[[], object]) -> float:
    before = time.perf_counter()
    act()
    return time.perf_counter() - before


def main() -> None:
    shared = ROOT.parent / "shared" / "data"
    if not shared.is_dir():
        print("The shared data sets are not beside the project; nothing to measure.")
        return
    print("| data set | files | rows | ours s | pandas s | ratio |\n|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as home:
        desk = Workspace(Settings.from_environment({}, home=Path(home)))
        for name, pattern in SETS.items():
            files = sorted(shared.glob(pattern))
            ours = seconds(lambda name=name, files=files: desk.add_places(files, name))
            theirs = seconds(lambda files=files: pd.concat(map(plainly, files)))
            rows = desk.dataset(name).rows
            print(
                f"| {name} | {len(files)} | {rows:,} | {ours:.2f} | {theirs:.2f} "
                f"| {ours / theirs:.2f} |"
            )


def plainly(file: Path) -> pd.DataFrame:
    try:
        return pd.read_csv(file)
    except UnicodeDecodeError:
        return pd.read_csv(file, encoding="latin-1")


if __name__ == "__main__":
    main()
