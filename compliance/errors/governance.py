"""The register, packs of rules, residency, findings, alarms, impact assessments, audits."""

from __future__ import annotations

from compliance.errors.base import ComplianceError


class UnknownFindingError(ComplianceError):
    sentence = (
        "There is no finding {finding}. Check every duty first; Decisions, or `finding list`, "
        "shows those on record."
    )


class FindingError(ComplianceError):
    """What was asked of a finding cannot be."""

    sentence = "Finding {finding} stays as it is: {reason}."


class UnknownRemedyError(ComplianceError):
    sentence = "There is no remedy {remedy} for finding {finding}. There are: {known}."


class RemedyError(ComplianceError):
    """A remedy cannot be tried or applied; nothing was changed."""

    sentence = "The remedy was not applied and nothing was changed: {reason}."
