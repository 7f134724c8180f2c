"""Who else has the data and has to be told, and which automated decisions are looked at again."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import date

from compliance.register.nouns import FieldId, Record, Register
from compliance.rights.fulfilling.answers import answers
from compliance.rights.nouns import Question, Reviewed, ToTell

Told = Mapping[str, str]  # by id, the day as ISO 8601, or “not: ” and why

_NOT = "not: "
_ROUTES = (
    *("human_review_route", "contest_route", "representations_route"),
    *("explanation_route", "review_route", "access_route"),
)


def to_tell(register: Register, datasets: Collection[str], told: Told) -> tuple[ToTell, ...]:
    """Processors, recipients, and whoever bought or shares, who have any of `datasets`.

    Sub-processors are told by their processor and not listed. One of them has one mark, however
    many records name it.
    """
    rule = answers()["telling"]
    below = {id_ for one in register.of("processor") for id_ in one.several("subprocessors")}
    found: dict[str, ToTell] = {}
    for kind, role in rule["roles"].items():
        for one in register.of(kind):
            held = sorted(set(one.several("datasets")) & set(datasets))
            if not held or one.values.get("category") in rule["not_told"]:
                continue
            if kind == "processor" and one.id in below:
                continue
            row = _row(register, one, kind, role, tuple(held))
            if row.id in found:
                row = replace(row, datasets=tuple(sorted({*row.datasets, *found[row.id].datasets})))
            found[row.id] = row
    return tuple(_marked(row, told.get(row.id, "")) for row in found.values())


def told_on(day: date) -> str:
    """The mark of somebody who was told."""
    return day.isoformat()


def not_told(why: str) -> str:
    """The mark of somebody who need not be told: impossible, or out of proportion."""
    return _NOT + why


def concerned_systems(
    register: Register,
    datasets: Collection[str],
    words: Callable[[Record, FieldId], str],
    label: Callable[[FieldId], str],
) -> tuple[Reviewed, ...]:
    """The automated decision systems that decide on any of `datasets`; all where none is named."""
    found = []
    for one in register.of("adm_system"):
        held = sorted(set(one.several("datasets")) & set(datasets))
        if datasets and not held:
            continue
        routes = {label(field): text for field in _ROUTES if (text := words(one, field))}
        found.append(Reviewed(id=one.id, name=one.name, datasets=tuple(held), routes=routes))
    return tuple(found)


def questions() -> tuple[Question, ...]:
    """What whoever looks at a decision again answers."""
    return tuple(
        Question(id=row["id"], asks=row["asks"], help=row["help"], choices=row["choices"])
        for row in answers()["review"]["questions"]
    )


def _row(register: Register, one: Record, kind: str, role: str, held: tuple[str, ...]) -> ToTell:
    if kind != "sharing":
        return ToTell(id=f"{kind}:{one.id}", name=one.name, role=role, datasets=held)
    id_ = one.values.get("recipient")
    recipient = register.record("recipient", id_) if isinstance(id_, str) else None
    name = one.name if recipient is None else recipient.name
    key = f"sharing:{one.id}" if recipient is None else f"recipient:{recipient.id}"
    return ToTell(id=key, name=name, role=role, datasets=held)


def _marked(row: ToTell, mark: str) -> ToTell:
    if mark.startswith(_NOT):
        return replace(row, why_not=mark.removeprefix(_NOT))
    return replace(row, told_on=date.fromisoformat(mark)) if mark else row
