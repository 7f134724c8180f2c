"""The register, packs of rules, residency, findings, alarms, impact assessments, audits."""

from __future__ import annotations
