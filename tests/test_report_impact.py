"""The report on an impact assessment: what it says, what it marks, and what it carries."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import impact_cases as cases
import impact_report_cases as reports
import pytest
import report_samples as samples
from report_pages import attachments, built_sample, squeezed

from compliance.errors import NothingAssessedError, UnknownImpactError
from compliance.impact import answered, gauged
from compliance.impact.nouns import Gauge, ImpactKind, Need, RiskLevel, Status
from compliance.report import build
from compliance.report.building import to_content
from compliance.report.nouns import Document, ImpactEvidence, ReportKind
from compliance.workspace import Workspace
from tests.cli_cases import filled, refused, run


def content(evidence: ImpactEvidence) -> dict[str, Any]:
    return to_content(ReportKind.DPIA, evidence)


def text_of(plain: Any) -> str:
    return json.dumps(plain, ensure_ascii=False)


def test_the_report_is_laid_out_as_an_auditor_expects_it() -> None:
    said = squeezed(built_sample("impact").text)

    order = [
        *("1 Summary", "2 Screening", "3 Context", "4 Fundamental principles"),
        *("5 Measures", "6 Risks", "7 Action plan", "8 Opinions", "9 Decision and review"),
        *("10 Annex", "11 Traceability"),
    ]
    places = [said.index(squeezed(title)) for title in order]
    assert places == sorted(places)


def test_answers_say_whose_words_they_are_and_from_where() -> None:
    shown = content(reports.evidence())
    questions = {
        question["asks"]: question
        for part in shown["parts"]
        for section in part["sections"]
        for question in section["questions"]
    }

    drawn = questions["Which personal data?"]
    typed = questions["Why can the purpose not be reached with less?"]
    assert (drawn["origin"], drawn["facts"]) == ("Drawn from facts", ["labels:patients@1"])
    assert typed["origin"] == "In the officer’s own words"
    assert typed["tone"] == drawn["tone"] == ""


def test_what_a_template_only_proposed_and_what_is_missing_is_marked() -> None:
    shown = content(reports.evidence(cases.begun_one(reports.KNOWN)))
    marked = [
        question
        for part in shown["parts"]
        for section in part["sections"]
        for question in section["questions"]
        if question["tone"] == "warn"
    ]

    assert {one["origin"] for one in marked} == {"Only proposed by a template"}
    assert "decision" in text_of(shown["summary"]["missing"])
    assert shown["summary"]["verdict"] == {"tone": "warn", "says": "Not validated: it is draft."}
    assert [one["missing"] for one in shown["opinions"]] == [True, True]
    assert shown["decision"]["facts"][0]["missing"]


def test_a_signature_is_not_shown_as_one_of_what_was_written_since() -> None:
    signed = reports.signed()
    rewritten = replace(signed, status=Status.DRAFT)

    assert "an earlier version" not in text_of(content(reports.evidence(signed)))
    shown = content(reports.evidence(rewritten))
    assert "an earlier version" in text_of(shown["cover"])
    assert "an earlier version" in text_of(shown["decision"])


def test_the_map_stands_where_the_gauges_stand() -> None:
    shown = content(reports.evidence())["risks"]["map"]

    assert [mark["number"] for mark in shown["marks"] if mark["full"]] == ["1", "2", "3", "4", "5"]
    for mark in shown["marks"]:
        x, y = (int(at) for at in mark["at"])
        wanted = (1, 1) if mark["full"] else (3, 2)
        assert (x, y) == wanted
    assert shown["cells"][3][3] == {"word": "high", "tone": "bad"}
    assert len(shown["arrows"]) == 5
    assert "1 Illegitimate access to data: high before, low after" in shown["alt"]


def test_marks_of_one_cell_do_not_cover_each_other() -> None:
    marks = content(reports.hostile())["risks"]["map"]["marks"]

    places = [tuple(mark["at"]) for mark in marks]
    assert len(places) == len(set(places))


def test_an_outdated_assessment_says_so_first() -> None:
    shown = content(reports.outdated())

    assert shown["summary"]["verdict"]["tone"] == "bad"
    assert "New columns in patients: phone." in shown["summary"]["changed"]
    assert "outdated" in text_of(shown["cover"])
    assert "Newcolumnsinpatients:phone." in squeezed(built_sample("outdated impact").text)


def test_high_risk_asks_for_prior_consultation() -> None:
    impact = reports.signed()
    for after in (False, True):
        impact = gauged(
            impact, "access", severity=Gauge.MAXIMUM, likelihood=Gauge.MAXIMUM, after=after
        )
    shown = content(reports.evidence(replace(impact, residual=RiskLevel.HIGH)))

    assert "Art. 36" in shown["decision"]["consult"]
    assert content(reports.evidence())["decision"]["consult"] == ""


def test_a_legitimate_interest_assessment_has_its_tests_and_no_map() -> None:
    shown = content(reports.interests())

    assert shown["title"] == "Legitimate-interest assessment"
    assert "legitimate-interest assessment as it stands" in shown["cover"]["is"]
    assert [part["id"] for part in shown["parts"]] == [
        *("purpose", "necessity", "balancing", "safeguards")
    ]
    assert shown["risks"] is None
    assert shown["screening"] is None
    assert "Passed: the interest may be relied on." in text_of(shown["decision"])
    assert "Balancing test" in built_sample("interests").text


@pytest.mark.parametrize("need", Need)
def test_every_need_has_its_look(need: Need) -> None:
    evidence = reports.evidence()
    assert evidence.screened is not None
    shown = content(replace(evidence, screened=replace(evidence.screened, need=need)))

    assert shown["screening"]["tone"] in ("good", "warn", "bad")
    assert str(need).capitalize() in shown["screening"]["says"]


def test_the_history_prints_what_changed_its_standing_and_carries_all() -> None:
    evidence = reports.evidence()
    printed = [row[0] for row in content(evidence)["decision"]["versions"]["rows"]]

    assert printed == ["4", "3", "1"]
    assert content(evidence)["decision"]["versions_left"] == 1
    assert (
        len(json.loads(attachments(built_sample("impact").document)["evidence.json"])["versions"])
        == 4
    )


def test_the_annex_lists_every_column_without_examples() -> None:
    evidence = reports.evidence()
    found = evidence.datasets[0]
    assert found.discovery is not None
    seen = tuple(replace(la, examples=(samples.EXAMPLE,)) for la in found.discovery.labels)
    shown = replace(found, discovery=replace(found.discovery, labels=seen))
    document = build(ReportKind.DPIA, replace(evidence, datasets=(shown,)))

    rows = content(evidence)["annex"]["columns"]["rows"]
    assert [row[1] for row in rows] == [
        column.name for column in evidence.datasets[0].dataset.columns
    ]
    assert samples.EXAMPLE.encode() not in attachments(document)["evidence.json"]


def test_the_same_evidence_gives_the_same_bytes() -> None:
    assert build(ReportKind.DPIA, reports.evidence()).pdf == built_sample("impact").document.pdf
    with pytest.raises(TypeError):
        build(ReportKind.DPIA, samples.retail())


# ----------------------------------------------------------------------------- in the desk


def test_the_desk_reports_the_assessment_named_or_the_newest(shop: Workspace) -> None:
    area = shop.governance.impacts
    first = area.begin(ImpactKind.DPIA, "analytics", datasets=["orders"])
    second = area.begin(ImpactKind.LIA, "marketing", datasets=["orders"])

    newest = shop.build_report(ReportKind.DPIA)
    named = shop.build_report(ReportKind.DPIA, ["orders"], about=first.id)

    assert second.id.encode() in attachments_of(shop, newest)
    assert first.id.encode() in attachments_of(shop, named)
    assert named.datasets == ("orders",)
    assert [edge.made.title for edge in shop.proof.lineage.edges(["orders"])][
        -1
    ] == "Impact assessment report"


def attachments_of(desk: Workspace, report: Any) -> bytes:
    document = Document(pdf=desk.report_pdf(report), pages=report.pages, attached={})
    return attachments(document)["evidence.json"]


def test_the_report_of_the_desk_says_what_changed_since(shop: Workspace) -> None:
    area = shop.governance.impacts
    id_ = area.begin(ImpactKind.DPIA, "analytics", datasets=["orders"]).id
    shop.discover("orders")

    told = json.loads(attachments_of(shop, shop.build_report(ReportKind.DPIA, about=id_)))

    assert any("new kinds of personal data in orders" in one for one in told["changed"])
    assert told["impact"]["status"] == str(Status.DRAFT)


def test_there_is_no_report_without_an_assessment(shop: Workspace) -> None:
    with pytest.raises(NothingAssessedError, match="orders"):
        shop.build_report(ReportKind.DPIA, ["orders"])
    shop.governance.impacts.begin(ImpactKind.DPIA, datasets=["orders"])
    with pytest.raises(UnknownImpactError, match="Known are dpia-"):
        shop.build_report(ReportKind.DPIA, about="dpia-x")


def test_the_command_line_writes_the_report(tmp_path: Path, orders_csv: bytes) -> None:
    home, out = filled(tmp_path, orders_csv), tmp_path / "dpia.pdf"

    assert "No impact assessment of anything" in refused(home, "report", "dpia", "--out", out)
    begun = run(home, "--json", "impact", "begin", "orders", "--template", "analytics").document
    assert run(home, "report", "dpia", "orders", "--out", out).code == 0
    assert run(home, "report", "dpia", "--about", begun["id"], "--out", out).code == 0
    assert out.read_bytes().startswith(b"%PDF")


def test_an_answer_that_was_typed_stands_in_the_report() -> None:
    impact = answered(reports.signed(), "necessity", "Because less would not do.")

    assert "Because less would not do." in text_of(content(reports.evidence(impact)))
