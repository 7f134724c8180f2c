"""The audit report as a file: standards, tags, attachments, fonts, and nothing out of place."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from functools import cache
from importlib.resources import files
from io import BytesIO
from pathlib import Path

import numpy as np
import pikepdf
import pypdfium2
import pytest
import report_hostile
import report_samples as samples
import typst
from report_pages import (
    ANONYMISED,
    CHINESE,
    IMPACTS,
    NAMES,
    RELEASES,
    RUNS,
    Built,
    attachments,
    built,
    built_sample,
    kind_of,
    squeezed,
)

from compliance.dataset.nouns import ColumnType
from compliance.i18n import speaking, translate
from compliance.impact.nouns import ImpactKind
from compliance.report import build, to_evidence_json
from compliance.report.nouns import AnyEvidence, Document, ImpactEvidence, ReportKind

POINTS_PER_MM = 72 / 25.4
SIDE_MM, END_MM = 20, 12  # sides of the page; its head and foot, running lines included
SLACK = 4.0  # points: the blank at the end of a line may hang over


@pytest.fixture
def retail() -> Built:
    return built_sample("retail")


@pytest.fixture(params=(*NAMES, *RELEASES, *RUNS, *ANONYMISED, *IMPACTS, *CHINESE))
def any_report(request: pytest.FixtureRequest) -> Built:
    return built_sample(request.param)


TITLES = {
    ReportKind.AUDIT: "Privacy audit report",
    ReportKind.RELEASE: "Release report",
    ReportKind.FEDERATED: "Federated learning report",
    ReportKind.ANONYMISATION: "Anonymisation report",
    ReportKind.DPIA: "Data-protection impact assessment",
}
ATTACHED = {
    ReportKind.AUDIT: set(),
    ReportKind.RELEASE: {"disclosure.json"},
    ReportKind.FEDERATED: {"plan.yaml"},
    ReportKind.ANONYMISATION: {"plan.yaml"},
    ReportKind.DPIA: set(),
}
SECTIONS = {
    ReportKind.AUDIT: 11,
    ReportKind.RELEASE: 9,
    ReportKind.FEDERATED: 11,
    ReportKind.ANONYMISATION: 8,
    ReportKind.DPIA: 12,
}


def _is_lia(evidence: AnyEvidence) -> bool:
    return isinstance(evidence, ImpactEvidence) and evidence.impact.kind is ImpactKind.LIA


def _title_of(report: Built) -> str:
    """A legitimate-interest assessment is a report of the same kind by another name."""
    kind = kind_of(report.evidence)
    title = "Legitimate-interest assessment" if _is_lia(report.evidence) else TITLES[kind]
    with speaking(report.language):
        return translate(title)


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


# ---------------------------------------------------------------- the same file each time


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


# ---------------------------------------------------------------- standards and tags


def test_file_says_that_it_is_tagged_archival_and_accessible(any_report):
    with pikepdf.open(BytesIO(any_report.document.pdf)) as pdf:
        metadata = pdf.open_metadata()

        assert bool(pdf.Root.MarkInfo.Marked)
        assert "/StructTreeRoot" in pdf.Root
        assert str(pdf.Root.Lang) == {"en": "en-GB", "zh": "zh-CN"}[any_report.language]
        assert bool(pdf.Root.ViewerPreferences.DisplayDocTitle)
        assert "/OutputIntents" in pdf.Root
        assert metadata["pdfaid:part"] == "3"
        assert metadata["pdfaid:conformance"] == "A"
        assert metadata["pdfuaid:part"] == "1"
        assert metadata["dc:title"].startswith(_title_of(any_report))


def test_document_properties_are_set(retail):
    with pikepdf.open(BytesIO(retail.document.pdf)) as pdf:
        assert str(pdf.docinfo.Title) == "Privacy audit report – Nordlicht Versand GmbH"
        assert str(pdf.docinfo.Author) == "Nordlicht Versand GmbH"
        assert str(pdf.docinfo.CreationDate) == "D:20261124021000Z"
        assert "privacy" in str(pdf.docinfo.Keywords)


def test_file_is_sound(any_report):
    with pikepdf.open(BytesIO(any_report.document.pdf)) as pdf:
        assert pdf.check_pdf_syntax() == []


def test_every_picture_has_an_alternative_text_and_tables_have_headers(retail):
    kinds = []
    for tag in _tags(retail.document):
        kinds.append(str(tag.S))
        if tag.S == "/Figure":
            assert len(str(tag.Alt)) > 20

    assert kinds.count("/Figure") == 7
    assert kinds.count("/Table") >= 10
    assert kinds.count("/TH") > 40
    assert {"/H1", "/H2", "/H3", "/TOC"} <= set(kinds)


def test_bookmarks_lead_to_every_section(any_report):
    with closing(pypdfium2.PdfDocument(any_report.document.pdf)) as pdf:
        marks = [mark for mark in pdf.get_toc() if mark.level == 0]
        titles = [mark.get_title() for mark in marks]
        pages = [mark.get_dest().get_index() for mark in marks]

    assert titles[0] == {"en": "Contents", "zh": "目录"}[any_report.language]
    sections = 11 if _is_lia(any_report.evidence) else SECTIONS[kind_of(any_report.evidence)]
    assert [title.split()[0] for title in titles[1:]] == [str(n + 1) for n in range(sections)]
    assert pages == sorted(pages)


# ---------------------------------------------------------------- attachments


def test_evidence_is_attached_as_canonical_json(any_report):
    attached = attachments(any_report.document)

    more = ATTACHED[kind_of(any_report.evidence)]
    assert set(attached) == {"evidence.json", "checkpoint.json"} | more
    assert attached["evidence.json"] == to_evidence_json(any_report.evidence)
    assert json.loads(attached["evidence.json"])["trail"]["root"] == any_report.evidence.trail.root


def test_checkpoint_is_that_of_the_trail_on_the_page(any_report):
    checkpoint = json.loads(attachments(any_report.document)["checkpoint.json"])
    trail = any_report.evidence.trail

    assert checkpoint["entries"] == trail.entries
    assert (checkpoint["root"], checkpoint["head"]) == (trail.root, trail.head)
    assert squeezed(trail.head) in squeezed(any_report.text)


# ---------------------------------------------------------------- fonts


def test_fonts_are_embedded_and_bundled(any_report):
    with pikepdf.open(BytesIO(any_report.document.pdf)) as pdf:
        fonts = [o for o in pdf.objects if isinstance(o, pikepdf.Dictionary)]
        described = [o for o in fonts if o.get("/Type") == "/FontDescriptor"]

        assert {str(d.FontName).split("+")[1] for d in described} <= {
            *("NotoSansSC-Regular", "NotoSansSC-Bold", "DejaVuSansMono", "DejaVuSansMono-Bold"),
            *("LibertinusSerif-Regular", "LibertinusSerif-Bold"),
        }
        assert all("/FontFile2" in d or "/FontFile3" in d for d in described)


def test_fonts_come_with_their_licence_and_source():
    fonts = files("compliance.report") / "fonts"
    total = sum(len(font.read_bytes()) for font in fonts.iterdir())

    assert "SIL OPEN FONT LICENSE" in (fonts / "OFL.txt").read_text("utf-8")
    source = (fonts / "SOURCE.md").read_text("utf-8")
    assert "2026-11-24" in source
    assert all(font.name in source for font in fonts.iterdir() if font.name.endswith(".ttf"))
    assert total < 14e6


def test_no_glyph_is_missing(any_report):
    with pikepdf.open(BytesIO(any_report.document.pdf)) as pdf:
        every = 1 + len(pdf.pages) // 40  # reading a page takes 50 ms
        counts = [_missing_glyphs(page) for page in pdf.pages[::every]]

    assert sum(shown for shown, _ in counts) > 1_000
    assert sum(missing for _, missing in counts) == 0


def test_a_missing_glyph_would_be_seen():
    pdf = typst.compile(
        '#set text(font: "DejaVu Sans Mono", fallback: false); a漢b'.encode(),
        ignore_system_fonts=True,
    )
    with pikepdf.open(BytesIO(pdf)) as opened:
        assert _missing_glyphs(opened.pages[0]) == (3, 1)


def _missing_glyphs(page: pikepdf.Page) -> tuple[int, int]:
    """How many glyphs the page shows, and how many of them are glyph 0, “.notdef”.

    All fonts are composite with the encoding Identity-H: two bytes per glyph.
    """
    shown = missing = 0
    for instruction in pikepdf.parse_content_stream(page, "Tj TJ"):
        parts = instruction.operands[0]
        for part in parts if isinstance(parts, pikepdf.Array) else [parts]:
            if isinstance(part, pikepdf.String):
                codes = np.frombuffer(bytes(part), dtype=">u2")
                shown, missing = shown + len(codes), missing + int((codes == 0).sum())
    return shown, missing


# ---------------------------------------------------------------- layout


def test_nothing_is_drawn_outside_the_margins(any_report):
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


def test_no_text_lies_outside_the_margins(any_report):
    with closing(pypdfium2.PdfDocument(any_report.document.pdf)) as pdf:
        sizes = [page.get_size() for page in pdf]

    for (wide, high), boxes in zip(sizes, _boxes(any_report.document.pdf), strict=True):
        left, bottom, right, top = boxes.T
        assert left.min() >= SIDE_MM * POINTS_PER_MM - SLACK
        assert right.max() <= wide - SIDE_MM * POINTS_PER_MM + SLACK
        assert bottom.min() >= END_MM * POINTS_PER_MM
        assert top.max() <= high - END_MM * POINTS_PER_MM


def test_no_text_runs_over_another(any_report):
    """No two pieces of text on a page overlap by more than a point, so no cell spills over."""
    pages = _boxes(any_report.document.pdf)
    spills = [number for number, boxes in enumerate(pages, start=1) if _overlaps(boxes)]

    assert spills == []


def test_text_that_runs_over_another_would_be_seen():
    apart, over = ((0, 0, 10, 8), (0, 9, 10, 17)), ((0, 0, 10, 8), (8, 5, 20, 13))

    assert not _overlaps(np.array(apart, dtype=float))
    assert _overlaps(np.array(over, dtype=float))
    assert _overlaps(np.array(over[::-1], dtype=float))


def _overlaps(boxes: np.ndarray) -> bool:
    tall = boxes[boxes[:, 3] - boxes[:, 1] > 2.0]
    left, bottom, right, top = tall[tall[:, 1].argsort()].T
    ends = np.searchsorted(bottom, top - 2.0)  # what follows begins too high to meet this one
    return any(
        (
            np.minimum(right[n], right[n + 1 : end]) - np.maximum(left[n], left[n + 1 : end]) > 1
        ).any()
        for n, end in enumerate(ends)
    )


@cache
def _boxes(data: bytes) -> tuple[np.ndarray, ...]:
    """Left, bottom, right and top of each piece of text, in points; one table per page."""
    with closing(pypdfium2.PdfDocument(data)) as pdf:
        texts = [page.get_textpage() for page in pdf]
        return tuple(
            np.array([text.get_rect(index) for index in range(text.count_rects())])
            for text in texts
        )


def test_no_page_is_almost_empty_but_the_last(any_report):
    """Running head and foot aside, each page holds something."""
    bodies = [page.split("\n")[1:-1] for page in any_report.pages[1:-1]]

    assert min(len(body) for body in bodies) >= 5


def test_no_heading_is_the_last_line_of_a_page(any_report):
    with closing(pypdfium2.PdfDocument(any_report.document.pdf)) as pdf:
        titles = {mark.get_title().strip() for mark in pdf.get_toc()}

    last_lines = {page.split("\n")[-2].strip() for page in any_report.pages[2:]}
    assert not titles & last_lines


def test_a_wide_release_with_large_numbers_still_fits():
    evidence = samples.retail()
    alone = evidence.datasets[0]
    release = alone.releases[0]
    values = tuple(replace(v, value=v.value * 1e13, margin=3.3e11) for v in release.values)
    column = replace(alone.dataset.columns[0], type=ColumnType.TEXT)
    wide = replace(release, values=values)
    dataset = replace(alone.dataset, columns=(column, *alone.dataset.columns[1:]))

    report = built(replace(evidence, datasets=(replace(alone, dataset=dataset, releases=(wide,)),)))

    assert f"{values[1].value:,.0f}" in squeezed(report.text)
    assert not any(_overlaps(boxes) for boxes in _boxes(report.document.pdf))


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="needs Linux's /proc")
def test_building_many_reports_does_not_pile_up_memory():
    """The typesetter would keep about 80 MB of each of these; see `typesetting._forget`."""
    evidence = report_hostile.hostile(columns=60, releases=9)

    def build_one(number: int) -> int:
        who = replace(evidence.organisation, name=f"Organisation {number}")
        build(ReportKind.AUDIT, replace(evidence, organisation=who))
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") // 2**20

    taken_mb = [build_one(number) for number in range(7)]

    assert taken_mb[-1] - taken_mb[1] < 200
