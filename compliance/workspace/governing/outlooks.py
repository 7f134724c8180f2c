"""The state of the desk at a glance: what is wrong, due, left and next, and how that moved."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Final

from sqlalchemy import Connection

from compliance.i18n import mark
from compliance.privacy import state_of
from compliance.privacy.nouns import Allowance, BudgetState, Spend
from compliance.rights.nouns import Request, Step
from compliance.rights.requests import provision_of
from compliance.rules.nouns import Finding, Severity, Standing, State, Status
from compliance.rules.nouns.improvement import Reopened
from compliance.storage import records, tables
from compliance.workspace.approving.approvals import Approving
from compliance.workspace.data import datasets
from compliance.workspace.desk import Desk
from compliance.workspace.governing import assessments, packs, reopening
from compliance.workspace.governing import watching as alarms
from compliance.workspace.guarding import guarded
from compliance.workspace.releasing import budgets
from compliance.workspace.requesting import requested
from compliance.workspace.requesting.clocks import Clocked, clocked

DAYS: Final = 30  # a month back and a month ahead
_MOST_POINTS = 30  # of the trend
_SERIOUS = (Severity.CRITICAL, Severity.HIGH)
_REQUESTS = "request.see"


class Kind(StrEnum):
    """What waits; in this order, the most urgent first."""

    REQUEST = "request"
    FINDING = "finding"
    APPROVAL = "approval"
    ALARM = "alarm"
    AGAIN = "decide again"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ahead:
    """One thing to do.

    Attributes:
        kind: what it is.
        what: in a few words, as marked.
        on: what it is about, by id or name; empty: nothing single.
        day: the last day; None: there is none.
        page: where it is done.
        place: by which the page opens it; empty: the page as a whole.
    """

    kind: Kind
    what: str
    on: str
    day: date | None
    page: str
    place: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """A number now and some time ago; None: not known then."""

    now: float
    before: float | None

    @property
    def change(self) -> float | None:
        """By how much it rose or fell."""
        return None if self.before is None else self.now - self.before


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """The desk at one check of all duties.

    Attributes:
        at: when, UTC.
        score: 0–100; None: nothing was decided.
        open: duties not met.
        spent: share of the tightest budget, 0–1; None: there was no budget.
    """

    at: datetime
    score: float | None
    open: int
    spent: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """The desk at a glance.

    Attributes:
        since: what the numbers are held against, UTC: a month ago, or the first check after it.
        is_checked: whether duties were ever checked.
        wrong: findings that are open.
        serious: of those, critical or high.
        late: what has a last day that is over.
        soon: what has one within a month.
        people: whose budget is the tightest; empty: there is none.
        total: its ε.
        left: the share of it that is left, 0–1.
        ahead: what to do, the most urgent first.
        done: findings closed and requests answered within the month.
        trend: a point for each check, oldest first.
    """

    since: datetime
    is_checked: bool
    wrong: Moved
    serious: int
    late: Moved
    soon: int
    people: str
    total: Decimal
    left: Moved
    ahead: tuple[Ahead, ...]
    done: int
    trend: tuple[Point, ...]


@guarded
class Outlooks:
    """What whoever opens the desk wants to know first."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def now(self) -> Outlook:
        """The desk as it stands; nothing is checked anew. Requests only for who may see them."""
        at = self._desk.clock()
        with self._desk.database.reading() as connection:
            return outlook(
                findings=tuple(
                    records.newest_by(connection, tables.FINDING, Finding, "id").values()
                ),
                standings=assessments.standings(connection),
                requests=self._requests(connection, at),
                budget=self._tightest(connection),
                waiting=len(Approving(self._desk).waiting()),
                alarms=alarms.count_open(connection),
                again=reopening.every(connection, at),
                at=at,
            )

    def _requests(self, connection: Connection, at: datetime) -> tuple[Clocked, ...]:
        if not self._desk.may(_REQUESTS):
            return ()
        pack = packs.in_force(connection)
        return tuple(clocked(request, pack, at) for request in requested.every(connection))

    def _tightest(self, connection: Connection) -> BudgetState | None:
        people = dict.fromkeys(d.population for d in datasets.newest(connection))
        states = [budgets.shown(self._desk, connection, one) for one in people]
        return max(states, key=lambda state: state.share_spent, default=None)


