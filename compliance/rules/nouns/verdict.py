"""What rules say of a subject, and of all subjects together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from compliance.rules.nouns.governed import EVERY_LAW, Governed
from compliance.rules.nouns.rule import LawId, Level, RuleId, Severity, reference

NOTHING = "-"  # the name of what a rule looked at that looked at nothing


class State(StrEnum):
    """What a rule says of one subject. “Not assessed” is never a pass."""

    MET = "met"
    NOT_MET = "not met"
    NOT_ASSESSED = "not assessed"
    NOT_APPLICABLE = "not applicable"
    WAIVED = "waived"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """One thing that rules look at, and what is known of it.

    Attributes:
        entity: its kind.
        name: for people.
        facts: one that is not there is unknown; one that is there and None is recorded as absent.
        id: its name among its kind; empty: `name`.
        governed: the laws that govern it.
        unknown: why a fact is not known, by fact, where there is more to say than “not recorded”.
    """

    entity: str
    name: str
    facts: Mapping[str, object]
    id: str = ""
    governed: Governed = EVERY_LAW
    unknown: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What one triple of a rule said of a subject.

    Attributes:
        fact: which fact was looked at.
        word: the fact in words.
        operator: how.
        wanted: what it was held against, in words.
        known: what is known of it, in words; never a value that was typed.
        holds: None where it cannot be said.
    """

    fact: str
    word: str
    operator: str
    wanted: str
    known: str
    holds: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a rule says of a subject.

    Attributes:
        rule: its id.
        law, article, title: as the rule has them.
        subject: the name of what was looked at.
        state: met, not met, not assessed, not applicable, waived.
        evidence: the facts that decided, in words.
        severity: of the rule.
        remedy, page: what to do, and where.
        stage: of the life cycle, 1–10.
        entity, subject_id: the kind of what was looked at, and its name among that kind.
        because: why it does not apply, was waived, or what is missing to assess it.
        outcomes: each triple with what it said; those of `when` first.
        missing: the facts that nobody knows, of those that were needed.
        level: how well the rule was checked against the law.
        source: where it was read, in words.
        as_of: on which day.
        due: the last day of a clock that runs.
        law_name: the law as people call it; empty: its id.
    """

    rule: RuleId
    law: LawId
    article: str
    title: str
    subject: str
    state: State
    evidence: str
    severity: Severity
    remedy: str
    page: str
    stage: int
    entity: str = ""
    subject_id: str = ""
    because: str = ""
    outcomes: tuple[Outcome, ...] = ()
    missing: tuple[str, ...] = ()
    level: Level = Level.POLICY
    source: str = ""
    as_of: str = ""
    due: date | None = None
    law_name: str = ""

    @property
    def reference(self) -> str:
        """Law and article, as people call them."""
        return reference(self.law, self.law_name, self.article)

    @property
    def is_aside(self) -> bool:
        """Whether its rule looked at nothing; the verdict is on the organisation and says why."""
        return self.subject_id == NOTHING

    @property
    def key(self) -> tuple[str, str, str]:
        """What stays the same from one assessment to the next: rule, kind and subject."""
        return (self.rule, self.entity, self.subject_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """An assessment in numbers, so that many of them are read at once.

    Attributes:
        assessed_at: when, UTC.
        score: see `Assessment`.
        counts: verdicts by state.
        stages: the score of each stage of the life cycle, 1 to 10; None: nothing decided.
        pack: id and version of the rules.
    """

    assessed_at: datetime
    score: float | None
    counts: Mapping[State, int]
    stages: tuple[float | None, ...]
    pack: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """All verdicts of one moment.

    Attributes:
        verdicts: findings first, worst first.
        score: share of met among met and not met, in percent; None where nothing was decided.
        assessed_at: when, UTC.
        pack: id and version of the rules.
    """

    verdicts: tuple[Verdict, ...]
    score: float | None
    assessed_at: datetime
    pack: str = ""

    @property
    def findings(self) -> tuple[Verdict, ...]:
        return tuple(v for v in self.verdicts if v.state is State.NOT_MET)
