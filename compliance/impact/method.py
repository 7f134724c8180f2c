"""The method and the knowledge base as values: what is asked, feared, gauged and proposed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from compliance.errors import UnknownImpactError
from compliance.i18n import mark
from compliance.impact.nouns import (
    Asked,
    Content,
    Feared,
    Gauge,
    ImpactKind,
    Known,
    Method,
    Part,
    Question,
    RiskLevel,
    Scale,
    Section,
    Template,
)
from compliance.shipped import table


def template_named(id_: str) -> Template:
    """The template of that id.

    Raises:
        UnknownImpactError: there is none.
    """
    for found in templates():
        if found.id == id_:
            return found
    known = ", ".join(template.id for template in templates())
    raise UnknownImpactError(
        what="template", given=id_[:40], known=mark("Known are {known}").format(known=known)
    )


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
        **{name: tuple(screening[name]) for name in ("traces", "profiling", "vulnerable")},
        people_growth=said["standing"]["people_growth"],
        counted={kind: tuple(fields) for kind, fields in said["standing"]["records"].items()},
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
    return table(__package__, name)
