"""Impact assessments: of data protection (GDPR Art. 35) and of legitimate interests (Art. 6(1)(f)).

The parts and the three feared events follow the method of the CNIL; see docs/impact.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum


class ImpactKind(StrEnum):
    """Which assessment."""

    DPIA = "dpia"
    LIA = "lia"


class Gauge(StrEnum):
    """How severe, how likely."""

    NEGLIGIBLE = "negligible"
    LIMITED = "limited"
    IMPORTANT = "important"
    MAXIMUM = "maximum"


class Status(StrEnum):
    """How an assessment stands."""

    DRAFT = "draft"
    REVIEW = "in review"
    VALIDATED = "validated"
    OUTDATED = "outdated"  # what it stands on has changed since


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An answer to one question.

    Attributes:
        text: in words.
        is_drawn: the desk drew it from facts, and nobody changed it.
        facts: what it was drawn from, as references: dataset, record, run …
    """

    text: str
    is_drawn: bool = False
    facts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Gauged:
    """One feared event, gauged.

    Attributes:
        event: illegitimate access, unwanted change, disappearance, or one of one's own.
        impacts, threats, sources, measures: in words.
        severity, likelihood: as things stand without the measures.
        severity_after, likelihood_after: with the measures; None: not gauged yet.
    """

    event: str
    impacts: str = ""
    threats: str = ""
    sources: str = ""
    measures: tuple[str, ...] = ()
    severity: Gauge | None = None
    likelihood: Gauge | None = None
    severity_after: Gauge | None = None
    likelihood_after: Gauge | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One line of the action plan."""

    what: str
    owner: str = ""
    due: date | None = None
    is_done: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """What somebody who had to be asked said. An empty text with a reason: why nobody was."""

    of: str
    text: str = ""
    reason: str = ""
    at: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Impact:
    """One version of an impact assessment.

    Attributes:
        id: stays the same over its versions.
        kind: DPIA or LIA.
        title: for people.
        template: what it was begun from; empty: from nothing.
        activity: the processing activity that it is about, by its record's id.
        datasets: the datasets concerned.
        version: counts up.
        status: how it stands.
        screening: criteria of the screening that hold → why.
        answers: by question.
        events: the feared events.
        measures: the action plan.
        opinions: of the officer, of people, of others.
        decision: what was decided, in words.
        residual: the risk that is left.
        stands_on: the fingerprint of the facts that it was validated on; empty: never validated.
        changed: what changed since, in words; empty: nothing.
        at, actor: when this version was written, UTC, and by whom.
        validated_at: when it was validated, UTC.
    """

    id: str
    kind: ImpactKind
    title: str
    template: str = ""
    activity: str = ""
    datasets: tuple[str, ...] = ()
    version: int = 1
    status: Status = Status.DRAFT
    screening: Mapping[str, str] = field(default_factory=dict)
    answers: Mapping[str, Answer] = field(default_factory=dict)
    events: tuple[Gauged, ...] = ()
    measures: tuple[Measure, ...] = ()
    opinions: tuple[Opinion, ...] = ()
    decision: str = ""
    residual: Gauge | None = None
    stands_on: str = ""
    changed: tuple[str, ...] = ()
    at: datetime | None = None
    actor: str = ""
    validated_at: datetime | None = None
