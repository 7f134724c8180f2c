"""What could not be assessed, what is waived, what is met and what does not apply."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from compliance.i18n import mark
from compliance.i18n import translate as _
from compliance.report import wording
from compliance.report.nouns import Evidence
from compliance.report.tables import Cell, Fill, Plain, heading, stacked, table
from compliance.report.wording import count
from compliance.rules.nouns import POLICY, Level, Severity, State, Verdict

_TONES = {
    Severity.CRITICAL: "bad",
    Severity.HIGH: "bad",
    Severity.MEDIUM: "warn",
    Severity.LOW: "calm",
}
# What stands beside a duty that was not read in the law itself.
UNSURE = {
    Level.SECONDARY: mark("not verified in the legal text"),
    Level.MEMORY: mark("not verified in the legal text, from memory"),
}


def to_duties(evidence: Evidence) -> Plain:
    """The verdicts by state; those that do not apply as numbers, by law and reason."""
    verdicts = evidence.assessment.verdicts
    by_state = {state: [v for v in verdicts if v.state is state] for state in State}
    return {
        "assessed": wording.when(evidence.assessment.assessed_at),
        "laws": laws_of(evidence),
        "none_found": nothing_found(evidence),
        "none_unknown": _instead(verdicts, _("Every duty that applies could be assessed.")),
        "none_met": _instead(verdicts, _("No duty was found met.")),
        "unknown": _undecided(by_state[State.NOT_ASSESSED]),
        "waived": _waived(by_state[State.WAIVED]),
        "met": _decided(by_state[State.MET]),
        "counts": {state.value: len(found) for state, found in by_state.items()},
        "inapplicable": _inapplicable(by_state[State.NOT_APPLICABLE]),
    }


def severity_badge(severity: Severity) -> Plain:
    """The severity as a word with a tone."""
    return {"text": _(severity.value), "tone": _TONES[severity]}


def _law(verdict: Verdict) -> str:
    return _(verdict.law_name or verdict.law)


def title_of(finding: Verdict) -> str:
    """What a finding says: titles of rules state the duty, so it is turned round."""
    return _("Not met: {title}").format(title=_(finding.title))


def nothing_found(evidence: Evidence) -> str:
    """What stands in place of findings where there are none."""
    verdicts = evidence.assessment.verdicts
    return _instead(verdicts, _("No duty was found unmet; section 4 says what was not assessed."))


def laws_of(evidence: Evidence) -> str:
    """How many verdicts there are, on how many rules, from which laws."""
    verdicts = evidence.assessment.verdicts
    laws = sorted({_law(v) for v in verdicts if v.law != POLICY})
    if any(verdict.law == POLICY for verdict in verdicts):
        laws.append(_("the desk's own policy"))
    if not laws:
        return _("There are no verdicts.")
    return _("{verdicts} on {rules}, from {laws}.").format(
        verdicts=count(len(verdicts), "verdict"),
        rules=count(len({v.rule for v in verdicts}), "rule"),
        laws=wording.listed(laws),
    )


def _instead(verdicts: tuple[Verdict, ...], text: str) -> str:
    return text if verdicts else _("Not assessed: no duty was looked at.")


def _article(verdict: Verdict, rule: str = "") -> Cell:
    """The article, and below it what a reader must know of it."""
    below = wording.joined(part for part in (rule, _(UNSURE.get(verdict.level, ""))) if part)
    reference = _(verdict.reference)
    return stacked(reference, below) if below else reference


def _undecided(verdicts: list[Verdict]) -> Plain | None:
    headings = [
        heading(_("Duty"), 2.4),
        heading(_("Criteria"), 2.2, Fill.NAME),
        heading(_("Subject"), 1.9, Fill.NAME),
        heading(_("What is unknown"), 3),
    ]
    rows = [
        [
            _(first.title),
            _article(first, _("rule {rule}").format(rule=first.rule)),
            wording.enumerated(wording.abridged(_(v.subject)) for v in group),
            wording.sentence(_(first.because or first.evidence)),
        ]
        for group in alike(verdicts)
        for first in group[:1]
    ]
    return table(headings, rows)


def _waived(verdicts: list[Verdict]) -> Plain | None:
    """Who left a duty unmet, why and until when; the evidence stays."""
    headings = [
        heading(_("Duty"), 2.2),
        heading(_("Article"), 1.8, Fill.NAME),
        heading(_("Subject"), 1.8, Fill.NAME),
        heading(_("Waived"), 2.4),
        heading(_("Evidence"), 2.4),
    ]
    rows = [
        [
            _(v.title),
            _article(v),
            wording.abridged(_(v.subject)),
            wording.sentence(wording.recorded(_(v.because))),
            wording.sentence(_(v.evidence)),
        ]
        for v in verdicts
    ]
    return table(headings, rows)


def _decided(verdicts: list[Verdict]) -> Plain | None:
    headings = [
        heading(_("Duty"), 2.8),
        heading(_("Article"), 1.8, Fill.NAME),
        heading(_("Subject"), 2.2, Fill.NAME),
        heading(_("Evidence"), 3.2),
    ]
    rows = [
        [
            _(first.title),
            _article(first),
            wording.enumerated(wording.abridged(_(v.subject)) for v in group),
            wording.sentence(_(first.evidence)),
        ]
        for group in alike(verdicts)
        for first in group[:1]
    ]
    return table(headings, rows)


def alike(verdicts: Sequence[Verdict]) -> list[list[Verdict]]:
    """Verdicts of one rule on the same evidence, together, in the order of the first."""
    found: dict[tuple[str, ...], list[Verdict]] = {}
    for verdict in verdicts:
        found.setdefault((verdict.rule, verdict.evidence, verdict.because), []).append(verdict)
    return list(found.values())


def _inapplicable(verdicts: list[Verdict]) -> Plain | None:
    """How many verdicts do not apply, by law and reason; one by one in the attached evidence."""
    counts = Counter((_law(v), _idle(v)) for v in verdicts)
    headings = [
        heading(_("Law"), 1.2, Fill.NAME),
        heading(_("Why it does not apply"), 5),
        heading(_("Verdicts"), 1, Fill.NUMBER),
    ]
    rows = [[law, why, count(number)] for (law, why), number in sorted(counts.items())]
    return table(headings, rows)


def _idle(verdict: Verdict) -> str:
    """Reasons that name a subject's own facts are one reason; the others stand for themselves."""
    if verdict.outcomes or not verdict.because:
        return _("The subject is not one that the duty is for.")
    return wording.sentence(_(verdict.because))
