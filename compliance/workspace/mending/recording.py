"""What a person can say and the desk records: what is asked, what is supposed, and the record."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from compliance.register import checked, kinds, laid_over
from compliance.register.nouns import Draft, Field, FieldType, Record
from compliance.rules.facts import PROVIDED
from compliance.rules.nouns import Outcome, Remedy, Rule, Triple
from compliance.rules.remedies import catalogue
from compliance.workspace.desk import Act
from compliance.workspace.governing import registering
from compliance.workspace.mending.trials import Ground, Trial

_UNSAID = ("unknown", "not recorded")
_DESCRIBED = "description"
_REGISTERED = "register"
_SOMETHING = "As recorded by an officer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Something that an officer is asked.

    Attributes:
        field: its id.
        label: for people.
        supposed: what a trial supposes until it is said; empty: nothing can be supposed.
        place: `description` or `register`.
    """

    field: str
    label: str
    supposed: str
    place: str


def questions(rule: Rule, outcomes: Sequence[Outcome], at: datetime) -> tuple[Question, ...]:
    """What would have to be said so that the duty is met, of what a person can say.

    Args:
        outcomes: what the rule's triples said; a triple that holds asks nothing.
    """
    failing = {one.fact: one for one in outcomes if one.holds is not True}
    triples = {t[0]: t for t in rule.asserts if t[0] in failing or not outcomes}
    asked = (_question(rule.entity, t, failing.get(f), at) for f, t in triples.items())
    return tuple({one.field: one for one in asked if one is not None}.values())


def fields_of(remedy: Remedy) -> tuple[Field, ...]:
    """What a remedy asks, as fields of a form, in their order."""
    entity = str(remedy.parameters.get("entity", ""))
    return tuple(_field(entity, id_, label) for id_, label in remedy.asks.items())


def _field(entity: str, id_: str, label: str) -> Field:
    said = catalogue().records.get(entity, {}).get(id_)
    if said is not None:
        choices = {choice: choice.replace("_", " ") for choice in said.choices}
        type_ = FieldType.CHOICE if choices else FieldType.TEXT
        return Field(id=id_, label=label, type=type_, choices=choices)
    kind = kinds().get(entity)
    field = kind.field(id_) if kind else None
    return field or Field(id=id_, label=label, type=FieldType.YES_NO)


def recorded(ground: Ground, entity: str, id_: str, said: Mapping[str, str]) -> Trial:
    """Fields of a record of the register, as an officer says them.

    Raises:
        RecordsRefusedError: they cannot be so.
    """
    register, known = ground.known.register, ground.known
    names = frozenset(str(holding.dataset.name) for holding in known.holdings)
    new = checked(Draft(kind=entity, id=id_, values=dict(said)), register, names, known.at)
    before = next((r for r in ground.typed if (r.kind, r.id) == (entity, id_)), None)
    shown = register.record(entity, id_)
    if not new.name and before is None and shown is not None:
        new = replace(new, name=shown.name)
    kept = laid_over(new, before)

    def store(act: Act) -> str:
        registering.keep(act, kept)
        return ""

    after = ground.after(typed=with_record(ground.typed, kept))
    return Trial(after=after, store=store, facts={"recorded": sorted(said)})


def with_record(typed: Sequence[Record], record: Record) -> tuple[Record, ...]:
    """What people typed, with this record in the place of the one before."""
    others = [r for r in typed if (r.kind, r.id) != (record.kind, record.id)]
    return (*others, record)


def _question(
    entity: str, triple: Triple, outcome: Outcome | None, at: datetime
) -> Question | None:
    fact = str(triple[0])
    said = catalogue().records.get(entity, {}).get(fact)
    if said is not None:
        if said.only_unknown and not _is_unsaid(outcome):
            return None
        kept = said.field or fact
        return Question(field=kept, label=said.label, supposed=said.default, place=_DESCRIBED)
    kind = kinds().get(entity)
    field = kind.field(fact) if kind else None
    if field is None or not _is_for_people(entity, fact, outcome):
        return None
    supposed = supposed_for(field, triple, at)
    return Question(field=fact, label=field.label, supposed=supposed, place=_REGISTERED)


def _is_for_people(entity: str, fact: str, outcome: Outcome | None) -> bool:
    """Whether people say it: the desk does not compute it, or could not."""
    if fact not in PROVIDED.get(entity, frozenset()):
        return True
    return _is_unsaid(outcome)


def _is_unsaid(outcome: Outcome | None) -> bool:
    return outcome is not None and outcome.known.startswith(_UNSAID)


def supposed_for(field: Field, triple: Triple, at: datetime) -> str:
    """A text that the field takes and the triple holds for; empty where none comes to mind."""
    operator = str(triple[1])
    wanted = triple[2] if len(triple) > 2 else None
    found = next(_candidates(field, operator, wanted), None)
    return (found if found is not None else _OF_TYPE.get(field.type, _nothing))(field, at)


def _candidates(
    field: Field, operator: str, wanted: object
) -> Iterator[Callable[[Field, datetime], str]]:
    if operator in ("eq", "gte", "lte") and isinstance(wanted, (bool, int, str)):
        text = _plain(wanted)
        yield lambda _field, _at: text
    if operator in ("in", "contains_all", "subset_of") and isinstance(wanted, (list, tuple)):
        several = "; ".join(map(str, wanted))
        first = several if operator == "contains_all" else str(wanted[0])
        yield lambda _field, _at: first
    if operator == "gt" and isinstance(wanted, int):
        more = str(wanted + 1)
        yield lambda _field, _at: more
    if operator == "ne" and isinstance(wanted, bool):
        other = _plain(not wanted)
        yield lambda _field, _at: other
    if operator == "ne" and field.choices:
        others = [choice for choice in field.choices if choice != wanted]
        yield lambda _field, _at: others[0]
    if operator in ("not_in", "in_list", "not_in_list", "eq_field", "before_field", "after_field"):
        yield _nothing
    if operator == "not_past":
        yield lambda _field, at: at.date().replace(year=at.year + 1, day=1).isoformat()


def _plain(value: bool | int | str) -> str:  # noqa: FBT001 - a value of a triple
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def _nothing(_field: Field, _at: datetime) -> str:
    return ""


def _first_choice(field: Field, _at: datetime) -> str:
    return next(iter(field.choices), "")


def _today(_field: Field, at: datetime) -> str:
    return at.date().isoformat()


def _now(_field: Field, at: datetime) -> str:
    return at.isoformat(timespec="seconds")


_OF_TYPE: Mapping[FieldType, Callable[[Field, datetime], str]] = {
    FieldType.TEXT: lambda _field, _at: _SOMETHING,
    FieldType.TEXTS: lambda _field, _at: _SOMETHING,
    FieldType.NUMBER: lambda _field, _at: "1",
    FieldType.YES_NO: lambda _field, _at: "yes",
    FieldType.DATE: _today,
    FieldType.MOMENT: _now,
    FieldType.CHOICE: _first_choice,
    FieldType.CHOICES: _first_choice,
}
