"""The contenders of `release.py`: each answers the same question, in a process of its own.

    python benchmarks/release_contenders.py NAME ORDERS.parquet WORKSPACE

says “ready”, then answers once per line that it is sent, with one JSON line: wall seconds, CPU
seconds, the most memory it ever took in bytes, and the answer. Nothing outside a contender's
own function is imported, so that each runs in an environment that holds only what it needs.
What a system does once per table (reading it, loading it into its own store) is done before
“ready” and not timed.

The question: rows and sum of amounts per country, at most `ROWS_PER_PERSON` rows of a person,
amounts clamped to `CLAMP`, countries known beforehand, ε = 1 for both numbers together.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

ROWS_PER_PERSON = 10
CLAMP = (0.0, 200.0)
COUNTRIES = ("Austria", "Belgium", "China", "Denmark", "France", "Germany", "Italy", "Spain")
EPSILON, DELTA = 1.0, 1e-6

Answer = Mapping[str, tuple[float, float]]
Act = Callable[[], Answer]


def pandas_floor(orders: Path, _: Path) -> Act:
    """A plain group-by: nobody is protected, no bound is kept."""
    frame = _frame(orders)
    return lambda: _per_country(frame.groupby("country")["amount"].agg(["size", "sum"]))


def pandas_bounded(orders: Path, _: Path) -> Act:
    """A plain group-by of the first rows of every person; still no noise."""
    frame = _frame(orders)

    def act() -> Answer:
        kept = frame[frame.groupby("person").cumcount() < ROWS_PER_PERSON]
        clamped = kept["amount"].clip(*CLAMP)
        return _per_country(clamped.groupby(kept["country"]).agg(["size", "sum"]))

    return act


def pandas_drawn(orders: Path, _: Path) -> Act:
    """The same with rows drawn by chance, as a sample must be where order says something."""
    frame = _frame(orders)

    def act() -> Answer:
        shuffled = frame.sample(frac=1)
        kept = shuffled[shuffled.groupby("person").cumcount() < ROWS_PER_PERSON]
        clamped = kept["amount"].clip(*CLAMP)
        return _per_country(clamped.groupby(kept["country"]).agg(["size", "sum"]))

    return act


def desk_first(_: Path, home: Path) -> Act:
    """A desk just started: columns are read, people bounded, noise drawn, the release stored."""
    release = _releases(home)
    return lambda: release(1, fresh=True)


def desk_bounding(_: Path, home: Path) -> Act:
    """Columns in memory; other bounds each time, so that people are bounded anew.

    People order from one country each, so more groups per person leave the same rows.
    """
    release = _releases(home)
    groups = iter(range(2, 10_000))
    return lambda: release(next(groups), fresh=False)


def desk_bounded(_: Path, home: Path) -> Act:
    """The same bounds as before, another clamp each time: rows are chosen, sums are not."""
    release = _releases(home)
    caps = iter(range(1, 10_000))
    return lambda: release(1, fresh=False, cap=CLAMP[1] + next(caps) / 100)


def desk_again(_: Path, home: Path) -> Act:
    """The same question as before: only noise and storage are left."""
    release = _releases(home)
    return lambda: release(1, fresh=False)


def diffprivlib(orders: Path, _: Path) -> Act:
    """Draws noise alone; rows are bounded by pandas, because it knows no persons."""
    from diffprivlib import tools

    frame = _frame(orders)
    half = EPSILON / 2 / ROWS_PER_PERSON  # its guarantee is for one row, ours for one person

    def act() -> Answer:
        kept = frame[frame.groupby("person").cumcount() < ROWS_PER_PERSON]
        return {
            country: (
                float(tools.count_nonzero(amounts.to_numpy() >= 0, epsilon=half)),
                float(tools.sum(amounts.to_numpy(), epsilon=half, bounds=CLAMP)),
            )
            for country, amounts in kept.groupby("country")["amount"]
        }

    return act


def smartnoise(orders: Path, _: Path) -> Act:
    """SQL over an SQLite database in memory, loaded beforehand."""
    from snsql import Privacy, from_df

    columns = {
        "person": {"type": "int", "private_id": True},
        "country": {"type": "string"},
        "amount": {"type": "float", "lower": CLAMP[0], "upper": CLAMP[1]},
    }
    bounds = {"max_ids": ROWS_PER_PERSON, "sample_max_ids": True, "censor_dims": False}
    asked = (
        "SELECT country, COUNT(*) AS count_rows, SUM(amount) AS sum_amount"
        " FROM shop.orders GROUP BY country"
    )
    reader = from_df(
        _frame(orders),
        privacy=Privacy(epsilon=EPSILON, delta=DELTA),
        metadata={"": {"shop": {"orders": {**bounds, **columns}}}},
    )

    def act() -> Answer:
        _, *rows = reader.execute(asked)
        return {country: (float(count), float(total)) for country, count, total in rows}

    return act


def opendp(orders: Path, _: Path) -> Act:
    """OpenDP's own way from a table to a release: the Polars context, table in memory."""
    import opendp.prelude as dp
    import polars as pl

    dp.enable_features("contrib")
    frame = pl.read_parquet(orders).lazy()
    countries = pl.LazyFrame({"country": list(COUNTRIES)})
    amount = pl.col("amount").fill_null(0.0).fill_nan(0.0)

    def act() -> Answer:
        context = dp.Context.compositor(
            data=frame,
            privacy_unit=dp.unit_of(contributions=1, identifier="person"),
            privacy_loss=dp.loss_of(epsilon=EPSILON, delta=DELTA),
            split_evenly_over=1,
            margins=[dp.polars.Margin(max_length=10_000_000)],
        )
        query = (
            context.query()
            .truncate_per_group(ROWS_PER_PERSON)
            .group_by("country")
            .agg(dp.len(signed=True), amount.dp.sum(CLAMP))
            .with_keys(countries)
        )
        rows = query.release().collect()
        return {country: (float(count), float(total)) for country, count, total in rows.rows()}

    return act


