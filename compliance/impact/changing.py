"""What officers do to an assessment: each gives a changed one, or refuses in one sentence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from compliance.errors import (
    ConsultationError,
    ImpactIncompleteError,
    ImpactInputError,
    ImpactOutdatedError,
    UnknownImpactError,
)
from compliance.i18n import mark
from compliance.impact.gauging import level_after, residual
from compliance.impact.method import measures, method
from compliance.impact.nouns import (
    Answer,
    Criterion,
    Decision,
    FearedEvent,
    Gauge,
    Impact,
    ImpactKind,
    Measure,
    Need,
    Opinion,
    Origin,
    Outcome,
    Reading,
    RiskLevel,
    Scale,
    Status,
    Voice,
)
from compliance.impact.screening import weighed
from compliance.impact.standing import contents_present, stale
from compliance.impact.words import counted, listed
from compliance.rules.nouns import Knowledge

LONGEST_TEXT = 20_000
LONGEST_NAME = 200
_TEXTS = ("impacts", "threats", "sources")
_GAUGES = ("severity", "likelihood", "severity_after", "likelihood_after")
_GOING_AHEAD = (Decision.GO, Decision.CONDITIONS)


_KNOWN = mark("Known are {known}")


def answered(impact: Impact, question: str, text: str | None = None) -> Impact:
    """A question answered in an officer's own words.

    Args:
        question: its id, or `event.field` for the impacts, threats or sources of a feared event.
        text: None takes over what stands there, as drawn or proposed; an empty text takes the
            answer back.

    Raises:
        UnknownImpactError: there is no such question.
        ImpactInputError: the text is too long.
    """
    event, _, field = question.partition(".")
    if field in _TEXTS:
        found = _event_or_refuse(impact, event)
        changed: dict[str, Any] = {field: _said(getattr(found, field), text)}
        return _with_event(impact, replace(found, **changed))
    if question not in {each.id for each in method().questions(impact.kind)}:
        known = listed([each.id for each in method().questions(impact.kind)])
        known = _KNOWN.format(known=known)
        raise UnknownImpactError(what="question", given=question[:60], known=known)
    before = impact.answers.get(question, Answer())
    answers = {**impact.answers, question: _said(before, text)}
    return _open(replace(impact, answers=answers))


def screened_by_hand(impact: Impact, criterion: str, *, holds: bool | None, why: str) -> Impact:
    """A criterion of the screening as an officer sees it.

    Raises:
        UnknownImpactError: there is no such criterion.
        ImpactInputError: no reason is given, or it is too long.
    """
    if criterion not in {each.id for each in method().criteria}:
        known = listed([each.id for each in method().criteria])
        known = _KNOWN.format(known=known)
        raise UnknownImpactError(what="criterion", given=criterion[:60], known=known)
    text = _checked(mark("The reason"), why)
    if holds is not None and not text:
        raise ImpactInputError(
            field=mark("The reason"), given="", reason=mark("say why in a few words")
        )
    said = Criterion(holds=holds, why=text, origin=Origin.TYPED)
    return _open(replace(impact, screening={**impact.screening, criterion: said}))


def gauged(
    impact: Impact,
    event: str,
    *,
    severity: Gauge | None = None,
    likelihood: Gauge | None = None,
    after: bool = False,
    why: str = "",
    takes_over: bool = False,
) -> Impact:
    """A feared event gauged, before or after measures.

    Args:
        takes_over: stand behind the gauges that were drawn, as they are.

    Raises:
        UnknownImpactError: there is no such event.
        ImpactInputError: the gauges after are above those before.
    """
    found = _event_or_refuse(impact, event)
    end = "_after" if after else ""
    reason = _checked(mark("The reason"), why)
    changed: dict[str, Any] = {}
    for scale, gauge in ((Scale.SEVERITY, severity), (Scale.LIKELIHOOD, likelihood)):
        before: Reading | None = getattr(found, f"{scale}{end}")
        if gauge is not None:
            changed[f"{scale}{end}"] = Reading(gauge=gauge, why=reason)
        elif takes_over and before is not None:
            changed[f"{scale}{end}"] = replace(before, origin=Origin.TYPED)
    made = replace(found, **changed)
    _refuse_worse(made)
    return _with_event(impact, made)


def feared(impact: Impact, title: str, *, id_: str = "") -> Impact:
    """An event besides the three: one of the method's others by its id, or one of one's own.

    Raises:
        ImpactInputError: it is there already, or has no name.
        UnknownImpactError: a legitimate-interest assessment has no feared events.
    """
    _refuse_lia(impact)
    known = method().feared(id_) if id_ else None
    name = known.title if known else _checked(mark("The feared event"), title, LONGEST_NAME)
    made = known.id if known else "own-" + "-".join(name.lower().split())[:60].replace(".", "")
    if not name or any(each.id == made or each.title == name for each in impact.events):
        reason = mark("give it a name that no other event has")
        raise ImpactInputError(field=mark("The feared event"), given=name[:60], reason=reason)
    return _open(replace(impact, events=(*impact.events, FearedEvent(id=made, title=name))))


def shielded(impact: Impact, event: str, by: Sequence[str]) -> Impact:
    """A feared event with the measures that reduce it: ids of the knowledge base, or words.

    Raises:
        UnknownImpactError: there is no such event.
    """
    found = _event_or_refuse(impact, event)
    checked = [_checked(mark("The measure"), each, LONGEST_NAME) for each in by]
    return _with_event(impact, replace(found, measures=tuple(dict.fromkeys(filter(None, checked)))))


def planned(impact: Impact, measure: Measure, *, place: int | None = None) -> Impact:
    """The action plan with a measure added, or put in the place of another.

    Args:
        measure: its `what` may be the id of a measure of the knowledge base.
        place: counts from 0; None adds.

    Raises:
        ImpactInputError: it says nothing, is too long, or the place is not there.
        UnknownImpactError: it names an event that is not there.
    """
    what = _checked(mark("The measure"), measure.what, LONGEST_NAME * 5)
    if not what:
        raise ImpactInputError(
            field=mark("The measure"), given="", reason=mark("say what is to be done")
        )
    for event in measure.events:
        _event_or_refuse(impact, event)
    known = next((each for each in measures() if each.id == what), None)
    named = {event.id for event in impact.events}
    if known is not None:
        events = measure.events or tuple(e for e in known.reduces if e in named)
        measure = replace(measure, what=known.title, events=events)
    kept = list(impact.measures)
    if place is None:
        kept.append(measure)
    elif 0 <= place < len(kept):
        kept[place] = measure
    else:
        reason = mark("there are {measures} in the plan").format(
            measures=counted(len(kept), "measure")
        )
        raise ImpactInputError(
            field=mark("The measure's place"), given=f"{place + 1}", reason=reason
        )
    return _open(replace(impact, measures=tuple(kept)))


def opined(impact: Impact, opinion: Opinion, today: date) -> Impact:
    """What somebody who had to be asked said, or why they were not asked.

    Raises:
        ImpactInputError: neither is said, or the day is in the future.
    """
    text = _checked(mark("The opinion"), opinion.text)
    reason = _checked(mark("The reason"), opinion.reason)
    if not text and not reason:
        why = mark("say what they said, or why they were not asked")
        raise ImpactInputError(field=mark("The opinion"), given="", reason=why)
    if opinion.of is Voice.OFFICER and not text:
        why = mark(
            "the officer's advice has to be sought (Art. 35(2)); a reason does not replace it"
        )
        raise ImpactInputError(field=mark("The opinion"), given="", reason=why)
    _refuse_future(mark("The day of the opinion"), opinion.at, today)
    made = replace(opinion, text=text, reason=reason, at=opinion.at or today)
    kept = [one for one in impact.opinions if (one.of, one.by) != (made.of, made.by)]
    return _open(replace(impact, opinions=(*kept, made)))


def decided(
    impact: Impact,
    today: date,
    *,
    decision: Decision | None = None,
    because: str = "",
    consulted_at: date | None = None,
    outcome: Outcome | None = None,
) -> Impact:
    """What comes of it, with the reasons.

    Raises:
        ImpactInputError: no reasons are given, or the day is in the future.
    """
    text = _checked(mark("The reasons"), because) or impact.because
    if not text:
        reason = mark("say in a few words why")
        raise ImpactInputError(field=mark("The decision"), given="", reason=reason)
    _refuse_future(mark("The day of the consultation"), consulted_at, today)
    made = replace(
        impact,
        decision=decision or impact.decision,
        because=text,
        consulted_at=consulted_at or impact.consulted_at,
        outcome=outcome or impact.outcome,
    )
    return _open(made)


def submitted(impact: Impact) -> Impact:
    """Handed on for review: all that is asked is answered and gauged.

    Raises:
        ImpactIncompleteError: it is not, with what is missing.
    """
    missing = [*_unanswered(impact), *_ungauged(impact)]
    if missing:
        raise ImpactIncompleteError(wanted=mark("handed on for review"), missing="; ".join(missing))
    return replace(impact, status=Status.REVIEW)


def missing_in(impact: Impact) -> tuple[str, ...]:
    """All that stands in the way of validating, in words; () when nothing does."""
    found = [*_unanswered(impact), *_ungauged(impact)]
    if impact.kind is ImpactKind.LIA:
        found += [] if impact.outcome else [mark("the outcome of the balancing")]
        return tuple(found)
    if weighed(impact.screening).need is Need.UNKNOWN:
        found.append(mark("the screening, which depends on criteria that nobody has decided"))
    officer, people = impact.opinion(Voice.OFFICER), impact.opinion(Voice.PEOPLE)
    found += (
        [] if officer and officer.text else [mark("the opinion of the data protection officer")]
    )
    found += [] if people else [mark("the views of people, or why they were not sought")]
    found += [] if impact.decision else [mark("the decision")]
    absent = {c.id for c in method().contents} - set(contents_present(impact))
    found += [
        c.title.lower() + f" ({c.ref})" for c in method().contents if _lacks(c.id, absent, impact)
    ]
    return tuple(dict.fromkeys(found))


def validated(impact: Impact, knowledge: Knowledge, *, by: str, at: datetime) -> Impact:
    """Signed: it stands on the facts as they are now.

    Raises:
        ImpactIncompleteError: something that must be there is empty.
        ImpactOutdatedError: the facts that it was drawn from have changed.
        ConsultationError: high risk is left, it is to go ahead, and nobody consulted.
    """
    if missing := missing_in(impact):
        raise ImpactIncompleteError(wanted="validated", missing="; ".join(missing))
    if changed := stale(impact, knowledge):
        raise ImpactOutdatedError(changed="; ".join(changed[:5]))
    left = residual(impact)
    goes_ahead = impact.decision in _GOING_AHEAD and impact.consulted_at is None
    if left is RiskLevel.HIGH and goes_ahead:
        high = [e.title for e in impact.events if level_after(e) is RiskLevel.HIGH]
        raise ConsultationError(events=listed(high))
    return replace(
        impact,
        status=Status.VALIDATED,
        residual=left,
        stands_on=impact.drawn_from,
        validated_at=at,
        validated_by=by,
    )


def progress(impact: Impact, part: str) -> tuple[int, int]:
    """How many of the required questions of a part count as answered, and how many there are."""
    found = next(each for each in method().parts[impact.kind] if each.id == part)
    wanted = [question.id for question in found.questions if question.required]
    done = sum(impact.answers.get(id_, Answer()).counts for id_ in wanted)
    return done, len(wanted)


def _lacks(id_: str, absent: set[str], impact: Impact) -> bool:
    """Whether a content is missing; an interest only where it is the basis."""
    if id_ != "legitimate_interest_if_any":
        return False  # told question by question already
    return id_ in absent and "legitimate" in impact.answers.get("basis", Answer()).text.lower()


def _unanswered(impact: Impact) -> Iterator[str]:
    for question in method().questions(impact.kind):
        answer = impact.answers.get(question.id, Answer())
        if question.required and not answer.counts:
            proposed = " (" + mark("only proposed by the template") + ")" if answer.text else ""
            yield f"“{question.title}”{proposed}"


def _ungauged(impact: Impact) -> Iterator[str]:
    for event in impact.events:
        lacking = [field.replace("_", " ") for field in _GAUGES if getattr(event, field) is None]
        lacking += [field for field in _TEXTS if not getattr(event, field).counts]
        if lacking:
            yield f"{event.title}: {listed(lacking)}"


def _refuse_worse(event: FearedEvent) -> None:
    """Measures do not make a risk larger."""
    for scale in Scale:
        before: Reading | None = getattr(event, scale)
        after: Reading | None = getattr(event, f"{scale}_after")
        if before and after and after.gauge.rank > before.gauge.rank:
            raise ImpactInputError(
                field=mark("The {scale} after measures").format(scale=scale),
                given=str(after.gauge),
                reason=mark("it was {gauge} before, and measures do not raise it").format(
                    gauge=before.gauge
                ),
            )


def _refuse_lia(impact: Impact) -> None:
    if impact.kind is ImpactKind.LIA:
        known = mark("A legitimate-interest assessment gauges none")
        raise UnknownImpactError(what=mark("feared event"), given="", known=known)


def _refuse_future(field: str, day: date | None, today: date) -> None:
    if day is not None and day > today:
        raise ImpactInputError(field=field, given=f"{day}", reason=mark("it is in the future"))


def _event_or_refuse(impact: Impact, id_: str) -> FearedEvent:
    found = impact.event(id_)
    if found is None:
        known = listed([event.id for event in impact.events], mark("none yet"))
        raise UnknownImpactError(
            what=mark("feared event"), given=id_[:60], known=_KNOWN.format(known=known)
        )
    return found


def _with_event(impact: Impact, event: FearedEvent) -> Impact:
    events = tuple(event if each.id == event.id else each for each in impact.events)
    return _open(replace(impact, events=events))


def _said(before: Answer, text: str | None) -> Answer:
    if text is None:
        return replace(before, origin=Origin.TYPED)
    return replace(before, text=_checked("The answer", text), origin=Origin.TYPED)


def _checked(field: str, text: str, longest: int = LONGEST_TEXT) -> str:
    if len(text) > longest:
        reason = mark("it is longer than {longest:,} characters").format(longest=longest)
        raise ImpactInputError(field=field, given=f"{text[:20]}…", reason=reason)
    if longest == LONGEST_NAME and not text.strip().isprintable():
        raise ImpactInputError(field=field, given="", reason=mark("it is one line"))
    return text.strip()


def _open(impact: Impact) -> Impact:
    """What was changed has to be looked at and validated again."""
    return replace(impact, status=Status.DRAFT)
