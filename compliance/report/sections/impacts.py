"""An impact assessment: screening, answers, plan, opinions, decision, and what it stands on."""

from __future__ import annotations

from itertools import pairwise

from compliance.i18n import mark
from compliance.i18n import translate as _
from compliance.impact.nouns import (
    Answer,
    Criterion,
    Decision,
    Impact,
    ImpactKind,
    Need,
    Origin,
    Outcome,
    Part,
    Question,
    RiskLevel,
    Status,
    Voice,
)
from compliance.report import wording
from compliance.report.nouns import DatasetEvidence, ImpactEvidence, ImpactVersion
from compliance.report.tables import Cell, Fill, Plain, fact, heading, stacked, table, tile, toned
from compliance.report.wording import count

MOST_COLUMNS_PRINTED = 200
MOST_VERSIONS_PRINTED = 60
LEVEL_TONES = {RiskLevel.LOW: "good", RiskLevel.MEDIUM: "warn", RiskLevel.HIGH: "bad"}
_NEED_TONES = {
    Need.REQUIRED: "bad",
    Need.PRESUMED: "warn",
    Need.UNKNOWN: "warn",
    Need.NOT_SHOWN: "good",
}
_HOLDS = {True: mark("holds"), False: mark("does not hold"), None: mark("not known")}
_ORIGINS = {
    Origin.DRAWN: mark("Drawn from facts"),
    Origin.TEMPLATE: mark("Only proposed by a template"),
    Origin.TYPED: mark("In the officer’s own words"),
}
_SAID = {
    Outcome.PASSED: mark("Passed: the interest may be relied on."),
    Outcome.FAILED: mark("Failed: the interests of people outweigh it."),
}
_GOING = {
    Decision.GO: mark("The processing goes ahead."),
    Decision.CONDITIONS: mark("The processing goes ahead once the action plan is done."),
    Decision.CONSULT: mark(
        "The processing waits until the authority has been consulted (Art. 36)."
    ),
    Decision.STOP: mark("The processing does not go ahead."),
}


def standing_of(evidence: ImpactEvidence) -> str:
    """How the assessment stands: outdated where what it was validated on has changed."""
    status = evidence.impact.status
    return str(Status.OUTDATED if status is Status.VALIDATED and evidence.changed else status)


def to_assessed(evidence: ImpactEvidence) -> Plain:
    """What the reader must know first."""
    impact = evidence.impact
    done = sum(measure.is_done for measure in impact.measures)
    tiles = [
        tile(
            _("Version"),
            count(impact.version),
            _(standing_of(evidence)),
            tone=_standing_tone(evidence),
        ),
        tile(_("Still missing"), count(len(evidence.missing)), _("before it can be validated")),
        tile(
            _("Action plan"),
            _("{n} of {all}").format(n=done, all=len(impact.measures)),
            _("measures are done"),
        ),
    ]
    if evidence.screened is not None:
        need = evidence.screened.need
        tiles.insert(
            0, tile(_("A DPIA is"), _(str(need)), _("by the screening"), tone=_NEED_TONES[need])
        )
        tiles[3:] = [_risk_tile(impact.residual or _highest(evidence))]
    return {
        "verdict": _verdict(evidence),
        "tiles": tiles,
        "missing": [wording.sentence(_(each)) for each in evidence.missing],
        "changed": [wording.sentence(_(each)) for each in evidence.changed],
    }


def to_screening(evidence: ImpactEvidence) -> Plain | None:
    """Why an assessment is needed, criterion by criterion; None where none is asked."""
    screened = evidence.screened
    if screened is None:
        return None
    headings = [
        heading(_("Criterion"), 2.4),
        heading(_("Stands in"), 1.2),
        heading(_("It"), 1.1),
        heading(_("Why"), 3.2),
    ]
    rows: list[list[Cell]] = [
        [
            _(asked.title),
            _(asked.ref),
            _holds(screened.criteria[asked.id]),
            stacked(
                _(screened.criteria[asked.id].why or "–"),
                _(_ORIGINS[screened.criteria[asked.id].origin])
                if screened.criteria[asked.id].why
                else "",
            ),
        ]
        for asked in evidence.method.criteria
    ]
    return {
        "tone": _NEED_TONES[screened.need],
        "says": wording.run_on([wording.sentence(_(str(screened.need))), _(screened.because)]),
        "table": table(headings, rows),
        "lists": _(evidence.method.lists),
    }


def to_parts(evidence: ImpactEvidence) -> list[Plain]:
    """Every part with its sections, questions and answers."""
    return [_part(evidence, part) for part in evidence.method.parts[evidence.impact.kind]]


