"""Proof that stands up outside: the trail as a log, lineage, signed reports."""

from __future__ import annotations

from compliance.errors.base import ComplianceError

__all__ = ["ProofError", "UnknownNodeError"]


class ProofError(ComplianceError):
    """Something that should prove what was done cannot be made or read."""


class UnknownNodeError(ProofError):
    sentence = (
        "The lineage has no “{given}”, or several. Name a dataset, or one thing by its whole id, "
        "as lineage show tells them."
    )
