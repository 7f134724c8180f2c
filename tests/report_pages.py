"""A built report with the text of its pages, for the tests that read PDFs."""

from __future__ import annotations

import re
import unicodedata
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from io import BytesIO

import pikepdf
import pypdfium2
import release_cases
import report_hostile
import report_samples

from compliance.report import build
from compliance.report.nouns import Document, Evidence, ReportKind

NAMES = ("retail", "empty", "bare", "hostile", "kinds")


@dataclass(frozen=True)
class Built:
    """A report with the evidence that it came from and the text of its pages."""

    evidence: Evidence
    document: Document
    pages: tuple[str, ...]

    @property
    def text(self) -> str:
        return "\n".join(self.pages)

    @property
    def running_text(self) -> str:
        """Without the header and the footer of each page, so that what a page end splits joins."""
        return "\n".join("\n".join(page.split("\n")[1:-1]) for page in self.pages[1:])


@cache
def built_sample(name: str) -> Built:
    """The report on one of the samples of `NAMES`."""
    if name == "kinds":
        return built(release_cases.with_releases(*release_cases.every_kind()))
    make = report_hostile.hostile if name == "hostile" else getattr(report_samples, name)
    return built(make())


def built(evidence: Evidence) -> Built:
    """The report on `evidence`."""
    document = build(ReportKind.AUDIT, evidence)
    with closing(pypdfium2.PdfDocument(document.pdf)) as pdf:
        pages = tuple(page.get_textpage().get_text_range().replace("\r\n", "\n") for page in pdf)
    return Built(evidence=evidence, document=document, pages=pages)


def squeezed(text: str) -> str:
    """Without blanks, line breaks and hyphenation, so that wrapped names compare."""
    return re.sub(r"\s|\ufffe|\u00ad|\x02", "", unicodedata.normalize("NFC", text))


def attachments(document: Document) -> dict[str, bytes]:
    """The files inside the PDF by name."""
    with pikepdf.open(BytesIO(document.pdf)) as pdf:
        return {name: spec.get_file().read_bytes() for name, spec in pdf.attachments.items()}
