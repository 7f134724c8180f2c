"""From plain values to PDF: tagged (PDF/UA-1), archival (PDF/A-3a), the evidence inside."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any, Literal

import typst

from compliance.i18n import LANGUAGE, locales, translate
from compliance.i18n.gathering import words_of_templates
from compliance.report import wording
from compliance.report.glyphs import printable_all
from compliance.report.manuscript import Chart
from compliance.report.nouns import Document

STANDARDS: list[typst.PDFStandard] = ["a-3a", "ua-1"]
_DOTS_PER_INCH = 192  # of charts as pictures
_REMEMBERED = 10  # compilations whose intermediate results the typesetter keeps


def typeset(
    template: str, content: dict[str, Any], *, attached: Mapping[str, bytes], at: datetime
) -> Document:
    """The finished PDF of `content`, and its plain reading for the other formats.

    The data reach the template as JSON, never as markup, so no name can act as a command.
    Nothing is written to disk, and only the bundled fonts are used.

    Args:
        template: of which report, a file of the folder `templates`.
        content: texts and numbers, all printable (`glyphs.printable_all`).
        attached: by name without its end, the JSON files that the template attaches.
        at: creation date of the document.
    """
    moment = wording.to_utc(at)
    date = [moment.year, moment.month, moment.day, moment.hour, moment.minute, moment.second]
    with _compiling(template, content | {"date": date}, attached) as compiler:
        pdf = compiler.compile(
            format="pdf", pdf_standards=STANDARDS, timestamp=int(moment.timestamp())
        )
        pages = json.loads(compiler.query("<pages>", field="value", one=True))
    with _compiling(template, content | {"date": date}, {"reading": b"plain"}) as compiler:
        plain = compiler.compile(format="html")
    _forget()
    if not isinstance(pdf, bytes) or not isinstance(plain, bytes):
        raise TypeError("the typesetter gave no single file")
    return Document(
        pdf=pdf, pages=int(pages), attached=attached, plain=plain, language=LANGUAGE.get()
    )


def draw(charts: Sequence[Chart], shape: Literal["svg", "png"]) -> tuple[bytes, ...]:
    """Each chart as a picture of its own: what the PDF shows, from the same data."""
    if not charts:
        return ()
    content = {"charts": [{"kind": chart.kind, "data": chart.data} for chart in charts]}
    with _compiling("figures.typ", content, {}) as compiler:
        drawn = compiler.compile(format=shape, ppi=_DOTS_PER_INCH)
    _forget()
    if isinstance(drawn, bytes):
        return (drawn,)
    return tuple(drawn or ())


@contextmanager
def _compiling(
    template: str, content: Mapping[str, Any], inputs: Mapping[str, bytes]
) -> Iterator[typst.Compiler]:
    data = json.dumps(content, ensure_ascii=False, allow_nan=False)
    with as_file(files(__package__)) as folder:
        yield typst.Compiler(
            folder / "templates" / template,
            root=folder / "templates",
            font_paths=_fonts(folder / "fonts"),
            ignore_system_fonts=True,
            sys_inputs={"content": data, "language": _language(folder / "templates")}
            | {name: given.decode() for name, given in inputs.items()},
        )


def _language(templates: Path) -> str:
    """The language chosen, and in it the words that the templates say."""
    spoken = {words: translate(words) for words in words_of_templates(templates)}
    region = str(locales.conventions()["region"])
    said = {words: other for words, other in spoken.items() if other != words}
    told = {"lang": LANGUAGE.get(), "region": region, "words": printable_all(said)}
    return json.dumps(told, ensure_ascii=False)


@cache
def _fonts(folder: Path) -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, font_paths=[folder])


def _forget() -> None:
    """Makes the typesetter drop what it keeps of past reports (about 100 MB per 80 pages).

    It drops what the last `_REMEMBERED` compilations did not use, so empty ones push the rest
    out. Source: github.com/messense/typst-py, issue 104.
    """
    for _ in range(_REMEMBERED + 1):
        typst.compile(b" ", font_paths=_no_fonts(), ignore_system_fonts=True)


@cache
def _no_fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False)
