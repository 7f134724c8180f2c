"""What reports on how things stand are made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from compliance.privacy.nouns import BudgetState
from compliance.register import Ropa
from compliance.register.nouns import Organisation
from compliance.rules.nouns import Assessment, Finding
from compliance.rules.nouns.improvement import Improvement
from compliance.trail.nouns import Verification


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessingEvidence:
    """What the record of processing activities says.

    Attributes:
        organisation: who is accountable.
        as_controller: what it does for itself (GDPR Art. 30(1)).
        as_processor: what it does for others (Art. 30(2)).
        only: the datasets of which one must be used by an activity; empty: all activities.
        version: of the register: how many entries the trail held.
        trail: verified when the evidence was gathered.
        desk_version: of Privacy Desk.
        gathered_at: when, UTC.
    """

    organisation: Organisation
    as_controller: Ropa
    as_processor: Ropa
    only: tuple[str, ...]
    version: str
    trail: Verification
    desk_version: str
    gathered_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryEvidence:
    """What the management summary says.

    Attributes:
        organisation: who is accountable.
        assessment: every duty checked.
        findings: those that are open.
        improvement: the loop as it stands.
        fines: by rule, the row of the table of fines.
        budgets: of all people.
        trail: verified when the evidence was gathered.
        desk_version: of Privacy Desk.
        gathered_at: when, UTC.
    """

    organisation: Organisation
    assessment: Assessment
    findings: tuple[Finding, ...]
    improvement: Improvement
    fines: Mapping[str, Mapping[str, Any]]
    budgets: tuple[BudgetState, ...]
    trail: Verification
    desk_version: str
    gathered_at: datetime
