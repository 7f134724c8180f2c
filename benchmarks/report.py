"""How long an audit report takes to build: `make bench-report`.

Evidence is gathered once, in a workspace of its own; what is timed is evidence in, PDF out. No two
of the timed reports are the same, so that the typesetter never finds its work done.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from statistics import median
from time import perf_counter

import pikepdf

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import report_whole  # noqa: E402
from report_hostile import hostile  # noqa: E402

from compliance.dataset.nouns import ColumnName, Description, LegalBasis  # noqa: E402
from compliance.federated import to_plan  # noqa: E402
from compliance.plain import from_plain  # noqa: E402
from compliance.privacy import to_query  # noqa: E402
from compliance.report import build  # noqa: E402
from compliance.report.nouns import Document, Evidence, ReportKind  # noqa: E402
from compliance.settings import Settings  # noqa: E402
from compliance.workspace import Workspace  # noqa: E402

SHARED = ROOT.parent / "shared" / "data"
RETAIL, SHOPPERS = SHARED / "online_retail" / "by-day", SHARED / "online_shoppers"
REPEATS = 7
STATISTICS = [{"count": "units"}, {"sum": {"column": "Quantity", "lower": 0, "upper": 100}}]
COUNTRIES = ["United Kingdom", "Germany", "France", "EIRE", "Spain", "Netherlands", "Belgium"]


def main() -> None:
    """One line per evidence: pages, size, and the median and the longest of `REPEATS` builds."""
    print(f"{'evidence':48}{'pages':>7}{'kB':>9}{'median s':>10}{'longest s':>11}")
    for title, evidence in _evidences():
        if evidence is None:
            print(f"{title:48}  skipped: the shared data sets are not beside the project")
            continue
        runs = [_timed(replace(evidence, desk_version=f"0.{n}")) for n in range(REPEATS)]
        seconds = [taken for taken, _ in runs]
        pages, size = runs[0][1].pages, f"{len(runs[0][1].pdf) / 1000:,.0f}"
        times = f"{median(seconds):>10.2f}{max(seconds):>11.2f}"
        print(f"{title:48}{pages:>7}{size:>9}{times}", flush=True)
    print()
    report_whole.main()


def _evidences() -> Iterator[tuple[str, Evidence | None]]:
    there = RETAIL.is_dir() and SHOPPERS.is_dir()
    yield "online_retail (305 files) and online_shoppers", _gathered(_real) if there else None
    yield "demo shop", _gathered(_demo)
    yield "300 hostile columns, 40 releases", hostile()


def _timed(evidence: Evidence) -> tuple[float, Document]:
    start = perf_counter()
    document = build(ReportKind.AUDIT, evidence)
    return perf_counter() - start, document


def _gathered(fill: Callable[[Workspace], None]) -> Evidence:
    """What a report on the filled workspace stands on, taken out of its own attachment."""
    with tempfile.TemporaryDirectory() as folder:
        workspace = Workspace(Settings.from_environment({}, home=Path(folder)))
        fill(workspace)
        for dataset in workspace.datasets():
            workspace.discover(dataset.name)
        report = workspace.build_report(ReportKind.AUDIT)
        with pikepdf.open(BytesIO(workspace.report_pdf(report))) as pdf:
            attached = pdf.attachments["evidence.json"].get_file().read_bytes()
    return from_plain(Evidence, json.loads(attached))


def _demo(workspace: Workspace) -> None:
    workspace.build_demo()


def _real(workspace: Workspace) -> None:
    """Two datasets, three releases, two federated runs of 30 rounds."""
    retail = Description(
        data_subjects="customers",
        purpose="fulfil orders and report sales",
        legal_basis=LegalBasis.CONTRACT,
        region="GB",
        source="web shop",
        unit=ColumnName("CustomerID"),
    )
    workspace.add_places(sorted(RETAIL.glob("*.csv")), "online_retail", retail)
    visitors = Description(region="GB", source="web analytics")
    workspace.add_places(sorted(SHOPPERS.glob("*.csv")), "online_shoppers", visitors)
    by_country = {"unit": "CustomerID", "max_rows_per_group": 20, "by": ["Country"]}
    public = {"public_keys": {"Country": COUNTRIES}}
    for question in (public, {}, {**public, "mechanism": "laplace"}):
        query = to_query({**by_country, "statistics": STATISTICS, **question})
        workspace.release("online_retail", query, Decimal("0.5"))
    for noise in ({}, {"privacy": {"noise_multiplier": 2.0}}):
        plan = {"sites": {"column": "Region"}, "target": "Revenue", "rounds": 30, **noise}
        list(workspace.federation.train("online_shoppers", to_plan(plan)))


if __name__ == "__main__":
    main()
