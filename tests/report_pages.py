"""A built report with the text of its pages, for the tests that read PDFs."""

from __future__ import annotations

import pickle
import re
import unicodedata
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path

import anonymisation_report_cases
import disclosure_cases
import federated_report_cases
import impact_report_cases
import page
import pikepdf
import pypdfium2
import release_cases
import report_hostile
import report_samples

from compliance.report import build
from compliance.report.nouns import (
    AnonymisationEvidence,
    AnyEvidence,
    Document,
    FederatedEvidence,
    ImpactEvidence,
    ReleaseEvidence,
    ReportKind,
)
from tests.kept import once

NAMES = ("retail", "empty", "bare", "hostile", "kinds")
RELEASES = ("months", "histogram", "hostile release")
ANONYMISED = {
    "anonymised": anonymisation_report_cases.evidence,
    "local recoding": anonymisation_report_cases.local,
    "hostile anonymisation": anonymisation_report_cases.hostile,
}
IMPACTS = {
    "impact": impact_report_cases.evidence,
    "interests": impact_report_cases.interests,
    "outdated impact": impact_report_cases.outdated,
    "begun impact": impact_report_cases.begun,
    "hostile impact": impact_report_cases.hostile,
}
RUNS = {
    "run": federated_report_cases.evidence,
    "noisy run": federated_report_cases.noisy,
    "forecast": federated_report_cases.forecast,
    "stopped run": federated_report_cases.stopped,
    "hostile run": federated_report_cases.hostile,
}
_IN_CHINESE = ", in Chinese"
IN = {"en": "", "zh": _IN_CHINESE}  # what is put behind the name of a sample
CHINESE = tuple(
    name + _IN_CHINESE
    for name in (
        *("retail", "bare", "kinds", "months", "hostile release", "run", "noisy run", "forecast"),
        *("hostile run", "anonymised", "local recoding", "hostile anonymisation"),
        *("impact", "interests", "begun impact", "hostile impact"),
    )
)


@dataclass(frozen=True)
class Built:
    """A report with the evidence that it came from and the text of its pages."""

    evidence: AnyEvidence
    document: Document
    pages: tuple[str, ...]
    language: str = "en"

    @property
    def text(self) -> str:
        return "\n".join(self.pages)

    @property
    def running_text(self) -> str:
        """Without the header and the footer of each page, so that what a page end splits joins."""
        return "\n".join("\n".join(page.split("\n")[1:-1]) for page in self.pages[1:])


@cache
def built_sample(name: str) -> Built:
    """The report on one of the samples named above, built once for all workers."""
    found: Built = pickle.loads((once(_build_sample, name) / "report").read_bytes())  # noqa: S301
    return found


def _build_sample(folder: Path, name: str) -> None:
    language = "zh" if name.endswith(_IN_CHINESE) else "en"
    report = built(sample(name.removesuffix(_IN_CHINESE)), language)
    folder.mkdir()
    (folder / "report").write_bytes(pickle.dumps(report))


def sample(name: str) -> AnyEvidence:
    """The evidence of one of the samples named above."""
    if make := RUNS.get(name, ANONYMISED.get(name, IMPACTS.get(name))):
        return make()
    every = release_cases.every_kind()
    match name:
        case "kinds":
            return release_cases.with_releases(*every)
        case "months":
            return disclosure_cases.evidence(release_cases.priced(every[8]))
        case "histogram":
            return disclosure_cases.evidence(every[4], audit=None, acts=())
        case "hostile release":
            return disclosure_cases.hostile_evidence()
        case "hostile":
            return report_hostile.hostile()
    return getattr(report_samples, name)()


def built(evidence: AnyEvidence, language: str = "en") -> Built:
    """The report on `evidence`."""
    document = build(kind_of(evidence), evidence, language)
    with closing(pypdfium2.PdfDocument(document.pdf)) as pdf:
        pages = tuple(page.get_textpage().get_text_range().replace("\r\n", "\n") for page in pdf)
    return Built(evidence=evidence, document=document, pages=pages, language=language)


def kind_of(evidence: AnyEvidence) -> ReportKind:
    """Which report `evidence` is for."""
    match evidence:
        case ReleaseEvidence():
            return ReportKind.RELEASE
        case FederatedEvidence():
            return ReportKind.FEDERATED
        case AnonymisationEvidence():
            return ReportKind.ANONYMISATION
        case ImpactEvidence():
            return ReportKind.DPIA
    return ReportKind.AUDIT


def readable(pages: Sequence[str]) -> str:
    """Pages as plain text: words joined again, leaders cut short, no blanks at line ends."""
    text = "\n\f\n".join(pages).replace("\ufffe", "")
    return re.sub(r"[ \t]+$", "", re.sub(r"( ?\.){4,}", " …", text), flags=re.MULTILINE) + "\n"


def squeezed(text: str) -> str:
    """Without blanks, line breaks and hyphenation, so that wrapped names compare."""
    return re.sub(r"\s|\ufffe|\u00ad|\x02", "", unicodedata.normalize("NFC", text))


def attachments(document: Document) -> dict[str, bytes]:
    """The files inside the PDF by name."""
    with pikepdf.open(BytesIO(document.pdf)) as pdf:
        return {name: spec.get_file().read_bytes() for name, spec in pdf.attachments.items()}


A_CARRIAGE_RETURN_BEFORE_A_LINE_END = "PDFA3A-STREAM-LENGTH-001"


def rules_broken(pdf: bytes, profile: page.ValidationProfile) -> set[str]:
    """The rules that are broken.

    Compressed bytes may end in a carriage return; with the line end that follows, the checker
    takes them for one line end, and the stream for a byte shorter than it says.
    """
    broken = {failure.rule_id for failure in page.validate_pdf_bytes(pdf, profile=profile).failures}
    is_taken_for_an_end = re.search(rb"\r\nendstream", pdf)
    return broken - ({A_CARRIAGE_RETURN_BEFORE_A_LINE_END} if is_taken_for_an_end else set())
