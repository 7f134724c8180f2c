"""Assessments begun from what is known, and drawn again when it has changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from compliance.i18n import mark
from compliance.impact.drawing import drawn
from compliance.impact.exchange import checked_title
from compliance.impact.gauging import (
    ACCESS,
    likelihood_after_drawn,
    likelihood_drawn,
    severity_drawn,
)
from compliance.impact.method import measures, method, template_named, templates
from compliance.impact.nouns import (
    Answer,
    Criterion,
    Difference,
    Feared,
    FearedEvent,
    Impact,
    ImpactKind,
    Known,
    Origin,
    Question,
    Reading,
    Status,
    Template,
    Voice,
)
from compliance.impact.protections import in_place
from compliance.impact.scope import Scope, scope_of, scope_or_refuse
from compliance.impact.screening import criteria_drawn
from compliance.impact.standing import facts_in
from compliance.rules.nouns import Knowledge

_KINDS = {
    ImpactKind.DPIA: mark("Impact assessment"),
    ImpactKind.LIA: mark("Legitimate-interest assessment"),
}
_GAUGES = ("severity", "likelihood", "severity_after", "likelihood_after")


def begun(
    kind: ImpactKind,
    template: str,
    knowledge: Knowledge,
    *,
    id_: str,
    activity: str = "",
    datasets: Sequence[str] = (),
    title: str = "",
) -> Impact:
    """A new assessment with all answers that facts give, and what the template proposes.

    Args:
        template: its id, or empty.
        activity: a record's id; or else
        datasets: by name.

    Raises:
        UnknownImpactError: template, activity or dataset is not there, or no subject is named.
        ImpactInputError: the title cannot be one.
    """
    chosen = template_named(template) if template else None
    scope = scope_or_refuse(knowledge, activity, datasets)
    is_dpia = kind is ImpactKind.DPIA
    return Impact(
        id=id_,
        kind=kind,
        title=checked_title(title) or _title(kind, chosen, scope),
        template=template,
        activity=activity,
        datasets=tuple(datasets) or scope.names,
        screening=criteria_drawn(scope, chosen) if is_dpia else {},
        answers={q.id: _answer(kind, q, scope, chosen) for q in method().questions(kind)},
        events=_events(scope, chosen) if is_dpia else (),
        drawn_from=facts_in(scope),
    )


def redrawn(impact: Impact, knowledge: Knowledge) -> tuple[Impact, tuple[Difference, ...]]:
    """The assessment drawn again from what is known now, and what that changed.

    An officer's own words and gauges stay; what the desk would say stands beside them. It is a
    draft again, for nobody has validated what is different.
    """
    scope = scope_of(knowledge, impact.activity, impact.datasets)
    chosen = next((each for each in templates() if each.id == impact.template), None)
    differences: list[Difference] = []
    answers = {
        q.id: _answer_again(impact, q, scope, chosen, differences)
        for q in method().questions(impact.kind)
    }
    is_dpia = impact.kind is ImpactKind.DPIA
    made = replace(
        impact,
        status=Status.DRAFT,
        answers=answers,
        screening=_screening_again(impact, scope, chosen, differences) if is_dpia else {},
        events=tuple(_event_again(event, scope, differences) for event in impact.events),
        drawn_from=facts_in(scope),
    )
    if differences or made.drawn_from != impact.drawn_from:
        made = _undecided(made)
    return made, tuple(differences)


def suggested(purposes: Sequence[str]) -> str:
    """The id of the template whose words these purposes hold; empty where none does."""
    text = " ".join(purposes).casefold()
    return next((t.id for t in templates() if any(word in text for word in t.words)), "")


def proposed_measures(impact: Impact) -> tuple[Known, ...]:
    """What the template would do about what is feared, and is neither in place nor planned."""
    template = next((each for each in templates() if each.id == impact.template), None)
    proposals = template.events if template else {}
    wanted = {
        id_ for event in impact.events for id_ in proposals.get(event.id, {}).get("measures", ())
    }
    done = {id_ for event in impact.events for id_ in event.measures}
    planned = {measure.what for measure in impact.measures}
    return tuple(
        one
        for one in measures()
        if one.id in wanted and one.id not in done and one.title not in planned
    )


def _undecided(impact: Impact) -> Impact:
    """Without the advice and the decision: they were on what has changed, and stay in history."""
    others = tuple(one for one in impact.opinions if one.of is not Voice.OFFICER)
    return replace(impact, opinions=others, decision=None, outcome=None, residual=None)


def _title(kind: ImpactKind, template: Template | None, scope: Scope) -> str:
    about = (
        scope.activity.name or scope.activity.id
        if scope.activity
        else template.title
        if template
        else ", ".join(scope.names)
    )
    return f"{_KINDS[kind]}: {about}"


def _answer(
    kind: ImpactKind, question: Question, scope: Scope, template: Template | None
) -> Answer:
    found = drawn(question.draws, scope)
    if found.text and found.is_whole:
        return Answer(text=found.text, facts=found.facts, drawn=found.text)
    proposal = template.answers[kind].get(question.id, "") if template else ""
    return Answer(
        text=proposal,
        origin=Origin.TEMPLATE if proposal else Origin.DRAWN,
        facts=found.facts,
        drawn=found.text,
    )


def _answer_again(
    impact: Impact,
    question: Question,
    scope: Scope,
    template: Template | None,
    differences: list[Difference],
) -> Answer:
    before = impact.answers.get(question.id, Answer())
    now = _answer(impact.kind, question, scope, template)
    is_kept = before.origin is Origin.TYPED and bool(before.text)
    if before.drawn != now.drawn:
        differences.append(
            Difference(where=question.title, before=before.drawn, after=now.drawn, is_kept=is_kept)
        )
    return replace(before, facts=now.facts, drawn=now.drawn) if is_kept else now


def _screening_again(
    impact: Impact, scope: Scope, template: Template | None, differences: list[Difference]
) -> dict[str, Criterion]:
    made = {}
    titles = {one.id: one.title for one in method().criteria}
    for id_, now in criteria_drawn(scope, template).items():
        before = impact.screening.get(id_, Criterion(holds=None))
        is_kept = before.origin is Origin.TYPED
        made[id_] = before if is_kept else now
        if not is_kept and (before.holds, before.why) != (now.holds, now.why):
            differences.append(
                Difference(
                    where=mark("Screening: {titles}").format(titles=titles[id_]),
                    before=_held(before),
                    after=_held(now),
                    is_kept=False,
                )
            )
    return made


def _held(one: Criterion) -> str:
    word = {True: mark("holds"), False: mark("does not hold"), None: mark("not known")}[one.holds]
    return f"{word}: {one.why}" if one.why else word


def _events(scope: Scope, template: Template | None) -> tuple[FearedEvent, ...]:
    proposals = template.events if template else {}
    wanted = [e for e in method().events if e.required or e.id in proposals]
    return tuple(_event(event, scope, proposals.get(event.id, {})) for event in wanted)


def _event(event: Feared, scope: Scope, proposal: Mapping[str, Any]) -> FearedEvent:
    made = FearedEvent(
        id=event.id,
        title=event.title,
        impacts=_proposed(proposal.get("impacts", "")),
        threats=_proposed(proposal.get("threats", "")),
        sources=_proposed(proposal.get("sources", "")),
        measures=_measures(event.id, scope),
    )
    found = _gauges_drawn(event.id, scope)
    return replace(made, drawn=found, **found)


def _proposed(text: str) -> Answer:
    return Answer(text=text, origin=Origin.TEMPLATE if text else Origin.DRAWN)


def _measures(event: str, scope: Scope) -> tuple[str, ...]:
    """The measures that reduce an event and that the desk sees in place."""
    seen = in_place(scope)
    return tuple(m.id for m in measures() if event in m.reduces and m.draws in seen)


def _gauges_drawn(event: str, scope: Scope) -> dict[str, Any]:
    """What measurements propose, by the name of the gauge; gauges without one are not in it."""
    if event != ACCESS:
        return {}
    severity, after = severity_drawn(scope), likelihood_after_drawn(scope)
    found = {
        "severity": severity,
        "likelihood": likelihood_drawn(scope),
        "severity_after": severity if after is not None else None,
        "likelihood_after": after,
    }
    return {name: reading for name, reading in found.items() if reading is not None}


def _event_again(event: FearedEvent, scope: Scope, differences: list[Difference]) -> FearedEvent:
    drawable = {m.id for m in measures() if m.draws != "none"}
    typed = [id_ for id_ in event.measures if id_ not in drawable]
    now = _gauges_drawn(event.id, scope)
    changed: dict[str, Any] = {"measures": (*_measures(event.id, scope), *typed), "drawn": now}
    for name in _GAUGES:
        before: Reading | None = getattr(event, name)
        is_kept = before is not None and before.origin is Origin.TYPED
        if not is_kept:
            changed[name] = now.get(name)
        was, is_ = _gauge_said(event.drawn.get(name)), _gauge_said(now.get(name))
        if was != is_:
            where = f"{event.title}: {name.replace('_', ' ')}"
            differences.append(Difference(where=where, before=was, after=is_, is_kept=is_kept))
    return replace(event, **changed)


def _gauge_said(reading: Reading | None) -> str:
    return mark("not gauged") if reading is None else f"{reading.gauge}. {reading.why}".strip()
