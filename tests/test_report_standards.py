"""Every report, in every language, before and after it is signed: PDF/A-3a and PDF/UA-1."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, date, datetime
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import page
import pikepdf
import pypdfium2
import pytest
import report_samples as samples
import signing_cases as cases
from report_pages import IN, built_sample, kind_of, rules_broken
from signing_cases import examined

from compliance.dataset import RawFile
from compliance.i18n import LANGUAGES
from compliance.plain import from_plain
from compliance.report import build
from compliance.report.building import stands_on
from compliance.report.nouns import (
    AnyEvidence,
    CertificateEvidence,
    LetterEvidence,
    LogEvidence,
    ReportKind,
)
from compliance.report.rebuilding import agrees
from compliance.report.signing import sign
from compliance.rights.nouns import Erasure, Letter, LetterKind, RequestLog, Right, Sender, Stage
from compliance.settings import Settings
from compliance.workspace import Workspace

AT = datetime(2026, 11, 24, 2, 10, tzinfo=UTC)
TRAIL = samples.retail().trail
SAMPLES = {
    ReportKind.AUDIT: "retail",
    ReportKind.RELEASE: "months",
    ReportKind.FEDERATED: "run",
    ReportKind.ANONYMISATION: "anonymised",
    ReportKind.DPIA: "impact",
}
COMMON: dict[str, Any] = {
    "organisation": samples.retail().organisation,
    "trail": TRAIL,
    "desk_version": "0.1.0",
    "gathered_at": AT,
}
ON_REQUESTS: dict[ReportKind, AnyEvidence] = {
    ReportKind.REQUEST: LetterEvidence(
        letter=Letter(
            kind=LetterKind.ANSWER,
            title="Answer to your request",
            request="R00001",
            law="GDPR",
            article="Art. 15",
            sender=Sender(name="Nordlicht", contact="dpo@nordlicht.example", country="DE"),
            written_on=date(2026, 11, 24),
            paragraphs=(("", ("You asked what we hold.",)), ("What we hold", ("Orders.",))),
        ),
        right=Right.ACCESS,
        outcome=None,
        **COMMON,
    ),
    ReportKind.REQUEST_LOG: LogEvidence(
        log=RequestLog(since=date(2025, 1, 1), until=date(2026, 1, 1), entries=(), figures=()),
        laws={"EU_GDPR": "GDPR"},
        **COMMON,
    ),
    ReportKind.ERASURE: CertificateEvidence(
        request="R00001",
        erasure=Erasure(
            id="erasure-1", requests=("R00001",), begun_at=AT, done_at=AT, stage=list(Stage)[-1]
        ),
        lineage=(),
        **COMMON,
    ),
}
REPORTS = [(kind, language) for kind in ReportKind for language in LANGUAGES]


def evidence_of(kind: ReportKind) -> AnyEvidence:
    """A sample of every kind."""
    if kind in ON_REQUESTS:
        return ON_REQUESTS[kind]
    return built_sample(SAMPLES[kind]).evidence if kind in SAMPLES else of_a_desk(kind)


@cache
def of_a_desk(kind: ReportKind) -> AnyEvidence:
    """What the report of a small desk stands on, taken out of it."""
    with tempfile.TemporaryDirectory() as folder:
        workspace = Workspace(Settings.from_environment({}, home=Path(folder)), lambda: AT)
        table = RawFile(name="orders.csv", data=b"customer,email\n1,a@b.example\n2,c@d.example\n")
        workspace.add_files([table], "orders")
        pdf = workspace.report_pdf(workspace.build_report(kind))
    plain = json.loads(examined(pdf, at=AT).attached["evidence.json"])
    return from_plain(stands_on(kind), plain)


@pytest.fixture(scope="module", params=REPORTS, ids=lambda pair: "-".join(pair))
def report(request: pytest.FixtureRequest) -> tuple[ReportKind, str, bytes, bytes]:
    """A report: its kind and language, and its bytes before and after it was signed."""
    kind, language = request.param
    if kind in SAMPLES:
        unsigned = built_sample(SAMPLES[kind] + IN[language]).document.pdf
    else:
        unsigned = build(kind, evidence_of(kind), language).pdf
    return kind, language, unsigned, sign(unsigned, cases.own(), cases.AT)


def test_file_conforms_before_and_after_it_is_signed(report):
    for data in report[2:]:
        for profile in (page.ValidationProfile.PDF_A_3A, page.ValidationProfile.PDF_UA_1):
            assert rules_broken(data, profile) == set()
            assert page.validate_pdf_bytes(data, profile=profile).rules.total > 80


def test_the_validator_would_see_what_is_missing():
    def without(change: Any) -> bytes:
        to = BytesIO()
        with pikepdf.open(BytesIO(cases.unsigned())) as pdf:
            change(pdf.Root)
            pdf.save(to)
        return to.getvalue()

    for key, profile in (
        ("/Lang", "ua1"),
        ("/StructTreeRoot", "ua1"),
        ("/ViewerPreferences", "ua1"),
        ("/Metadata", "3a"),
        ("/MarkInfo", "3a"),
    ):
        broken = without(lambda root, key=key: root.__delitem__(key))
        assert not page.is_pdf_compliant_bytes(broken, profile=profile), key


def test_structure_says_language_title_and_what_pictures_show(report):
    _, language, _, signed = report
    with pikepdf.open(BytesIO(signed)) as pdf:
        assert str(pdf.Root.Lang).split("-")[0] == language
        assert bool(pdf.Root.ViewerPreferences.DisplayDocTitle)
        assert bool(pdf.Root.MarkInfo.Marked)
        assert str(pdf.docinfo.Title)
        assert pdf.Root.OutputIntents[0].DestOutputProfile.read_bytes()
        tags = list(_tags(pdf))
        kinds = {str(tag.S) for tag in tags}
        figures = [tag for tag in tags if tag.S == "/Figure"]
        assert all(len(str(tag.Alt)) > 5 for tag in figures)
        assert {"/H1", "/P"} <= kinds
        assert all(str(each["/TU"]) for each in pdf.Root.AcroForm.Fields)


def _tags(pdf: pikepdf.Pdf) -> Iterator[pikepdf.Dictionary]:
    waiting = [pdf.Root.StructTreeRoot]
    while waiting:
        element = waiting.pop()
        if isinstance(element, pikepdf.Dictionary):
            if "/S" in element:
                yield element
            below = element.get("/K", [])
            waiting.extend(below if isinstance(below, pikepdf.Array) else [below])


def test_every_font_is_embedded_and_says_which_characters_it_shows(report):
    with pikepdf.open(BytesIO(report[3])) as pdf:
        found = [o for o in pdf.objects if isinstance(o, pikepdf.Dictionary)]
        described = [o for o in found if o.get("/Type") == "/FontDescriptor"]
        composite = [o for o in found if o.get("/Subtype") == "/Type0"]

        assert described
        assert all("/FontFile2" in o or "/FontFile3" in o for o in described)
        assert all("/ToUnicode" in o for o in composite)


def test_pages_are_numbered_of_how_many_and_bookmarks_lead_to_them(report):
    kind, _, _, signed = report
    with closing(pypdfium2.PdfDocument(signed)) as pdf:
        count = len(pdf)
        last = pdf[count - 1].get_textpage().get_text_range()
        marks = [mark.get_dest().get_index() for mark in pdf.get_toc()]

    numbers = [int(number) for number in re.findall(r"\d+", last.replace(",", ""))]
    assert numbers.count(count) >= (2 if count > 1 else 1)
    assert marks == sorted(marks)
    assert kind is ReportKind.REQUEST or marks
    assert all(0 <= place < count for place in marks)


def test_signing_changes_no_page(report):
    _, _, unsigned, signed = report
    with pikepdf.open(BytesIO(unsigned)) as before, pikepdf.open(BytesIO(signed)) as after:
        assert len(before.pages) == len(after.pages)
        for old, new in zip(before.pages, after.pages, strict=True):
            assert old.Contents.read_raw_bytes() == new.Contents.read_raw_bytes()
    assert signed.startswith(unsigned)
    assert examined(signed).unsigned == len(unsigned)


def test_evidence_comes_back_and_gives_the_same_pages(report):
    _, _, _, signed = report
    opened = examined(signed)

    assert agrees(opened)
    assert not agrees(replace(opened, report=signed.replace(b"/Type", b"/Tipe", 1)))


def test_pages_do_not_depend_on_the_order_of_what_is_attached(report):
    kind, language, unsigned, _ = report
    turned = _turned(evidence_of(kind))

    assert build(kind, turned, language).pdf == unsigned


def _turned(value: Any) -> Any:
    """With every mapping the other way round."""
    if isinstance(value, dict):
        return {name: _turned(value[name]) for name in reversed(value)}
    if isinstance(value, tuple):
        return tuple(map(_turned, value))
    if is_dataclass(value):
        changed = {field.name: _turned(getattr(value, field.name)) for field in fields(value)}
        return replace(value, **changed)
    return value


def test_qpdf_finds_nothing_wrong(report):
    with pikepdf.open(BytesIO(report[3])) as pdf:  # which carries qpdf
        assert pdf.check_pdf_syntax() == []


def test_every_kind_of_report_has_a_sample():
    assert all(isinstance(evidence_of(kind), stands_on(kind)) for kind in ReportKind)
    assert kind_of(evidence_of(ReportKind.DPIA)) is ReportKind.DPIA
