"""Section 1: the verdict in one line, key figures, the worst findings and what to do next."""

from __future__ import annotations

from collections import Counter
from itertools import chain

from compliance.discovery.nouns import Label
from compliance.report import wording
from compliance.report.nouns import DatasetEvidence, Evidence
from compliance.report.sections.budgets import budget_chart
from compliance.report.sections.duties import nothing_found, severity_badge, title_of
from compliance.report.tables import Plain, tile
from compliance.report.wording import count
from compliance.rules.nouns import Severity, State

_FIRST_FINDINGS = 3
_EVIDENCE_SHOWN = 300  # signs in the summary; section 7 has all of it
_NAMES_SHOWN = 3
_STEPS = 6
_GRAVE = (Severity.CRITICAL, Severity.HIGH)


def to_summary(evidence: Evidence) -> Plain:
    """Verdict, key figures, score, the worst findings and the next steps."""
    findings = evidence.assessment.findings
    return {
        "verdict": _verdict(evidence),
        "tiles": _tiles(evidence),
        "budgets": budget_chart(evidence.budgets),
        "score": _score(evidence),
        "findings": [
            {
                "severity": severity_badge(finding.severity),
                "title": title_of(finding),
                "article": finding.reference,
                "subject": wording.abridged(finding.subject),
                "evidence": wording.shortened(finding.evidence, _EVIDENCE_SHOWN),
            }
            for finding in findings[:_FIRST_FINDINGS]
        ],
        "nothing_found": nothing_found(evidence),
        "findings_left": max(len(findings) - _FIRST_FINDINGS, 0),
        "next": _next_steps(evidence),
    }


def _verdict(evidence: Evidence) -> Plain:
    """How things stand, as a sentence and a tone; what is unknown is never counted as well."""
    found, unknown = evidence.assessment.findings, _states(evidence)[State.NOT_ASSESSED]
    if not evidence.trail.ok:
        return {"tone": "bad", "says": "The trail is not whole; see section 8."}
    if found:
        says = f"{count(len(found), 'finding')} open: {_by_severity(evidence)}."
        return {"tone": "bad" if found[0].severity in _GRAVE else "warn", "says": says}
    if unknown:
        says = f"No finding, but {count(unknown, 'duty', plural='duties')} could not be assessed."
        return {"tone": "warn", "says": says}
    if not _states(evidence)[State.MET]:
        return {"tone": "calm", "says": "Nothing could be decided yet."}
    day = wording.day(evidence.assessment.assessed_at)
    return {"tone": "good", "says": f"Every duty that applies was found met on {day}."}


def _tiles(evidence: Evidence) -> list[Plain]:
    data = evidence.datasets
    runs = [run for e in data for run in e.runs]
    noisy = sum(run.plan.privacy is not None for run in runs)
    return [
        tile("Datasets", count(len(data)), "in the versions of section 3"),
        tile("Rows", count(sum(e.dataset.rows for e in data)), "in these datasets"),
        _personal_tile(data),
        tile("Releases", count(sum(len(e.releases) for e in data)), "published with noise"),
        tile("Federated runs", count(len(runs)), f"{count(noisy)} with noise"),
        _findings_tile(evidence),
        tile("Not assessed", count(_states(evidence)[State.NOT_ASSESSED]), "never a pass"),
        _trail_tile(evidence),
    ]


def _personal_tile(data: tuple[DatasetEvidence, ...]) -> Plain:
    seen = [e for e in data if e.discovery]
    unseen = len(data) - len(seen)
    labels = _personal(data)
    if unseen and not seen:
        return tile("Personal columns", "not assessed", "no dataset was examined")
    special = sum(label.special_category for label in labels)
    return tile(
        "Personal columns",
        f"{count(len(labels))} of {count(sum(len(e.dataset.columns) for e in seen))}",
        f"special categories: {count(special)}"
        + (f"; {count(unseen, 'dataset')} not examined" if unseen else ""),
    )


def _findings_tile(evidence: Evidence) -> Plain:
    if not evidence.assessment.verdicts:
        return tile("Findings", "not assessed", "no duty was looked at")
    by_severity = _by_severity(evidence) or "no duty found unmet"
    return tile("Findings", count(len(evidence.assessment.findings)), by_severity)


def _trail_tile(evidence: Evidence) -> Plain:
    trail = evidence.trail
    note = count(trail.entries, "entry", plural="entries")
    if not trail.ok:
        return tile("Trail", "broken", note, tone="bad")
    return tile("Trail", "whole" if trail.entries else "empty", note)


def _personal(data: tuple[DatasetEvidence, ...]) -> list[Label]:
    return [label for e in data if e.discovery for label in e.discovery.personal]


def _states(evidence: Evidence) -> Counter[State]:
    return Counter(verdict.state for verdict in evidence.assessment.verdicts)


def _by_severity(evidence: Evidence) -> str:
    counts = Counter(finding.severity for finding in evidence.assessment.findings)
    return ", ".join(f"{counts[s]} {s.value}" for s in Severity if counts[s])


def _score(evidence: Evidence) -> Plain:
    states, score = _states(evidence), evidence.assessment.score
    met, unmet = states[State.MET], states[State.NOT_MET]
    if score is None:
        return {"share": None, "says": "No score: no duty could be decided yet."}
    says = (
        f"Score {wording.percent(score / 100)}: {count(met)} of {count(met + unmet)} decided "
        f"duties are met. Not counted: {count(states[State.NOT_ASSESSED])} not assessed, "
        f"{count(states[State.NOT_APPLICABLE])} not applicable."
    )
    return {"share": score / 100, "says": says}


def _next_steps(evidence: Evidence) -> list[str]:
    """At most `_STEPS` sentences, the most pressing first."""
    steps = list(chain(_trail_step(evidence), _remedies(evidence), _unknown_step(evidence)))
    return steps[:_STEPS] or [
        "Nothing is open in the desk's records. Gather the evidence again after the next change."
    ]


def _trail_step(evidence: Evidence) -> list[str]:
    return [] if evidence.trail.ok else ["Find out why the trail is not whole; see section 8."]


def _remedies(evidence: Evidence) -> list[str]:
    """One sentence per remedy, with the subjects that need it."""
    subjects: dict[str, list[str]] = {}
    for finding in evidence.assessment.findings:
        subjects.setdefault(finding.remedy.strip(), []).append(finding.subject)
    return [
        f"{_first(names)}: {wording.sentence(remedy)}"
        for remedy, names in subjects.items()
        if remedy
    ]


def _unknown_step(evidence: Evidence) -> list[str]:
    if not evidence.assessment.verdicts:
        return ["Check every duty: none was looked at."]
    unknown = _states(evidence)[State.NOT_ASSESSED]
    duties = count(unknown, "duty", plural="duties")
    return [f"Find out what is unknown: {duties} could not be assessed."] if unknown else []


def _first(names: list[str]) -> str:
    names = [wording.abridged(name) for name in dict.fromkeys(names)]
    more = len(names) - _NAMES_SHOWN
    return wording.listed(names[:_NAMES_SHOWN] + ([f"{count(more)} more"] if more > 0 else []))
