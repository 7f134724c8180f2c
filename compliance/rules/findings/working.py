"""What people do about a finding. None of it closes one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

from compliance.errors import FindingError
from compliance.i18n import mark
from compliance.plain import one_line
from compliance.rules.findings.policy import policy
from compliance.rules.nouns import Finding, Note, Status, Waiver

_LONGEST_NAME = 120


def assigned(finding: Finding, owner: str, *, at: datetime, by: str) -> Finding:
    """The finding in the hands of `owner`.

    Raises:
        FindingError: no name, or one that is too long.
    """
    name = _text(finding, owner, mark("say who is to mend it"), _LONGEST_NAME)
    return _noted(replace(finding, owner=name), at, by, mark("Given to {name}.").format(name=name))


def due_on(finding: Finding, day: date, *, at: datetime, by: str) -> Finding:
    """The finding, to be mended by `day`.

    Raises:
        FindingError: that day is past.
    """
    if day < at.date():
        raise FindingError(
            finding=finding.id, reason=mark("{day:%Y-%m-%d} is past").format(day=day)
        )
    return _noted(
        replace(finding, due=day), at, by, mark("To be mended by {day:%Y-%m-%d}.").format(day=day)
    )


def started(finding: Finding, *, at: datetime, by: str) -> Finding:
    """The finding as one that somebody works on.

    Raises:
        FindingError: it is closed.
    """
    if finding.status is Status.CLOSED:
        raise FindingError(
            finding=finding.id, reason=mark("a re-test found the duty met and closed it")
        )
    if finding.status is Status.IN_PROGRESS:
        return finding
    return _noted(replace(finding, status=Status.IN_PROGRESS), at, by, mark("Work on it began."))


def commented(finding: Finding, text: str, *, at: datetime, by: str) -> Finding:
    """The finding with a comment, which may name people and stays inside the desk.

    Raises:
        FindingError: no text, or one that is too long.
    """
    said = _text(finding, text, mark("the comment is empty"), policy().longest_reason)
    return replace(finding, history=(*finding.history, Note(at=at, by=by, text=said)))


def with_waiver(finding: Finding, why: str, until: date, *, at: datetime, by: str) -> Finding:
    """The finding with its duty left unmet until `until`, for a reason.

    Raises:
        FindingError: it is closed, there is no reason, or the end is past or too far away.
    """
    if finding.status is Status.CLOSED:
        raise FindingError(
            finding=finding.id, reason=mark("it is closed; there is nothing to waive")
        )
    reason = _text(finding, why, mark("a waiver needs a reason"), policy().longest_reason)
    if until < at.date():
        raise FindingError(
            finding=finding.id,
            reason=mark("a waiver cannot end on {until:%Y-%m-%d}: that day is past").format(
                until=until
            ),
        )
    last = at.date() + timedelta(days=policy().longest_waiver_days)
    if until > last:
        said = mark("a waiver ends within a year, on {last:%Y-%m-%d} at the latest").format(
            last=last
        )
        raise FindingError(finding=finding.id, reason=said)
    waiver = Waiver(by=by, why=reason, until=until, at=at)
    return _noted(
        replace(finding, waiver=waiver),
        at,
        by,
        mark("Waived until {until:%Y-%m-%d}.").format(until=until),
    )


def without_waiver(finding: Finding, *, at: datetime, by: str) -> Finding:
    """The finding with its waiver taken back.

    Raises:
        FindingError: there is none.
    """
    if finding.waiver is None:
        raise FindingError(finding=finding.id, reason=mark("it is not waived"))
    return _noted(replace(finding, waiver=None), at, by, mark("The waiver was taken back."))


def _text(finding: Finding, given: str, missing: str, longest: int) -> str:
    text = one_line(" ".join(given.split()))
    if not text:
        raise FindingError(finding=finding.id, reason=missing)
    if len(text) > longest:
        raise FindingError(
            finding=finding.id,
            reason=mark("at most {longest:,} characters are kept").format(longest=longest),
        )
    return text


def _noted(finding: Finding, at: datetime, by: str, text: str) -> Finding:
    return replace(finding, history=(*finding.history, Note(at=at, by=by, text=text)))
