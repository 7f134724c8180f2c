"""Proof that stands up outside: the trail as a log, lineage, signed reports."""

from __future__ import annotations

from compliance.errors.base import ComplianceError

__all__ = ["NotAReportError", "ProofError", "SignerError"]


class ProofError(ComplianceError):
    """Something that should prove what was done cannot be made or read."""


class SignerError(ProofError):
    sentence = "Reports cannot be signed with what was set: {reason}."


class NotAReportError(ProofError):
    sentence = "{name} is no report of Privacy Desk: {reason}."
