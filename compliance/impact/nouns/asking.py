"""What the method asks, fears, gauges and knows, and what a template proposes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from compliance.impact.nouns.assessment import Gauge, ImpactKind, RiskLevel, Scale


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question.

    Attributes:
        id: names it; the same question has the same id in both kinds of assessment.
        title: as it is asked.
        help: what belongs into the answer.
        required: an assessment cannot be validated without an answer.
        draws: by what the desk draws an answer; `none`: it cannot.
    """

    id: str
    title: str
    help: str
    required: bool
    draws: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """Questions under one heading."""

    id: str
    title: str
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part of an assessment."""

    id: str
    title: str
    sections: tuple[Section, ...]

    @property
    def questions(self) -> tuple[Question, ...]:
        """Those of all its sections, in order."""
        return tuple(question for section in self.sections for question in section.questions)


@dataclass(frozen=True, slots=True, kw_only=True)
class Feared:
    """A feared event as the method knows it."""

    id: str
    title: str
    means: str
    required: bool
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A criterion of the screening.

    Attributes:
        id, title: name it.
        group: `article`: one is enough; `criterion`: of several, some are.
        ref: where it stands.
        ask: as it is asked.
        source: see `Method.sources`.
        draws: by what the desk can tell; `none`: it cannot.
    """

    id: str
    group: str
    ref: str
    source: str
    draws: str
    title: str
    ask: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """One of the contents that Art. 35(7) asks for, and what makes it."""

    id: str
    ref: str
    title: str
    questions: tuple[str, ...]
    events: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A measure of the knowledge base.

    Attributes:
        id, title: name it.
        group: data, security or governance.
        draws: the fact by which the desk knows that it is in place; `none`: it cannot know.
        reduces: the feared events that it reduces, by id.
        lowers: on which scales.
        ref: where the law speaks of it.
        means: in words.
    """

    id: str
    group: str
    draws: str
    reduces: tuple[str, ...]
    lowers: tuple[Scale, ...]
    ref: str
    title: str
    means: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """The method.

    Attributes:
        version, as_of: of the file.
        sources: by id, in words.
        criteria: of the screening.
        presumed_from: from so many of the nine criteria on a DPIA is presumably required.
        lists: what to know of the authorities' lists.
        traces, profiling, vulnerable: what shows that a criterion holds: kinds of columns, kinds of
            purposes, words for people.
        people_growth: from such a growth in people on, 0 and up, an assessment is outdated.
        counted: by kind of record, the fields whose change makes it outdated.
        large_scale_people: from how many people on the desk proposes “large scale”.
        parts: of each kind of assessment.
        events: feared ones; those that every DPIA gauges first.
        contents: of Art. 35(7).
        meanings: what each gauge means, by scale.
        upper: the highest measured risk, 0–1, at which a likelihood is still so low.
        levels: severity → the risk level by likelihood.
        consult: what is said where high risk is left.
    """

    version: str
    as_of: str
    sources: Mapping[str, str]
    criteria: tuple[Asked, ...]
    presumed_from: int
    lists: str
    large_scale_people: int
    traces: tuple[str, ...]
    profiling: tuple[str, ...]
    vulnerable: tuple[str, ...]
    people_growth: float
    counted: Mapping[str, tuple[str, ...]]
    parts: Mapping[ImpactKind, tuple[Part, ...]]
    events: tuple[Feared, ...]
    contents: tuple[Content, ...]
    meanings: Mapping[Scale, Mapping[Gauge, str]]
    upper: Mapping[Gauge, float]
    levels: Mapping[Gauge, tuple[RiskLevel, ...]]
    consult: str

    def questions(self, kind: ImpactKind) -> tuple[Question, ...]:
        """All questions of a kind of assessment, in order."""
        return tuple(question for part in self.parts[kind] for question in part.questions)

    def feared(self, id_: str) -> Feared | None:
        """The feared event of that id; None where it is one of the officer's own."""
        return next((event for event in self.events if event.id == id_), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """What a template proposes.

    Attributes:
        id, title, about: name it.
        words: pieces of words by which a purpose shows that it fits.
        screening: criterion → whether it holds (None: to be said) and why.
        answers: by kind of assessment and question.
        events: by id: impacts, threats and sources in words, measures by id.
    """

    id: str
    title: str
    about: str
    words: tuple[str, ...]
    screening: Mapping[str, tuple[bool | None, str]]
    answers: Mapping[ImpactKind, Mapping[str, str]]
    events: Mapping[str, Mapping[str, Any]]