def pipelinedp(orders: Path, _: Path) -> Act:
    """PipelineDP on this machine, over rows as Python tuples made beforehand."""
    import pipeline_dp as pdp
    import pyarrow.parquet as pq

    table = pq.read_table(orders)
    rows = list(zip(*(table[name].to_pylist() for name in table.column_names), strict=True))
    place = {name: i for i, name in enumerate(table.column_names)}
    extractors = pdp.DataExtractors(
        privacy_id_extractor=lambda row: row[place["person"]],
        partition_extractor=lambda row: row[place["country"]],
        value_extractor=lambda row: row[place["amount"]],
    )
    params = pdp.AggregateParams(
        metrics=[pdp.Metrics.COUNT, pdp.Metrics.SUM],
        max_partitions_contributed=1,
        max_contributions_per_partition=ROWS_PER_PERSON,
        min_value=CLAMP[0],
        max_value=CLAMP[1],
    )

    def act() -> Answer:
        budget = pdp.NaiveBudgetAccountant(total_epsilon=EPSILON, total_delta=DELTA)
        engine = pdp.DPEngine(budget, pdp.LocalBackend())
        found = engine.aggregate(rows, params, extractors, public_partitions=list(COUNTRIES))
        budget.compute_budgets()
        return {country: (numbers.count, numbers.sum) for country, numbers in found}

    return act


CONTENDERS: dict[str, Callable[[Path, Path], Act]] = {
    made.__name__: made
    for made in (
        pandas_floor,
        pandas_bounded,
        pandas_drawn,
        desk_first,
        desk_bounding,
        desk_bounded,
        desk_again,
        diffprivlib,
        smartnoise,
        opendp,
        pipelinedp,
    )
}


def question(groups: int, cap: float) -> dict[str, Any]:
    """The desk's query file: so many groups per person, amounts clamped to 0 … `cap`."""
    amounts = {"column": "amount", "lower": CLAMP[0], "upper": cap, "unit": "cents"}
    return {
        "unit": "person",
        "by": ["country"],
        "max_groups": groups,
        "max_rows_per_group": ROWS_PER_PERSON,
        "public_keys": {"country": list(COUNTRIES)},
        "statistics": [{"count": "rows"}, {"sum": amounts}],
    }


def _releases(home: Path) -> Callable[..., Answer]:
    from decimal import Decimal

    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    from compliance.privacy import to_query
    from compliance.settings import Settings
    from compliance.workspace import Workspace

    settings = Settings.from_environment({}, home=home)
    kept = Workspace(settings)

    def release(groups: int, *, fresh: bool, cap: float = CLAMP[1]) -> Answer:
        desk = Workspace(settings) if fresh else kept
        query = to_query(question(groups, cap))
        released = desk.release("orders", query, Decimal(str(EPSILON)), Decimal(str(DELTA)))
        values = {(value.keys[0], value.statistic): value.value for value in released.values}
        return {c: (values[c, "count_rows"], values[c, "sum_amount"]) for c in COUNTRIES}

    return release


def _frame(orders: Path) -> Any:
    import pandas as pd

    return pd.read_parquet(orders)


def _per_country(frame: Any) -> Answer:
    return {row.Index: (float(row.size), float(row.sum)) for row in frame.itertuples()}


def main() -> None:
    name, orders, home = sys.argv[1:]
    act = CONTENDERS[name](Path(orders), Path(home))
    print(json.dumps("ready"), flush=True)
    for _ in sys.stdin:
        wall, cpu = time.perf_counter(), time.process_time()
        answer = act()
        times = time.perf_counter() - wall, time.process_time() - cpu
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        print(json.dumps([*times, peak, answer]), flush=True)


if __name__ == "__main__":
    main()
