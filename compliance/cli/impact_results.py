"""Impact assessments as the plain fields that scripts rely on."""

from __future__ import annotations

from compliance.cli.results import Result
from compliance.impact import (
    contents_present,
    level_after,
    level_before,
    measure_title,
    method,
    missing_in,
    residual,
    weighed,
)
from compliance.impact.nouns import Difference, FearedEvent, Impact, Reading, Screened
from compliance.plain import to_plain


def state(impact: Impact) -> Result:
    """How an assessment stands, in a few lines."""
    left = residual(impact)
    return {
        "id": impact.id,
        "version": impact.version,
        "status": str(impact.status),
        "residual_risk": None if left is None else str(left),
        "missing": list(missing_in(impact)),
    }


def whole(impact: Impact) -> Result:
    """An assessment with all its answers, and what each was drawn from."""
    asked = {question.id: question for question in method().questions(impact.kind)}
    return state(impact) | {
        "kind": str(impact.kind),
        "title": impact.title,
        "activity": impact.activity,
        "datasets": list(impact.datasets),
        "screening": screened(weighed(impact.screening)) if impact.screening else None,
        "answers": [
            {
                "question": id_,
                "title": asked[id_].title if id_ in asked else id_,
                "counts": answer.counts,
                "origin": str(answer.origin),
                "text": answer.text,
                "drawn": answer.drawn,
                "facts": list(answer.facts),
            }
            for id_, answer in impact.answers.items()
        ],
        "events": [_event(event) for event in impact.events],
        "plan": [to_plain(measure) for measure in impact.measures],
        "opinions": [to_plain(opinion) for opinion in impact.opinions],
        "decision": None if impact.decision is None else str(impact.decision),
        "outcome": None if impact.outcome is None else str(impact.outcome),
        "because": impact.because,
        "contents": list(contents_present(impact)),
    }


def _event(event: FearedEvent) -> Result:
    before, after = level_before(event), level_after(event)
    return {
        "id": event.id,
        "title": event.title,
        "severity": _reading(event.severity),
        "likelihood": _reading(event.likelihood),
        "risk": None if before is None else str(before),
        "severity_after": _reading(event.severity_after),
        "likelihood_after": _reading(event.likelihood_after),
        "risk_after": None if after is None else str(after),
        "measures": [measure_title(id_) for id_ in event.measures],
        "impacts": event.impacts.text,
        "threats": event.threats.text,
        "sources": event.sources.text,
    }


def _reading(reading: Reading | None) -> str | None:
    return None if reading is None else str(reading.gauge)


def screened(found: Screened) -> Result:
    """The screening, criterion by criterion, and what it comes to."""
    titles = {one.id: (one.title, one.ref) for one in method().criteria}
    return {
        "need": str(found.need),
        "because": found.because,
        "triggers": list(found.triggers),
        "lists": method().lists,
        "criteria": [
            {
                "id": id_,
                "ref": titles[id_][1],
                "title": titles[id_][0],
                "holds": one.holds,
                "why": one.why,
                "origin": str(one.origin),
                "facts": list(one.facts),
            }
            for id_, one in found.criteria.items()
        ],
    }


def difference(one: Difference) -> Result:
    """What redrawing changed in one place."""
    return {"where": one.where, "before": one.before, "after": one.after, "kept": one.is_kept}