def outlook(
    *,
    findings: Sequence[Finding],
    standings: Sequence[Standing],
    requests: Sequence[Clocked],
    budget: BudgetState | None,
    at: datetime,
    waiting: int = 0,
    alarms: int = 0,
    again: Sequence[Reopened] = (),
) -> Outlook:
    """The desk at a glance, from what is on record.

    Args:
        standings: all checks in numbers, oldest first.
        budget: the tightest; None: there is none.
        waiting: acts that whoever looks may approve.
        alarms: unusual acts that nobody has looked into.
    """
    since = _since(standings, at)
    open_ = [one for one in findings if _was_open(one, at)]
    days = [one.due for one in open_] + [d for one in requests if (d := _last_day(one))]
    today, month = at.date(), (at + timedelta(days=DAYS)).date()
    return Outlook(
        since=since,
        is_checked=bool(standings),
        wrong=Moved(now=len(open_), before=_wrong_before(standings, since, len(open_))),
        serious=sum(one.severity in _SERIOUS for one in open_),
        late=Moved(
            now=sum(day < today for day in days),
            before=_late_before(findings, requests, since) if len(standings) > 1 else None,
        ),
        soon=sum(today <= day <= month for day in days),
        people=budget.population if budget else "",
        total=budget.total.epsilon if budget else Decimal(0),
        left=Moved(
            now=1 - budget.share_spent if budget else 0,
            before=1 - _spent_at(budget, at - timedelta(days=DAYS)) if budget else None,
        ),
        ahead=(
            *_dated(open_, requests, at),
            *_waiting(waiting, alarms),
            *map(_again, again),
            *map(_found, _soon(open_, at)),
        ),
        done=_done(findings, requests, at - timedelta(days=DAYS)),
        trend=tuple(_trend(standings, budget)),
    )


def _since(standings: Sequence[Standing], at: datetime) -> datetime:
    """A month ago; where the first check is younger, its moment."""
    month = at - timedelta(days=DAYS)
    if standings and standings[0].assessed_at > month:
        return standings[0].assessed_at
    return month


def _wrong_before(standings: Sequence[Standing], since: datetime, now: int) -> float | None:
    """What was open then: as many fewer as duties not met have become more since."""
    past = [one for one in standings if one.assessed_at <= since]
    if not past or len(standings) < 2:
        return None
    then, last = (one.counts.get(State.NOT_MET, 0) for one in (past[-1], standings[-1]))
    return max(now - last + then, 0)


def _was_open(finding: Finding, at: datetime) -> bool:
    """Whether it was open then, as far as its record says: a waiver counts while it lasts."""
    waiver = finding.waiver
    if waiver is not None and waiver.at <= at and waiver.until >= at.date():
        return False
    is_closed = finding.status is Status.CLOSED and (finding.closed_at or at) <= at
    return finding.opened_at <= at and not is_closed


def _last_day(one: Clocked) -> date | None:
    return one.due.effective.date() if one.due and one.is_running and one.next else None


def _late_before(findings: Sequence[Finding], requests: Sequence[Clocked], then: datetime) -> float:
    """What was late then, by the last days that hold now."""
    day = then.date()
    mended = sum(_was_open(one, then) and one.due < day for one in findings)
    asked = sum(
        one.due is not None
        and one.due.effective.date() < day
        and (one.request.answered_on is None or one.request.answered_on > day)
        for one in requests
    )
    return mended + asked