def to_action_plan(evidence: ImpactEvidence) -> Plain | None:
    """The measures that are planned; None where none is."""
    titles = {event.id: _(event.title) for event in evidence.impact.events}
    headings = [
        heading(_("Measure"), 3),
        heading(_("Reduces"), 2.4),
        heading(_("Owner"), 1.4, Fill.NAME),
        heading(_("Due"), 1.2),
        heading(_("Stands"), 1),
    ]
    rows: list[list[Cell]] = [
        [
            one.what,
            wording.listed([titles.get(id_, id_) for id_ in one.events], "–"),
            wording.recorded(one.owner),
            f"{one.due}" if one.due else _(wording.NOT_RECORDED),
            toned(_("done"), "good") if one.is_done else toned(_("open"), "warn"),
        ]
        for one in evidence.impact.measures
    ]
    return table(headings, rows)


def to_opinions(evidence: ImpactEvidence) -> list[Plain]:
    """What those said who had to be asked; what is lacking is said too."""
    found = [
        {
            "who": wording.enumerated(
                [wording.capital(_(str(one.of))), *([one.by] if one.by else [])]
            ),
            "at": f"{one.at}" if one.at else _(wording.NOT_RECORDED),
            "says": one.text or _("Not asked: {reason}").format(reason=one.reason),
            "missing": False,
        }
        for one in evidence.impact.opinions
    ]
    asked = {one.of for one in evidence.impact.opinions}
    wanted = (Voice.OFFICER, Voice.PEOPLE) if evidence.impact.kind is ImpactKind.DPIA else ()
    return found + [
        {
            "who": wording.capital(_(str(of))),
            "at": "",
            "says": _("No opinion yet."),
            "missing": True,
        }
        for of in wanted
        if of not in asked
    ]


def signed_by(impact: Impact) -> str:
    """Who signed, and whether that was what stands here."""
    is_as_signed = impact.status is Status.VALIDATED
    return (
        impact.validated_by
        if is_as_signed
        else _("{name} (an earlier version)").format(name=impact.validated_by)
    )


def to_decision(evidence: ImpactEvidence) -> Plain:
    """What comes of it, who signed, when it has to be looked at again, and its versions."""
    impact = evidence.impact
    said = _(_SAID[impact.outcome]) if impact.outcome else ""
    said = _(_GOING[impact.decision]) if impact.decision else said
    is_signed = impact.validated_at is not None
    facts = [
        fact(_("Decided"), said or _("not yet"), missing=not said),
        fact(_("Reasons"), wording.recorded(impact.because), fill=Fill.TEXT),
        fact(
            _("Signed by"),
            signed_by(impact) if is_signed else _("nobody yet"),
            missing=not is_signed,
        ),
        fact(_("Signed on"), wording.when(impact.validated_at) if impact.validated_at else "–"),
    ]
    if impact.kind is ImpactKind.DPIA:
        left = impact.residual or _highest(evidence)
        facts.append(fact(_("Risk that is left"), _(str(left)) if left else _("not gauged")))
        facts.append(fact(_("Authority consulted"), f"{impact.consulted_at or _('no')}"))
    versions = _milestones(evidence)[-MOST_VERSIONS_PRINTED:]
    headings = [
        heading(_("Version"), fill=Fill.NUMBER),
        heading(_("Status"), 1.2),
        heading(_("When (UTC)"), 1.6),
        heading(_("By"), 2, Fill.NAME),
        heading(_("Risk left"), 1.2),
    ]
    rows: list[list[Cell]] = [
        [
            count(one.version),
            _(str(one.status)),
            wording.stamp(one.at) if one.at else "–",
            wording.recorded(one.actor),
            _(str(one.residual)) if one.residual else "–",
        ]
        for one in reversed(versions)
    ]
    return {
        "facts": facts,
        "consult": _(evidence.method.consult) if _highest(evidence) is RiskLevel.HIGH else "",
        "versions": table(headings, rows),
        "versions_left": len(evidence.versions) - len(versions),
    }


