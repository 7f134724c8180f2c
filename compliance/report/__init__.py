"""Reports: evidence in, a tagged archival PDF out, with the evidence inside."""

from __future__ import annotations

from compliance.report.building import build, build_package
from compliance.report.canonical import to_evidence_json

__all__ = ["build", "build_package", "to_evidence_json"]
