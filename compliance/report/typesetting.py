"""From plain values to PDF: tagged (PDF/UA-1), archival (PDF/A-3a), the evidence inside."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import typst

from compliance.i18n import LANGUAGE, locales, translate
from compliance.i18n.gathering import words_of_templates
from compliance.report import wording
from compliance.report.glyphs import printable_all
from compliance.report.nouns import Document

STANDARDS: list[typst.PDFStandard] = ["a-3a", "ua-1"]
_REMEMBERED = 10  # compilations whose intermediate results the typesetter keeps


def typeset(
    template: str, content: dict[str, Any], *, attached: Mapping[str, bytes], at: datetime
) -> Document:
    """The finished PDF of `content`.

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
    data = json.dumps(content | {"date": date}, ensure_ascii=False, allow_nan=False)
    with as_file(files(__package__)) as folder:
        compiler = typst.Compiler(
            folder / "templates" / template,
            root=folder / "templates",
            font_paths=_fonts(folder / "fonts"),
            ignore_system_fonts=True,
            sys_inputs={"content": data, "language": _language(folder / "templates")}
            | {name: file.decode() for name, file in attached.items()},
        )
        pdf = compiler.compile(
            format="pdf", pdf_standards=STANDARDS, timestamp=int(moment.timestamp())
        )
        pages = json.loads(compiler.query("<pages>", field="value", one=True))
    _forget()
    if not isinstance(pdf, bytes):
        raise TypeError("the typesetter gave no single file")
    return Document(pdf=pdf, pages=int(pages), attached=attached, language=LANGUAGE.get())


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