def to_annex(evidence: ImpactEvidence) -> Plain:
    """The columns of the datasets, and what the answers were drawn from."""
    rows = [row for found in evidence.datasets for row in _columns(found)]
    headings = [
        heading(_("Dataset"), 1.6, Fill.NAME),
        heading(_("Column"), 2, Fill.NAME),
        heading(_("Holds"), 1.8),
        heading(_("Points to people"), 1.6),
        heading(_("Label"), 1.2),
    ]
    return {
        "columns": table(headings, rows[:MOST_COLUMNS_PRINTED]),
        "columns_left": max(0, len(rows) - MOST_COLUMNS_PRINTED),
        "facts": _references(evidence),
        "stands_on": evidence.stands_on,
        "method": _("Method {version} of {as_of}").format(
            version=evidence.method.version, as_of=evidence.method.as_of
        ),
        "sources": [wording.sentence(_(source)) for source in evidence.method.sources.values()],
    }


def _milestones(evidence: ImpactEvidence) -> list[ImpactVersion]:
    """The first version, the newest, and each that stands otherwise than the one before."""
    every = evidence.versions
    kept = [after for before, after in pairwise(every) if after.status is not before.status]
    ends = [*every[:1], *every[-1:]]
    return sorted({one.version: one for one in (*kept, *ends)}.values(), key=lambda v: v.version)


def _part(evidence: ImpactEvidence, part: Part) -> Plain:
    return {
        "id": part.id,
        "title": _(part.title),
        "sections": [
            {
                "title": _(section.title),
                "questions": [_question(evidence, question) for question in section.questions],
            }
            for section in part.sections
        ],
    }


def _question(evidence: ImpactEvidence, question: Question) -> Plain:
    answer = evidence.impact.answers.get(question.id, Answer())
    tone = "" if answer.counts else "warn" if question.required else "calm"
    return {
        "asks": _(question.title),
        "says": text_of(answer)
        or (_("Not answered.") if question.required else _("Not answered; optional.")),
        "tone": tone,
        "origin": _(_ORIGINS[answer.origin]) if answer.text else "",
        "drawn": _(answer.drawn) if answer.drawn != answer.text else "",
        "facts": list(answer.facts),
    }


def text_of(answer: Answer) -> str:
    """What is answered: in the officer's own words, or as it was drawn or proposed."""
    return answer.text if answer.origin is Origin.TYPED else _(answer.text)


def _columns(found: DatasetEvidence) -> list[list[Cell]]:
    discovery = found.discovery
    rows: list[list[Cell]] = []
    for column in found.dataset.columns:
        label = discovery.label(column.name) if discovery else None
        rows.append(
            [
                str(found.dataset.name),
                wording.abridged(column.name),
                _(label.semantic_type.replace("_", " ")) if label else _("nobody has looked"),
                _(str(label.identifier_class)) if label else "–",
                _(str(label.status)) if label else "–",
            ]
        )
    return rows


def _references(evidence: ImpactEvidence) -> list[str]:
    impact = evidence.impact
    every = [fact for answer in impact.answers.values() for fact in answer.facts]
    every += [fact for one in impact.screening.values() for fact in one.facts]
    for event in impact.events:
        every += [fact for reading in event.drawn.values() for fact in reading.facts]
    return list(dict.fromkeys(every))


def _verdict(evidence: ImpactEvidence) -> Plain:
    impact = evidence.impact
    if impact.status is Status.VALIDATED and evidence.changed:
        return {"tone": "bad", "says": _("Outdated: what it stands on has changed since.")}
    if impact.status is not Status.VALIDATED:
        return {
            "tone": "warn",
            "says": _("Not validated: it is {status}.").format(status=_(str(impact.status))),
        }
    said = _(_SAID[impact.outcome]) if impact.outcome else ""
    said = _(_GOING[impact.decision]) if impact.decision else said
    tone = "bad" if impact.residual is RiskLevel.HIGH else "good"
    return {"tone": tone, "says": _("Validated. {said}").format(said=said).strip()}


def _risk_tile(left: RiskLevel | None) -> Plain:
    tone = LEVEL_TONES[left] if left else "warn"
    return tile(
        _("Risk that is left"),
        _(str(left or "not gauged")),
        _("the highest, with measures"),
        tone=tone,
    )


def _highest(evidence: ImpactEvidence) -> RiskLevel | None:
    """The highest risk left; None where an event is not gauged, or there is none."""
    left = [after for __, after in evidence.levels.values()]
    known = [one for one in left if one is not None]
    if not known or len(known) < len(left):
        return None
    return max(known, key=lambda one: one.rank)


def _standing_tone(evidence: ImpactEvidence) -> str:
    status = standing_of(evidence)
    return {Status.VALIDATED: "good", Status.OUTDATED: "bad"}.get(Status(status), "warn")


def _holds(one: Criterion) -> Plain:
    tone = "warn" if one.holds is None else "bad" if one.holds else "good"
    return toned(_(_HOLDS[one.holds]), tone)
