"""The audit report as a PDF: what is in it, that it fits, and that nothing else gets in."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
import unicodedata
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path

import numpy as np
import pikepdf
import pypdfium2
import pytest
import report_samples as samples
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from compliance.dataset.nouns import ColumnName, ColumnType, Sha256
from compliance.report import build, to_evidence_json
from compliance.report.glyphs import printable
from compliance.report.nouns import Document, Evidence, ReportKind

POINTS_PER_MM = 72 / 25.4


@dataclass(frozen=True)
class Built:
    """A report with the evidence that it came from and the text of its pages."""

    evidence: Evidence
    document: Document
    pages: tuple[str, ...]

    @property
    def text(self) -> str:
        return "\n".join(self.pages)


@pytest.fixture(scope="module")
def retail() -> Built:
    return _built(samples.retail())


@pytest.fixture(scope="module")
def empty() -> Built:
    return _built(samples.empty())


@pytest.fixture(scope="module")
def hostile() -> Built:
    return _built(samples.hostile())


@pytest.fixture(params=["retail", "empty", "bare", "hostile"])
def any_report(request: pytest.FixtureRequest) -> Built:
    if request.param == "bare":
        return _built(samples.bare())
    report: Built = request.getfixturevalue(request.param)
    return report


def _built(evidence: Evidence) -> Built:
    document = build(ReportKind.AUDIT, evidence)
    with closing(pypdfium2.PdfDocument(document.pdf)) as pdf:
        pages = tuple(page.get_textpage().get_text_range() for page in pdf)
    return Built(evidence=evidence, document=document, pages=pages)


def _squeezed(text: str) -> str:
    """Without blanks, line breaks and hyphenation, so that wrapped names compare."""
    return re.sub(r"\s|\ufffe|\u00ad|\x02", "", unicodedata.normalize("NFC", text))


def _tags(document: Document) -> Iterator[pikepdf.Dictionary]:
    """Every element of the structure tree."""
    with pikepdf.open(BytesIO(document.pdf)) as pdf:
        waiting = [pdf.Root.StructTreeRoot]
        while waiting:
            element = waiting.pop()
            if not isinstance(element, pikepdf.Dictionary):
                continue
            if "/S" in element:
                yield element
            below = element.get("/K", [])
            waiting.extend(below if isinstance(below, pikepdf.Array) else [below])


def test_same_evidence_gives_the_same_bytes(retail):
    again = build(ReportKind.AUDIT, samples.retail())

    assert again.pdf == retail.document.pdf


def test_bytes_do_not_depend_on_process_time_zone_or_hash_seed(retail):
    root = Path(__file__).resolve().parent.parent
    code = (
        "import sys, hashlib; sys.path[:0] = ['tests']; import report_samples as s\n"
        "from compliance.report import build\n"
        "from compliance.report.nouns import ReportKind\n"
        "print(hashlib.sha256(build(ReportKind.AUDIT, s.retail()).pdf).hexdigest())"
    )
    surroundings = os.environ | {"TZ": "Asia/Tokyo", "PYTHONHASHSEED": "5", "LC_ALL": "C"}

    other = subprocess.run(
        [sys.executable, "-c", code], cwd=root, env=surroundings, capture_output=True, check=True
    )

    assert other.stdout.decode().strip() == hashlib.sha256(retail.document.pdf).hexdigest()


def test_other_evidence_gives_other_bytes(retail):
    other = build(ReportKind.AUDIT, replace(retail.evidence, desk_version="9.9.9"))

    assert other.pdf != retail.document.pdf


def test_page_count_is_that_of_the_file(any_report):
    assert any_report.document.pages == len(any_report.pages)


@pytest.mark.parametrize(
    ("name", "least", "most"), [("empty", 4, 6), ("retail", 8, 14), ("hostile", 100, 220)]
)
def test_number_of_pages_is_sane(name, least, most, request):
    report = request.getfixturevalue(name)

    assert least <= report.document.pages <= most


def test_every_section_is_there_even_when_empty(any_report):
    sections = (
        *("Summary", "Scope and method", "Personal data, dataset by dataset", "Releases"),
        *("Privacy budget", "Federated runs", "Findings and duties", "Traceability", "Glossary"),
    )
    with closing(pypdfium2.PdfDocument(any_report.document.pdf)) as pdf:
        outline = [mark.get_title() for mark in pdf.get_toc() if mark.level == 0]

    numbered = [f"{number} {title}" for number, title in enumerate(sections, start=1)]
    assert outline == ["Contents", *numbered]
    assert all(section in any_report.text for section in sections)


@pytest.mark.parametrize(
    "sentence",
    [
        "No dataset has been loaded",
        "Nothing has been released from these datasets.",
        "No population has a privacy budget yet.",
        "No federated run has been made on these datasets.",
        "Not assessed: no duty was looked at.",
        "No lineage has been recorded for these datasets.",
        "the trail holds no entries yet",
        "No score: no duty could be decided yet.",
    ],
)
def test_an_empty_section_says_so(empty, sentence):
    assert sentence in empty.text


def test_pages_are_numbered_and_named(retail):
    last = len(retail.pages)

    for number, page in enumerate(retail.pages[1:], start=2):
        assert f"Page {number} of {last}" in page
        assert "Nordlicht Versand GmbH" in page
        assert "Privacy audit report" in page


def test_cover_says_who_when_and_what_it_is_not(retail):
    cover = _squeezed(retail.pages[0])

    for words in (
        *("Nordlicht Versand GmbH", "Dr. Ada Beispiel", "privacy@example.org", "online retail"),
        *("24 November 2026, 02:10 UTC", "Privacy Desk 0.1.0", "3c3c3c3c3c3c3c3c…", "41 entries"),
        "It is not legal advice",
    ):
        assert _squeezed(words) in cover


def test_every_column_name_can_be_found(any_report):
    text = _squeezed(any_report.text)
    names = {c.name for e in any_report.evidence.datasets for c in e.dataset.columns}

    missing = {
        name for name in names for part in _searched_for(printable(name)) if part not in text
    }

    assert not missing


def _searched_for(name: str) -> list[str]:
    """The name as one, or word by word where its words run from right to left."""
    turns = any(unicodedata.bidirectional(sign) in {"R", "AL"} for sign in name)
    return name.split() if turns else [_squeezed(name)]


def test_every_published_value_stands_beside_its_group(retail):
    text = _squeezed(retail.text)
    values = retail.evidence.datasets[0].releases[0].values

    for people, turnover in zip(values[::2], values[1::2], strict=True):
        row = f"{people.keys[0]} {people.value:,.0f} 12 {turnover.value:,.0f} 812"
        assert _squeezed(row).replace("-", "−") in text


def test_every_release_run_finding_and_edge_is_named(hostile):
    text = _squeezed(hostile.text)
    evidence = hostile.evidence
    named = [
        *(release.id for e in evidence.datasets for release in e.releases),
        *(run.id for e in evidence.datasets for run in e.runs),
        *(verdict.rule for verdict in evidence.assessment.findings),
        *(f"{edge.entry:,}" for edge in evidence.lineage),
    ]

    assert len(named) > 170
    assert [name for name in named if _squeezed(name) not in text] == []


def test_hashes_are_given_in_full(retail):
    text = _squeezed(retail.text)
    evidence = retail.evidence

    for digest in (
        evidence.trail.root,
        evidence.trail.head,
        evidence.datasets[0].dataset.sha256,
        evidence.datasets[0].dataset.sources[0].sha256,
    ):
        assert digest in text


def test_what_nobody_recorded_is_shown_as_not_recorded():
    evidence = samples.bare()
    text = _built(evidence).text

    assert text.count("not recorded") >= 10
    assert "Not assessed: nobody has looked for personal data in this dataset yet." in text
    assert "Not examined (8)" in text


def test_chinese_text_can_be_searched(hostile):
    assert "上海测试电子商务有限公司" in _squeezed(hostile.text)
    assert "客户终身价值（不含退货和税）2" in _squeezed(hostile.text)


def test_names_that_look_like_commands_come_out_literally(hostile):
    text = _squeezed(hostile.text)

    for name in samples.HOSTILE:
        assert _squeezed(name) in text


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(name=st.text(min_size=1, max_size=40), long=st.text("_abcΩ漢ש", min_size=60, max_size=90))
def test_any_text_can_be_typeset_and_is_attached(name, long):
    evidence = samples.retail()
    alone = evidence.datasets[0]
    first, *rest = alone.dataset.columns
    columns = (replace(first, name=ColumnName(name)), replace(first, name=ColumnName(long)), *rest)
    dataset = replace(alone.dataset, columns=columns, sha256=Sha256(name))
    who = replace(evidence.organisation, name=name, officer=long)

    document = build(
        ReportKind.AUDIT,
        replace(evidence, organisation=who, datasets=(replace(alone, dataset=dataset),)),
    )

    assert json.loads(_attached(document))["organisation"]["name"] == name


def test_a_character_without_glyph_becomes_a_box_and_stays_in_the_attachment(hostile):
    assert "王小明 □" in hostile.text
    assert json.loads(_attached(hostile.document))["organisation"]["officer"].endswith("😀")


def test_evidence_is_attached_as_canonical_json(any_report):
    assert _attached(any_report.document) == to_evidence_json(any_report.evidence)


def test_examples_of_values_are_nowhere(retail, hostile):
    for report in (retail, hostile):
        assert samples.EXAMPLE not in report.text
        assert samples.EXAMPLE not in _attached(report.document).decode()
        assert "examples" not in _attached(report.document).decode()


def _attached(document: Document) -> bytes:
    with pikepdf.open(BytesIO(document.pdf)) as pdf:
        assert list(pdf.attachments) == ["evidence.json"]
        return pdf.attachments["evidence.json"].get_file().read_bytes()


def test_file_says_that_it_is_tagged_archival_and_accessible(any_report):
    with pikepdf.open(BytesIO(any_report.document.pdf)) as pdf:
        metadata = pdf.open_metadata()

        assert bool(pdf.Root.MarkInfo.Marked)
        assert "/StructTreeRoot" in pdf.Root
        assert str(pdf.Root.Lang) == "en-GB"
        assert bool(pdf.Root.ViewerPreferences.DisplayDocTitle)
        assert "/OutputIntents" in pdf.Root
        assert metadata["pdfaid:part"] == "3"
        assert metadata["pdfaid:conformance"] == "A"
        assert metadata["pdfuaid:part"] == "1"


def test_document_properties_are_set(retail):
    with pikepdf.open(BytesIO(retail.document.pdf)) as pdf:
        assert str(pdf.docinfo.Title) == "Privacy audit report – Nordlicht Versand GmbH"
        assert str(pdf.docinfo.Author) == "Nordlicht Versand GmbH"
        assert str(pdf.docinfo.CreationDate) == "D:20261124021000Z"
        assert "privacy" in str(pdf.docinfo.Keywords)


def test_every_picture_has_an_alternative_text_and_tables_have_headers(retail):
    kinds = []
    for tag in _tags(retail.document):
        kinds.append(str(tag.S))
        if tag.S == "/Figure":
            assert len(str(tag.Alt)) > 20

    assert kinds.count("/Figure") == 6
    assert kinds.count("/Table") >= 10
    assert kinds.count("/TH") > 40
    assert {"/H1", "/H2", "/H3", "/TOC"} <= set(kinds)


def test_fonts_are_embedded_and_bundled(hostile):
    with pikepdf.open(BytesIO(hostile.document.pdf)) as pdf:
        fonts = [o for o in pdf.objects if isinstance(o, pikepdf.Dictionary)]
        described = [o for o in fonts if o.get("/Type") == "/FontDescriptor"]

        assert {str(d.FontName).split("+")[1] for d in described} <= {
            *("NotoSansSC-Regular", "NotoSansSC-Bold", "DejaVuSansMono", "DejaVuSansMono-Bold"),
            *("LibertinusSerif-Regular", "LibertinusSerif-Bold"),
        }
        assert all("/FontFile2" in d or "/FontFile3" in d for d in described)


def test_header_of_a_long_table_is_repeated_on_each_of_its_pages():
    report = _built(_with_groups([f"Group {number:03d}" for number in range(140)]))

    holding = [page for page in report.pages if page.count("Group ") > 3 and "812" in page]
    assert len(holding) >= 3
    assert all("UnitPrice" in page and "(95" in page for page in holding)


def test_a_very_long_table_is_cut_and_says_so():
    report = _built(_with_groups([f"G{number:04d}" for number in range(620)]))

    assert "G0499" in report.text
    assert "G0500" not in report.text
    assert "120 more groups are in the attached evidence.json." in report.text
    assert "The 40 largest of 620 groups." in report.text
    assert b"G0619" in _attached(report.document)


def _with_groups(groups: list[str]) -> Evidence:
    evidence = samples.retail()
    alone = evidence.datasets[0]
    release = samples.release(alone.dataset, tuple(groups))
    return replace(evidence, datasets=(replace(alone, releases=(release,)),))


def test_nothing_lies_outside_the_margins(any_report):
    """Rendered pages are white in the outer strips: sides 15 mm, top 12 mm, bottom 10 mm."""
    scale = 0.5 * POINTS_PER_MM  # pixels per mm at half a pixel per point
    with closing(pypdfium2.PdfDocument(any_report.document.pdf)) as pdf:
        for page in pdf:
            grey = np.asarray(page.render(scale=0.5, grayscale=True).to_pil())
            side, top, bottom = (int(mm * scale) for mm in (15, 12, 10))

            assert (grey[:, :side] > 250).all()
            assert (grey[:, -side:] > 250).all()
            assert (grey[:top] > 250).all()
            assert (grey[-bottom:] > 250).all()


def test_no_text_runs_over_another(any_report):
    """No two pieces of text on a page overlap by more than a point, so no cell spills over."""
    with closing(pypdfium2.PdfDocument(any_report.document.pdf)) as pdf:
        spills = [number for number, page in enumerate(pdf, start=1) if _overlaps(page)]

    assert spills == []


def _overlaps(page: pypdfium2.PdfPage) -> bool:
    text = page.get_textpage()
    boxes = np.array([text.get_rect(index) for index in range(text.count_rects())])
    left, bottom, right, top = boxes.T
    wide = np.minimum(right[:, None], right) - np.maximum(left[:, None], left)
    high = np.minimum(top[:, None], top) - np.maximum(bottom[:, None], bottom)
    return bool(np.triu((wide > 1.0) & (high > 2.0), 1).any())


def test_a_wide_release_with_large_numbers_still_fits():
    evidence = samples.retail()
    alone = evidence.datasets[0]
    release = alone.releases[0]
    values = tuple(replace(v, value=v.value * 1e13, margin=3.3e11) for v in release.values)
    column = replace(alone.dataset.columns[0], type=ColumnType.TEXT)
    wide = replace(release, values=values)
    dataset = replace(alone.dataset, columns=(column, *alone.dataset.columns[1:]))

    report = _built(
        replace(evidence, datasets=(replace(alone, dataset=dataset, releases=(wide,)),))
    )

    assert f"{values[1].value:,.0f}" in _squeezed(report.text)
    with closing(pypdfium2.PdfDocument(report.document.pdf)) as pdf:
        assert not any(_overlaps(page) for page in pdf)


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="needs Linux's /proc")
def test_building_many_reports_does_not_pile_up_memory():
    """The typesetter would keep about 80 MB of each of these; see `typesetting._forget`."""
    evidence = samples.hostile(columns=60, releases=20)

    def build_one(number: int) -> int:
        who = replace(evidence.organisation, name=f"Organisation {number}")
        build(ReportKind.AUDIT, replace(evidence, organisation=who))
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") // 2**20

    taken_mb = [build_one(number) for number in range(7)]

    assert taken_mb[-1] - taken_mb[1] < 200
