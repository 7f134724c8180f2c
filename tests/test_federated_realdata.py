"""The four tasks on real data: sites together against one place, each alone, and no learning."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from federated_cases import secrets

from compliance.dataset import Table
from compliance.dataset.cleaning import clean
from compliance.dataset.nouns import Column, ColumnName
from compliance.dataset.readers import RawFile, read
from compliance.dataset.table import to_parquet
from compliance.federated import Problem, Training, finish, naive_metric, prepare, to_plan, train
from compliance.federated.learners import learner_of
from compliance.federated.nouns import Outcome

pytestmark = pytest.mark.realdata

RETAIL = {"time": "InvoiceDate", "item": "StockCode", "quantity": "Quantity", "price": "UnitPrice"}
ORDERS = {"time": "OrderDate", "item": "ProductKey", "quantity": "OrderQuantity"}
BY_COUNTRY = {"sites": {"column": "Country"}, "history": RETAIL}
TWENTY = {"sites": {"count": 20}}
NOISE = {"privacy": {"noise_multiplier": 1.0}}
FILES = {
    "retail": "online_retail/by-day/*.csv",
    "orders": "adventureworks/AdventureWorks_Sales_201?.csv",
    "customers": "adventureworks/AdventureWorks_Customers.csv",
    "weeks": "sales_weekly_uci/Sales_Transactions_Dataset_Weekly.csv",
    "bank": "bank_marketing/bank-additional.zip",
    "shoppers": "online_shoppers/online_shoppers_intention.csv",
}
IN_ARCHIVE = "bank-additional/bank-additional-full.csv"
PERSON = {"retail": "CustomerID", "orders": "CustomerKey", "customers": "CustomerKey"}

Stored = Callable[[str], tuple[Table, tuple[Column, ...]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """A run on one of the data sets."""

    problem: Problem
    outcome: Outcome
    training: Training
    naive: float

    @property
    def federated(self) -> float:
        return self.outcome.rounds[-1].metric

    @property
    def centralised(self) -> float:
        assert self.outcome.baselines is not None
        return self.outcome.baselines.centralised

    @property
    def local(self) -> float:
        assert self.outcome.baselines is not None
        return self.outcome.baselines.local


@pytest.fixture(scope="module")
def stored(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Stored:
    folder = tmp_path_factory.mktemp("real")

    @cache
    def store(name: str) -> tuple[Table, tuple[Column, ...]]:
        tables = [read(file).table for file in files(shared_data, FILES[name])]
        cleaned = clean(pa.concat_tables(tables, promote_options="permissive"))
        path = folder / f"{name}.parquet"
        path.write_bytes(to_parquet(cleaned.table))
        return Table(path), cleaned.columns

    return store


def files(shared: Path, pattern: str) -> Iterator[RawFile]:
    for file in sorted(shared.glob(pattern)):
        content, name = file.read_bytes(), file.name
        if file.suffix == ".zip":
            content, name = zipfile.ZipFile(io.BytesIO(content)).read(IN_ARCHIVE), "bank.csv"
        yield RawFile(name=name, data=content)


def run(stored: Stored, name: str, raw: Mapping[str, object]) -> Result:
    table, columns = stored(name)
    plan = to_plan(raw)
    person = ColumnName(PERSON[name]) if name in PERSON else None
    problem = prepare(table, columns, plan, unit=person)
    *_, training = train(problem, plan, secrets=secrets(1) if plan.privacy else None)
    naive = naive_metric(problem, plan)
    assert naive is not None
    outcome = finish(problem, plan, training)
    return Result(problem=problem, outcome=outcome, training=training, naive=naive)


@pytest.mark.parametrize(
    ("name", "raw", "apart", "over_naive", "over_local"),
    [
        pytest.param(
            "shoppers",
            {"target": "Revenue", "sites": {"column": "Region"}},
            *(0.01, 0.4, 0.003),
            id="who buys, by region",
        ),
        pytest.param(
            "bank",
            {"target": "y", "sites": {"count": 20, "split": "size"}, "rounds": 10},
            *(0.01, 0.4, 0.005),
            id="who answers a campaign, at sites of all sizes",
        ),
        pytest.param(
            "retail",
            {"task": "profile", **BY_COUNTRY, "minimum_records": 5},
            *(0.03, 0.1, None),
            id="who comes back, by country",
        ),
        pytest.param(
            "orders",
            {"task": "profile", "sites": {"column": "TerritoryKey"}, "history": ORDERS},
            *(0.02, 0.015, None),  # territories differ, so their own models do well
            id="who orders again, by territory",
        ),
        pytest.param(
            "customers",
            {"task": "profile", "target": "HomeOwner", **TWENTY},
            *(0.02, 0.2, 0.01),
            id="who owns a home",
        ),
        pytest.param(
            "customers",
            {"task": "profile", "target": "Occupation", **TWENTY},
            *(0.04, 0.25, 0.1),
            id="who does what for a living",
        ),
        pytest.param(
            "retail",
            {"task": "recommend", **TWENTY, "history": RETAIL},
            *(1e-9, 0.03, 0.01),
            id="what somebody buys next",
        ),
        pytest.param(
            "weeks",
            {"task": "forecast", "sites": {"count": 40}},
            *(0.005, 0.05, 0.0),
            id="what a product sells next week",
        ),
        pytest.param(
            "retail",
            {"task": "forecast", **BY_COUNTRY},
            *(0.02, 0.2, 0.05),
            id="what a country buys next week",
        ),
    ],
)
def test_sites_together_come_close_to_one_place(
    stored: Stored,
    name: str,
    raw: Mapping[str, object],
    apart: float,
    over_naive: float,
    over_local: float | None,
) -> None:
    result = run(stored, name, raw)

    assert result.federated == pytest.approx(result.centralised, abs=apart)
    assert result.federated > result.naive + over_naive
    if over_local is not None:
        assert result.federated > result.local + over_local


def test_small_countries_gain_most_from_recommending_together(stored: Stored) -> None:
    raw = {"task": "recommend", **BY_COUNTRY}
    result = run(stored, "retail", raw)
    learner = learner_of(result.problem, to_plan(raw))
    gains = []
    for site, rows in enumerate(result.problem.held_out_at()):
        if result.problem.site_names[site] == "United Kingdom":
            continue
        together = learner.quality(learner.predicted(result.training.model, rows), rows)
        alone = learner.quality(learner.predicted(result.training.models_alone[site], rows), rows)
        if together.metric is not None:
            gains.append(alone.loss - together.loss)

    assert len(gains) > 10
    assert np.mean(gains) > 0.3  # ranks are a quarter lower and more


@pytest.mark.parametrize(
    ("name", "raw", "over_naive"),
    [
        pytest.param(
            "retail", {"task": "profile", **BY_COUNTRY, **NOISE}, 0.08, id="who comes back"
        ),
        pytest.param(
            "retail",
            {"task": "recommend", **BY_COUNTRY, "privacy": {"noise_multiplier": 0.5}},
            0.005,
            id="what somebody buys next",
        ),
        pytest.param(
            "weeks",
            {"task": "forecast", **TWENTY, **NOISE},
            0.02,
            id="what a product sells next week",
        ),
    ],
)
def test_with_noise_there_is_still_something_to_gain(
    stored: Stored, name: str, raw: Mapping[str, object], over_naive: float
) -> None:
    result = run(stored, name, {**raw, "baselines": False})

    assert result.federated > result.naive + over_naive
