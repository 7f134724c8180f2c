"""The record of processing and the management summary, and all reports in every format."""

from __future__ import annotations

import hashlib
import io
import json
import re
import zipfile
from dataclasses import replace
from pathlib import Path

import docx
import pikepdf
import pypdfium2
import pytest

from compliance.errors import (
    NoSuchFormatError,
    NotAReportError,
    NothingToReportError,
    ReportChoiceError,
    WorkspaceError,
)
from compliance.plain import from_plain
from compliance.register.nouns import Organisation
from compliance.report.building import build, stands_on
from compliance.report.canonical import to_evidence_json
from compliance.report.manuscript import Facts, Heading, Table, Tiles, Words
from compliance.report.nouns import Format, Holds, Report, ReportKind
from compliance.report.reading import read
from compliance.workspace import Workspace
from tests.conftest import Begin, add_orders

HOSTILE = '=HYPERLINK("http://evil.example") <b>נועה</b> 🎁 #panic("x")'


@pytest.fixture
def office(begin: Begin, orders_csv: bytes) -> Workspace:
    """A shop with an organisation, an activity for others and one with nothing but a name."""
    return begin("office", lambda shop: _furnish(shop, orders_csv))


def _furnish(shop: Workspace, orders: bytes) -> None:
    add_orders(shop, orders)
    shop.set_organisation(Organisation(name="Teal Shop", country="DE", officer="Ada"))
    register = shop.governance.register
    register.record(
        "activity",
        "sending",
        {
            "role": "processor",
            "controllers": ["A shop"],
            "categories_of_processing": ["Sending parcels"],
        },
        name="Sending",
    )
    register.record("activity", "bare", {"purposes": ["winning"]}, name=HOSTILE)


def blocks_of(workspace: Workspace, report: Report) -> tuple[object, ...]:
    plain = workspace.settings.home / "reports" / f"{report.plain}.html"
    return read(plain.read_bytes()).blocks


def text_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    pages = "\n".join(page.get_textpage().get_text_range() for page in document)
    document.close()
    return re.sub(r"\s+", " ", pages)


# The record of processing


def test_the_record_shows_each_activity_under_the_role_of_the_organisation(office):
    report = office.build_report(ReportKind.ROPA)
    headings = [b.text for b in blocks_of(office, report) if isinstance(b, Heading)]

    controller, processor = (
        headings.index("As controller (Art. 30(1))"),
        headings.index("As processor (Art. 30(2))"),
    )
    assert controller < headings.index("Orders") < processor
    assert processor < headings.index("Sending")


def test_the_record_has_the_rows_of_the_register(office):
    report = office.build_report(ReportKind.ROPA)
    (told,) = [
        evidence(office, report)["as_processor"],
    ]

    ropa = office.governance.register.ropa(as_processor=True)
    assert [tuple(row) for row in told["rows"]] == list(ropa.rows)
    assert [column["id"] for column in told["columns"]] == [column.id for column in ropa.columns]


def evidence(workspace: Workspace, report: Report) -> dict[str, object]:
    data = workspace.proof.reports.export(report, Format.JSON)
    return json.loads(data)


def test_what_nobody_recorded_is_said_to_be_so(office):
    report = office.build_report(ReportKind.ROPA)
    tables = [b for b in blocks_of(office, report) if isinstance(b, Table)]

    gaps = [row for table in tables for row in table.rows if row[-1].text == "not recorded"]
    assert gaps
    assert all(row[-1].tone == "warn" for row in gaps)
    (tiles,) = [b for b in blocks_of(office, report) if isinstance(b, Tiles)]
    shown = {tile.title: tile.figure for tile in tiles.tiles}
    assert shown["Not recorded"] == str(len(gaps))


def test_the_head_names_the_organisation_the_version_the_filter_and_the_hash(office):
    report = office.build_report(ReportKind.ROPA, ["orders"])
    head = next(b for b in blocks_of(office, report) if isinstance(b, Facts))
    told = {name: value for name, value, _missing in head.rows}

    assert told["Organisation"] == "Teal Shop"
    assert told["Data-protection officer"] == "Ada"
    assert told["Filter"] == "activities that use orders"
    assert re.fullmatch(r"entry \d+ of the trail", told["Version"])
    ropa = evidence(office, report)["as_controller"]
    assert (
        told["SHA-256, as controller"]
        == dict(map(tuple, ropa["header"]))["SHA-256 of the table as CSV"]
    )
    assert [row[0] for row in ropa["rows"]] == ["Orders"]
    assert ("Representative in the EU", "not recorded", True) in head.rows


