"""The report as a whole."""

from __future__ import annotations

from typing import Any

from compliance.report import wording
from compliance.report.canonical import to_checkpoint_json, to_evidence_json
from compliance.report.glyphs import printable_all
from compliance.report.nouns import Document, Evidence, ReportKind
from compliance.report.sections.budgets import to_budgets
from compliance.report.sections.cover import to_cover, to_scope
from compliance.report.sections.datasets import to_datasets
from compliance.report.sections.duties import to_duties
from compliance.report.sections.releases import to_releases
from compliance.report.sections.runs import to_runs
from compliance.report.sections.summary import to_summary
from compliance.report.sections.traceability import to_traceability
from compliance.report.texts import texts
from compliance.report.typesetting import typeset

_TITLES = {ReportKind.AUDIT: "Privacy audit report"}
_HEADER_WIDTH = 60


def build(kind: ReportKind, evidence: Evidence) -> Document:
    """The report of `kind` on `evidence` as PDF: the same evidence gives the same bytes.

    The PDF is tagged and archival and carries the evidence, and a checkpoint of the trail, as
    attachments. Long tables are cut where the page says so; the attachment is always whole.
    """
    return typeset(
        to_content(kind, evidence),
        evidence=to_evidence_json(evidence),
        checkpoint=to_checkpoint_json(evidence),
        at=evidence.gathered_at,
    )


def to_content(kind: ReportKind, evidence: Evidence) -> dict[str, Any]:
    """All that the pages show, as plain values in which every character has a glyph."""
    author = evidence.organisation.name.strip()
    name = author or f"Organisation {wording.NOT_RECORDED}"
    return {
        "title": _TITLES[kind],
        "author": printable_all(author),
        "organisation": printable_all(name),
        "running": printable_all(wording.shortened(name, _HEADER_WIDTH)),
        "gathered": wording.when(evidence.gathered_at),
        "texts": texts(),
        **printable_all(
            {
                "cover": to_cover(evidence),
                "scope": to_scope(evidence),
                "summary": to_summary(evidence),
                "datasets": to_datasets(evidence),
                "releases": to_releases(evidence),
                "budgets": to_budgets(evidence),
                "runs": to_runs(evidence),
                "duties": to_duties(evidence),
                "trail": to_traceability(evidence),
            }
        ),
    }
