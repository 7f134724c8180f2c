"""The cover and the summary: who, what, when, the key figures and what to do next."""

from __future__ import annotations

from collections import Counter
from itertools import chain

from compliance.discovery.nouns import Label
from compliance.report import wording
from compliance.report.nouns import DatasetEvidence, Evidence
from compliance.report.sections.budgets import budget_chart
from compliance.report.sections.duties import nothing_found, severity_badge
from compliance.report.tables import Fill, Plain, fact
from compliance.report.texts import texts
from compliance.report.wording import NOT_RECORDED, count
from compliance.rules.nouns import Severity, State

_HASH_SHOWN = 16
_FIRST_FINDINGS = 3
_EVIDENCE_SHOWN = 300  # signs in the summary; section 7 has all of it
_NAMES_ON_COVER = 12
_STEPS = 6


def to_cover(evidence: Evidence) -> Plain:
    """What stands on the first page."""
    who = evidence.organisation
    names = [e.dataset.name for e in evidence.datasets]
    more = len(names) - _NAMES_ON_COVER
    shown = names[:_NAMES_ON_COVER] + ([f"{count(more)} more (section 3)"] if more > 0 else [])
    trail = evidence.trail
    head = f"{trail.head[:_HASH_SHOWN]}… ({count(trail.entries, 'entry', plural='entries')})"
    facts = [
        _person("Organisation", who.name),
        _person("Country", who.country),
        _person("Data protection officer", who.officer),
        _person("Contact", who.contact),
        fact("Datasets covered", wording.listed(shown), fill=Fill.NAME),
        fact("Evidence gathered", wording.when(evidence.gathered_at)),
        fact("Made with", f"Privacy Desk {evidence.desk_version}"),
        fact("Trail head", head if trail.entries else "no entries yet"),
    ]
    statement = texts()["statement"]
    return {"facts": facts, "is": statement["is"], "is_not": statement["is_not"]}


def to_summary(evidence: Evidence) -> Plain:
    """Key figures, score, the worst findings and the next steps."""
    findings = evidence.assessment.findings
    return {
        "tiles": _tiles(evidence),
        "budgets": budget_chart(evidence.budgets),
        "score": _score(evidence),
        "findings": [
            {
                "severity": severity_badge(finding.severity),
                "title": finding.title,
                "article": f"{finding.law} {finding.article}",
                "subject": finding.subject,
                "evidence": wording.shortened(finding.evidence, _EVIDENCE_SHOWN),
            }
            for finding in findings[:_FIRST_FINDINGS]
        ],
        "nothing_found": nothing_found(evidence),
        "findings_left": max(len(findings) - _FIRST_FINDINGS, 0),
        "next": list(_next_steps(evidence)),
    }


def _person(name: str, value: str) -> Plain:
    return fact(name, wording.recorded(value), fill=Fill.NAME, missing=not value.strip())


def _tiles(evidence: Evidence) -> list[Plain]:
    data = evidence.datasets
    runs = [run for e in data for run in e.runs]
    noisy = sum(run.plan.privacy is not None for run in runs)
    return [
        _tile("Datasets", count(len(data)), "in the versions of section 3"),
        _tile("Rows", count(sum(e.dataset.rows for e in data)), "in these datasets"),
        _personal_tile(data),
        _tile("Releases", count(sum(len(e.releases) for e in data)), "published with noise"),
        _tile("Federated runs", count(len(runs)), f"{count(noisy)} with noise"),
        _findings_tile(evidence),
        _tile("Not assessed", count(_states(evidence)[State.NOT_ASSESSED]), "never a pass"),
        _trail_tile(evidence),
    ]


def _personal_tile(data: tuple[DatasetEvidence, ...]) -> Plain:
    seen = [e for e in data if e.discovery]
    unseen = len(data) - len(seen)
    labels = _personal(data)
    if unseen and not seen:
        return _tile("Personal columns", "not assessed", "no dataset was examined")
    special = sum(label.special_category for label in labels)
    return _tile(
        "Personal columns",
        f"{count(len(labels))} of {count(sum(len(e.dataset.columns) for e in seen))}",
        f"special categories: {count(special)}"
        + (f"; {count(unseen, 'dataset')} not examined" if unseen else ""),
    )


