"""How long an audit report takes to build, to sign and to check: `make bench-report`.

Evidence is gathered once, in a workspace of its own; what is timed is evidence in, signed PDF out,
and the check of that PDF by a desk that does not know it but trusts its signer, so that the pages
are made anew (`again`) and compared. No two of the timed reports are the same, so that the
typesetter never finds its work done; made anew, they are the same and it does.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
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

from compliance import __version__  # noqa: E402
from compliance.dataset.nouns import ColumnName, Description, LegalBasis  # noqa: E402
from compliance.federated import to_plan  # noqa: E402
from compliance.plain import from_plain  # noqa: E402
from compliance.privacy import to_query  # noqa: E402
from compliance.report import build  # noqa: E402
from compliance.report.examining import examine  # noqa: E402
from compliance.report.nouns import Document, Evidence, ReportKind  # noqa: E402
from compliance.report.rebuilding import agrees  # noqa: E402
from compliance.report.seals import Trust  # noqa: E402
from compliance.settings import Settings  # noqa: E402
from compliance.workspace import Workspace  # noqa: E402
from compliance.workspace.desk import Desk  # noqa: E402
from compliance.workspace.reporting import signing  # noqa: E402

SHARED = ROOT.parent / "shared" / "data"
RETAIL, SHOPPERS = SHARED / "online_retail" / "by-day", SHARED / "online_shoppers"
REPEATS = 7
STATISTICS = [{"count": "units"}, {"sum": {"column": "Quantity", "lower": 0, "upper": 100}}]
COUNTRIES = ["United Kingdom", "Germany", "France", "EIRE", "Spain", "Netherlands", "Belgium"]


@dataclass(frozen=True)
class Taken:
    """Seconds for each step of one report."""

    build: float
    sign: float
    check: float
    again: float | None
    document: Document

    @property
    def total(self) -> float:
        """Built, signed, and checked by the desk that made it."""
        return self.build + self.sign + self.check


def main() -> None:
    """One line per evidence: pages, charts, size, and medians of `REPEATS` reports, in seconds."""
    steps = "".join(
        f"{step:>8}" for step in ("build", "sign", "check", "total", "longest", "again")
    )
    print(f"{'evidence':48}{'pages':>7}{'charts':>8}{'kB':>7}{steps}")
    for title, evidence in _evidences():
        if evidence is None:
            print(f"{title:48}  skipped: the shared data sets are not beside the project")
            continue
        runs = [_timed(replace(evidence, gathered_at=_moment(n))) for n in range(REPEATS)]
        document = runs[0].document
        size, charts = f"{len(document.pdf) / 1000:,.0f}", _charts(document.pdf)
        longest = max(run.total for run in runs)
        of_steps = [[r.build for r in runs], [r.sign for r in runs], [r.check for r in runs]]
        shown = [*map(median, (*of_steps, [r.total for r in runs])), longest]
        times = "".join(f"{taken:>8.2f}" for taken in shown)
        made_again = [run.again for run in runs if run.again is not None]
        times += f"{median(made_again):>8.2f}" if made_again else f"{'–':>8}"
        print(f"{title:48}{document.pages:>7}{charts:>8}{size:>7}{times}", flush=True)
    print()
    report_whole.main()


def _moment(number: int) -> datetime:
    return datetime(2026, 11, 24, 9, number, tzinfo=UTC)


def _charts(pdf: bytes) -> int:
    with pikepdf.open(BytesIO(pdf)) as opened:
        found = (each for each in opened.objects if isinstance(each, pikepdf.Dictionary))
        return sum(each.get("/S") == "/Figure" for each in found)


def _evidences() -> Iterator[tuple[str, Evidence | None]]:
    there = RETAIL.is_dir() and SHOPPERS.is_dir()
    yield "online_retail (305 files) and online_shoppers", _gathered(_real) if there else None
    yield "demo shop", _gathered(_demo)
    yield "4 hostile columns, 9 releases", hostile(columns=4, releases=9)
    yield "300 hostile columns, 40 releases", hostile()
    yield "480 hostile columns, 66 releases", hostile(columns=480, releases=66)


def _timed(evidence: Evidence) -> Taken:
    with tempfile.TemporaryDirectory() as folder:
        desk = Desk(Settings.from_environment({}, home=Path(folder)), lambda: _moment(59))
        examined = Trust(at=_moment(59))
        begin = perf_counter()
        document = build(ReportKind.AUDIT, replace(evidence, desk_version=__version__))
        built = perf_counter()
        pdf, signature = signing.signed(desk, document.pdf, evidence.organisation)
        signed = perf_counter()
        known = replace(examined, known=frozenset({signature.fingerprint}))
        opened = examine(pdf, "report.pdf", known)
        assert opened.is_sealed
        checked = perf_counter()
        same = agrees(opened)
        again = perf_counter() - checked if same else None  # numbers that JSON cannot hold
    return Taken(built - begin, signed - built, checked - signed, again, document)


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
