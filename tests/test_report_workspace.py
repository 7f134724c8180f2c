"""A report on a real workspace: no value of the data in it, and a trail that can be checked."""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
from report_pages import squeezed

from compliance.dataset.nouns import ColumnName, Description
from compliance.federated import to_plan
from compliance.privacy import to_query
from compliance.privacy.nouns import Budget
from compliance.report.nouns import Report, ReportKind
from compliance.workspace import Workspace
from tests.conftest import CANARY_COUNTRY, CANARY_PERSON, ROOT, Begin, add_orders

VERIFIER = ROOT / "compliance" / "trail" / "verify_trail.py"


@pytest.fixture
def reported(begin: Begin, orders_csv: bytes) -> tuple[Workspace, Report]:
    """The shop after discovery, a release with keys found in the data, a run, and a report."""

    def fill(shop: Workspace) -> None:
        add_orders(shop, orders_csv)
        shop.discover("orders")
        query = to_query(
            {
                "unit": "customer",
                "max_rows_per_group": 3,
                "by": ["country"],
                "statistics": [{"count": "units"}],
            }
        )
        shop.release("orders", query, Decimal(1))
        plan = to_plan({"sites": {"column": "region"}, "target": "bought"})
        list(shop.federation.train("orders", plan))
        shop.build_report(ReportKind.AUDIT)

    shop = begin("reported", fill)
    (report,) = shop.reports()
    return shop, report


def _everything_in(pdf: bytes) -> str:
    """The text of all pages, all attached files, and every string and stream of the file."""
    with pikepdf.open(BytesIO(pdf)) as opened:
        parts = [
            item.read_bytes() if isinstance(item, pikepdf.Stream) else item.unparse(resolved=True)
            for item in opened.objects
        ]
    return "\n".join([_pages_of(pdf), *(part.decode("utf-8", "replace") for part in parts)])


def test_no_value_of_a_row_reaches_the_report(reported):
    workspace, report = reported
    everything = _everything_in(workspace.report_pdf(report))

    assert "orders.csv" in everything
    assert "bought" in everything
    assert CANARY_COUNTRY not in everything
    assert not re.search(rf"\b{CANARY_PERSON}\b", everything)  # alone, not within a hash


def test_masked_examples_of_columns_do_not_reach_the_report(reported):
    workspace, report = reported
    everything = _everything_in(workspace.report_pdf(report))
    labels = workspace.discovery("orders").labels
    masked = {example for label in labels for example in label.examples if "•" in example}

    assert masked
    assert not any(example in everything for example in masked)
    assert "•••" not in everything


def test_run_accounts_for_every_row_of_its_dataset(reported):
    workspace, _ = reported
    (run,) = workspace.federation.runs("orders")
    counted = sum(site.rows for site in run.outcome.sites)

    assert counted + run.outcome.left_out.rows == workspace.dataset("orders").rows


def test_trail_can_be_checked_against_the_report_alone(reported, tmp_path):
    workspace, report = reported
    checkpoint, export = _given_to_an_auditor(workspace, report, tmp_path)

    assert workspace.verify_trail(checkpoint).ok
    assert _verified(export, checkpoint).returncode == 0


def test_entries_removed_after_the_report_are_noticed_with_it(reported, tmp_path):
    """The attack: cut the newest entries off; the rest still forms a whole chain."""
    workspace, report = reported
    checkpoint, export = _given_to_an_auditor(workspace, report, tmp_path)
    lines = export.read_text().splitlines(keepends=True)
    export.write_text("".join(lines[1:4]))  # without the line that says where it ended

    alone = _verified(export)
    assert alone.returncode == 3
    assert "entries removed at its end do not show" in alone.stdout
    found = _verified(export, checkpoint)
    assert found.returncode == 2
    assert "some are missing" in found.stdout


def test_entry_of_the_report_holds_the_fingerprint_of_its_pdf(reported):
    workspace, report = reported
    (entry,) = [e for e in workspace.entries() if e.act == "report.build"]

    assert entry.facts["sha256"] == hashlib.sha256(workspace.report_pdf(report)).hexdigest()


def _given_to_an_auditor(workspace: Workspace, report: Report, folder: Path) -> tuple[Path, Path]:
    """The checkpoint taken out of the PDF, and the trail as exported some acts later."""
    with pikepdf.open(BytesIO(workspace.report_pdf(report))) as pdf:
        checkpoint = folder / "checkpoint.json"
        checkpoint.write_bytes(pdf.attachments["checkpoint.json"].get_file().read_bytes())
    workspace.assess()
    export = folder / "trail.jsonl"
    export.write_text(workspace.export_trail())
    return checkpoint, export


def _verified(export: Path, checkpoint: Path | None = None) -> subprocess.CompletedProcess[str]:
    given = ["--checkpoint", str(checkpoint)] if checkpoint else []
    command = [sys.executable, "-I", str(VERIFIER), str(export), *given]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.fixture
def careless(begin: Begin, orders_csv: bytes) -> tuple[Workspace, Report]:
    """The shop with nothing recorded, its budget all but spent, and a site of one person."""

    def fill(shop: Workspace) -> None:
        add_orders(shop, orders_csv)
        people = Description(population="customers", unit=ColumnName("customer"))
        shop.describe("orders", people)
        shop.discover("orders")
        shop.decide_budget("customers", Budget(epsilon=Decimal("1.02"), delta=Decimal("1e-5")))
        query = to_query({"unit": "customer", "statistics": [{"count": "units"}]})
        shop.release("orders", query, Decimal(1), Decimal("1e-5"))
        plan = to_plan({"sites": {"column": "country"}, "target": "bought"})
        list(shop.federation.train("orders", plan))
        shop.build_report(ReportKind.AUDIT)

    shop = begin("careless", fill)
    (report,) = shop.reports()
    return shop, report


@pytest.mark.parametrize(
    ("finding", "article"),
    [
        ("Not met: Purpose is specified", "GDPR Art. 5(1)(b) (rule GDPR-5-1-B)"),
        ("Not met: Lawful basis recorded", "GDPR Art. 6(1) (rule GDPR-6-1)"),
        ("Not met: The privacy budget is not nearly spent", "(rule POL-BUDGET-LEFT)"),
        ("Not met: Federated sites are large enough", "(rule POL-SITES)"),
    ],
)
def test_findings_that_follow_from_the_records_are_in_the_report(careless, finding, article):
    shop, report = careless
    text = squeezed(_pages_of(shop.report_pdf(report)))

    assert squeezed(finding) in text
    assert squeezed(article) in text


def _pages_of(pdf: bytes) -> str:
    return "".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(pdf))
