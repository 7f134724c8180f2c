"""Requests as rows of a log and as numbers; nothing in them tells who asked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median

from compliance.rights.nouns import Request, Step
from compliance.rights.requests.laws import provision_of
from compliance.rules.nouns import Due, Running

LOG_COLUMNS = (
    *("request", "law", "right", "called", "received_on", "channel", "country"),
    *("confirmed_on", "identity", "step", "outcome", "ground", "reason", "kept_datasets"),
    *("answered_on", "days", "due_on", "in_time", "extended", "paused_days"),
    *("recipients", "recipients_told", "same_as", "prior_requests_12m"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistics:
    """What a period's requests come to.

    Attributes:
        since, until: days of receipt, both included.
        received: how many came in.
        by_law, by_right, by_outcome: how many of each; an outcome may be `open` or `withdrawn`.
        median_days: from receipt to answer; None: nothing was answered.
        answered: how many were.
        in_time: how many of those answered, or overdue, were answered in time.
        due: how many were answered or are overdue.
        signals: browser signals that could not be matched to anybody.
    """

    since: date
    until: date
    received: int
    by_law: Mapping[str, int]
    by_right: Mapping[str, int]
    by_outcome: Mapping[str, int]
    median_days: float | None
    answered: int
    in_time: int
    due: int
    signals: int = 0

    @property
    def share_in_time(self) -> float | None:
        """Of those answered or overdue; None: there are none."""
        return self.in_time / self.due if self.due else None


Clock = tuple[Request, Due | None]


def statistics(clocks: Iterable[Clock], since: date, until: date, signals: int = 0) -> Statistics:
    """The numbers of the requests received from `since` to `until`."""
    found = [(one, clock) for one, clock in clocks if since <= one.received_on <= until]
    requests = [one for one, _ in found]
    days = [taken for one in requests if (taken := days_taken(one)) is not None]
    states = [clock.state for _, clock in found if clock is not None]
    over = (Running.MET, Running.LATE, Running.OVERDUE)
    return Statistics(
        since=since,
        until=until,
        received=len(requests),
        by_law=_counted(one.law for one in requests),
        by_right=_counted(one.right.value for one in requests),
        by_outcome=_counted(outcome_of(one) for one in requests),
        median_days=float(median(days)) if days else None,
        answered=len(days),
        in_time=states.count(Running.MET),
        due=sum(states.count(state) for state in over),
        signals=signals,
    )


def outcome_of(request: Request) -> str:
    """What became of it: an outcome, `withdrawn` or `open`."""
    if request.step is Step.WITHDRAWN or (request.step is Step.CLOSED and not request.answered_on):
        return "withdrawn"
    if request.decision is None or request.answered_on is None:
        return "open"
    return request.decision.outcome.value


def days_taken(request: Request) -> int | None:
    """Days from receipt to answer; None: it is not answered."""
    if request.answered_on is None:
        return None
    return (request.answered_on - request.received_on).days


def log_row(request: Request, clock: Due | None) -> dict[str, object]:
    """One row of the log; the names are those of `LOG_COLUMNS`."""
    decision = request.decision
    values: Sequence[object] = (
        request.id,
        request.law,
        request.right.value,
        provision_of(request.law, request.right).title,
        request.received_on.isoformat(),
        request.channel,
        request.country,
        _day(request.confirmed_on),
        request.identity.level.value if request.identity else "",
        request.step.value,
        outcome_of(request),
        decision.ground if decision else "",
        decision.reason if decision else "",
        len(decision.kept) if decision else 0,
        _day(request.answered_on),
        days_taken(request),
        _day(clock.effective.date()) if clock else "",
        _in_time(clock),
        request.extension is not None,
        clock.paused_days if clock else 0,
        request.recipients,
        request.told_recipients,
        request.same_as,
        request.facts.get("prior_requests_12m", 0),
    )
    return dict(zip(LOG_COLUMNS, values, strict=True))


def _in_time(clock: Due | None) -> bool | None:
    if clock is None or clock.state in (Running.RUNNING, Running.PAUSED):
        return None
    return clock.state is Running.MET


def _counted(values: Iterable[str]) -> dict[str, int]:
    return dict(Counter(values).most_common())


def _day(day: date | None) -> str:
    return "" if day is None else day.isoformat()
