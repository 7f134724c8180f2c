"""Reports on anonymisations from a real desk, by the workspace and the command line."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
from cli_cases import filled, refused, run

from compliance.anonymise import to_plan
from compliance.anonymise.hierarchies import read_hierarchy
from compliance.anonymise.nouns import Hierarchy, Method, Plan
from compliance.anonymise.nouns.record import Anonymised
from compliance.dataset import RawFile
from compliance.dataset.nouns import ColumnName
from compliance.errors import (
    NothingAnonymisedError,
    ReportChoiceError,
    UnknownOutputError,
    WorkspaceError,
)
from compliance.plain import from_yaml
from compliance.report.nouns import Report, ReportKind
from compliance.settings import Settings
from compliance.workspace import Workspace
from tests.conftest import CANARY_COUNTRY, CANARY_PERSON

RAW = {
    "quasi_identifiers": {
        "country": {"build": "suppress"},
        "device": {"build": "order", "order": "phone, tablet, desktop"},
        "region": {"build": "suppress"},
    },
    "k": 41,
    "sensitive": {"bought": {"l": {"kind": "distinct", "value": 2}}},
    "suppression_limit": 0.05,
}
PLAN = to_plan(RAW)


def anonymised(
    desk: Workspace, plan: Plan = PLAN, hierarchies: Mapping[ColumnName, Hierarchy] | None = None
) -> Anonymised:
    """What came of `plan` on the orders of a real desk."""
    steps = desk.anonymisation.anonymise("orders", plan, hierarchies or {})
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value


def inside(desk: Workspace, report: Report) -> dict[str, bytes]:
    with pikepdf.open(BytesIO(desk.report_pdf(report))) as pdf:
        return {name: spec.get_file().read_bytes() for name, spec in pdf.attachments.items()}


def evidence_in(desk: Workspace, report: Report) -> dict:
    return json.loads(inside(desk, report)["evidence.json"])


def text_of(desk: Workspace, report: Report) -> str:
    pdf = pypdfium2.PdfDocument(desk.report_pdf(report))
    try:
        return " ".join(" ".join(p.get_textpage().get_text_range() for p in pdf).split())
    finally:
        pdf.close()


def build(desk: Workspace, *names: str, about: str | None = None) -> Report:
    return desk.build_report(ReportKind.ANONYMISATION, names or None, about=about)


# ---------------------------------------------------------------- which one


def test_the_newest_anonymisation_is_reported_unless_another_is_named(shop: Workspace) -> None:
    first, second = anonymised(shop), anonymised(shop, replace(PLAN, suppression_limit=0.1))

    assert evidence_in(shop, build(shop, "orders"))["done"]["id"] == second.id
    assert evidence_in(shop, build(shop, "orders", about=first.id))["done"]["id"] == first.id


def test_an_output_leads_to_the_report_on_it_as_its_origin_does(shop: Workspace) -> None:
    done = anonymised(shop)

    found = evidence_in(shop, build(shop, "orders-anonymised"))

    assert found["done"]["id"] == done.id
    assert found["dataset"]["name"] == "orders"
    assert found["output"]["id"] == done.made


def test_a_report_on_an_anonymisation_that_is_not_there_is_refused(shop: Workspace) -> None:
    with pytest.raises(NothingAnonymisedError, match="Nothing has been anonymised from orders"):
        build(shop)
    known = anonymised(shop)

    with pytest.raises(UnknownOutputError, match="no anonymised output “anonymised-x” of orders"):
        build(shop, "orders", about="anonymised-x")
    with pytest.raises(ReportChoiceError, match="nor about one anonymised output"):
        shop.build_report(ReportKind.AUDIT, about=known.id)


def test_no_report_is_built_on_an_output_that_is_not_what_was_checked(
    shop: Workspace, settings: Settings
) -> None:
    done = anonymised(shop)
    (path,) = settings.home.rglob(f"{done.proof.sha256}.csv")
    path.chmod(0o600)
    path.write_bytes(path.read_bytes() + b"\n")

    with pytest.raises(WorkspaceError, match="missing or damaged"):
        build(shop)
    assert shop.reports() == ()


# ---------------------------------------------------------------- what it holds


def test_the_report_holds_the_proof_and_the_entry_of_the_trail(shop: Workspace) -> None:
    done = anonymised(shop)
    report = build(shop)
    found, text = evidence_in(shop, report), text_of(shop, report)

    (entry,) = [e for e in shop.entries() if e.act == "dataset.anonymise"]
    assert found["entry"] == entry.number
    assert found["done"]["proof"]["sha256"] == done.proof.sha256
    assert done.proof.sha256 in text.replace(" ", "")
    assert f"the smallest group has {done.proof.after.k:,} rows" in text.replace("\xa0", " ")
    assert len(found["done"]["proof"]["attacked_after"]["attacks"]) >= 3


def test_no_value_of_a_cell_reaches_the_report_not_even_those_that_a_plan_orders(
    shop: Workspace,
) -> None:
    anonymised(shop)
    audit = shop.build_report(ReportKind.AUDIT)
    report = build(shop)

    files = {**inside(shop, report), "audit": inside(shop, audit)["evidence.json"]}
    texts = [text_of(shop, report), text_of(shop, audit), *(f.decode() for f in files.values())]
    for text in texts:
        for value in ("phone", "tablet", "desktop", CANARY_COUNTRY, f"{CANARY_PERSON}."):
            assert value not in text
    assert "built: order" in texts[0]


def test_whoever_has_the_output_measures_what_the_report_says(
    shop: Workspace, tmp_path: Path
) -> None:
    done = anonymised(shop)
    received = Workspace(Settings.from_environment({}, home=tmp_path / "elsewhere"))
    received.add_files([RawFile(name="o.csv", data=shop.anonymisation.output(done))], "received")

    again = received.anonymisation.risk(
        "received", done.plan.columns, list(done.proof.after.sensitive)
    )

    assert again == done.proof.after


@pytest.mark.parametrize("method", list(Method))
def test_the_plan_inside_makes_the_same_output_with_the_hierarchies_that_the_desk_keeps(
    shop: Workspace, settings: Settings, method: Method
) -> None:
    done = anonymised(shop, replace(PLAN, method=method))
    plan = to_plan(from_yaml(inside(shop, build(shop))["plan.yaml"], ValueError))
    kept = {
        quasi.column: read_hierarchy(
            (settings.home / "hierarchies" / str(quasi.hierarchy)).read_bytes(), quasi.column
        ).hierarchy
        for quasi in plan.quasi_identifiers
    }

    again = anonymised(shop, plan, kept)

    assert again.proof.sha256 == done.proof.sha256
    assert again.hierarchies == done.hierarchies


def test_the_report_is_part_of_the_lineage_of_the_output(shop: Workspace) -> None:
    done = anonymised(shop)
    report = build(shop)

    edges = [edge for edge in shop.proof.lineage.edges() if edge.made.id == report.id]
    assert {edge.origin.id for edge in edges} == {done.dataset_id, done.made}


def test_the_audit_report_names_what_was_anonymised(shop: Workspace) -> None:
    before = shop.build_report(ReportKind.AUDIT)
    done = anonymised(shop)
    after = shop.build_report(ReportKind.AUDIT, ["orders"])

    assert "Anonymised to be handed on" not in text_of(shop, before)
    told = text_of(shop, after)
    assert "Anonymised to be handed on" in told
    assert done.proof.sha256 in told.replace(" ", "")
    (dataset,) = evidence_in(shop, after)["datasets"]
    assert [each["id"] for each in dataset["anonymised"]] == [done.id]


# ---------------------------------------------------------------- the command line


@pytest.fixture
def home(tmp_path: Path, orders_csv: bytes) -> Path:
    made = filled(tmp_path, orders_csv)
    (tmp_path / "p.yaml").write_text(json.dumps(RAW))
    return made


def test_an_anonymisation_is_reported_by_its_id(home: Path, tmp_path: Path) -> None:
    assert run(home, "anonymise", "orders", "--plan", tmp_path / "p.yaml").code == 0
    done = Workspace(Settings.from_environment({}, home=home)).anonymisation.done("orders")[0]
    pdf = tmp_path / "a.pdf"

    named = ("--anonymised", done.id, "--out", pdf)
    answer = run(home, "--json", "report", "anonymisation", "orders", *named)

    assert answer.code == 0
    assert set(answer.document) == {"path", "sha256", "pages"}
    assert pdf.read_bytes().startswith(b"%PDF")


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        pytest.param(["anonymisation", "orders"], "Nothing has been anonymised", id="none yet"),
        pytest.param(["audit", "--anonymised", "x"], "is not about one release", id="audit"),
    ],
)
def test_what_cannot_be_reported_is_refused(
    home: Path, tmp_path: Path, typed: list[str], why: str
) -> None:
    assert why in refused(home, "report", *typed, "--out", tmp_path / "f.pdf")


def test_a_report_is_about_one_thing_at_once(home: Path, tmp_path: Path) -> None:
    more = ("--anonymised", "x", "--run", "y", "--out", tmp_path / "f.pdf")

    answer = run(home, "report", "anonymisation", *more)

    assert answer.code == 2
    assert "not allowed with argument" in answer.err
