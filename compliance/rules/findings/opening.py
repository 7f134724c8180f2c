"""Findings after an assessment: opened, found again, closed, or left as they are."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from compliance.i18n import mark
from compliance.rules.findings.policy import policy
from compliance.rules.nouns import Assessment, Finding, Note, Severity, State, Status, Verdict

_ID_DIGITS = 10
_OPENED = mark("Found unmet.")
_AGAIN = mark("Found unmet again.")
_ENDED = mark("The waiver ended, and the duty is still unmet.")
_UNSURE = mark("The last test could not say whether it is met; it stays open.")
_CLOSED = {
    State.MET: mark("Tested again and met."),
    State.NOT_APPLICABLE: mark("Tested again; the duty no longer applies."),
    None: mark("Tested again; what it was about is gone."),
}


def finding_id(rule: str, entity: str, subject_id: str) -> str:
    """The short name of what one rule finds on one subject: the same for ever."""
    said = "\x1f".join((rule, entity, subject_id)).encode()
    return f"F{hashlib.sha256(said).hexdigest()[:_ID_DIGITS]}"


def is_waived(finding: Finding, day: date) -> bool:
    """Whether a waiver counts on `day`; its last day is the last on which it does."""
    return finding.waiver is not None and day <= finding.waiver.until


def opened(
    previous: Sequence[Finding],
    assessment: Assessment,
    *,
    by: str,
    is_whole: bool = True,
    due_days: Mapping[Severity, int] | None = None,
) -> tuple[Finding, ...]:
    """The findings after `assessment`: those on record first, then the new ones.

    Only a test that finds a duty met, no longer applying, or its subject gone, closes a finding;
    one that cannot say leaves it open.

    Args:
        previous: all on record.
        by: who had the test done.
        is_whole: everything was tested; else what the test does not name stays as it is.
        due_days: from the opening of a finding, by severity; None: as the desk's own policy has it.
    """
    days = due_days or policy().due_days
    verdicts = {verdict.key: verdict for verdict in assessment.verdicts}
    known = {finding.key for finding in previous}
    # The one verdict of a duty that looked at nothing speaks for all that it was found on.
    aside = {verdict.rule: verdict for verdict in assessment.verdicts if verdict.is_aside}
    after = [
        _tested(
            finding,
            verdicts.get(finding.key) or aside.get(finding.rule),
            assessment.assessed_at,
            by,
            days,
        )
        if is_whole or finding.key in verdicts
        else finding
        for finding in previous
    ]
    new = [
        v
        for v in verdicts.values()
        # How findings are worked on is a duty too; a finding on it would be one on itself.
        if v.state is State.NOT_MET and v.key not in known and v.entity != "finding"
    ]
    return (*after, *(_new(verdict, assessment.assessed_at, by, days) for verdict in new))


def _new(verdict: Verdict, at: datetime, by: str, days: Mapping[Severity, int]) -> Finding:
    return Finding(
        id=finding_id(*verdict.key),
        rule=verdict.rule,
        entity=verdict.entity,
        subject_id=verdict.subject_id,
        subject=verdict.subject,
        title=verdict.title,
        severity=verdict.severity,
        stage=verdict.stage,
        status=Status.OPEN,
        opened_at=at,
        due=_due(verdict, at, days),
        evidence=verdict.evidence,
        history=(Note(at=at, by=by, text=_OPENED),),
    )


def _due(verdict: Verdict, at: datetime, days: Mapping[Severity, int]) -> date:
    return at.date() + timedelta(days=days[verdict.severity])


def _tested(
    finding: Finding,
    verdict: Verdict | None,
    at: datetime,
    by: str,
    days: Mapping[Severity, int],
) -> Finding:
    """The finding after its duty was tested again; `verdict` is None where its subject is gone."""
    if verdict is None or verdict.state in (State.MET, State.NOT_APPLICABLE):
        if finding.status is Status.CLOSED:
            return finding
        text = _CLOSED[verdict.state if verdict else None]
        closed = replace(finding, status=Status.CLOSED, closed_at=at, closed_by=by)
        return _noted(closed, at, by, text)
    if verdict.state is State.NOT_ASSESSED:
        is_open = finding.status is not Status.CLOSED
        return _noted(finding, at, by, _UNSURE) if is_open else finding
    return _still_unmet(finding, verdict, at, by, days)


def _still_unmet(
    finding: Finding, verdict: Verdict, at: datetime, by: str, days: Mapping[Severity, int]
) -> Finding:
    """The finding where its duty is unmet, waived or not."""
    said = replace(
        finding,
        subject=verdict.subject,
        title=verdict.title,
        severity=verdict.severity,
        stage=verdict.stage,
        evidence=verdict.evidence,
    )
    if finding.status is Status.CLOSED:
        again = replace(
            said,
            status=Status.OPEN,
            opened_at=at,
            due=_due(verdict, at, days),
            closed_at=None,
            closed_by="",
        )
        return _noted(again, at, by, _AGAIN)
    if finding.waiver is not None and not is_waived(finding, at.date()):
        return _noted(replace(said, waiver=None), at, by, _ENDED)
    return said


def _noted(finding: Finding, at: datetime, by: str, text: str) -> Finding:
    """The finding with one more line of history, unless that is what its last line says."""
    if finding.history and finding.history[-1].text == text:
        return finding
    return replace(finding, history=(*finding.history, Note(at=at, by=by, text=text)))
