"""What people recorded and what the desk computed, put together as one subject."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from compliance.i18n import mark
from compliance.register.nouns import Contradiction, Record
from compliance.rules.nouns import EVERY_LAW, Governed, Knowledge, Subject

# Days that may well lie ahead; any other day on which something was done may not.
_AHEAD = frozenset({"go_live_at", "renewal_task_at"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Computed:
    """What follows from what the desk knows of one thing.

    Attributes:
        facts: they stand against what was typed; where the two differ, neither is believed.
        drawn: facts that hold only where nobody typed another.
        joined: lists that add to what was typed.
        unknown: why others cannot be said, by fact.
        refused: why what was typed is not believed, by fact.
        settled: computed facts in which what was typed is part already.
    """

    facts: Mapping[str, object] = field(default_factory=dict)
    drawn: Mapping[str, object] = field(default_factory=dict)
    joined: Mapping[str, tuple[object, ...]] = field(default_factory=dict)
    unknown: Mapping[str, str] = field(default_factory=dict)
    refused: Mapping[str, str] = field(default_factory=dict)
    settled: frozenset[str] = frozenset()


def subject(
    known: Knowledge, record: Record, computed: Computed, governed: Governed = EVERY_LAW
) -> Subject:
    """A record of the register as a subject, with what was computed of it."""
    facts, unknown = joined(record.values, computed)
    for clash in known.register.contradictions:
        if (clash.kind, clash.record) == (record.kind, record.id):
            unknown |= dict.fromkeys(clash.fields, clash.says)
    name = record.name or record.id
    return made(known, record.kind, name, facts, unknown, id_=record.id, governed=governed)


def made(
    known: Knowledge,
    entity: str,
    name: str,
    facts: Mapping[str, object],
    unknown: Mapping[str, str],
    *,
    id_: str = "",
    governed: Governed = EVERY_LAW,
) -> Subject:
    """A subject without facts that cannot be believed: contradicted, or done in the future."""
    unknown = {**unknown, **_in_the_future(facts, known.at)}
    return Subject(
        entity=entity,
        name=name,
        facts={fact: value for fact, value in facts.items() if fact not in unknown},
        id=id_,
        governed=governed,
        unknown=unknown,
    )


def joined(
    typed: Mapping[str, object], computed: Computed
) -> tuple[dict[str, object], dict[str, str]]:
    """Facts, and why others are unknown. Two that cannot both be so leave their fact unknown."""
    facts: dict[str, object] = {**computed.drawn, **typed, **computed.facts}
    for fact, more in computed.joined.items():
        facts[fact] = tuple(dict.fromkeys((*listed(typed.get(fact)), *more)))
    unknown = {fact: why for fact, why in computed.unknown.items() if fact not in facts}
    for fact in clashes(typed, computed):
        unknown[fact] = mark("what was entered and what the desk computes differ")
    unknown |= computed.refused
    return {fact: value for fact, value in facts.items() if fact not in unknown}, unknown


def clashes(typed: Mapping[str, object], computed: Computed) -> tuple[str, ...]:
    """The facts that were typed and computed, and differ."""
    return tuple(
        fact
        for fact, value in computed.facts.items()
        if fact not in computed.settled
        and typed.get(fact) is not None
        and not _same(typed[fact], value)
    )


def clash_of(record: Record, computed: Computed) -> tuple[Contradiction, ...]:
    """What was typed of a record against what the desk computes."""
    return tuple(
        Contradiction(
            kind=record.kind,
            record=record.id,
            fields=(fact,),
            says=mark("What was entered differs from what the desk computes: {fact}.").format(
                fact=fact
            ),
        )
        for fact in clashes(record.values, computed)
    )


def listed(value: object) -> tuple[object, ...]:
    """A list, or one value, as a tuple; () where nothing is there."""
    if value is None or value == "":
        return ()
    if isinstance(value, (list, tuple, set, frozenset)):
        return tuple(value)
    return (value,)


def texts(value: object) -> tuple[str, ...]:
    """Those of a list that are texts."""
    return tuple(one for one in listed(value) if isinstance(one, str) and one)


def moment(value: object) -> date | datetime | None:
    """A day or a moment, typed or computed; None where it is neither."""
    if isinstance(value, date):  # a moment is one, too
        return value
    if not isinstance(value, str):
        return None
    try:
        return datetime.fromisoformat(value) if "T" in value else date.fromisoformat(value[:10])
    except ValueError:
        return None


def day(value: object) -> date | None:
    """The day of a day or moment; None where it is neither."""
    found = moment(value)
    return found.date() if isinstance(found, datetime) else found


def is_past(value: object, at: datetime) -> bool | None:
    """Whether a day lies before that of `at`; None where it is none."""
    found = day(value)
    return None if found is None else found < at.date()


def any_true(answers: Iterable[bool | None]) -> bool | None:
    """True where one is, unknown where one is unknown, else False."""
    seen = list(answers)
    if any(answer is True for answer in seen):
        return True
    return None if any(answer is None for answer in seen) else False


def _in_the_future(facts: Mapping[str, object], at: datetime) -> dict[str, str]:
    return {
        fact: mark("it is dated in the future")
        for fact, value in facts.items()
        if fact.endswith("_at")
        and fact not in _AHEAD
        and (found := day(value)) is not None
        and found > at.date()
    }


def _same(typed: object, computed: object) -> bool:
    if isinstance(computed, date) or isinstance(typed, date):
        return day(typed) == day(computed)
    if isinstance(computed, (list, tuple, set, frozenset)):
        return set(listed(typed)) == set(computed)
    return typed == computed
