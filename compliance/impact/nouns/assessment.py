"""Impact assessments: of data protection (GDPR Art. 35) and of legitimate interests (Art. 6(1)(f)).

The four parts and the three feared events follow the method of the CNIL; see docs/impact.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

Facts = Mapping[str, tuple[str, ...]]


class ImpactKind(StrEnum):
    """Which assessment."""

    DPIA = "dpia"
    LIA = "lia"


class Gauge(StrEnum):
    """How severe, how likely; the mildest first."""

    NEGLIGIBLE = "negligible"
    LIMITED = "limited"
    IMPORTANT = "important"
    MAXIMUM = "maximum"

    @property
    def rank(self) -> int:
        """0–3."""
        return list(Gauge).index(self)


class RiskLevel(StrEnum):
    """What severity and likelihood come to together; the mildest first."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"

    @property
    def rank(self) -> int:
        """0–2."""
        return list(RiskLevel).index(self)


class Scale(StrEnum):
    """One of the two scales that a feared event is gauged on."""

    SEVERITY = "severity"
    LIKELIHOOD = "likelihood"


class Status(StrEnum):
    """How an assessment stands."""

    DRAFT = "draft"
    REVIEW = "in review"
    VALIDATED = "validated"
    OUTDATED = "outdated"  # validated, but what it stands on has changed since


class Origin(StrEnum):
    """Whose words an answer is."""

    DRAWN = "drawn"  # the desk drew it from facts
    TEMPLATE = "template"  # proposed by a template; nobody stands behind it yet
    TYPED = "typed"  # an officer's own


class Decision(StrEnum):
    """What comes of an assessment."""

    GO = "goes ahead"
    CONDITIONS = "goes ahead once the action plan is done"
    CONSULT = "waits until the authority has been consulted"
    STOP = "does not go ahead"


class Outcome(StrEnum):
    """What a legitimate-interest assessment comes to."""

    PASSED = "pass"
    FAILED = "fail"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An answer to one question.

    Attributes:
        text: in words; empty: none yet.
        origin: whose words they are.
        facts: what the desk draws from, as references: `dataset:orders@2`, `activity:…`.
        drawn: what the desk says of the question; kept beside an officer's own words.
    """

    text: str = ""
    origin: Origin = Origin.DRAWN
    facts: tuple[str, ...] = ()
    drawn: str = ""

    @property
    def counts(self) -> bool:
        """Whether somebody, or a fact, stands behind it; a template's proposal does not count."""
        return bool(self.text.strip()) and self.origin is not Origin.TEMPLATE


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One gauge with what it rests on.

    Attributes:
        gauge: how much.
        why: in words and numbers.
        origin: drawn from a measurement, or chosen by an officer.
        facts: what it was drawn from.
    """

    gauge: Gauge
    why: str = ""
    origin: Origin = Origin.TYPED
    facts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FearedEvent:
    """One feared event, gauged.

    Attributes:
        id: illegitimate access, unwanted change, disappearance, or one of one's own.
        title: for people.
        impacts, threats, sources: on people, by what, from whom.
        measures: that reduce it, by their id in the knowledge base, or in words.
        severity, likelihood: as things stand without the measures; None: not gauged.
        severity_after, likelihood_after: with the measures.
        drawn: what a measurement proposes, by the name of the gauge; kept beside an officer's.
    """

    id: str
    title: str
    impacts: Answer = Answer()
    threats: Answer = Answer()
    sources: Answer = Answer()
    measures: tuple[str, ...] = ()
    severity: Reading | None = None
    likelihood: Reading | None = None
    severity_after: Reading | None = None
    likelihood_after: Reading | None = None
    drawn: Mapping[str, Reading] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One line of the action plan.

    Attributes:
        what: is to be done.
        events: the feared events that it reduces, by id.
        owner: who does it; empty: nobody yet.
        due: by when.
        is_done: whether it is.
    """

    what: str
    events: tuple[str, ...] = ()
    owner: str = ""
    due: date | None = None
    is_done: bool = False


class Voice(StrEnum):
    """Who had to be asked."""

    OFFICER = "data protection officer"
    PEOPLE = "people concerned"
    OTHER = "others"


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """What somebody who had to be asked said.

    Attributes:
        of: who was to be asked.
        by: the name or the group.
        text: what they said; empty: they were not asked.
        reason: why they were not.
        at: on which day.
    """

    of: Voice
    by: str = ""
    text: str = ""
    reason: str = ""
    at: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """One criterion of the screening.

    Attributes:
        holds: None where it cannot be said.
        why: in words.
        origin: drawn, proposed by a template, or an officer's word.
        facts: what it was drawn from.
    """

    holds: bool | None
    why: str = ""
    origin: Origin = Origin.DRAWN
    facts: tuple[str, ...] = ()


class Need(StrEnum):
    """Whether a DPIA is needed."""

    REQUIRED = "required"
    PRESUMED = "presumably required"
    NOT_SHOWN = "not shown to be required"
    UNKNOWN = "not assessed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Screened:
    """The screening of one processing.

    Attributes:
        criteria: by id, in the order of the method.
        need: what they come to.
        because: in words.
        triggers: the ids of the criteria that hold.
    """

    criteria: Mapping[str, Criterion]
    need: Need
    because: str
    triggers: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Impact:
    """One version of an impact assessment.

    Attributes:
        id: stays the same over its versions.
        kind: DPIA or LIA.
        title: for people.
        template: what it was begun from; empty: from nothing.
        activity: the processing activity that it is about, by its record's id; or empty.
        datasets: the datasets concerned.
        version: counts up.
        status: as it was written; `standing` says whether it is outdated by now.
        screening: by criterion; () for a legitimate-interest assessment.
        answers: by question.
        events: the feared events.
        measures: the action plan.
        opinions: of the officer, of people, of others.
        decision: what comes of it; None: not decided.
        because: the decision's reasons.
        outcome: of a legitimate-interest assessment.
        residual: the highest risk that was left when it was validated.
        consulted_at: when the authority was consulted first (Art. 36).
        drawn_from: the facts that this version was drawn from.
        stands_on: the facts that it was validated on; {}: never validated.
        at, actor: when this version was written, UTC, and by whom.
        validated_at, validated_by: when and by whom it was validated last.
    """

    id: str
    kind: ImpactKind
    title: str
    template: str = ""
    activity: str = ""
    datasets: tuple[str, ...] = ()
    version: int = 1
    status: Status = Status.DRAFT
    screening: Mapping[str, Criterion] = field(default_factory=dict)
    answers: Mapping[str, Answer] = field(default_factory=dict)
    events: tuple[FearedEvent, ...] = ()
    measures: tuple[Measure, ...] = ()
    opinions: tuple[Opinion, ...] = ()
    decision: Decision | None = None
    because: str = ""
    outcome: Outcome | None = None
    residual: RiskLevel | None = None
    consulted_at: date | None = None
    drawn_from: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    stands_on: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    at: datetime | None = None
    actor: str = ""
    validated_at: datetime | None = None
    validated_by: str = ""

    def event(self, id_: str) -> FearedEvent | None:
        """The feared event of that id; None where there is none."""
        return next((event for event in self.events if event.id == id_), None)

    def opinion(self, of: Voice) -> Opinion | None:
        """What was recorded of somebody who had to be asked; the newest."""
        return next((one for one in reversed(self.opinions) if one.of is of), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What a redrawing changed, or would change where an officer's own words stand.

    Attributes:
        where: the question, criterion or gauge, in words.
        before, after: what the desk said then and says now.
        is_kept: an officer's own words stay in place.
    """

    where: str
    before: str
    after: str
    is_kept: bool
