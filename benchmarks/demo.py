"""How long the demo shop takes to build and to take in, and how large its files are."""

from __future__ import annotations

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from compliance.dataset.cleaning import clean
from compliance.dataset.readers import read, stack
from compliance.demo import build_shop


def main() -> None:
    start = time.perf_counter()
    shop = build_shop()
    total = build = time.perf_counter() - start
    print("| table | rows | MB | reading s | cleaning s |\n|---|---|---|---|---|")
    for table in shop.tables:
        before = time.perf_counter()
        raw = stack([read(file) for file in table.files])
        between = time.perf_counter()
        rows = clean(raw.table).table.num_rows
        after = time.perf_counter()
        total += after - before
        size = sum(len(file.data) for file in table.files) / 1e6
        print(
            f"| {table.name} | {rows:,} | {size:.1f} "
            f"| {between - before:.2f} | {after - between:.2f} |"
        )
    print(f"\nBuilding the files: {build:.2f} s; with reading and cleaning: {total:.2f} s")


if __name__ == "__main__":
    main()
