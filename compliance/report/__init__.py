"""Reports: evidence in, a tagged archival PDF out, with the evidence inside."""

from __future__ import annotations

from compliance.report.building import build
from compliance.report.canonical import to_evidence_json

__all__ = ["build", "to_evidence_json"]
