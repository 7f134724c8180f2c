"""A report in the formats beside PDF, all written from the same manuscript."""

from __future__ import annotations

from compliance.report.formats.sheets import to_sheets
from compliance.report.formats.web import to_web
from compliance.report.formats.word import to_word
from compliance.report.manuscript import Manuscript
from compliance.report.nouns import Format

__all__ = ["write"]


def write(manuscript: Manuscript, shape: Format) -> bytes:
    """The report as a file: the same manuscript gives the same bytes.

    Raises:
        ValueError: PDF and JSON are not written from the manuscript.
    """
    match shape:
        case Format.HTML:
            return to_web(manuscript)
        case Format.DOCX:
            return to_word(manuscript)
        case Format.ZIP:
            return to_sheets(manuscript)
    raise ValueError(f"{shape} is not written from the manuscript")
