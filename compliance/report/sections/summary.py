"""Section 1: the verdict in one line, key figures, the worst findings and what to do next."""

from __future__ import annotations

from collections import Counter
from itertools import chain

from compliance.discovery.nouns import Label
from compliance.i18n import translate as _
from compliance.report import wording
from compliance.report.nouns import DatasetEvidence, Evidence
from compliance.report.sections.budgets import budget_chart
from compliance.report.sections.duties import nothing_found, severity_badge, title_of
from compliance.report.sections.opinion import to_asked, to_opinion
from compliance.report.sections.results import to_trend
from compliance.report.tables import Plain, tile
from compliance.report.wording import count
from compliance.rules.nouns import Severity, State

_FIRST_FINDINGS = 3
_EVIDENCE_SHOWN = 300  # signs in the summary; section 4 has all of it
_NAMES_SHOWN = 3
_STEPS = 6
_GRAVE = (Severity.CRITICAL, Severity.HIGH)
_REMEDY_SHOWN = 160  # columns: the finding tells the whole


def to_summary(evidence: Evidence) -> Plain:
    """Verdict, key figures, score, the worst findings and the next steps."""
    findings = evidence.assessment.findings
    return {
        "opinion": to_opinion(evidence),
        "verdict": _verdict(evidence),
        "trend": to_trend(evidence)["says"],
        "asked": to_asked(evidence),
        "tiles": _tiles(evidence),
        "budgets": budget_chart(evidence.budgets),
        "score": _score(evidence),
        "findings": [
            {
                "severity": severity_badge(finding.severity),
                "title": title_of(finding),
                "article": _(finding.reference),
                "subject": wording.abridged(_(finding.subject)),
                "evidence": wording.shortened(_(finding.evidence), _EVIDENCE_SHOWN),
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
        return {"tone": "bad", "says": _("The trail is not whole; see section 10.")}
    if found:
        says = _("{findings} open: {by_severity}.").format(
            findings=count(len(found), "finding"), by_severity=_by_severity(evidence)
        )
        return {"tone": "bad" if found[0].severity in _GRAVE else "warn", "says": says}
    if unknown:
        says = _("No finding, but {duties} could not be assessed.").format(
            duties=count(unknown, "duty", plural="duties")
        )
        return {"tone": "warn", "says": says}
    if not _states(evidence)[State.MET]:
        return {"tone": "calm", "says": _("Nothing could be decided yet.")}
    day = wording.day(evidence.assessment.assessed_at)
    return {
        "tone": "good",
        "says": _("Every duty that applies was found met on {day}.").format(day=day),
    }


def _tiles(evidence: Evidence) -> list[Plain]:
    data = evidence.datasets
    runs = [run for e in data for run in e.runs]
    noisy = sum(run.plan.privacy is not None for run in runs)
    return [
        tile(_("Datasets"), count(len(data)), _("in the versions of section 6")),
        tile(_("Rows"), count(sum(e.dataset.rows for e in data)), _("in these datasets")),
        _personal_tile(data),
        tile(_("Releases"), count(sum(len(e.releases) for e in data)), _("published with noise")),
        tile(
            _("Federated runs"),
            count(len(runs)),
            _("{n} with noise").format(n=count(noisy)),
        ),
        _findings_tile(evidence),
        tile(_("Not assessed"), count(_states(evidence)[State.NOT_ASSESSED]), _("never a pass")),
        _trail_tile(evidence),
    ]


def _personal_tile(data: tuple[DatasetEvidence, ...]) -> Plain:
    seen = [e for e in data if e.discovery]
    unseen = len(data) - len(seen)
    labels = _personal(data)
    if unseen and not seen:
        return tile(_("Personal columns"), _("not assessed"), _("no dataset was examined"))
    special = sum(label.special_category for label in labels)
    return tile(
        _("Personal columns"),
        _("{n} of {all}").format(
            n=count(len(labels)), all=count(sum(len(e.dataset.columns) for e in seen))
        ),
        _("special categories: {special}").format(special=count(special))
        + (
            _("; {datasets} not examined").format(datasets=count(unseen, "dataset"))
            if unseen
            else ""
        ),
    )


def _findings_tile(evidence: Evidence) -> Plain:
    if not evidence.assessment.verdicts:
        return tile(_("Findings"), _("not assessed"), _("no duty was looked at"))
    by_severity = _by_severity(evidence) or _("no duty found unmet")
    return tile(_("Findings"), count(len(evidence.assessment.findings)), by_severity)


def _trail_tile(evidence: Evidence) -> Plain:
    trail = evidence.trail
    note = count(trail.entries, "entry", plural="entries")
    if not trail.ok:
        return tile(_("Trail"), _("broken"), note, tone="bad")
    return tile(_("Trail"), _("whole") if trail.entries else _("empty"), note)


def _personal(data: tuple[DatasetEvidence, ...]) -> list[Label]:
    return [label for e in data if e.discovery for label in e.discovery.personal]


def _states(evidence: Evidence) -> Counter[State]:
    return Counter(verdict.state for verdict in evidence.assessment.verdicts)


def _by_severity(evidence: Evidence) -> str:
    counts = Counter(finding.severity for finding in evidence.assessment.findings)
    return wording.enumerated(
        _("{n} {things}").format(n=counts[s], things=_(s.value)) for s in Severity if counts[s]
    )


def _score(evidence: Evidence) -> Plain:
    states, score = _states(evidence), evidence.assessment.score
    met, unmet = states[State.MET], states[State.NOT_MET]
    if score is None:
        return {"share": None, "says": _("No score: no duty could be decided yet.")}
    says = _(
        "Score {score}: {met} of {decided} decided duties are met. Not counted: {unknown} "
        "not assessed, {idle} not applicable."
    ).format(
        score=wording.percent(score / 100),
        met=count(met),
        decided=count(met + unmet),
        unknown=count(states[State.NOT_ASSESSED]),
        idle=count(states[State.NOT_APPLICABLE]),
    )
    return {"share": score / 100, "says": says}


def _next_steps(evidence: Evidence) -> list[str]:
    """At most `_STEPS` sentences, the most pressing first."""
    steps = list(chain(_trail_step(evidence), _remedies(evidence), _unknown_step(evidence)))
    return steps[:_STEPS] or [
        _("Nothing is open in the desk's records. Gather the evidence again after the next change.")
    ]


def _trail_step(evidence: Evidence) -> list[str]:
    return [] if evidence.trail.ok else [_("Find out why the trail is not whole; see section 10.")]


def _remedies(evidence: Evidence) -> list[str]:
    """One sentence per remedy, with the subjects that need it."""
    subjects: dict[str, list[str]] = {}
    for finding in evidence.assessment.findings:
        subjects.setdefault(finding.remedy.strip(), []).append(_(finding.subject))
    return [
        _("{subjects}: {remedy}").format(
            subjects=_first(names),
            remedy=wording.shortened(wording.sentence(_(remedy)), _REMEDY_SHOWN),
        )
        for remedy, names in subjects.items()
        if remedy
    ]


def _unknown_step(evidence: Evidence) -> list[str]:
    if not evidence.assessment.verdicts:
        return [_("Check every duty: none was looked at.")]
    unknown = _states(evidence)[State.NOT_ASSESSED]
    duties = count(unknown, "duty", plural="duties")
    return (
        [_("Find out what is unknown: {duties} could not be assessed.").format(duties=duties)]
        if unknown
        else []
    )


def _first(names: list[str]) -> str:
    names = [wording.abridged(name) for name in dict.fromkeys(names)]
    more = len(names) - _NAMES_SHOWN
    return wording.listed(
        names[:_NAMES_SHOWN] + ([_("{n} more").format(n=count(more))] if more > 0 else [])
    )
