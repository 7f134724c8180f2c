"""The opinion in one sentence, what has to be decided, and the decision as far as there is one."""

from __future__ import annotations

from collections import Counter

from compliance.i18n import mark
from compliance.i18n import translate as _
from compliance.report import wording
from compliance.report.nouns import Evidence
from compliance.report.sections.findings import is_overdue, open_findings
from compliance.report.tables import Plain, fact
from compliance.report.wording import count
from compliance.rules.nouns import Severity, State

_GRAVE = (Severity.CRITICAL, Severity.HIGH)
_CHOICES = (
    mark("Compliant: go on as recorded"),
    mark("Compliant under conditions: go on, with the conditions below"),
    mark("Stop: the processing named below rests until it is mended"),
)
_FIELDS = (
    mark("Conditions, or what rests"),
    mark("Decided by (name, function)"),
    mark("Day"),
    mark("Signature"),
)


def to_opinion(evidence: Evidence) -> str:
    """What the verdicts come to, in one sentence; unknown duties are never passed over."""
    states = Counter(verdict.state for verdict in evidence.assessment.verdicts)
    findings = evidence.assessment.findings
    grave = sum(finding.severity in _GRAVE for finding in findings)
    unknown = states[State.NOT_ASSESSED]
    if not evidence.trail.ok:
        return _("No opinion can be given, for the trail that all of it rests on is not whole.")
    if not states[State.MET] and not findings:
        return _("No opinion can be given, for no duty could be decided.")
    if grave:
        said = _(
            "On the facts on record, processing is not in order: {n} of high severity or above"
        )
        said = said.format(n=count(grave, "finding"))
    elif findings:
        said = _("On the facts on record, processing is in order but for {n} of lesser severity")
        said = said.format(n=count(len(findings), "finding"))
    else:
        said = _("On the facts on record, every duty that could be decided is met")
    if unknown:
        rest = _("nothing can be said of {n} that could not be assessed")
        said = wording.joined([said, rest.format(n=count(unknown, "verdict"))])
    return wording.sentence(said)


def to_asked(evidence: Evidence) -> list[str]:
    """What people have to decide now, one sentence each."""
    left = open_findings(evidence)
    alone = sum(not one.owner for one in left)
    late = sum(is_overdue(one, evidence) for one in left)
    states = Counter(verdict.state for verdict in evidence.assessment.verdicts)
    asked = [
        _("Decide on this report: compliant, compliant under conditions, or stop (section 5).")
    ]
    if alone:
        asked.append(_("Name who mends {n}: nobody has been.").format(n=count(alone, "finding")))
    if late:
        asked.append(
            _("Decide what happens with {n} that should have been mended by now.").format(
                n=count(late, "finding")
            )
        )
    waived = sum(one.waived_until is not None for one in evidence.audited.findings)
    if waived := max(waived, states[State.WAIVED]):
        asked.append(
            _("Stand by {n}, or take back what is no longer right (section 4).").format(
                n=count(waived, "waiver")
            )
        )
    if states[State.NOT_ASSESSED]:
        asked.append(
            _("Say who records what is missing for {n} not assessed.").format(
                n=count(states[State.NOT_ASSESSED], "verdict")
            )
        )
    return asked


def to_decision(evidence: Evidence) -> Plain:
    """The form that whoever is responsible fills in; the desk keeps no decision on a report."""
    waived = [one for one in evidence.audited.findings if one.waived_until is not None]
    said = _("Nobody has recorded a decision on this report. Until somebody signs, there is none.")
    if waived:
        people = sorted({one.waived_by for one in waived})
        said = wording.run_on(
            [
                said,
                _("On record: {n}, decided by {people}; see section 4.").format(
                    n=count(len(waived), "waiver"), people=wording.enumerated(people)
                ),
            ]
        )
    return {
        "says": said,
        "choices": [_(choice) for choice in _CHOICES],
        "fields": [fact(_(field), "") for field in _FIELDS],
    }
