"""What the four federated tasks reach on real data: together, in one place, each site alone, and
without learning; and how long that takes."""

from __future__ import annotations

import io
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from compliance.dataset import Table
from compliance.dataset.cleaning import clean
from compliance.dataset.nouns import Column, ColumnName
from compliance.dataset.readers import RawFile, read
from compliance.dataset.table import to_parquet
from compliance.federated import finish, naive_metric, prepare, to_plan, train

SHARED = Path(__file__).resolve().parent.parent.parent / "shared" / "data"
RETAIL = {"time": "InvoiceDate", "item": "StockCode", "quantity": "Quantity", "price": "UnitPrice"}
ORDERS = {"time": "OrderDate", "item": "ProductKey", "quantity": "OrderQuantity"}
CUSTOMERS = "adventureworks/AdventureWorks_Customers.csv"
FILES = {
    "online_retail": "online_retail/by-day/*.csv",
    "adventureworks sales": "adventureworks/AdventureWorks_Sales_201?.csv",
    "adventureworks customers": CUSTOMERS,
    "sales_weekly_uci": "sales_weekly_uci/Sales_Transactions_Dataset_Weekly.csv",
    "bank_marketing": "bank_marketing/bank-additional.zip",
    "online_shoppers": "online_shoppers/online_shoppers_intention.csv",
}
IN_ARCHIVE = "bank-additional/bank-additional-full.csv"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A plan for a data set, and the column that tells people apart."""

    data: str
    plan: Mapping[str, object]
    person: str | None = None


CASES = (
    Case(data="online_shoppers", plan={"target": "Revenue", "sites": {"column": "Region"}}),
    Case(data="bank_marketing", plan={"target": "y", "sites": {"column": "job"}}),
    Case(data="bank_marketing", plan={"target": "y", "sites": {"count": 20, "split": "size"}}),
    Case(
        data="online_retail",
        person="CustomerID",
        plan={
            "task": "profile",
            "sites": {"column": "Country"},
            "history": RETAIL,
            "minimum_records": 5,
        },
    ),
    Case(
        data="adventureworks sales",
        person="CustomerKey",
        plan={"task": "profile", "sites": {"column": "TerritoryKey"}, "history": ORDERS},
    ),
    Case(
        data="adventureworks customers",
        person="CustomerKey",
        plan={"task": "profile", "target": "Occupation", "sites": {"count": 20}},
    ),
    Case(
        data="adventureworks customers",
        person="CustomerKey",
        plan={"task": "profile", "target": "HomeOwner", "sites": {"count": 20}},
    ),
    Case(
        data="online_retail",
        person="CustomerID",
        plan={"task": "recommend", "sites": {"column": "Country"}, "history": RETAIL},
    ),
    Case(
        data="online_retail",
        person="CustomerID",
        plan={"task": "recommend", "sites": {"count": 20}, "history": RETAIL},
    ),
    Case(
        data="adventureworks sales",
        person="CustomerKey",
        plan={"task": "recommend", "sites": {"column": "TerritoryKey"}, "history": ORDERS},
    ),
    Case(data="sales_weekly_uci", plan={"task": "forecast", "sites": {"count": 40}}),
    Case(
        data="online_retail",
        plan={"task": "forecast", "sites": {"column": "Country"}, "history": RETAIL},
    ),
)


def main() -> None:
    if not SHARED.is_dir():
        print("The shared data sets are not beside the project, so there is nothing to measure.")
        return
    print("| task | data | sites | measure | federated | in one place | alone | naive | s |")
    print("|---|---|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        stored: dict[str, tuple[Path, tuple[Column, ...]]] = {}
        for case in CASES:
            if case.data not in stored:
                stored[case.data] = _stored(case.data, Path(folder) / f"{len(stored)}.parquet")
            _run(case, *stored[case.data])


def _run(case: Case, path: Path, columns: tuple[Column, ...]) -> None:
    plan, person = to_plan(case.plan), ColumnName(case.person) if case.person else None
    start = time.perf_counter()
    problem = prepare(Table(path), columns, plan, unit=person)
    *_, training = train(problem, plan)
    outcome = finish(problem, plan, training)
    seconds = time.perf_counter() - start
    beside = outcome.baselines
    assert beside is not None
    told = f"{plan.task}: {plan.target}" if plan.target else str(plan.task)
    sites = f"{len(outcome.sites)} {plan.site_column or plan.split}"
    results = (training.latest.metric, beside.centralised, beside.local)
    shown = " | ".join(f"{one:.3f}" for one in (*results, naive_metric(problem, plan) or 0.0))
    print(
        f"| {told} | {case.data} | {sites} | {outcome.metric.written} | {shown} | {seconds:.1f} |"
    )


def _stored(data: str, path: Path) -> tuple[Path, tuple[Column, ...]]:
    tables = [read(file).table for file in _files(data)]
    cleaned = clean(pa.concat_tables(tables, promote_options="permissive"))
    path.write_bytes(to_parquet(cleaned.table))
    return path, cleaned.columns


def _files(data: str) -> Iterator[RawFile]:
    for file in sorted(SHARED.glob(FILES[data])):
        content, name = file.read_bytes(), file.name
        if file.suffix == ".zip":
            content, name = zipfile.ZipFile(io.BytesIO(content)).read(IN_ARCHIVE), "bank.csv"
        yield RawFile(name=name, data=content)


if __name__ == "__main__":
    main()
