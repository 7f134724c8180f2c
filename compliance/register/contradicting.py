"""What cannot both be so, among the records as they stand."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from compliance.register.nouns import Contradiction, FieldId, KindId, Record
from compliance.shipped import table

Line = tuple[Any, ...]  # field, operator, and for most operators a value or another field


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One thing that cannot be, as `contradictions.yaml` has it.

    Attributes:
        kind, fields: of which records, and what is in doubt.
        all: lines that must all hold.
        other: kind and lines of a record that must be there besides; None: no other.
        says: in one sentence.
    """

    kind: KindId
    fields: tuple[FieldId, ...]
    all: tuple[Line, ...]
    other: tuple[KindId, tuple[Line, ...]] | None
    says: str


@cache
def rules() -> tuple[Rule, ...]:
    """All of them, in the order of the file."""
    rows = table("compliance.register", "contradictions.yaml")
    return tuple(_rule(row) for row in rows["contradictions"])


def contradictions(records: Sequence[Record], today: date) -> tuple[Contradiction, ...]:
    """Every contradiction among `records`, in their order."""
    return tuple(
        Contradiction(kind=record.kind, record=record.id, fields=rule.fields, says=rule.says)
        for record in records
        for rule in rules()
        if rule.kind == record.kind and _breaks(rule, record, records, today)
    )


def _breaks(rule: Rule, record: Record, records: Sequence[Record], today: date) -> bool:
    if not _hold(rule.all, record.values, today):
        return False
    if rule.other is None:
        return True
    kind, lines = rule.other
    return any(_hold(lines, one.values, today) for one in records if one.kind == kind)


def _hold(lines: Sequence[Line], values: Mapping[FieldId, object], today: date) -> bool:
    return all(_holds(line, values, today) for line in lines)


def _holds(line: Line, values: Mapping[FieldId, object], today: date) -> bool:
    """Whether a line holds; what is not known contradicts nothing."""
    field, operator, *rest = line
    if field not in values:
        return False
    value, wanted = values[field], rest[0] if rest else None
    if operator in _ALONE:
        return _ALONE[operator](value, wanted, today)
    other = values.get(wanted) if isinstance(wanted, str) else None
    return value is not None and other is not None and _BESIDE[operator](value, other)


def _rule(row: Mapping[str, Any]) -> Rule:
    other = row.get("other")
    found = Rule(
        kind=row["kind"],
        fields=tuple(row["fields"]),
        all=tuple(map(tuple, row["all"])),
        other=None if other is None else (other["kind"], tuple(map(tuple, other["all"]))),
        says=row["says"],
    )
    for line in _lines(found):
        if line[1] not in (*_ALONE, *_BESIDE):
            raise ValueError(f"unknown operator {line[1]} in a contradiction")
    return found


def _lines(rule: Rule) -> Iterator[Line]:
    yield from rule.all
    if rule.other is not None:
        yield from rule.other[1]


def _before(one: object, other: object) -> bool:
    """Whether one lies before the other; a moment beside a day counts as its day."""
    a, b = str(one), str(other)
    if "T" in a and "T" in b:
        return datetime.fromisoformat(a) < datetime.fromisoformat(b)
    return a[:10] < b[:10]


def _day(value: object) -> date:
    return date.fromisoformat(str(value)[:10])


_ALONE: Mapping[str, Callable[[Any, Any, date], bool]] = {
    "is": lambda value, wanted, _: value == wanted and type(value) is type(wanted),
    "in": lambda value, wanted, _: value in wanted,
    "is_there": lambda value, _, __: value not in (None, ""),
    "absent": lambda value, _, __: value is None,
    "past": lambda value, _, today: value is not None and _day(value) < today,
    "ahead": lambda value, _, today: value is not None and _day(value) > today,
}
_BESIDE: Mapping[str, Callable[[Any, Any], bool]] = {
    "before": _before,
    "same": lambda value, other: value == other,
    "below": lambda value, other: value < other,
}
