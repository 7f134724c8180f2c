"""The register, packs of rules, residency, findings, alarms, impact assessments, audits."""

from __future__ import annotations

from compliance.errors.base import ComplianceError


class PackError(ComplianceError):
    """A pack of rules cannot be used; `line` is counted from 1."""

    sentence = "The rule pack “{name}” cannot be used. Line {line}: {problem}."


class UnknownRuleError(ComplianceError):
    sentence = "There is no rule “{rule}” in force. “rules list” names them all."


class UnknownPackError(ComplianceError):
    sentence = "There is no pack of your own called “{pack}”."
