"""From assessments and findings to the loop of improvement."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime

from compliance.rules.nouns import (
    Applied,
    Assessment,
    Finding,
    Standing,
    State,
    Status,
    Verdict,
)
from compliance.rules.nouns.improvement import Improvement, Loop, Reopened, Upcoming

STAGES = range(1, 11)
TRANSFER = "transfer"
_SHOWN = 5
_KEPT = 60  # past scores, so that a curve stays a curve


def improvement(
    assessment: Assessment | None,
    standings: Sequence[Standing],
    findings: Sequence[Finding],
    applied: Sequence[Applied],
    *,
    since: datetime | None,
    at: datetime,
    alarms: int = 0,
    reopened: Sequence[Reopened] = (),
) -> Improvement:
    """The loop as it stands at `at`.

    Without findings on record, each duty that is not met counts as one that nobody has in hand.

    Args:
        assessment: the latest of everything; None: duties were never checked.
        standings: all of them in numbers, oldest first.
        findings: on record.
        applied: remedies, oldest first.
        since: the last audit, UTC; None: there was none, so it is held against the check before.
        alarms: unusual acts that nobody has looked into.
        reopened: decisions that refreshed files have overtaken.
    """
    since = since or (standings[-2].assessed_at if len(standings) > 1 else None)
    verdicts = assessment.verdicts if assessment else ()
    titles = {finding.id: finding.title for finding in findings}

    def loop(stage: int) -> Loop:
        past = [(s.assessed_at, s.stages[stage - 1]) for s in standings]
        own = [v for v in verdicts if v.stage == stage]
        return _loop(stage, own, _of(findings, stage), _scored(past), since, at)

    whole = _scored([(s.assessed_at, s.score) for s in standings])
    return Improvement(
        stages=tuple(loop(stage) for stage in STAGES),
        whole=_loop(0, verdicts, findings, whole, since, at),
        since=since,
        assessed_at=assessment.assessed_at if assessment else None,
        upcoming=tuple(_upcoming(verdicts, findings, at.date()))[:_SHOWN],
        applied=tuple(applied)[::-1][:_SHOWN],
        alarms=alarms,
        reopened=tuple(reopened),
        transfers=tuple(
            dict.fromkeys(
                v.subject for v in verdicts if v.entity == TRANSFER and v.state is State.NOT_MET
            )
        ),
        rules={one.finding: titles.get(one.finding, "") for one in applied},
    )


def _loop(
    number: int,
    verdicts: Sequence[Verdict],
    findings: Sequence[Finding],
    past: Sequence[tuple[datetime, float]],
    since: datetime | None,
    at: datetime,
) -> Loop:
    duties = Counter(verdict.state for verdict in verdicts)
    open_ = [finding for finding in findings if _is_open(finding, at.date())]
    decided = duties[State.MET] + duties[State.NOT_MET]
    return Loop(
        number=number,
        duties={state: duties[state] for state in State},
        open=len(open_) if findings else duties[State.NOT_MET],
        owned=sum(bool(finding.owner) for finding in open_),
        overdue=sum(finding.due < at.date() for finding in open_),
        closed=sum(_is_closed_after(finding, since) for finding in findings),
        score=round(100 * duties[State.MET] / decided, 1) if decided else None,
        before=_last([score for when, score in past if since and when <= since]),
        scores=tuple(past[-_KEPT:]),
    )


def _of(findings: Iterable[Finding], stage: int) -> list[Finding]:
    return [finding for finding in findings if finding.stage == stage]


def _is_open(finding: Finding, today: date) -> bool:
    is_waived = finding.waiver is not None and finding.waiver.until >= today
    return finding.status is not Status.CLOSED and not is_waived


def _is_closed_after(finding: Finding, since: datetime | None) -> bool:
    when = finding.closed_at
    return finding.status is Status.CLOSED and when is not None and (since is None or when >= since)


def _scored(past: Iterable[tuple[datetime, float | None]]) -> list[tuple[datetime, float]]:
    return [(when, score) for when, score in past if score is not None]


def _last(scores: Sequence[float]) -> float | None:
    return scores[-1] if scores else None


def _upcoming(
    verdicts: Sequence[Verdict], findings: Sequence[Finding], today: date
) -> list[Upcoming]:
    """What has a last day, the earliest first; of two for one duty, the sooner."""
    clocks = {v.key: v.due for v in verdicts if v.due and _still_runs(v, today)}
    open_ = {finding.key: finding for finding in findings if _is_open(finding, today)}
    found = [
        Upcoming(
            day=(day := min(finding.due, clocks.get(key, finding.due))),
            what=finding.title,
            subject=finding.subject,
            owner=finding.owner,
            is_late=day < today,
        )
        for key, finding in open_.items()
    ]
    found += [
        Upcoming(
            day=verdict.due,
            what=verdict.title,
            subject=verdict.subject,
            owner="",
            is_late=verdict.due < today,
        )
        for verdict in verdicts
        if verdict.due and verdict.key in clocks.keys() - open_.keys()
    ]
    return sorted(found, key=lambda one: (one.day, one.what, one.subject))


def _still_runs(verdict: Verdict, today: date) -> bool:
    """A clock that does not apply, or ran out with its duty met, needs nobody any more."""
    if verdict.due is None or verdict.state in (State.NOT_APPLICABLE, State.WAIVED):
        return False
    return verdict.state is State.NOT_MET or verdict.due >= today
