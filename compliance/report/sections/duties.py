"""Section 7: findings, what could not be assessed, and what is met."""

from __future__ import annotations

from collections.abc import Sequence

from compliance.report import wording
from compliance.report.nouns import Evidence
from compliance.report.tables import Fill, Plain, heading, table
from compliance.report.wording import count
from compliance.rules.nouns import POLICY, Severity, State, Verdict

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
        "laws": laws_of(evidence),
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


def reference(verdict: Verdict) -> str:
    """The article of the law, or the number of the desk's own policy."""
    is_policy = verdict.law == POLICY
    return verdict.article if is_policy else f"{_law(verdict)} {verdict.article}"


def _law(verdict: Verdict) -> str:
    return verdict.law_name or verdict.law


def title_of(finding: Verdict) -> str:
    """What a finding says: titles of rules state the duty, so it is turned round."""
    return f"Not met: {finding.title}"


def nothing_found(evidence: Evidence) -> str:
    """What stands in place of findings where there are none."""
    verdicts = evidence.assessment.verdicts
    return _instead(verdicts, "No duty was found unmet; section 7 says what was not assessed.")


def laws_of(evidence: Evidence) -> str:
    """How many verdicts there are, on how many rules, from which laws."""
    verdicts = evidence.assessment.verdicts
    laws = sorted({v.law for v in verdicts} - {POLICY})
    if any(verdict.law == POLICY for verdict in verdicts):
        laws.append("the desk's own policy")
    if not laws:
        return "There are no verdicts."
    return (
        f"{count(len(verdicts), 'verdict')} on {count(len({v.rule for v in verdicts}), 'rule')}, "
        f"from {wording.listed(laws)}."
    )


def _instead(verdicts: tuple[Verdict, ...], text: str) -> str:
    return text if verdicts else "Not assessed: no duty was looked at."


def _finding(number: int, verdict: Verdict) -> Plain:
    return {
        "number": f"F{number}",
        "title": title_of(verdict),
        "badge": severity_badge(verdict.severity),
        "is_long": len(verdict.evidence) + len(verdict.remedy) > _LONG,
        "facts": [
            {"name": "Subject", "value": verdict.subject},
            {"name": "Criteria", "value": _criteria(verdict)},
            {"name": "Condition", "value": wording.sentence(verdict.evidence)},
            {"name": "What to do", "value": wording.sentence(verdict.remedy)},
            {
                "name": "Where",
                "value": f"page “{wording.capital(verdict.page)}” of the desk; "
                f"stage {verdict.stage} of 10 of the data's life cycle",
            },
        ],
    }


def _criteria(verdict: Verdict) -> str:
    return f"{reference(verdict)} (rule {verdict.rule})"


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
        heading("Duty", 2.8),
        heading("Article", 1.8, Fill.NAME),
        heading("Subject", 2.2, Fill.NAME),
        heading("Evidence", 3.2),
    ]
    rows = [
        [
            first.title,
            reference(first),
            ", ".join(subjects),
            wording.sentence(first.evidence),
        ]
        for first, subjects in _alike(verdicts)
    ]
    return table(headings, rows)


def _alike(verdicts: Sequence[Verdict]) -> list[tuple[Verdict, list[str]]]:
    """Verdicts of one rule on the same evidence: the first of them, and all their subjects."""
    found: dict[tuple[str, str], tuple[Verdict, list[str]]] = {}
    for verdict in verdicts:
        _, subjects = found.setdefault((verdict.rule, verdict.evidence), (verdict, []))
        subjects.append(verdict.subject)
    return list(found.values())


def _inapplicable(verdicts: list[Verdict]) -> str:
    if not verdicts:
        return ""
    number = count(len(verdicts), "verdict")
    return f"Not applicable to their subjects: {number}, listed in the attached evidence.json."
