"""Triples on the facts of a movement, three-valued: a fact that nobody knows decides nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from compliance.countries import is_country
from compliance.rules.nouns import Triple
from compliance.rules.residency.tables import Entry, Tables

Facts = Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A number of which only bounds are known: from `low` to `high`, or without end."""

    low: int
    high: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What triples are held against besides facts: lists, and the day."""

    tables: Tables
    at: datetime

    @property
    def today(self) -> date:
        """The day of the moment, in UTC."""
        return self.at.date()

    def holds(self, triple: Triple, facts: Facts) -> bool | None:
        """Whether a triple holds; None where its fact is not known.

        Raises:
            ValueError: the operator is unknown, so the table is wrong.
        """
        fact, operator = triple[0], triple[1]
        wanted = triple[2] if len(triple) > 2 else None
        if fact not in facts:
            return None
        value = facts[fact]
        if operator in _LISTED:
            return self._listed(operator, value, str(wanted), facts)
        if operator in _DATED:
            return self._dated(operator, value, wanted)
        return _OPERATORS[operator](value, wanted)

    def all_hold(self, triples: Iterable[Triple], facts: Facts) -> bool | None:
        """False where one does not, True where all do, None otherwise."""
        seen = [self.holds(triple, facts) for triple in triples]
        if any(answer is False for answer in seen):
            return False
        return None if any(answer is None for answer in seen) else True

    def entry(self, list_: str, country: object) -> Entry | None:
        """The entry of a country on a list, if it has not expired."""
        found = self.tables.lists[list_].entries.get(str(country))
        if found is None or self.has_expired(found):
            return None
        return found

    def has_expired(self, entry: Entry) -> bool:
        """Whether its last day is over."""
        return entry.expires is not None and self.today > entry.expires

    def covers(self, entry: Entry, facts: Facts) -> bool | None:
        """Whether a movement falls under an entry; None where that cannot be said."""
        triples = entry.scope
        if "origin" not in facts and entry.beyond:
            return None
        if facts.get("origin") in entry.beyond:
            triples = (*triples, *entry.beyond_scope)
        return self.all_hold(triples, facts)

    def _listed(self, operator: str, value: object, name: str, facts: Facts) -> bool | None:
        if not is_country(value):
            return None
        if operator == "is_adequate":
            entry = self.entry(name, value)
            return False if entry is None else self.covers(entry, facts)
        is_there = self.entry(name, value) is not None
        return is_there if operator == "in_list" else not is_there

    def _dated(self, operator: str, value: object, days: object) -> bool:
        day = day_of(value)
        if day is None:
            return False
        if operator == "not_past":
            return day >= self.today
        if day > self.today:
            return False
        return operator == "not_future" or day >= self.today - timedelta(days=int(str(days)))


def day_of(value: object) -> date | None:
    """The day that a value names; None where it names none."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        return datetime.fromisoformat(value).date() if isinstance(value, str) else None
    except ValueError:
        return None


def _eq(value: object, wanted: object) -> bool | None:
    if isinstance(value, Span):
        if value.low == value.high:
            return value.low == wanted
        is_outside = value.low > _int(wanted) or (value.high or _int(wanted)) < _int(wanted)
        return False if is_outside else None
    return value == wanted and isinstance(value, bool) == isinstance(wanted, bool)


def _gte(value: object, wanted: object) -> bool | None:
    if isinstance(value, Span):
        if value.low >= _int(wanted):
            return True
        return None if value.high is None or value.high >= _int(wanted) else False
    return isinstance(value, (int, float)) and value >= float(str(wanted))


def _lt(value: object, wanted: object) -> bool | None:
    if isinstance(value, Span):
        at_least = _gte(value, wanted)
        return None if at_least is None else not at_least
    return isinstance(value, (int, float)) and value < float(str(wanted))


def _lte(value: object, wanted: object) -> bool | None:
    return isinstance(value, (int, float)) and value <= float(str(wanted))


def _int(wanted: object) -> int:
    return int(str(wanted))


def _is_recorded(value: object) -> bool:
    return value not in (None, "", False) and value != () and value != []


_LISTED = frozenset({"in_list", "not_in_list", "is_adequate"})
_DATED = frozenset({"within_days", "not_past", "not_future"})
_OPERATORS: Mapping[str, Callable[[object, object], bool | None]] = {
    "eq": _eq,
    "ne": lambda value, wanted: not _eq(value, wanted),
    "in": lambda value, wanted: isinstance(wanted, (list, tuple)) and value in wanted,
    "exists": lambda value, _: _is_recorded(value),
    "absent": lambda value, _: not _is_recorded(value),
    "gte": _gte,
    "lt": _lt,
    "lte": _lte,
}
OPERATORS = frozenset(_OPERATORS) | _LISTED | _DATED
