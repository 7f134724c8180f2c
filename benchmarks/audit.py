"""How long an audit takes, and one after a small change: `make bench-audit`.

Everything is brought in first: the demo shop, and the tables of the shared data sets. What is timed
is one unattended audit (look for personal data, check every duty, build the report), then another
after each of three small changes. The first audit has 20 seconds, the others 3.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from time import perf_counter, process_time

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT)]

from compliance.dataset.nouns import ColumnName, Description  # noqa: E402
from compliance.dataset.readers import RawFile  # noqa: E402
from compliance.settings import Settings  # noqa: E402
from compliance.workspace import Workspace  # noqa: E402

SHARED = ROOT.parent / "shared" / "data"
FIRST_S, AGAIN_S = 20, 3
BANK = "bank-additional/bank-additional-full.csv"
NAMES = "presidio_pii_text/presidio_evaluator/data_generator/raw_data"
# Name, where it lies, which table of a database, and which column tells people apart.
TABLES: Sequence[tuple[str, Sequence[str], str | None, str | None]] = (
    ("online-retail", ["online_retail/by-day"], None, "CustomerID"),
    ("online-shoppers", ["online_shoppers/online_shoppers_intention.csv"], None, None),
    ("adult", ["adult_arx/adult.csv"], None, None),
    ("pums", ["dp_pums/PUMS_pid.csv"], None, "pid"),
    ("sales-weekly", ["sales_weekly_uci/Sales_Transactions_Dataset_Weekly.csv"], None, None),
    (
        "reviews-of-clothes",
        ["womens_reviews/Womens Clothing E-Commerce Reviews.csv.zip"],
        None,
        None,
    ),
    ("bank-marketing", ["bank_marketing/bank-additional.zip"], BANK, None),
    ("names", [f"{NAMES}/FakeNameGenerator.com_3000.csv"], None, None),
    ("anonymous-adults", ["pycanon_adult/processed/adult_anonymized_10.csv"], None, None),
    ("aw-customers", ["adventureworks/AdventureWorks_Customers.csv"], None, "CustomerKey"),
    ("aw-products", ["adventureworks/AdventureWorks_Products.csv"], None, None),
    *(
        (f"aw-sales-{y}", [f"adventureworks/AdventureWorks_Sales_{y}.csv"], None, "CustomerKey")
        for y in (2017, 2018, 2019)
    ),
    *(
        (f"chinook-{table.lower()}", ["chinook/Chinook_Sqlite.sqlite"], table, None)
        for table in ("Customer", "Employee", "Invoice", "InvoiceLine", "Track")
    ),
)


def main() -> None:
    """One line per audit: verdicts, pages, and seconds of the processor and of the clock."""
    with tempfile.TemporaryDirectory() as home:
        workspace = Workspace(Settings.from_environment({}, home=Path(home)))
        workspace.build_demo()
        _bring_in(workspace)
        held = workspace.datasets()
        print(f"{len(held)} datasets, {sum(d.rows for d in held):,} rows\n")
        print(f"{'audit':44}{'verdicts':>9}{'pages':>7}{'CPU s':>8}{'clock s':>9}{'limit s':>9}")
        _audited(workspace, "first of everything", FIRST_S)
        for what, change in _changes(workspace):
            change()
            _audited(workspace, what, AGAIN_S)
        again = Workspace(workspace.settings)
        _audited(again, "by a process that starts anew", AGAIN_S)


def _bring_in(workspace: Workspace) -> None:
    if not SHARED.is_dir():
        print("The shared data sets are not beside the project: the demo shop alone.")
        return
    for name, places, table, unit in TABLES:
        said = Description(
            data_subjects="people",
            purpose="To be audited",
            region="DE",
            retention_months=36,
            unit=ColumnName(unit) if unit else None,
        )
        workspace.add_places([SHARED / place for place in places], name, said, table=table)


def _changes(workspace: Workspace) -> Iterator[tuple[str, Callable[[], object]]]:
    """Small changes, each with what it is called."""
    said = workspace.dataset("reviews").description
    yield (
        "after a retention was set",
        lambda: workspace.describe("reviews", replace(said, retention_months=24)),
    )
    register = workspace.governance.register
    yield (
        "after a contract was recorded",
        lambda: register.record("processor", "lettermill", {"contract_id": "AVV-2026-030"}),
    )
    header = "customer_id,product_id,rating,text"
    lines = [f"{n},P-{n % 40},{n % 5 + 1},Fine" for n in range(2_000)]
    file = RawFile(name="fresh.csv", data="\n".join([header, *lines]).encode())
    yield "after a small file came in", lambda: workspace.add_files([file], "fresh-reviews")


def _audited(workspace: Workspace, what: str, limit_s: int) -> None:
    cpu, clock = process_time(), perf_counter()
    audit = workspace.governance.audits.run()
    cpu, clock = process_time() - cpu, perf_counter() - clock
    report = next(r for r in workspace.reports() if r.sha256 == audit.report)
    verdicts = sum(audit.counts.values())
    print(
        f"{what:44}{verdicts:>9,}{report.pages:>7}{cpu:>8.2f}{clock:>9.2f}{limit_s:>9}", flush=True
    )


if __name__ == "__main__":
    main()
