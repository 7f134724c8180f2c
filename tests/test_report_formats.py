"""Reports beside PDF: one manuscript, written as HTML, Word and CSV; the same data, nothing run."""

from __future__ import annotations

import csv
import io
import itertools
import json
import re
import zipfile
from functools import cache
from html.parser import HTMLParser

import docx
import pytest
import report_hostile
import report_samples
from docx.document import Document as WordDocument
from docx.oxml.ns import qn
from report_pages import IN, built_sample

from compliance.report import build
from compliance.report.formats import write
from compliance.report.manuscript import Chart, Facts, Heading, Manuscript, Table, Words
from compliance.report.nouns import Document, Format, ReportKind
from compliance.report.reading import read

SAMPLES = {
    "retail": report_samples.retail,
    "empty": report_samples.empty,
    "hostile": report_hostile.hostile,
}
VOID = {"meta", "br"}
CASES = [(name, language) for name in SAMPLES for language in ("en", "zh")]
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def built(name: str, language: str = "en") -> Document:
    return built_sample(name + IN[language]).document


@cache
def manuscript(name: str, language: str = "en") -> Manuscript:
    return read(built(name, language).plain)


@cache
def written(name: str, language: str, shape: Format) -> bytes:
    return write(manuscript(name, language), shape)


class Outline(HTMLParser):
    """Every element with its attributes and words; complains where tags do not match."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.words: list[str] = []
        self._open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def all(self, tag: str) -> list[dict[str, str]]:
        return [given for name, given in self.elements if name == tag]


def outline(data: bytes) -> Outline:
    parser = Outline()
    parser.feed(data.decode())
    parser.close()
    assert not parser._open
    return parser


def word(data: bytes) -> WordDocument:
    return docx.Document(io.BytesIO(data))


def sheets(data: bytes) -> dict[str, list[list[str]]]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {
            name: list(csv.reader(io.StringIO(archive.read(name).decode("utf-8-sig"), newline="")))
            for name in archive.namelist()
        }


# The manuscript


def test_it_has_the_sections_of_the_pages_with_their_numbers():
    headings = [b for b in manuscript("retail").blocks if isinstance(b, Heading)]

    assert headings[0] == Heading(0, "", "Privacy audit report")
    first = [heading for heading in headings if heading.level == 1]
    assert [heading.number for heading in first] == [str(n) for n in range(1, 12)]
    assert ("6.1", "online retail") in [(h.number, h.text) for h in headings]


def test_it_has_the_tables_and_charts_that_the_pdf_is_drawn_from():
    blocks = manuscript("retail").blocks
    content = [b for b in blocks if isinstance(b, Table)]

    assert any("Method" in table.titles for table in content)
    assert all(len(row) == len(table.titles) for table in content for row in table.rows)
    kinds = {block.kind for block in blocks if isinstance(block, Chart)}
    assert kinds == {"share-bars", "row-chart", "line-charts"}


@pytest.mark.parametrize("name", SAMPLES)
def test_it_is_read_the_same_each_time(name):
    again = build(ReportKind.AUDIT, SAMPLES[name](), "en")
    assert again.plain == built(name).plain


def test_it_names_the_evidence_that_the_pdf_carries():
    import hashlib

    document = built("retail")
    told = hashlib.sha256(document.attached["evidence"]).hexdigest()
    assert manuscript("retail").evidence == told


# HTML


@pytest.mark.parametrize(("name", "language"), CASES)
def test_html_is_well_formed_and_needs_nothing_from_elsewhere(name, language):
    page = outline(written(name, language, Format.HTML))

    assert page.all("html") == [{"lang": {"en": "en", "zh": "zh-CN"}[language]}]
    assert not {"script", "img", "link", "iframe", "object", "form"} & {t for t, _ in page.elements}
    for tag, given in page.elements:
        assert "style" not in given
        assert not [name for name in given if name.startswith("on")]
        for reference in (given.get("href", ""), given.get("src", "")):
            assert reference == "" or reference.startswith("#"), (tag, reference)
    assert b"url(http" not in written(name, language, Format.HTML)


@pytest.mark.parametrize(("name", "language"), CASES)
def test_html_allows_by_its_own_policy_only_its_style(name, language):
    import base64
    import hashlib

    data = written(name, language, Format.HTML).decode()
    style = re.search(r"<style>(.*?)</style>", data, re.DOTALL)[1]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    (policy,) = [m for m in outline(data.encode()).all("meta") if "http-equiv" in m]
    assert policy["content"].startswith(f"default-src 'none'; style-src 'sha256-{digest}'")


@pytest.mark.parametrize(("name", "language"), CASES)
def test_html_tables_have_headers_and_charts_have_words(name, language):
    page = outline(written(name, language, Format.HTML))

    tables = [b for b in manuscript(name, language).blocks if isinstance(b, Table)]
    assert len(page.all("table")) == len(tables)
    assert len(page.all("th")) == sum(len(table.titles) for table in tables)
    assert all(given["scope"] == "col" for given in page.all("th"))
    charts = manuscript(name, language).charts
    drawings = page.all("svg")
    assert len(drawings) == len(charts)
    names = {given.get("id") for _tag, given in page.elements}
    for drawing in drawings:
        assert drawing["role"] == "img"
        assert set(drawing["aria-labelledby"].split()) <= names
    text = "".join(page.words)
    assert all(chart.alt in text and chart.caption in text for chart in charts)


@pytest.mark.parametrize("name", SAMPLES)
def test_html_uses_every_name_once(name):
    page = outline(written(name, "en", Format.HTML))
    names = [given["id"] for _tag, given in page.elements if "id" in given]
    assert len(names) == len(set(names))
    leads = {g["href"][1:] for _tag, g in page.elements if g.get("href", "").startswith("#")}
    assert leads <= set(names)


@pytest.mark.parametrize("name", SAMPLES)
def test_html_headings_go_down_by_one_level_at_most(name):
    page = outline(written(name, "en", Format.HTML))
    levels = [int(tag[1]) for tag, _given in page.elements if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))


def test_html_shows_hostile_names_and_runs_none():
    text = "".join(outline(written("hostile", "en", Format.HTML)).words)
    assert "<script>" in text or "#panic" in text
    assert '#panic("x")' in text


# Word


@pytest.mark.parametrize(("name", "language"), CASES)
def test_word_has_real_headings_tables_with_a_header_row_and_alternative_texts(name, language):
    document = word(written(name, language, Format.DOCX))
    blocks = manuscript(name, language).blocks

    styles = [p.style.name for p in document.paragraphs]
    headings = [b for b in blocks if isinstance(b, Heading)]
    assert styles.count("Title") == 1
    assert sum(s.startswith("Heading") for s in styles) == len(headings) - 1
    tables = [b for b in blocks if isinstance(b, Table)]
    headers = document.element.body.findall(f".//{qn('w:tblHeader')}")
    assert len(headers) == len(tables)
    alts = [p.get("descr") for p in document.element.body.iter(qn("wp:docPr"))]
    assert alts == [chart.alt for chart in manuscript(name, language).charts]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_word_says_what_it_is_and_in_which_language(language):
    document = word(written("retail", language, Format.DOCX))
    told = document.core_properties

    assert told.title == manuscript("retail", language).title
    assert told.author == "Nordlicht Versand GmbH"
    assert told.language == {"en": "en", "zh": "zh-CN"}[language]
    assert told.created == told.modified
    marks = [e.get(qn("w:val")) for e in document.styles.element.iter(qn("w:lang"))]
    assert told.language in marks


def test_word_keeps_every_cell_of_a_long_table():
    longest = max(
        (b for b in manuscript("hostile").blocks if isinstance(b, Table)), key=lambda t: len(t.rows)
    )
    document = word(written("hostile", "en", Format.DOCX))
    rows = max(len(table._tbl.tr_lst) for table in document.tables)
    assert rows == len(longest.rows) + 1
    assert rows > 100


def test_word_shows_names_that_run_from_right_to_left_and_markup_as_they_are():
    document = word(written("hostile", "en", Format.DOCX))
    text = "\n".join(t.text or "" for t in document.element.body.iter(qn("w:t")))
    said = [
        c.text
        for b in manuscript("hostile").blocks
        if isinstance(b, Table)
        for row in b.rows
        for c in row
    ]
    assert any("*bold*" in cell for cell in said)
    assert "*bold*" in text
    assert any(re.search("[\u0590-\u06ff]", cell) for cell in said)
    assert re.search("[\u0590-\u06ff]", text)


# CSV


@pytest.mark.parametrize(("name", "language"), CASES)
def test_csv_holds_every_table_and_list_of_facts_and_lists_them(name, language):
    found = sheets(written(name, language, Format.ZIP))
    blocks = [b for b in manuscript(name, language).blocks if isinstance(b, Table | Facts)]

    contents = found.pop("contents.csv")
    assert [row[0] for row in contents[1:]] == list(found)
    assert [len(rows) - 1 for rows in found.values()] == [len(b.rows) for b in blocks]


@pytest.mark.parametrize("name", SAMPLES)
def test_no_cell_of_csv_is_a_formula(name):
    found = sheets(written(name, "en", Format.ZIP))
    assert not [
        cell for rows in found.values() for row in rows for cell in row if cell.startswith(FORMULA)
    ]


def test_a_formula_in_a_name_is_told_as_text():
    table = Table(("Name",), (False,), ((_cell('=HYPERLINK("http://evil.example")'),),))
    said = Manuscript(
        title="=cmd()", author="", about="", keywords=(), language="en", stamp="", footing="",
        at=report_samples.NOW, evidence="", blocks=(Words(()), Heading(1, "", "-1+1"), table),
    )  # fmt: skip
    found = sheets(write(said, Format.ZIP))
    assert found["001-1-1.csv"] == [["Name"], ['\'=HYPERLINK("http://evil.example")']]
    assert found["contents.csv"][1] == ["001-1-1.csv", "'-1+1", "1"]


def _cell(text: str):
    from compliance.report.manuscript import Cell

    return Cell(text)


# All


@pytest.mark.parametrize("shape", [Format.HTML, Format.DOCX, Format.ZIP])
def test_the_same_evidence_gives_the_same_bytes(shape):
    again = write(read(build(ReportKind.AUDIT, report_samples.retail(), "en").plain), shape)
    assert again == written("retail", "en", shape)


@pytest.mark.parametrize("shape", [Format.PDF, Format.JSON])
def test_what_is_not_written_from_the_manuscript_is_refused(shape):
    with pytest.raises(ValueError, match="not written from the manuscript"):
        write(manuscript("empty"), shape)


def test_no_file_in_a_zip_tells_when_it_was_made():
    for shape in (Format.DOCX, Format.ZIP):
        with zipfile.ZipFile(io.BytesIO(written("retail", "en", shape))) as archive:
            assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_what_is_said_in_html_is_said_in_word():
    page = "".join(outline(written("retail", "en", Format.HTML)).words)
    document = word(written("retail", "en", Format.DOCX))
    text = "\n".join(t.text or "" for t in document.element.body.iter(qn("w:t")))
    for block in manuscript("retail").blocks:
        if isinstance(block, Words):
            for run in block.runs:
                for line in run.text.split("\n"):
                    assert line in page
                    assert line in text


def test_the_json_is_the_evidence():
    told = json.loads(built("retail").attached["evidence"])
    assert told["organisation"]["name"] == "Nordlicht Versand GmbH"