def _findings_tile(evidence: Evidence) -> Plain:
    if not evidence.assessment.verdicts:
        return _tile("Findings", "not assessed", "no duty was looked at")
    return _tile("Findings", count(len(evidence.assessment.findings)), _by_severity(evidence))


def _trail_tile(evidence: Evidence) -> Plain:
    trail = evidence.trail
    note = count(trail.entries, "entry", plural="entries")
    if not trail.ok:
        return _tile("Trail", "broken", note, tone="bad")
    return _tile("Trail", "whole" if trail.entries else "empty", note)


def _tile(title: str, figure: str, note: str, *, tone: str = "") -> Plain:
    return {"title": title, "figure": figure, "note": note, "tone": tone}


def _personal(data: tuple[DatasetEvidence, ...]) -> list[Label]:
    return [label for e in data if e.discovery for label in e.discovery.personal]


def _states(evidence: Evidence) -> Counter[State]:
    return Counter(verdict.state for verdict in evidence.assessment.verdicts)


def _by_severity(evidence: Evidence) -> str:
    counts = Counter(finding.severity for finding in evidence.assessment.findings)
    parts = [f"{counts[severity]} {severity.value}" for severity in Severity if counts[severity]]
    return ", ".join(parts) or "no duty found unmet"


def _score(evidence: Evidence) -> Plain:
    states, score = _states(evidence), evidence.assessment.score
    met, unmet = states[State.MET], states[State.NOT_MET]
    if score is None:
        return {"share": None, "says": "No score: no duty could be decided yet."}
    says = (
        f"Score {wording.percent(score / 100)}: {count(met)} of {count(met + unmet)} decided "
        f"duties are met. {count(states[State.NOT_ASSESSED])} could not be assessed and "
        f"{count(states[State.NOT_APPLICABLE])} do not apply; neither counts."
    )
    return {"share": score / 100, "says": says}


def _next_steps(evidence: Evidence) -> list[str]:
    """At most `_STEPS` sentences, the most pressing first."""
    steps = chain(_trail_step(evidence), _remedies(evidence), _open_work(evidence))
    return list(dict.fromkeys(steps))[:_STEPS] or [
        "Nothing is open in the desk's records. Gather the evidence again after the next change."
    ]


def _trail_step(evidence: Evidence) -> list[str]:
    return [] if evidence.trail.ok else ["Find out why the trail is not whole; see section 8."]


def _remedies(evidence: Evidence) -> list[str]:
    findings = evidence.assessment.findings
    return [wording.sentence(finding.remedy) for finding in findings if finding.remedy.strip()][:4]


def _open_work(evidence: Evidence) -> list[str]:
    steps = []
    if not evidence.datasets:
        steps.append("Load the first dataset.")
    if unseen := [e.dataset.name for e in evidence.datasets if e.discovery is None]:
        steps.append(f"Run discovery on {wording.listed(unseen[:3])}{_others(len(unseen) - 3)}.")
    if waiting := sum(len(e.discovery.unconfirmed) for e in evidence.datasets if e.discovery):
        steps.append(f"Confirm or correct {count(waiting, 'proposed label')} of personal columns.")
    undecided = [b.population for b in evidence.budgets if not b.is_decided]
    if undecided:
        names = wording.listed(undecided[:3])
        steps.append(f"Decide the privacy budget of {names}{_others(len(undecided) - 3)}.")
    if any(field.strip() == "" for field in _accountable(evidence)):
        steps.append(f"Fill in what is “{NOT_RECORDED}” about the organisation.")
    return steps


def _others(number: int) -> str:
    return f" and {count(number)} more" if number > 0 else ""


def _accountable(evidence: Evidence) -> tuple[str, ...]:
    who = evidence.organisation
    return (who.name, who.officer, who.contact, who.country)
