"""Releases of every kind for the tests of reports and disclosures; the values are made up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import report_samples as samples

from compliance.privacy import calibrate, loss_of, price_of, prices_of, to_query
from compliance.privacy.nouns import Budget, Dropped, Release, ReleasedValue
from compliance.privacy.nouns.question import Query, Statistic, StatisticKind
from compliance.privacy.statistics import bars
from compliance.report.nouns import Evidence

CHINESE = ("华东地区", "华南地区（不含港澳）", "西北", "东北三省", "境外")
COUNTS = ({"count": "units"}, {"count": "rows"})
AMOUNT = {"column": "amount", "lower": 0, "upper": 100}


def published(
    *statistics: dict[str, Any],
    groups: Sequence[tuple[str, ...]] = ((),),
    epsilon: str = "1",
    delta: str = "1e-6",
    number: int = 1,
    **question: Any,
) -> Release:
    """A release of `statistics` with the events and the price that the desk gives them."""
    raw = {"unit": "customer", "statistics": list(statistics), **question}
    query = to_query(raw)
    asked = Budget(epsilon=Decimal(epsilon), delta=Decimal(delta))
    events = calibrate(query, asked).events
    return Release(
        id=f"release-{number}",
        dataset_id="orders@1",
        population="customers",
        query=query,
        asked=asked,
        price=price_of(loss_of(events), asked.delta),
        values=tuple(v for n, g in enumerate(groups) for v in _values(query, g, n)),
        dropped=Dropped(rows=777_001, units=555_002, rows_without_unit=333_003),
        events=events,
        libraries={"opendp": "0.16.0", "numpy": "2.4.6"},
        released_at=_at(number),
        actor="analyst",
    )


def priced(release: Release) -> Release:
    """The same with what every accountant says of it."""
    return replace(release, prices=prices_of(release.events, release.asked.delta))


def every_kind() -> tuple[Release, ...]:
    """One release per kind of statistic and of guarantee."""
    keys = [(name,) for name in CHINESE]
    by_region = {"by": ["region"], "public_keys": {"region": list(CHINESE)}, "groups": keys}
    months = [(f"2026-{month:02d}",) for month in range(1, 13)]
    wide = {"column": "amount", "lower": -500, "upper": 5_500, "bins": 60}
    spread = [{kind: AMOUNT} for kind in ("mean", "variance", "standard_deviation")]
    quantiles = [
        {"median": AMOUNT},
        {"quantile": {**AMOUNT, "at": 0.9, "step": 0.5, "unit": "cents"}},
    ]
    return tuple(
        replace(release, id=f"release-{number}", released_at=_at(number))
        for number, release in enumerate(
            (
                published(*COUNTS, *spread, **by_region),
                published(*quantiles, **by_region),
                published({"count": "units"}, *quantiles),
                published(
                    {"histogram": {"column": "amount", "edges": [0, 10, 20, 50, 100]}}, **by_region
                ),
                published({"histogram": wide}),
                published({"top": {"groups": 5, "of": "units"}}, by=["region"], groups=keys),
                published({"count": "rows"}, {"top": {"groups": 3}}, **by_region),
                published({"count": "units"}, mechanism="randomised_response", **by_region),
                published(
                    {"sum": {**AMOUNT, "unit": "cents"}},
                    by=[{"column": "day", "per": "month"}],
                    period={"column": "day", "per": "month", "most": 3},
                    groups=months,
                    mechanism="laplace",
                ),
                published(
                    {"mean": {**AMOUNT, "column": "clicks.seconds"}},
                    {"count": "rows"},
                    join=[{"dataset": "clicks", "unit": "visitor"}],
                    by=[{"column": "age", "edges": [18, 30, 50, 99]}],
                    shares={"count_rows": 0.25},
                    groups=[("18 to 30",), ("30 to 50",), ("50 to 99",)],
                    where="amount > 0",
                ),
            ),
            start=1,
        )
    )


def with_releases(*releases: Release) -> Evidence:
    """The evidence of the shop, with these releases in place of its own."""
    evidence = samples.retail()
    return replace(evidence, datasets=(replace(evidence.datasets[0], releases=releases, runs=()),))


def _at(number: int) -> datetime:
    return samples.NOW - timedelta(hours=20 - number)


def _values(query: Query, group: tuple[str, ...], number: int) -> list[ReleasedValue]:
    return [v for s in query.statistics for v in _of_statistic(s, group, number)]


def _of_statistic(statistic: Statistic, group: tuple[str, ...], number: int) -> list[ReleasedValue]:
    def value(amount: float, margin: float | None, **more: Any) -> ReleasedValue:
        name = statistic.name
        return ReleasedValue(keys=group, statistic=name, value=amount, margin=margin, **more)

    match statistic.kind:
        case StatisticKind.HISTOGRAM:
            cells = bars(statistic.edges)
            return [
                value(round(900 / (1 + abs(n - 6 - number)) - 40), 11.0, cell=cell)
                for n, cell in enumerate(cells)
            ]
        case StatisticKind.TOP:
            rank = number + 1
            return [value(rank, None)] if rank <= (statistic.largest or 0) else []
        case StatisticKind.QUANTILE:
            middle = 40 + (0.5 if statistic.step == Decimal("0.5") else 1) * number
            return [value(middle, 5.0, low=middle - 1, high=middle + 5)]
        case StatisticKind.COUNT_ROWS | StatisticKind.COUNT_UNITS:
            return [value(1_200 - 150 * number, 12.0)]
        case StatisticKind.SUM:
            cents = statistic.granularity.per_one == 100
            return [value(round(45_678.25 / (number + 1), 2 if cents else 0), 812.44)]
        case _:
            return [value(41.873 + number, 1.2345)]
