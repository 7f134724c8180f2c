"""Section 7: findings, what could not be assessed, and what is met."""

from __future__ import annotations

from compliance.report import wording
from compliance.report.nouns import Evidence
from compliance.report.tables import Fill, Plain, heading, table
from compliance.report.wording import count
from compliance.rules.nouns import Severity, State, Verdict

_LONG = 1_500  # signs from which on a finding may run over a page end

_TONES = {
    Severity.CRITICAL: "bad",
    Severity.HIGH: "bad",
    Severity.MEDIUM: "warn",
    Severity.LOW: "calm",
}


def to_duties(evidence: Evidence) -> Plain:
    """The verdicts by state; those that do not apply as a number."""
    verdicts = evidence.assessment.verdicts
    by_state = {state: [v for v in verdicts if v.state is state] for state in State}
    return {
        "assessed": wording.when(evidence.assessment.assessed_at),
        "laws": _laws(verdicts),
        "findings": [_finding(n, v) for n, v in enumerate(by_state[State.NOT_MET], start=1)],
        "none_found": nothing_found(evidence),
        "none_unknown": _instead(verdicts, "Every duty that applies could be assessed."),
        "none_met": _instead(verdicts, "No duty was found met."),
        "unknown": _undecided(by_state[State.NOT_ASSESSED]),
        "waived": _decided(by_state[State.WAIVED]),
        "met": _decided(by_state[State.MET]),
        "counts": {state.value: len(found) for state, found in by_state.items()},
        "inapplicable": _inapplicable(by_state[State.NOT_APPLICABLE]),
    }


def severity_badge(severity: Severity) -> Plain:
    """The severity as a word with a tone."""
    return {"text": severity.value, "tone": _TONES[severity]}


def nothing_found(evidence: Evidence) -> str:
    """What stands in place of findings where there are none."""
    verdicts = evidence.assessment.verdicts
    return _instead(verdicts, "No duty was found unmet; section 7 says what was not assessed.")


def _instead(verdicts: tuple[Verdict, ...], text: str) -> str:
    return text if verdicts else "Not assessed: no duty was looked at."


def _finding(number: int, verdict: Verdict) -> Plain:
    return {
        "number": f"F{number}",
        "title": verdict.title,
        "badge": severity_badge(verdict.severity),
        "is_long": len(verdict.evidence) + len(verdict.remedy) > _LONG,
        "facts": [
            {"name": "Subject", "value": verdict.subject},
            {"name": "Criteria", "value": _criteria(verdict)},
            {"name": "Condition", "value": wording.sentence(verdict.evidence)},
            {"name": "What to do", "value": wording.sentence(verdict.remedy)},
            {"name": "Where", "value": f"page {verdict.page}, stage {verdict.stage} of 10"},
        ],
    }


def _criteria(verdict: Verdict) -> str:
    return f"{verdict.law} {verdict.article} (rule {verdict.rule})"


def _undecided(verdicts: list[Verdict]) -> Plain | None:
    headings = [
        heading("Duty", 2.6),
        heading("Criteria", 2.2, Fill.NAME),
        heading("Subject", 1.7, Fill.NAME),
        heading("What is unknown", 3),
    ]
    rows = [[v.title, _criteria(v), v.subject, wording.sentence(v.evidence)] for v in verdicts]
    return table(headings, rows)


def _decided(verdicts: list[Verdict]) -> Plain | None:
    headings = [
        heading("Duty", 2.6),
        heading("Article", 1.6, Fill.NAME),
        heading("Subject", 1.7, Fill.NAME),
        heading("Evidence", 3.4),
    ]
    rows = [
        [v.title, f"{v.law} {v.article}", v.subject, wording.sentence(v.evidence)] for v in verdicts
    ]
    return table(headings, rows)


def _laws(verdicts: tuple[Verdict, ...]) -> str:
    laws = sorted({verdict.law for verdict in verdicts})
    if not laws:
        return "There are no verdicts."
    return (
        f"{count(len(verdicts), 'verdict')} on {count(len({v.rule for v in verdicts}), 'rule')} "
        f"from: {wording.listed(laws)}."
    )


def _inapplicable(verdicts: list[Verdict]) -> str:
    if not verdicts:
        return ""
    number = count(len(verdicts), "verdict")
    return f"Not applicable to their subjects: {number}, listed in the attached evidence.json."
