"""Federated reports from a real desk, by the workspace and the command line."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
from cli_cases import filled, refused, run
from federated_report_cases import trained

from compliance.errors import NothingTrainedError, ReportChoiceError, UnknownRunError
from compliance.federated import to_plan
from compliance.plain import from_yaml
from compliance.privacy.nouns import Budget
from compliance.report.nouns import Report, ReportKind
from compliance.workspace import Workspace
from tests.conftest import CANARY_COUNTRY, CANARY_PERSON

PLAIN = to_plan({"sites": {"column": "region"}, "target": "bought", "rounds": 3})
NOISY = to_plan(
    {
        "sites": {"column": "region"},
        "target": "bought",
        "rounds": 2,
        "privacy": {"noise_multiplier": 2.0},
    }
)


def evidence_in(workspace: Workspace, report: Report) -> dict:
    with pikepdf.open(BytesIO(workspace.report_pdf(report))) as pdf:
        return json.loads(pdf.attachments["evidence.json"].get_file().read_bytes())


def text_of(workspace: Workspace, report: Report) -> str:
    pdf = pypdfium2.PdfDocument(workspace.report_pdf(report))
    try:
        return " ".join(" ".join(p.get_textpage().get_text_range() for p in pdf).split())
    finally:
        pdf.close()


def test_the_newest_run_is_reported_unless_another_is_named(shop: Workspace) -> None:
    first, second = trained(shop, "orders", PLAIN), trained(shop, "orders", PLAIN)

    newest = shop.build_report(ReportKind.FEDERATED, ["orders"])
    named = shop.build_report(ReportKind.FEDERATED, ["orders"], about=first.id)

    assert newest.kind is ReportKind.FEDERATED
    assert evidence_in(shop, newest)["run"]["id"] == second.id
    assert evidence_in(shop, named)["run"]["id"] == first.id


def test_a_report_on_a_run_that_is_not_there_is_refused(shop: Workspace) -> None:
    with pytest.raises(NothingTrainedError, match="No federated run has been made on orders"):
        shop.build_report(ReportKind.FEDERATED)
    known = trained(shop, "orders", PLAIN)

    with pytest.raises(UnknownRunError, match="There is no run “run-x” of orders"):
        shop.build_report(ReportKind.FEDERATED, about="run-x")
    with pytest.raises(ReportChoiceError):
        shop.build_report(ReportKind.AUDIT, about=known.id)


def test_what_the_ledger_paid_for_a_run_with_noise_is_what_the_report_prices(
    shop: Workspace,
) -> None:
    shop.decide_budget("customers", Budget(epsilon=Decimal(5), delta=Decimal("1e-5")))
    done = trained(shop, "orders", NOISY)
    found = evidence_in(shop, shop.build_report(ReportKind.FEDERATED))

    (line,) = [s for s in shop.budget("customers").spends if s.purpose == done.id]
    quotes = {q["accountant"]: q["epsilon"] for q in found["prices"]["quotes"]}
    assert found["spend"]["id"] == line.id
    assert found["spend"]["state"] == "settled"
    assert float(quotes["renyi"]) == pytest.approx(done.outcome.rounds[-1].epsilon)
    assert float(quotes["pld"]) <= float(quotes["renyi"])


def test_a_run_that_was_taken_up_again_is_priced_for_all_of_its_rounds(shop: Workspace) -> None:
    shop.decide_budget("customers", Budget(epsilon=Decimal(9), delta=Decimal("1e-5")))
    whole = trained(shop, "orders", NOISY)
    more = replace(NOISY, rounds=4)
    for _ in shop.federation.train("orders", more, whole.id):
        pass
    again = shop.federation.runs("orders")[0]
    found = evidence_in(shop, shop.build_report(ReportKind.FEDERATED))

    quotes = {q["accountant"]: q["epsilon"] for q in found["prices"]["quotes"]}
    assert len(again.outcome.rounds) == 4
    assert found["spend"]["events"][0]["rounds"] == 2
    assert float(quotes["renyi"]) == pytest.approx(again.outcome.rounds[-1].epsilon)


def test_everybody_else_gets_a_number_or_a_reason(shop: Workspace) -> None:
    shop.decide_budget("customers", Budget(epsilon=Decimal(9), delta=Decimal("1e-5")))
    trained(shop, "orders", NOISY)
    found = evidence_in(shop, shop.build_report(ReportKind.FEDERATED))

    kinds = {kind["unit"]: kind for kind in found["others"]}
    assert set(kinds) == {"row", "device", "person", "site"}
    assert kinds["row"]["quote"]["epsilon"] == kinds["person"]["quote"]["epsilon"]
    assert kinds["site"]["quote"]["epsilon"] is None


def test_the_run_and_its_report_hold_the_versions_that_computed_it(shop: Workspace) -> None:
    done = trained(shop, "orders", PLAIN)
    report = shop.build_report(ReportKind.FEDERATED)

    assert set(done.libraries) == {"numpy", "opendp", "dp-accounting"}
    assert evidence_in(shop, report)["libraries"] == dict(done.libraries)
    assert done.libraries["numpy"] in text_of(shop, report)


def test_a_run_can_be_had_again_from_its_report_to_the_last_bit(shop: Workspace) -> None:
    done = trained(shop, "orders", PLAIN)
    report = shop.build_report(ReportKind.FEDERATED)
    with pikepdf.open(BytesIO(shop.report_pdf(report))) as pdf:
        plan = to_plan(from_yaml(pdf.attachments["plan.yaml"].get_file().read_bytes(), ValueError))

    again = trained(shop, "orders", plan)

    hashes = [r["model_hash"] for r in evidence_in(shop, report)["run"]["outcome"]["rounds"]]
    assert [r.model_hash for r in again.outcome.rounds] == hashes
    assert done.outcome.rounds[-1].model_hash in text_of(shop, report).replace(" ", "")


def test_no_value_of_a_row_reaches_the_report(shop: Workspace) -> None:
    """Names of sites do: they are what the run is about."""
    trained(shop, "orders", PLAIN)
    report = shop.build_report(ReportKind.FEDERATED)

    for text in (text_of(shop, report), json.dumps(evidence_in(shop, report))):
        assert "R1" in text
        assert CANARY_COUNTRY not in text
        assert not re.search(rf"(?<![\d.a-f]){CANARY_PERSON}(?![\da-f])", text)


def test_the_report_is_part_of_the_lineage_of_its_run(shop: Workspace) -> None:
    done = trained(shop, "orders", PLAIN)
    report = shop.build_report(ReportKind.FEDERATED)

    edges = [edge for edge in shop.proof.lineage.edges() if edge.made.id == report.id]
    assert {edge.origin.id for edge in edges} == {done.dataset_id, done.id}


# ---------------------------------------------------------------- the command line


@pytest.fixture
def home(tmp_path: Path, orders_csv: bytes) -> Path:
    made = filled(tmp_path, orders_csv)
    (tmp_path / "p.yaml").write_text(
        "sites: {count: 6, split: iid}\ntarget: bought\nrounds: 2\nmodel: softmax\n"
        "strategy: median\nbaselines: false\ntrouble: {dropout: 0.6}\n"
    )
    return made


def test_a_run_of_any_plan_is_told_and_reported(home: Path, tmp_path: Path) -> None:
    done = run(home, "--json", "federate", "orders", "--plan", tmp_path / "p.yaml")
    pdf = tmp_path / "f.pdf"
    more = ["--run", done.document["id"]]
    report = run(home, "--json", "report", "federated", "orders", *more, "--out", pdf)

    assert done.code == 0
    assert {"rounds", "final", "baselines"} <= set(done.document)
    assert {"round", "loss", "metric", "clients", "bytes_up", "bytes_down", "epsilon"} <= set(
        done.document["rounds"][0]
    )
    assert done.document["baselines"] is None
    assert "  silent " in done.err
    assert report.code == 0
    assert report.document["pages"] > 5
    assert pdf.read_bytes().startswith(b"%PDF")


def test_rounds_are_a_table_for_people_with_the_metric_by_its_name(
    home: Path, tmp_path: Path
) -> None:
    answer = run(home, "federate", "orders", "--plan", tmp_path / "p.yaml")

    heading = answer.out.split("rounds:\n")[1].split("\n")[0]
    assert heading.split()[:4] == ["round", "loss", "AUC", "clients"]
    assert "sent" not in heading


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        pytest.param(["federated", "orders"], "No federated run has been made", id="none yet"),
        pytest.param(["audit", "--run", "x"], "is not about one release or run", id="audit"),
    ],
)
def test_what_cannot_be_reported_is_refused(
    home: Path, tmp_path: Path, typed: list[str], why: str
) -> None:
    assert why in refused(home, "report", *typed, "--out", tmp_path / "f.pdf")


def test_a_report_is_about_one_thing_at_once(home: Path, tmp_path: Path) -> None:
    more = ("--run", "x", "--release", "y", "--out", tmp_path / "f.pdf")

    answer = run(home, "report", "federated", *more)

    assert answer.code == 2
    assert "not allowed with argument" in answer.err
