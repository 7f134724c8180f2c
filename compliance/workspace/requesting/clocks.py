"""By when a request must be answered, as the rules in force count, and how much time is used."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from compliance.plain import from_plain
from compliance.rights.nouns import Request, Step
from compliance.rights.requests import Action, alerts, next_action, provision_of
from compliance.rules.clocks import due
from compliance.rules.nouns import Deadline, Due, Pack, RuleId, Running


@dataclass(frozen=True, slots=True, kw_only=True)
class Clocked:
    """A request with its clocks at one moment.

    Attributes:
        request: as it stands.
        rule: whose clock counts; empty: the law names none.
        due: the clock of the answer; None: there is none.
        confirm: the clock of the confirmation; None: the law asks for none.
        is_own: the desk set the time itself, because the law names none.
        share: of the time that is used, 0 and up; None: no clock runs.
        alert: the highest percentage of `alerts` that is reached; 0: none.
        days_left: days until the last day; below 0 when it has passed; None: no clock runs.
        next: what comes next; None: nothing is left to do.
        pauses: the reasons for which the law lets the clock stand still.
    """

    request: Request
    rule: RuleId
    due: Due | None
    confirm: Due | None
    is_own: bool
    share: float | None
    alert: int
    days_left: int | None
    next: Action | None
    pauses: tuple[str, ...] = ()

    @property
    def is_running(self) -> bool:
        """Whether something is still due."""
        return self.due is not None and self.due.state in _OPEN


_OPEN = (Running.RUNNING, Running.PAUSED, Running.OVERDUE)


def clocked(request: Request, pack: Pack, at: datetime) -> Clocked:
    """`request` with its clocks, at the moment `at`, UTC."""
    provision = provision_of(request.law, request.right)
    rule = deadline_of(pack, provision.clock)
    deadline = rule or provision.target
    clock = _due(deadline, request, at, _done(request))
    is_open = clock is not None and clock.state in _OPEN and request.step is not Step.WITHDRAWN
    share = _share(request, clock, at) if clock and is_open else None
    return Clocked(
        request=request,
        rule=provision.clock if rule else "",
        due=None if request.step is Step.WITHDRAWN else clock,
        confirm=_due(deadline_of(pack, provision.confirmation), request, at, request.confirmed_on),
        is_own=rule is None,
        share=share,
        alert=max((one for one in alerts() if share and 100 * share >= one), default=0),
        days_left=_days_left(clock, at) if clock and is_open else None,
        next=next_action(request),
        pauses=deadline.pause if deadline else (),
    )


def by_urgency(found: Iterable[Clocked]) -> tuple[Clocked, ...]:
    """Those with something left to do; what is due first comes first, what has no clock last."""
    waiting = [one for one in found if one.next is not None]
    return tuple(
        sorted(
            waiting,
            key=lambda one: (one.days_left is None, one.days_left or 0, one.request.id),
        )
    )


def deadline_for(request: Request, pack: Pack) -> Deadline | None:
    """How the clock of the answer is set; None: there is none."""
    provision = provision_of(request.law, request.right)
    return deadline_of(pack, provision.clock) or provision.target


def deadline_of(pack: Pack, id_: RuleId) -> Deadline | None:
    """The clock that a rule in force sets; None: it is not in force, or sets none."""
    rule = pack.rule(id_) if id_ else None
    params = rule.params.values() if rule else ()
    raw = next((one for one in params if isinstance(one, Mapping) and "calendar" in one), None)
    return None if raw is None else from_plain(Deadline, raw)


def _due(
    deadline: Deadline | None, request: Request, at: datetime, done: date | None
) -> Due | None:
    if deadline is None:
        return None
    return due(
        deadline,
        request.received_on,
        at,
        country=request.country,
        done=done,
        is_extended=request.extension is not None,
        pauses=request.pauses,
    )


def _done(request: Request) -> date | None:
    """When that was done which ends the clock."""
    until = provision_of(request.law, request.right).until
    if until == "confirmed":
        return request.confirmed_on or request.answered_on
    effective = request.facts.get("effective_at") if until == "carried out" else None
    return date.fromisoformat(str(effective)) if effective else request.answered_on


def _share(request: Request, clock: Due, at: datetime) -> float:
    start = datetime.combine(request.received_on, datetime.min.time(), clock.effective.tzinfo)
    still = clock.paused_days * 86_400
    whole = (clock.effective - start).total_seconds() - still
    used = (at - start).total_seconds() - still
    return round(max(used, 0) / whole, 4) if whole > 0 else 1.0


def _days_left(clock: Due, at: datetime) -> int:
    return (clock.effective.date() - at.astimezone(clock.effective.tzinfo).date()).days
