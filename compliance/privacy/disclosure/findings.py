"""What a hazard's check finds, and what all checks share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from compliance.privacy.nouns.disclosure import HazardState


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A state with the evidence that decided it, in a sentence without its end."""

    state: HazardState
    evidence: str


Row = Mapping[str, Any]  # of hazards.yaml, with the limits that a check applies


def guarded(evidence: str) -> Finding:
    """Nothing of this kind undermines the release."""
    return Finding(state=HazardState.GUARDED, evidence=evidence)


def exposed(evidence: str) -> Finding:
    """Something does."""
    return Finding(state=HazardState.EXPOSED, evidence=evidence)


def not_known(evidence: str) -> Finding:
    """A fact is missing; never a pass."""
    return Finding(state=HazardState.NOT_KNOWN, evidence=evidence)
