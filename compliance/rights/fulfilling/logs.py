"""The log of requests: what regulators ask to see, and nothing about anybody."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from statistics import mean, median

from compliance.rights.nouns import LogEntry, LogFigures, Outcome, Request, RequestLog, Right, Step
from compliance.rules.nouns import LawId

FIELDS = (
    *("request_date", "nature", "manner"),
    *("response_date", "response_nature", "denial_basis_if_denied"),
)
"""What the log holds of a request, by the register's words (11 CCR 7101)."""


def log_of(
    requests: Sequence[Request],
    since: date,
    until: date,
    grounds: Mapping[str, str],
) -> RequestLog:
    """The log of the requests received in a time.

    Args:
        since, until: days of receipt, both included.
        grounds: by request, the ground of a refusal in words.
    """
    wanted = [one for one in requests if since <= one.received_on <= until]
    entries = sorted(
        (_entry(one, grounds) for one in wanted), key=lambda e: (e.received_on, e.request)
    )
    keys = dict.fromkeys((one.law, one.right) for one in wanted)
    return RequestLog(
        since=since,
        until=until,
        entries=tuple(entries),
        figures=tuple(_figures(law, right, wanted) for law, right in sorted(keys)),
        older=sum(one.received_on < since for one in requests),
    )


def _entry(one: Request, grounds: Mapping[str, str]) -> LogEntry:
    return LogEntry(
        request=one.id,
        law=one.law,
        right=one.right,
        channel=one.channel,
        received_on=one.received_on,
        answered_on=one.answered_on,
        days=_days(one),
        outcome=_outcome(one),
        ground=grounds.get(one.id, ""),
    )


def _outcome(one: Request) -> str:
    if one.step is Step.WITHDRAWN or one.decision is None:
        return str(one.step)
    return str(one.decision.outcome)


def _days(one: Request) -> int | None:
    return None if one.answered_on is None else (one.answered_on - one.received_on).days


def _figures(law: LawId, right: Right, requests: Sequence[Request]) -> LogFigures:
    mine = [one for one in requests if (one.law, one.right) == (law, right)]
    days = [found for one in mine if (found := _days(one)) is not None]
    answered = [one.decision.outcome for one in mine if one.decision and one.answered_on]
    return LogFigures(
        law=law,
        right=right,
        received=len(mine),
        fulfilled=answered.count(Outcome.FULFILLED),
        partly=answered.count(Outcome.PARTLY_REFUSED),
        refused=answered.count(Outcome.REFUSED),
        withdrawn=sum(_is_withdrawn(one) for one in mine),
        open=sum(one.answered_on is None and not _is_withdrawn(one) for one in mine),
        extended=sum(one.extension is not None for one in mine),
        median_days=float(median(days)) if days else None,
        mean_days=float(mean(days)) if days else None,
    )


def _is_withdrawn(one: Request) -> bool:
    """Taken back, also where the request was closed afterwards."""
    return any(event.step is Step.WITHDRAWN for event in one.history) or one.step is Step.WITHDRAWN
