"""Where the time of a release goes, and how long a slider move takes; for `release.py`.

    python benchmarks/release_stages.py FOLDER

prints as JSON the stages (name, wall seconds, CPU seconds: medians), the milliseconds of
`MOVES` slider moves, and the peak memory in bytes. FOLDER is what `release_orders.py` wrote.
"""

from __future__ import annotations

import json
import resource
import statistics
import sys
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from release_contenders import DELTA, EPSILON, question

from compliance.dataset import Table
from compliance.dataset.nouns import ColumnName
from compliance.privacy import add_up, bound, calibrate, mechanisms, publish, to_query
from compliance.privacy.nouns import Budget
from compliance.settings import Settings
from compliance.workspace import Workspace

MOVES = 200
REPEATS = 5
ASKED = Budget(epsilon=Decimal(str(EPSILON)), delta=Decimal(str(DELTA)))
QUERY = to_query(question(1, 200))
Times = list[tuple[str, float, float]]


def stages(desk: Workspace, path: Path) -> Times:
    """One release step by step, from the stored file to the stored result."""
    dataset = desk.dataset("orders")
    times: Times = []

    def timed(name: str, act: Callable[[], Any]) -> Any:
        wall, cpu = time.perf_counter(), time.process_time()
        done = act()
        times.append((name, time.perf_counter() - wall, time.process_time() - cpu))
        return done

    table = Table(path)
    timed("codes of person", lambda: table.codes(ColumnName("person")))
    timed("codes of country", lambda: table.codes(ColumnName("country")))
    timed("numbers of amount", lambda: table.numbers(ColumnName("amount")))
    bounded = timed("bound people", lambda: bound(table, QUERY, dataset.columns, b"k" * 32))
    exact = timed("count and sum", lambda: add_up(table, QUERY, bounded))
    calibration = calibrate(QUERY, ASKED)
    timed("draw noise", lambda: publish(exact, QUERY, calibration, mechanisms))
    desk.preview("orders", QUERY, ASKED)
    timed(
        "release, counted before",
        lambda: desk.release("orders", QUERY, ASKED.epsilon, ASKED.delta),
    )
    return times


def medians(runs: list[Times]) -> Times:
    return [
        (name, *(statistics.median(run[i][j] for run in runs) for j in (1, 2)))
        for i, (name, *_) in enumerate(runs[0])
    ]


def moves(desk: Workspace) -> list[float]:
    """Milliseconds of previews at `MOVES` different ε."""
    times = []
    for epsilon in np.geomspace(0.01, 10, MOVES):
        asked = Budget(epsilon=Decimal(str(round(epsilon, 4))), delta=ASKED.delta)
        before = time.perf_counter()
        desk.preview("orders", QUERY, asked)
        times.append(1_000 * (time.perf_counter() - before))
    return times


def main() -> None:
    home = Path(sys.argv[1]) / "desk"
    desk = Workspace(Settings.from_environment({}, home=home))
    (path,) = (home / "datasets").glob("*.parquet")
    runs = [stages(desk, path) for _ in range(1 + REPEATS)]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(json.dumps([medians(runs[1:]), moves(desk), peak]))


if __name__ == "__main__":
    main()
