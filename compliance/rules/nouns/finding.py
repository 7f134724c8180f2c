"""A duty that is not met, as something that people work on until it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from compliance.rules.nouns.rule import RuleId, Severity


class Status(StrEnum):
    """How a finding stands. Only a re-test closes one."""

    OPEN = "open"
    IN_PROGRESS = "in progress"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiver:
    """A duty that somebody decided to leave unmet, for a time.

    Attributes:
        by: who decided.
        why: the reason.
        until: the last day; a waiver without an end is none.
        at: when it was decided, UTC.
    """

    by: str
    why: str
    until: date
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """What happened to a finding, or what somebody said of it.

    Attributes:
        at: when, UTC.
        by: who.
        text: what.
    """

    at: datetime
    by: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One duty that one subject does not meet.

    Attributes:
        id: short, and the same for the same rule and subject for ever.
        rule: the rule's id.
        entity, subject_id, subject: what it is about.
        title: of the rule.
        severity: of the rule.
        stage: of the life cycle, 1–10.
        status: open, in progress, closed.
        opened_at: when it was found, or found again, UTC.
        due: by when it is to be mended.
        owner: who mends it; empty: nobody yet.
        waiver: None, or the last one decided; it counts until its day is over.
        closed_at, closed_by: when a re-test found the duty met, and who had it done.
        evidence: what the last assessment said.
        history: what happened, oldest first.
    """

    id: str
    rule: RuleId
    entity: str
    subject_id: str
    subject: str
    title: str
    severity: Severity
    stage: int
    status: Status
    opened_at: datetime
    due: date
    owner: str = ""
    waiver: Waiver | None = None
    closed_at: datetime | None = None
    closed_by: str = ""
    evidence: str = ""
    history: tuple[Note, ...] = ()

    @property
    def key(self) -> tuple[str, str, str]:
        """As `Verdict.key`."""
        return (self.rule, self.entity, self.subject_id)
