"""What an audit report stands on beside the data: rules, earlier results, findings on record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from compliance.rules.nouns import Law, LawId, Level, RuleId, Severity, Standing, Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """What a rule asks for, in words.

    Attributes:
        requirement: in one sentence.
        shows: what an auditor would ask to see; empty where the rule does not say.
        fine: the row of the pack's fines, as the pack has it; empty where none is known.
        fine_level: how well that row was checked; None without one.
    """

    requirement: str
    shows: str = ""
    fine: Mapping[str, object] = field(default_factory=dict)
    fine_level: Level | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Standards:
    """The rules that were in force.

    Attributes:
        edition: id and version of each pack.
        sha256: of the file that `rules export` writes of them.
        as_of: the day on which they were checked against the laws, ISO date.
        rules: how many, by law.
        levels: how many, by how well they were checked.
        laws: by id; only those that have rules.
        criteria: by rule; of those that were not met or not assessed.
        switched_off: rules that a pack switched off, with the reason.
        stages: the titles of the stages of the life cycle, 1–10.
    """

    edition: str
    sha256: str
    as_of: str
    rules: Mapping[LawId, int]
    levels: Mapping[Level, int]
    laws: Mapping[LawId, Law]
    criteria: Mapping[RuleId, Criterion]
    switched_off: Mapping[RuleId, str]
    stages: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tracked:
    """A finding on record, without what people wrote of it.

    Attributes:
        id, rule, entity, subject_id, subject, title, severity, status, opened_at, due, owner: of
            the finding.
        waived_by, waived_why, waived_until: of a waiver that counts; empty and None without one.
        closed_at, closed_by: when a re-test found the duty met, and who had it done.
    """

    id: str
    rule: RuleId
    entity: str
    subject_id: str
    subject: str
    title: str
    severity: Severity
    status: Status
    opened_at: datetime
    due: date
    owner: str = ""
    waived_by: str = ""
    waived_why: str = ""
    waived_until: date | None = None
    closed_at: datetime | None = None
    closed_by: str = ""

    @property
    def key(self) -> tuple[str, str, str]:
        """As `Verdict.key`."""
        return (self.rule, self.entity, self.subject_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class TagStop:
    """Personal data that stopped at a step whose anonymity was measured.

    Attributes:
        origin, made: the things that the step joins, for people.
        columns: of the origin, that the tags did not get beyond.
        tags: what they meant, ids of semantic types.
        evidence: the id of what shows it.
        what: the same in a few words.
        standing: what it is worth today.
    """

    origin: str
    made: str
    columns: tuple[str, ...]
    tags: tuple[str, ...]
    evidence: str
    what: str
    standing: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TagLoss:
    """Personal data that stopped without evidence.

    Attributes:
        made: the thing, for people.
        columns: that are not taken for personal data though their origin is.
        tags: what came to them, ids of semantic types.
        why: what is wrong, in one sentence without a value.
    """

    made: str
    columns: tuple[str, ...]
    tags: tuple[str, ...]
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TagReach:
    """One thing that personal data came to from another.

    Attributes:
        made: for people.
        kind: of thing, as lineage names it.
        columns: how many hold what came.
        tags: what it means, ids of semantic types.
    """

    made: str
    kind: str
    columns: int
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Travel:
    """How far personal data went, around the datasets of a report."""

    reached: tuple[TagReach, ...] = ()
    stopped: tuple[TagStop, ...] = ()
    lost: tuple[TagLoss, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Audited:
    """What an audit report stands on beside the data.

    Attributes:
        scope: what was assessed: everything, or datasets by name.
        left_out: datasets of the desk that the report is not about.
        standards: the rules in force; None in evidence of before they were told.
        standings: the last assessments of the same in numbers, oldest first, this one last.
        findings: on record, in the order in which they were first opened.
        travel: how far personal data went.
    """

    scope: str = ""
    left_out: tuple[str, ...] = ()
    standards: Standards | None = None
    standings: tuple[Standing, ...] = ()
    findings: tuple[Tracked, ...] = ()
    travel: Travel = Travel()
