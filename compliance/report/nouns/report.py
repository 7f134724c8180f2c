"""A report: which, finished, and as it is stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from compliance.i18n import ENGLISH


class ReportKind(StrEnum):
    """Which report."""

    AUDIT = "audit"
    RELEASE = "release"
    FEDERATED = "federated"
    ANONYMISATION = "anonymisation"
    DPIA = "dpia"  # also legitimate-interest assessments
    REQUEST = "request"  # a letter to a person
    REQUEST_LOG = "request-log"
    ERASURE = "erasure"  # its certificate
    ROPA = "ropa"  # the record of processing activities
    SUMMARY = "summary"  # for those who direct the organisation


class Format(StrEnum):
    """The forms in which a report is handed over; each is also the ending of the file's name."""

    PDF = "pdf"
    HTML = "html"
    DOCX = "docx"
    JSON = "json"
    ZIP = "zip"  # its tables as CSV


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A finished report before it is stored.

    Attributes:
        pdf: its bytes.
        pages: how many.
        attached: the JSON files inside, by name without its end.
        plain: what it says without a layout, for `reading.read`.
        language: that it is written in.
    """

    pdf: bytes
    pages: int
    attached: Mapping[str, bytes]
    plain: bytes = b""
    language: str = ENGLISH


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A stored report.

    Attributes:
        id: names it.
        kind: which.
        datasets: the names of those reported on.
        sha256: of the PDF bytes, under which they are stored.
        unsigned: the same before they were signed; empty for those of before reports were.
        signer: SHA-256 of the certificate that it was signed with; empty where it was not.
        pages: how many.
        size_bytes: of the PDF.
        built_at: when, UTC.
        actor: who.
        language: that it is written in.
        plain: SHA-256 of what it says without a layout, under which that is stored; empty for those
            of before there were other formats.
    """

    id: str
    kind: ReportKind
    datasets: tuple[str, ...]
    sha256: str
    pages: int
    size_bytes: int
    built_at: datetime
    actor: str
    unsigned: str = ""
    signer: str = ""
    language: str = ENGLISH
    plain: str = ""
