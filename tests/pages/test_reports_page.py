"""The Reports page: any report in any language and format, and whether one is genuine."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from compliance.register.nouns import Organisation
from compliance.report.nouns import Aspect, Format, Holds, ReportKind
from pages.parts.reporting import checking, choosing
from tests.pages.conftest import Desk, words


def test_every_kind_of_report_has_a_name_a_purpose_and_readers() -> None:
    assert set(choosing.TITLES) == set(choosing._IS_FOR) == set(ReportKind)
    assert set(choosing.FORMATS) == set(choosing.MIMES) == set(Format)
    assert set(checking._ASPECTS) == set(Aspect)
    assert set(checking._HOLDS) == set(checking._LOOKS) == set(Holds)
    assert all("; for " in says for says in choosing._IS_FOR.values())


@pytest.mark.parametrize("kind", ReportKind)
def test_the_page_says_what_a_report_is_for_or_why_there_is_none(
    full_desk: Desk, kind: ReportKind
) -> None:
    visitor = full_desk.open("reports")
    before = full_desk.state()
    visitor.selectbox(key="reports_kind").select(kind).run()

    assert not visitor.exception
    assert choosing._IS_FOR[kind] in words(visitor)
    assert full_desk.state() == before


def test_the_management_summary_is_built_in_chinese_and_offered_in_word(
    described_desk: Desk,
) -> None:
    described_desk.workspace.set_organisation(Organisation(name="Teal Shop"))
    visitor = described_desk.open("reports")
    visitor.selectbox(key="reports_kind").select(ReportKind.SUMMARY).run()
    visitor.selectbox(key="reports_language").select("zh")
    visitor.selectbox(key="reports_format").select(Format.DOCX).run()
    visitor.button(key="reports_submit").click().run()

    (report,) = described_desk.workspace.reports()
    assert (report.kind, report.language) == (ReportKind.SUMMARY, "zh")
    assert "signed by Teal Shop, fingerprint" in words(visitor)
    offered = next(b for b in visitor.get("download_button") if b.key == "reports_take")
    assert offered.proto.label == "Word, for editing"


def test_without_anything_to_be_about_nothing_can_be_built(described_desk: Desk) -> None:
    visitor = described_desk.open("reports")
    for kind, says in choosing._NOTHING.items():
        visitor.selectbox(key="reports_kind").select(kind).run()
        assert says in words(visitor)
        assert visitor.button(key="reports_submit").disabled


def check(visitor: AppTest, data: bytes) -> str:
    """What the page says of a file."""
    upload = visitor.file_uploader(key="reports_check")
    upload.set_value(("r.pdf", data, "application/pdf"))
    visitor.run()
    return words(visitor)


def test_a_report_is_checked_and_nothing_of_it_is_kept(described_desk: Desk) -> None:
    report = described_desk.workspace.build_report(ReportKind.ROPA)
    pdf = described_desk.workspace.report_pdf(report)
    visitor = described_desk.open("reports")
    before = described_desk.state()

    says = check(visitor, pdf)

    assert "check_circle: holds" in says
    says = check(described_desk.open("reports"), pdf.replace(b"/Lang", b"/Lamg", 1))
    assert "cancel: fails" in says
    assert "do not rely on this report" in says
    says = check(described_desk.open("reports"), b"hello")
    assert "it is not a PDF" in says
    assert described_desk.state() == before