def test_the_record_of_an_empty_desk_says_that_there_is_none(workspace):
    report = workspace.build_report(ReportKind.ROPA)
    said = text_of(workspace.report_pdf(report))
    assert "No activity as controller is recorded." in said
    assert "No activity on behalf of others is recorded." in said


def test_the_record_is_about_all_or_about_datasets_but_not_about_one_release(office):
    for kind in (ReportKind.ROPA, ReportKind.SUMMARY):
        with pytest.raises(ReportChoiceError):
            office.build_report(kind, about="release-1")


# The management summary


def test_the_summary_stays_on_few_pages_and_asks_for_decisions(office):
    report = office.build_report(ReportKind.SUMMARY)

    assert report.pages <= 3
    headings = [b.text for b in blocks_of(office, report) if isinstance(b, Heading)]
    assert headings == [
        *("Management summary", "Decisions asked for", "How it goes", "What is wrong"),
        *("What is due", "Budget for publishing figures", "What was done since last time"),
        "What this stands on",
    ]


def test_the_summary_names_the_price_of_doing_nothing_and_who_has_it_in_hand(office):
    office.assess()
    finding = office.governance.mending.findings()[0]
    office.governance.mending.assign(finding.id, "Grace")
    report = office.build_report(ReportKind.SUMMARY)
    worst = next(b for b in blocks_of(office, report) if isinstance(b, Table))

    assert worst.titles[1] == "If nothing is done"
    assert any("EUR 20,000,000 or 4 %" in row[1].text.replace("\xa0", " ") for row in worst.rows)
    assert all(row[3].text for row in worst.rows)
    assert all(row[0].tone for row in worst.rows)


def test_the_summary_shows_the_score_over_several_checks(office):
    first = office.build_report(ReportKind.SUMMARY)
    second = office.build_report(ReportKind.SUMMARY)

    assert "no curve yet" in text_of(office.report_pdf(first))
    charts = read((office.settings.home / "reports" / f"{second.plain}.html").read_bytes()).charts
    assert any(chart.kind == "line-charts" for chart in charts)


def test_the_summary_uses_no_jargon(office):
    report = office.build_report(ReportKind.SUMMARY)
    said = " ".join(
        run.text for b in blocks_of(office, report) if isinstance(b, Words) for run in b.runs
    )
    assert not re.search(r"[εδ]|Merkle|quasi-identifier|zCDP", said)


def test_an_empty_desk_has_nothing_to_sum_up(workspace):
    with pytest.raises(NothingToReportError):
        workspace.build_report(ReportKind.SUMMARY)


# Both


@pytest.mark.parametrize("kind", [ReportKind.ROPA, ReportKind.SUMMARY])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_they_are_tagged_archival_and_signed_in_both_languages(office, kind, language):
    report = office.build_report(kind, language=language)
    with pikepdf.open(io.BytesIO(office.report_pdf(report))) as pdf:
        assert str(pdf.Root.Lang) == {"en": "en-GB", "zh": "zh-CN"}[language]
        assert pdf.Root.MarkInfo.Marked
        assert {"evidence.json", "checkpoint.json"} <= set(pdf.attachments)
    assert report.signer
    title = {
        ("ropa", "zh"): "处理活动记录",
        ("summary", "zh"): "管理层摘要",
        ("ropa", "en"): "Record of processing activities",
        ("summary", "en"): "Management summary",
    }[str(kind), language]
    manuscript = read((office.settings.home / "reports" / f"{report.plain}.html").read_bytes())
    assert manuscript.title == title


@pytest.mark.parametrize("kind", [ReportKind.ROPA, ReportKind.SUMMARY])
def test_their_pages_can_be_made_anew_from_the_evidence_inside(office, kind):
    report = office.build_report(kind, language="zh")
    data = office.proof.reports.export(report, Format.JSON)
    noun = from_plain(stands_on(kind), json.loads(data))
    assert to_evidence_json(noun) == data
    again = build(kind, noun, "zh")
    assert hashlib.sha256(again.pdf).hexdigest() == report.unsigned
    assert hashlib.sha256(again.plain).hexdigest() == report.plain


