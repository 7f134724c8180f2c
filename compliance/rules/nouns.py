"""Rules, the verdicts that they give on facts, and the ten stages of the life cycle."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any


class State(StrEnum):
    """What a rule says of one subject. “Not assessed” is never a pass."""

    MET = "met"
    NOT_MET = "not met"
    NOT_ASSESSED = "not assessed"
    NOT_APPLICABLE = "not applicable"
    WAIVED = "waived"


class Severity(StrEnum):
    """How much a breach would matter."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


Triple = tuple[Any, ...]  # fact, operator, and for most operators a value


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One duty, as data.

    Attributes:
        id: names it.
        law: the law's id, or POLICY for the desk's own.
        ref: the article.
        title: in a few words.
        requirement: in one sentence of our own.
        entity: the kind of subject that it looks at.
        when: triples that must all hold for it to apply.
        asserts: triples that must all hold for it to be met.
        remedy: what to do when it is not met.
        page: the page of the desk where that is done.
        stage: the stage of the life cycle that it belongs to, 1–10.
        severity: how much a breach would matter.
        source: where the requirement was read.
        as_of: on which day, ISO date.
    """

    id: str
    law: str
    ref: str
    title: str
    requirement: str
    entity: str
    when: tuple[Triple, ...]
    asserts: tuple[Triple, ...]
    remedy: str
    page: str
    stage: int
    severity: Severity
    source: str
    as_of: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """One thing that rules look at, and what is known of it.

    Attributes:
        entity: its kind.
        name: for people.
        facts: one that is not there is unknown; one that is there and None is recorded as absent.
    """

    entity: str
    name: str
    facts: Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a rule says of a subject.

    Attributes:
        rule: its id.
        law, article, title: as the rule has them.
        subject: the name of what was looked at.
        state: met, not met, not assessed, not applicable.
        evidence: the facts that decided, in words.
        severity: of the rule.
        remedy, page: what to do, and where.
        stage: of the life cycle, 1–10.
    """

    rule: str
    law: str
    article: str
    title: str
    subject: str
    state: State
    evidence: str
    severity: Severity
    remedy: str
    page: str
    stage: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """All verdicts of one moment.

    Attributes:
        verdicts: findings first, worst first.
        score: share of met among met and not met, in percent; None where nothing was decided.
        assessed_at: when, UTC.
    """

    verdicts: tuple[Verdict, ...]
    score: float | None
    assessed_at: datetime

    @property
    def findings(self) -> tuple[Verdict, ...]:
        return tuple(v for v in self.verdicts if v.state is State.NOT_MET)


class Progress(StrEnum):
    """How a stage of the life cycle stands."""

    DONE = "done"
    OPEN = "open"
    WAITING = "waiting"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One stage of the life cycle.

    Attributes:
        number: 1–10.
        title: in a word or two.
        progress: done, open (something to do), waiting (for an earlier stage).
        says: what was counted, in one line.
        next_step: what to do, where something is open.
        page: where.
    """

    number: int
    title: str
    progress: Progress
    says: str
    next_step: str
    page: str
