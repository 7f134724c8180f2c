"""Server time of one slider move on real data, and of one release.

Run with `make bench-preview`. A move previews count and sum by country at another ε: the table,
the curve, the threshold. Without the shared data sets the demo shop's orders take their place.
The peer is OpenDP's own way of asking for accuracy with the same two statistics: build each
measurement by binary search for the noise that the budget buys, as tools built on it do.
"""

from __future__ import annotations

import math
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import numpy as np
import opendp.prelude as dp

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from compliance.dataset.nouns import Description
from compliance.privacy import to_query
from compliance.privacy.nouns import Budget
from compliance.privacy.nouns.question import Query
from compliance.settings import Settings
from compliance.workspace import Workspace

ROOT = Path(__file__).resolve().parent.parent
MOVES = 200
RELEASES = 20
DELTA = Decimal("1e-6")


def milliseconds(act: Callable[[], object]) -> float:
    before = time.perf_counter()
    act()
    return 1_000 * (time.perf_counter() - before)


def shown(what: str, times: list[float], peer: float) -> str:
    median, p95 = statistics.median(times), float(np.quantile(times, 0.95))
    return f"| {what} | {len(times)} | {median:.1f} | {p95:.1f} | {median / peer:.3f} |"


def ready(desk: Workspace) -> tuple[str, Query]:
    """A dataset to ask, and the question."""
    shared = ROOT.parent / "shared" / "data" / "online_retail" / "by-day"
    if shared.is_dir():
        desk.add_places([shared], "online_retail", Description(unit="CustomerID"))
        return "online_retail", question("CustomerID", "Country", "UnitPrice")
    desk.build_demo()
    return "orders", question("customer_id", "ship_country", "amount")


def question(unit: str, country: str, amount: str) -> Query:
    return to_query(
        {
            "unit": unit,
            "by": [country],
            "max_groups": 2,
            "max_rows_per_group": 50,
            "statistics": [
                {"count": "rows"},
                {"sum": {"column": amount, "lower": 0, "upper": 50, "unit": "cents"}},
            ],
        }
    )


def peer_milliseconds() -> float:
    """OpenDP's search for the scale of two Gaussian measurements under one (ε, δ)."""
    dp.enable_features("contrib")
    space = dp.atom_domain(T="i64"), dp.absolute_distance(T=float)

    def both(scale: float) -> object:
        one = dp.m.make_gaussian(*space, scale=scale)
        other = dp.m.make_gaussian(*space, scale=scale * 5_000)
        pair = dp.c.make_composition([one, other])
        return dp.c.make_fix_delta(dp.c.make_zCDP_to_approxDP(pair), delta=float(DELTA))

    return milliseconds(
        lambda: dp.binary_search_chain(both, d_in=math.sqrt(200), d_out=(1.0, float(DELTA)))
    )


def main() -> None:
    with tempfile.TemporaryDirectory() as home:
        desk = Workspace(Settings.from_environment({}, home=Path(home)))
        name, query = ready(desk)
        population = desk.dataset(name).population
        desk.decide_budget(population, Budget(epsilon=Decimal(100), delta=Decimal("1e-4")))
        rows = desk.dataset(name).rows

        def move(epsilon: float) -> float:
            asked = Budget(epsilon=Decimal(str(round(epsilon, 4))), delta=DELTA)
            return milliseconds(lambda: desk.preview(name, query, asked))

        first = move(1.0)
        moves = [move(e) for e in np.geomspace(0.01, 10, MOVES)]
        releases = [
            milliseconds(lambda: desk.release(name, query, Decimal(1), DELTA))
            for _ in range(RELEASES)
        ]
        peer = peer_milliseconds()
        print(f"{name}: {rows:,} rows, count and sum by {query.by[0]}; times in ms.")
        print(f"The first look, which counts the rows: {first:.0f} ms.\n")
        print("| what | times | median | p95 | ÷ peer |\n|---|---|---|---|---|")
        print(shown("slider move (preview)", moves, peer))
        print(shown("release, stored", releases, peer))
        print(f"| peer: OpenDP's search for the scale, noise not drawn | 1 | {peer:.0f} | | 1 |")


if __name__ == "__main__":
    main()