# Formats of stored reports


@pytest.fixture
def report(office: Workspace) -> Report:
    return office.build_report(ReportKind.ROPA)


def test_a_stored_report_can_be_had_in_every_format_and_is_the_same_each_time(office, report):
    reports = office.proof.reports
    assert reports.formats(report) == tuple(Format)
    for shape in Format:
        data = reports.export(report, shape)
        assert data == reports.export(report, shape)
    assert reports.export(report, Format.PDF) == office.report_pdf(report)
    assert docx.Document(io.BytesIO(reports.export(report, Format.DOCX))).paragraphs


def test_the_json_is_what_is_attached_to_the_pdf(office, report):
    with pikepdf.open(io.BytesIO(office.report_pdf(report))) as pdf:
        attached = pdf.attachments["evidence.json"].get_file().read_bytes()
    assert office.proof.reports.export(report, Format.JSON) == attached


def test_hostile_names_come_out_as_text_everywhere(office, report):
    reports = office.proof.reports
    page = reports.export(report, Format.HTML).decode()
    assert "<b>" not in page
    assert "&lt;b&gt;" in page
    assert "=HYPERLINK(&quot;http://evil.example&quot;)" in page
    with zipfile.ZipFile(io.BytesIO(reports.export(report, Format.ZIP))) as archive:
        cells = [archive.read(name).decode("utf-8-sig") for name in archive.namelist()]
        assert not [name for name in archive.namelist() if re.search(r"[/\\:<>\"]", name)]
    assert any("'=HYPERLINK" in text for text in cells)
    assert not any(re.search(r'(^|,|")=HYPERLINK', text, re.MULTILINE) for text in cells)


def test_a_report_of_before_there_were_formats_says_so(office, report):
    old = replace(report, plain="")
    assert office.proof.reports.formats(old) == (Format.PDF, Format.JSON)
    with pytest.raises(NoSuchFormatError, match="Build it anew"):
        office.proof.reports.export(old, Format.HTML)


def test_what_is_stored_of_a_report_cannot_be_changed_unseen(office, report):
    path = office.settings.home / "reports" / f"{report.plain}.html"
    path.write_bytes(path.read_bytes().replace(b"Sending", b"Selling"))
    with pytest.raises(WorkspaceError, match="was changed"):
        office.proof.reports.export(report, Format.HTML)


def test_the_entry_in_the_trail_tells_the_hash_of_every_stored_file(office, report):
    (entry,) = [e for e in office.entries() if e.act == "report.build"]
    path = office.settings.home / "reports" / f"{report.plain}.html"
    assert entry.facts["plain"] == hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_report_that_is_handed_over_is_checked_and_nothing_of_it_is_kept(office, report):
    before = sorted(path for path in office.settings.home.rglob("*"))
    pdf = office.report_pdf(report)

    found = office.proof.reports.verify_bytes(pdf, "a.pdf")
    changed = office.proof.reports.verify_bytes(pdf.replace(b"/Lang", b"/Lamg", 1), "a.pdf")

    assert found.statements[0].holds is Holds.YES
    assert any(statement.holds is Holds.NO for statement in changed.statements)
    with pytest.raises(NotAReportError, match="no report"):
        office.proof.reports.verify_bytes(b"hello", "a.pdf")
    assert sorted(path for path in office.settings.home.rglob("*")) == before


# The command line


@pytest.mark.parametrize("shape", Format)
def test_the_ending_of_the_file_says_the_format(office, shape, tmp_path: Path):
    from compliance.cli import main

    path = tmp_path / f"r.{shape.upper()}"
    home = str(office.settings.home)
    assert main(["--home", home, "report", "ropa", "--out", str(path)]) == 0
    (report,) = office.reports()
    assert path.read_bytes() == office.proof.reports.export(report, shape)


def test_another_ending_is_refused_before_anything_is_built(office, tmp_path: Path, capsys):
    from compliance.cli import main

    home = str(office.settings.home)
    assert main(["--home", home, "report", "ropa", "--out", str(tmp_path / "r.txt")]) == 2
    assert ".docx" in capsys.readouterr().err
    assert office.reports() == ()