def _spent_at(budget: BudgetState, then: datetime) -> float:
    """The share of a budget that was spent then, by the total that holds now."""
    return _with(budget, [one for one in budget.spends if one.at <= then], then)


def _with(budget: BudgetState, spends: Sequence[Spend], at: datetime) -> float:
    if not spends:
        return 0.0
    allowance = Allowance(
        epsilon=budget.total.epsilon, delta=budget.total.delta, period=budget.period
    )
    found = state_of(budget.population, allowance, tuple(spends), is_decided=True, at=at)
    return found.share_spent


def _dated(open_: Sequence[Finding], requests: Sequence[Clocked], at: datetime) -> Iterator[Ahead]:
    """Requests by their last day, then the findings that are late, the worst first."""
    asked = [_asked(one) for one in requests if one.next is not None]
    yield from sorted(asked, key=lambda one: (one.day or date.max, one.on))
    yield from map(_found, sorted((f for f in open_ if f.due < at.date()), key=_worst_first))


def _waiting(approvals: int, alarms: int) -> Iterator[Ahead]:
    if approvals:
        words = (
            mark("One act waits for your approval")
            if approvals == 1
            else mark("{n} acts wait for your approval").format(n=approvals)
        )
        yield Ahead(kind=Kind.APPROVAL, what=words, on="", day=None, page="approvals")
    if alarms:
        words = (
            mark("One unusual act in the trail that nobody has looked into")
            if alarms == 1
            else mark("{n} unusual acts in the trail that nobody has looked into").format(n=alarms)
        )
        yield Ahead(kind=Kind.ALARM, what=words, on="", day=None, page="trail")


def _again(one: Reopened) -> Ahead:
    return Ahead(kind=Kind.AGAIN, what=one.says, on="", day=None, page=one.page)


def _soon(open_: Sequence[Finding], at: datetime) -> list[Finding]:
    """The findings that are due within the month, the soonest first."""
    today, month = at.date(), (at + timedelta(days=DAYS)).date()
    return sorted(
        (one for one in open_ if today <= one.due <= month), key=lambda one: (one.due, one.title)
    )


def _worst_first(one: Finding) -> tuple[int, date, str]:
    return list(Severity).index(one.severity), one.due, one.title


def _asked(one: Clocked) -> Ahead:
    request: Request = one.request
    return Ahead(
        kind=Kind.REQUEST,
        what=provision_of(request.law, request.right).title,
        on=request.id,
        day=_last_day(one),
        page="requests",
        place=request.id,
    )


def _found(one: Finding) -> Ahead:
    return Ahead(
        kind=Kind.FINDING,
        what=one.title,
        on=one.subject,
        day=one.due,
        page="decisions",
        place=one.id,
    )


def _done(findings: Iterable[Finding], requests: Iterable[Clocked], since: datetime) -> int:
    closed = sum(
        one.status is Status.CLOSED and one.closed_at is not None and one.closed_at > since
        for one in findings
    )
    answered = sum(
        one.request.answered_on is not None
        and one.request.answered_on > since.date()
        and one.request.step is not Step.WITHDRAWN
        for one in requests
    )
    return closed + answered


def _trend(standings: Sequence[Standing], budget: BudgetState | None) -> Iterator[Point]:
    """At most some points, the newest among them; what was spent is read off the ledger once."""
    step = -(-len(standings) // _MOST_POINTS) or 1
    shares: dict[int, float] = {}
    for one in standings[::-1][::step][::-1]:
        spends = [s for s in budget.spends if s.at <= one.assessed_at] if budget else []
        if budget and len(spends) not in shares:
            shares[len(spends)] = _with(budget, spends, one.assessed_at)
        yield Point(
            at=one.assessed_at,
            score=one.score,
            open=one.counts.get(State.NOT_MET, 0),
            spent=shares[len(spends)] if budget else None,
        )


__all__ = ["Ahead", "Kind", "Moved", "Outlook", "Outlooks", "Point", "outlook"]
