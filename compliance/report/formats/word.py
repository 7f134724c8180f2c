"""A report as a Word document for people to edit: real headings, tables with a header row."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from compliance.report.formats.origin import about_copy
from compliance.report.formats.sheets import zipped
from compliance.report.manuscript import (
    SIGNS,
    Block,
    Cell,
    Chart,
    Facts,
    Heading,
    Listed,
    Listing,
    Manuscript,
    Run,
    Runs,
    Table,
    Tiles,
    Words,
)
from compliance.report.typesetting import draw

if TYPE_CHECKING:
    from docx.document import Document

_TONES: Mapping[str, str] = {"bad": "A3241B", "warn": "8A4B00", "calm": "46545C", "good": "1D6B3A"}
_ACCENT, _SOFT, _TINT, _RULE = "0B6E6E", "5A6870", "EAF3F3", "C9D2D6"
_FACES = {"en": "Calibri", "zh": "Microsoft YaHei"}
_DEEPEST = 9
_WIDTH_MM = 170
_NAME_SHARE = 0.3  # of a list of facts
_POINTS = {"": 10, "minor": 10, "small": 8.5, "note": 9.5}


def to_word(manuscript: Manuscript) -> bytes:
    """The report as DOCX: the same manuscript gives the same bytes."""
    import docx  # python-docx takes a moment to load

    document = docx.Document()
    _prepare(document, manuscript)
    if manuscript.evidence:
        copy = Words((Run(about_copy(manuscript)),), "small")
        _words(document, copy)
    pictures = iter(draw(manuscript.charts, "png"))
    for block in manuscript.blocks:
        if isinstance(block, Chart):
            _picture(document, block, next(pictures))
        else:
            _add(document, block)
    out = io.BytesIO()
    document.save(out)
    with zipfile.ZipFile(out) as saved:
        return zipped([(name, saved.read(name)) for name in saved.namelist()])


def _prepare(document: Document, manuscript: Manuscript) -> None:
    """Properties, language, page, styles and what stands at the foot of every page."""
    from docx.shared import Mm

    told = document.core_properties
    told.title, told.author, told.subject = (
        text[:255] for text in (manuscript.title, manuscript.author, manuscript.about)
    )
    told.keywords = ", ".join(manuscript.keywords)[:255]
    told.language, told.comments, told.last_modified_by = manuscript.language, "", ""
    told.created = told.modified = told.last_printed = manuscript.at.replace(tzinfo=None)
    told.revision = 1
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(20)
    section.top_margin = section.bottom_margin = Mm(22)
    _style(document, manuscript.language)
    foot = section.footer.paragraphs[0]
    _write(foot, (Run(f"{manuscript.stamp} · {manuscript.footing} · "),), size=8, paint=_SOFT)
    foot._p.append(_element("w:fldSimple", {"w:instr": "PAGE"}))


def _style(document: Document, language: str) -> None:
    from docx.oxml.ns import qn
    from docx.shared import Pt, RGBColor

    styles: Any = document.styles
    asian = {"w:eastAsia": language} if language.startswith("zh") else {}
    for properties in styles.element.iter(qn("w:rPrDefault")):
        for old in list(properties.iter(qn("w:lang"))):
            old.getparent().remove(old)
        properties[0].append(_element("w:lang", {"w:val": language, **asian}))
    names = ["Normal", "Title", *(f"Heading {n}" for n in range(1, _DEEPEST + 1))]
    for name in names:
        style = styles[name]
        style.font.name = _FACES["en"]
        fonts = style.element.rPr.rFonts
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{theme}"), None)
        fonts.set(qn("w:eastAsia"), _FACES["zh"])
        if name != "Normal":
            style.font.color.rgb = RGBColor.from_string(_ACCENT)
    styles["Normal"].font.size = Pt(_POINTS[""])
    styles["Normal"].paragraph_format.space_after = Pt(6)


def _add(document: Document, block: Block) -> None:
    match block:
        case Heading():
            text = f"{block.number} {block.text}".strip()
            document.add_heading(text, min(block.level, _DEEPEST))
        case Words():
            _words(document, block)
        case Listed():
            _list(document, block)
        case Facts():
            _facts(document, block)
        case Table():
            _table(document, block.titles, block.rows, block.are_numbers)
        case Tiles():
            rows = [(Cell(t.title), Cell(t.figure, t.tone), Cell(t.note)) for t in block.tiles]
            _append(document, _grid(rows, (0.3, 0.3, 0.4), (False,) * 3))
        case Listing():
            for line in block.lines:
                _write(document.add_paragraph(), (Run(line, "code"),), size=8, gap=0)


def _words(document: Document, block: Words) -> None:
    paragraph = document.add_paragraph()
    is_minor = block.role == "minor"
    paint = {"minor": _ACCENT, "small": _SOFT}.get(block.role, "")
    _write(paragraph, block.runs, size=_POINTS[block.role], paint=paint, is_bold=is_minor)
    paragraph.paragraph_format.keep_with_next = True if is_minor else None
    if block.role == "note":
        from docx.shared import Mm

        paragraph.paragraph_format.left_indent = Mm(5)


def _list(document: Document, block: Listed) -> None:
    """Steps get their numbers as text: those of Word would go on from list to list."""
    from docx.shared import Mm

    for number, item in enumerate(block.items, start=1):
        if not block.is_numbered:
            _write(document.add_paragraph(style="List Bullet"), item)
            continue
        paragraph = document.add_paragraph()
        paragraph.paragraph_format.left_indent = Mm(7)
        paragraph.paragraph_format.first_line_indent = Mm(-7)
        _write(paragraph, (Run(f"{number}.\t"), *item))


def _facts(document: Document, block: Facts) -> None:
    rows = [(Cell(name), Cell(value, "warn" if gone else "")) for name, value, gone in block.rows]
    if rows:
        _append(document, _grid(rows, (_NAME_SHARE, 1 - _NAME_SHARE), (False, False)))


def _table(
    document: Document,
    titles: Sequence[str],
    rows: Sequence[Sequence[Cell]],
    are_numbers: Sequence[bool],
) -> None:
    shares = [0.6 if is_number else 1.0 for is_number in are_numbers]
    whole = sum(shares)
    header = tuple(Cell(title) for title in titles)
    table = _grid([header, *rows], [s / whole for s in shares], are_numbers, has_header=True)
    _append(document, table)


def _append(document: Document, table: Any) -> None:
    """A table, and a paragraph after it: Word joins tables that touch."""
    document.element.body.insert(len(document.element.body) - 1, table)
    _write(document.add_paragraph(), (), gap=2)


def _grid(
    rows: Sequence[Sequence[Cell]],
    shares: Sequence[float],
    are_numbers: Sequence[bool],
    *,
    has_header: bool = False,
) -> Any:
    """A table, made as elements: to ask for each cell takes minutes where there are thousands."""
    widths = [round(share * _WIDTH_MM * 56.7) for share in shares]  # twentieths of a point
    table = _element("w:tbl")
    settings = _inside(table, "w:tblPr")
    _inside(settings, "w:tblW", {"w:w": str(sum(widths)), "w:type": "dxa"})
    lines = _inside(settings, "w:tblBorders")
    for side in ("top", "bottom", "insideH"):
        _inside(lines, f"w:{side}", {"w:val": "single", "w:sz": "4", "w:color": _RULE})
    _inside(settings, "w:tblLayout", {"w:type": "fixed"})
    looks = {"w:firstRow": "1" if has_header else "0", "w:firstColumn": "0", "w:noVBand": "1"}
    _inside(settings, "w:tblLook", looks)
    columns = _inside(table, "w:tblGrid")
    for width in widths:
        _inside(columns, "w:gridCol", {"w:w": str(width)})
    for number, row in enumerate(rows):
        is_header = has_header and number == 0
        line = _inside(table, "w:tr")
        limits = _inside(line, "w:trPr")
        _inside(limits, "w:cantSplit")
        if is_header:
            _inside(limits, "w:tblHeader")
        for cell, width, is_number in zip(row, widths, are_numbers, strict=True):
            _cell(line, cell, width, is_number=is_number, is_header=is_header)
    return table


def _cell(row: Any, cell: Cell, width: int, *, is_number: bool, is_header: bool) -> None:
    box = _inside(row, "w:tc")
    limits = _inside(box, "w:tcPr")
    _inside(limits, "w:tcW", {"w:w": str(width), "w:type": "dxa"})
    if is_header:
        _inside(limits, "w:shd", {"w:val": "clear", "w:color": "auto", "w:fill": _TINT})
    paragraph = _inside(box, "w:p")
    settings = _inside(paragraph, "w:pPr")
    _inside(settings, "w:spacing", {"w:before": "40", "w:after": "40"})
    if is_number:
        _inside(settings, "w:jc", {"w:val": "right"})
    _run(paragraph, _toned(cell.text, cell.tone), size=8.5, is_bold=is_header)
    if cell.below:
        _inside(_inside(paragraph, "w:r"), "w:br")
        _run(paragraph, _toned(cell.below, cell.below_tone), size=7.5, paint=_SOFT)


def _toned(text: str, tone: str) -> Run:
    return Run(f"{SIGNS[tone]} {text}", tone) if tone else Run(text)


def _write(
    paragraph: Any,
    runs: Runs,
    *,
    size: float = 10,
    paint: str = "",
    is_bold: bool = False,
    gap: float | None = None,
) -> None:
    from docx.shared import Pt

    for run in runs:
        for number, line in enumerate(run.text.split("\n")):
            if number:
                _inside(_inside(paragraph._p, "w:r"), "w:br")
            _run(paragraph._p, Run(line, run.look), size=size, paint=paint, is_bold=is_bold)
    if gap is not None:
        paragraph.paragraph_format.space_after = Pt(gap)


def _run(paragraph: Any, run: Run, *, size: float, paint: str = "", is_bold: bool = False) -> None:
    """Words, with the marks in the order that the schema asks for."""
    if not run.text:
        return
    element = _inside(paragraph, "w:r")
    marks = _inside(element, "w:rPr")
    if run.look == "code":
        _inside(marks, "w:rFonts", {"w:ascii": "Consolas", "w:hAnsi": "Consolas"})
    if is_bold or run.look == "strong" or run.look in _TONES:
        _inside(marks, "w:b")
    if colour := _TONES.get(run.look, paint):
        _inside(marks, "w:color", {"w:val": colour})
    _inside(marks, "w:sz", {"w:val": str(round(size * 2))})
    for number, piece in enumerate(run.text.split("\t")):
        if number:
            _inside(element, "w:tab")
        text = _inside(element, "w:t", {"xml:space": "preserve"})
        text.text = piece


def _picture(document: Document, chart: Chart, png: bytes) -> None:
    from docx.shared import Mm

    shape: Any = document.add_picture(io.BytesIO(png), width=Mm(_WIDTH_MM))
    shape._inline.docPr.set("descr", chart.alt)
    shape._inline.docPr.set("title", chart.caption)
    _write(document.add_paragraph(), (Run(chart.caption),), size=8.5, paint=_SOFT)


def _element(tag: str, given: Mapping[str, str] | None = None) -> Any:
    from docx.oxml.ns import qn
    from docx.oxml.parser import OxmlElement

    element: Any = OxmlElement(tag)
    for name, value in (given or {}).items():
        element.set(_XML_SPACE if name == "xml:space" else qn(name), value)
    return element


_XML_SPACE = "{http://www.w3.org/XML/1998/namespace}space"


def _inside(parent: Any, tag: str, given: Mapping[str, str] | None = None) -> Any:
    child = _element(tag, given)
    parent.append(child)
    return child
