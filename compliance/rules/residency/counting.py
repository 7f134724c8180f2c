"""How many people's data left a country since 1 January, against the thresholds of its law."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone

from compliance.i18n import mark
from compliance.rules.nouns import Answer, Counter, Flow, Form, LawId
from compliance.rules.residency.conditions import Span, day_of
from compliance.rules.residency.tables import Counted, Tables

# Data in which nobody is told from anybody else are not counted.
_NOBODY = frozenset({Form.ANONYMOUS, Form.NOT_PERSONAL})
_MECHANISM = "exempt_2024_provisions"


@dataclass(slots=True, kw_only=True)
class _Sum:
    """People by the data that they are in; the same data count once."""

    by_data: dict[str, int] = field(default_factory=dict)
    is_open: bool = False
    is_bound: bool = False

    def add(self, data: str, number: int | None, at_most: int | None) -> None:
        if number is None and at_most is None:
            self.is_open = True
            return
        self.is_bound |= number is None
        more = number if number is not None else at_most or 0
        self.by_data[data] = max(self.by_data.get(data, 0), more)

    @property
    def span(self) -> Span:
        total = sum(self.by_data.values())
        return Span(low=total, high=None if self.is_open else total)

    @property
    def is_exact(self) -> bool:
        counted = [data for data, number in self.by_data.items() if number]
        return not self.is_open and not self.is_bound and len(counted) <= 1


def counts(flows: Iterable[Flow], tables: Tables, at: datetime) -> Mapping[str, Span]:
    """The facts of `tables.counters` from all movements of this year.

    Distinct people as far as they can be told apart: the same data count once, different data add
    up, so that it is the largest that it can be. A movement of people that nobody has counted
    leaves the end open.
    """
    sums = _sums(flows, tables, at)
    return {fact: sum_.span for fact, sum_ in sums.items()}


def counters(flows: Iterable[Flow], tables: Tables, at: datetime) -> tuple[Counter, ...]:
    """The counts against the next thresholds; none where nothing left such a country."""
    moved = [flow for flow in flows if _governed(flow, tables) and is_counted(flow, tables, at)]
    if not moved:
        return ()
    sums = _sums(moved, tables, at)
    return tuple(_against(counted, sums[counted.fact]) for counted in tables.counters)


def is_counted(flow: Flow, tables: Tables, at: datetime) -> bool:
    """Whether a movement counts in the year of `at`.

    Exempt ones do not, nor those that ended or happened once in a year before.
    """
    if flow.form in _NOBODY or _is_exempt(flow, tables):
        return False
    year = _first_day(at, _offset(tables))
    ended = day_of(flow.facts.get("ended_at"))
    if ended is not None and ended < year:
        return False
    is_once = flow.facts.get("repetitive") is False
    return not (is_once and flow.since is not None and flow.since < year)


def warnings(spans: Mapping[str, Span], tables: Tables, law: LawId) -> tuple[str, ...]:
    """What comes near a threshold of a law."""
    near = [
        (spans[counted.fact].low, counted.name, limit)
        for counted in tables.counters
        if counted.law == law and counted.fact in spans
        for limit in counted.limits
        if limit.at > spans[counted.fact].low >= tables.warn_at * limit.at
    ]
    return tuple(
        mark("{count:,} {whom} this year; from {at:,} on it asks for {then}").format(
            count=count, whom=name, at=limit.at, then=limit.then
        )
        for count, name, limit in near
    )


def _sums(flows: Iterable[Flow], tables: Tables, at: datetime) -> Mapping[str, _Sum]:
    ordinary, sensitive = _Sum(), _Sum()
    for flow in flows:
        if not _governed(flow, tables) or not is_counted(flow, tables, at):
            continue
        at_most = flow.facts.get("people_at_most")
        most = at_most if isinstance(at_most, int) else None
        known, of_those = flow.people, flow.sensitive_people
        sensitive.add(flow.dataset or flow.id, of_those, known if known is not None else most)
        rest = known - (of_those or 0) if known is not None else None
        ordinary.add(flow.dataset or flow.id, rest, most)
    return {"cn_people": ordinary, "cn_sensitive_people": sensitive}


def _governed(flow: Flow, tables: Tables) -> bool:
    """Whether it leaves a country whose law counts."""
    laws = {counted.law for counted in tables.counters}
    governing = {flow.facts.get("origin_regime"), *tables.law_of(flow.origin)}
    return flow.origin != flow.destination and bool(laws & governing)


def _is_exempt(flow: Flow, tables: Tables) -> bool:
    return (
        flow.facts.get("cn_mechanism") == _MECHANISM
        and flow.facts.get("exemption_ground") in tables.exempt
    )


def _against(counted: Counted, sum_: _Sum) -> Counter:
    count = sum_.span.low
    next_ = next((limit for limit in counted.limits if limit.at > count), counted.limits[-1])
    return Counter(
        law=counted.law,
        name=counted.name,
        count=count,
        is_exact=sum_.is_exact,
        limit=next_.at,
        then=next_.then,
        share=count / next_.at,
    )


def _offset(tables: Tables) -> int:
    return max(tables.laws[counted.law].utc_offset_hours for counted in tables.counters)


def _first_day(at: datetime, hours: int) -> date:
    """1 January of the year that it is there, where the law is."""
    return date(at.astimezone(timezone(timedelta(hours=hours))).year, 1, 1)


def is_permissive(answer: Answer) -> bool:
    return answer in (Answer.FREE, Answer.ALLOWED)
