"""The summary of a release report: the verdict in one line, key figures, what to do next."""

from __future__ import annotations

from compliance.i18n import translate as _
from compliance.privacy.nouns import BudgetState, Release
from compliance.privacy.nouns.disclosure import Disclosure, HazardState, Origin
from compliance.report import wording
from compliance.report.nouns import ReleaseEvidence
from compliance.report.sections.disclosures import hazards_in_words
from compliance.report.sections.guarantees import in_plain_words
from compliance.report.sections.releases import asked_in_words
from compliance.report.tables import Plain, tile
from compliance.report.wording import count, loss_up

_TRAIL_SECTION = 8
_STEPS = 6


def to_release_summary(evidence: ReleaseEvidence) -> Plain:
    """Verdict, key figures, the question, the guarantee in plain words, and the next steps."""
    return {
        "verdict": _verdict(evidence),
        "tiles": _tiles(evidence),
        "asked": asked_in_words(evidence.release.query),
        "meaning": in_plain_words(evidence.release),
        "hazards": hazards_in_words(evidence.disclosure),
        "beside": wording.run_on(_(found.says) for found in evidence.disclosure.yardsticks),
        "next": _next(evidence),
    }


def _verdict(evidence: ReleaseEvidence) -> Plain:
    """How things stand; what is not known is never counted as well."""
    found = evidence.disclosure
    exposed = found.in_state(HazardState.EXPOSED)
    unknown = found.in_state(HazardState.NOT_KNOWN)
    if not evidence.trail.ok:
        return {
            "tone": "bad",
            "says": _("The trail is not whole; see section {section}.").format(
                section=_TRAIL_SECTION
            ),
        }
    if exposed:
        says = _("Exposed to {hazards}; {n} more not known.").format(
            hazards=count(len(exposed), "hazard"), n=count(len(unknown))
        )
        return {"tone": "bad", "says": says}
    if unknown:
        says = _("No hazard found, but {n} could not be judged.").format(n=count(len(unknown)))
        return {"tone": "warn", "says": says}
    return {"tone": "good", "says": _("Guarded against every hazard that the desk judges.")}


def _tiles(evidence: ReleaseEvidence) -> list[Plain]:
    release, found = evidence.release, evidence.disclosure
    told, of = _told(found)
    audit = found.audit
    return [
        tile(_("ε of this release"), loss_up(release.price.epsilon), _delta(release)),
        tile(_("Numbers published"), count(len(release.values)), _groups(release)),
        tile(
            _("Budget spent"),
            wording.percent(evidence.budget.share_spent),
            _("by all releases and runs together") + _in_period(evidence.budget),
        ),
        tile(
            _("Disclosed"),
            _("{n} of {all}").format(n=count(told), all=count(of)),
            _("fields of the registry's three tiers"),
        ),
        _hazard_tile(found, HazardState.EXPOSED, "bad"),
        _hazard_tile(found, HazardState.NOT_KNOWN, "warn"),
        tile(
            _("Self-audit"),
            _("none") if audit is None else _("passed") if audit.passed else _("failed"),
            _("on record") if audit is None else wording.day(audit.at),
            tone="bad" if audit and not audit.passed else "",
        ),
        tile(
            _("Trail"),
            _("whole") if evidence.trail.ok else _("broken"),
            count(evidence.trail.entries, "entry", plural="entries"),
            tone="" if evidence.trail.ok else "bad",
        ),
    ]


def _delta(release: Release) -> str:
    return _("at δ = {delta}").format(delta=loss_up(release.price.delta))


def _in_period(budget: BudgetState) -> str:
    return _(" in this {period}").format(period=_(str(budget.period))) if budget.starts else ""


def _groups(release: Release) -> str:
    groups = len({value.keys for value in release.values})
    return (
        _("in {groups}").format(groups=count(groups, "group"))
        if release.query.by
        else _("over the whole table")
    )


def _told(disclosure: Disclosure) -> tuple[int, int]:
    applying = [f for f in disclosure.fields if f.tier and f.origin is not Origin.INAPPLICABLE]
    return sum(f.origin is not Origin.MISSING for f in applying), len(applying)


def _hazard_tile(disclosure: Disclosure, state: HazardState, tone: str) -> Plain:
    number = len(disclosure.in_state(state))
    title = _("Hazards {state}").format(state=_(state.value))
    return tile(
        title,
        count(number),
        _("of {all}").format(all=len(disclosure.hazards)),
        tone=tone if number else "",
    )


def _next(evidence: ReleaseEvidence) -> list[str]:
    """What to do about the hazards, exposed ones first."""
    found = evidence.disclosure
    hazards = (*found.in_state(HazardState.EXPOSED), *found.in_state(HazardState.NOT_KNOWN))
    steps = [
        _("{title}: {to_do}").format(title=_(hazard.title), to_do=_(hazard.to_do))
        for hazard in hazards
    ]
    if not evidence.trail.ok:
        steps.insert(
            0,
            _("Find out why the trail is not whole; see section {section}.").format(
                section=_TRAIL_SECTION
            ),
        )
    left = len(steps) - _STEPS
    shown = steps[:_STEPS] + (
        [_("{n} more in section 5.").format(n=count(left))] if left > 0 else []
    )
    return shown or [_("Nothing is open. Judge the hazards again after the next change.")]
