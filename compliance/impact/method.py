"""The method and the knowledge base as values: what is asked, feared, gauged and proposed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from compliance.errors import UnknownImpactError
from compliance.impact.nouns import Gauge, ImpactKind, RiskLevel, Scale


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


def template_named(id_: str) -> Template:
    """The template of that id.

    Raises:
        UnknownImpactError: there is none.
    """
    for found in templates():
        if found.id == id_:
            return found
    known = ", ".join(template.id for template in templates())
    raise UnknownImpactError(what="template", given=id_[:40], known=f"Known are {known}")


@cache
def method() -> Method:
    """The method as shipped."""
    said = _read("method.yaml")
    screening = said["screening"]
    return Method(
        version=said["version"],
        as_of=said["as_of"],
        sources=said["sources"],
        criteria=tuple(Asked(**row) for row in screening["criteria"]),
        presumed_from=screening["presumed_from"],
        lists=screening["lists"].strip(),
        large_scale_people=screening["large_scale_people"],
        parts={ImpactKind(k): tuple(map(_part, rows)) for k, rows in said["parts"].items()},
        events=tuple(Feared(**row) for row in said["events"]),
        contents=tuple(Content(**_tupled(row)) for row in said["contents"]),
        meanings={
            scale: {Gauge(gauge): text for gauge, text in said["gauges"][scale].items()}
            for scale in Scale
        },
        upper={Gauge(g): float(most) for g, most in said["reidentification"]["upper"].items()},
        levels={gauge: tuple(map(RiskLevel, said["levels"][gauge])) for gauge in Gauge},
        consult=said["decision"]["consult"].strip(),
    )


@cache
def measures() -> tuple[Known, ...]:
    """The knowledge base of measures."""
    rows = _read("measures.yaml")["measures"]
    return tuple(
        Known(**(_tupled(row) | {"lowers": tuple(map(Scale, row["lowers"]))})) for row in rows
    )


@cache
def templates() -> tuple[Template, ...]:
    """The templates as shipped; what one leaves out, it takes from what is common."""
    said = _read("templates.yaml")
    return tuple(_template(row, said["common"]) for row in said["templates"])


def titles(kind: ImpactKind) -> dict[str, str]:
    """Question → as it is asked."""
    return {question.id: question.title for question in method().questions(kind)}


def measure_title(id_: str) -> str:
    """A measure in words: that of the knowledge base, or as an officer put it."""
    return next((known.title for known in measures() if known.id == id_), id_)


def _template(row: Mapping[str, Any], common: Mapping[str, Any]) -> Template:
    return Template(
        id=row["id"],
        title=row["title"],
        about=row["about"],
        words=tuple(row["words"]),
        screening={id_: (one["holds"], one["why"]) for id_, one in row["screening"].items()},
        answers={kind: common[kind] | row[kind] for kind in ImpactKind},
        events=common["events"] | row["events"],
    )


def _part(row: Mapping[str, Any]) -> Part:
    return Part(id=row["id"], title=row["title"], sections=tuple(_sections(row["sections"])))


def _sections(rows: list[Mapping[str, Any]]) -> Iterator[Section]:
    for row in rows:
        questions = tuple(Question(**question) for question in row["questions"])
        yield Section(id=row["id"], title=row["title"], questions=questions)


def _tupled(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: tuple(v) if isinstance(v, list) else v for name, v in row.items()}


def _read(name: str) -> Any:
    return yaml.safe_load((files(__package__) / name).read_text("utf-8"))
