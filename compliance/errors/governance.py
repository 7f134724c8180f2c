"""The register, packs of rules, residency, findings, alarms, impact assessments, audits."""

from __future__ import annotations

from compliance.errors.base import ComplianceError


class UnknownAlarmError(ComplianceError):
    sentence = "There is no alarm {alarm}. List them with: watch"


class AcknowledgementError(ComplianceError):
    sentence = "The alarm was not acknowledged: {reason}."
