"""What an assessment stands on, and what has changed since."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping

from compliance.discovery.nouns import Label
from compliance.i18n import mark
from compliance.impact.method import method
from compliance.impact.nouns import (
    Facts,
    FearedEvent,
    Impact,
    ImpactKind,
    Status,
    Voice,
)
from compliance.impact.scope import Scope, scope_of, texts_of
from compliance.impact.words import listed, plain
from compliance.register.nouns import Origin, Record
from compliance.rules.nouns import Holding, Knowledge


def fingerprint(knowledge: Knowledge, impact: Impact) -> dict[str, tuple[str, ...]]:
    """The facts that an assessment of this subject stands on, each under a name of its own.

    A name is `what/of whom/which`; values are texts, sorted, and never a value of a cell.
    """
    return facts_in(scope_of(knowledge, impact.activity, impact.datasets))


def facts_in(scope: Scope) -> dict[str, tuple[str, ...]]:
    """The facts of a scope; see `fingerprint`."""
    found: dict[str, tuple[str, ...]] = {"scope//datasets": tuple(sorted(scope.names))}
    for holding in scope.holdings:
        found |= _of_holding(holding)
    for output in scope.outputs:
        found |= _of_output(output)
    if scope.activity is not None:
        found |= _of_record(scope.activity)
    for kind in method().counted:
        # What the desk drew by itself follows from the datasets, and is counted there.
        records = [one for one in scope.of(kind) if one.origin is not Origin.DRAWN]
        found[f"scope//{kind}"] = tuple(sorted(record.name or record.id for record in records))
        for record in records:
            found |= _of_record(record)
    return {name: value for name, value in found.items() if value}


def hash_of(facts: Facts) -> str:
    """SHA-256 of facts, in hex."""
    plain_ = {name: list(value) for name, value in facts.items()}
    return hashlib.sha256(json.dumps(plain_, sort_keys=True).encode()).hexdigest()


def outdated(impact: Impact, knowledge: Knowledge) -> tuple[str, ...]:
    """What has changed since an assessment was validated, in sentences; () also where it never
    was."""
    if not impact.stands_on:
        return ()
    return changes(impact.stands_on, fingerprint(knowledge, impact))


def stale(impact: Impact, knowledge: Knowledge) -> tuple[str, ...]:
    """What has changed since the answers were drawn, in sentences."""
    return changes(impact.drawn_from, fingerprint(knowledge, impact))


def standing(impact: Impact, knowledge: Knowledge) -> Status:
    """How an assessment stands now."""
    if impact.status is Status.VALIDATED and outdated(impact, knowledge):
        return Status.OUTDATED
    return impact.status


def changes(before: Facts, after: Facts) -> tuple[str, ...]:
    """What is different, in sentences without any value that was typed."""
    told = []
    for name in (*before, *(each for each in after if each not in before)):
        what, of, which = name.split("/", 2)
        if _is_said(what, of, before, after):
            continue  # once, of the dataset or record as a whole
        was, is_ = before.get(name, ()), after.get(name, ())
        if was != is_:
            told.append(_told(what, of, which, was, is_))
    return tuple(one for one in told if one)


def _is_said(what: str, of: str, before: Facts, after: Facts) -> bool:
    """Whether a fact is of a dataset or record that came or went as a whole."""
    if what == "dataset":
        place, name = "scope//datasets", of
        return (name in before.get(place, ())) != (name in after.get(place, ()))
    if what == "record" and not of.startswith("activity:"):
        start = f"record/{of}/"
        return any(n.startswith(start) for n in before) != any(n.startswith(start) for n in after)
    return False


def facts_of(impact: Impact, knowledge: Knowledge) -> dict[str, object]:
    """What rules ask of an assessment, by fact; one that is not known is left out.

    The keys are those that the rule pack has for a DPIA and for the activity that it is about.
    """
    if impact.kind is ImpactKind.LIA:
        return _of_lia(impact)
    officer, people = impact.opinion(Voice.OFFICER), impact.opinion(Voice.PEOPLE)
    changed = outdated(impact, knowledge)
    facts: dict[str, object] = {
        "dpia_id": impact.id,
        "sections": contents_present(impact),
        "dpo_advice_recorded": officer is not None and bool(officer.text),
        "views_sought_or_reason": _sought(people.text, people.reason) if people else "",
        "processing_changed_since_approval": bool(changed),
        "dpia_outdated": bool(changed),
        "prior_consultation_at": _day(impact.consulted_at),
        "dpia_completed_at": _day(impact.validated_at.date() if impact.validated_at else None),
        "reviewed_at": impact.validated_at.isoformat() if impact.validated_at else None,
    }
    if changed:
        facts["last_change_at"] = knowledge.at.isoformat()  # seen then; when it was is not known
    if impact.residual is not None:
        facts["residual_risk"] = str(impact.residual)
    return facts


def contents_present(impact: Impact) -> tuple[str, ...]:
    """Which of the contents of Art. 35(7) are there, by id."""
    return tuple(content.id for content in method().contents if _is_present(content.id, impact))


def _is_present(id_: str, impact: Impact) -> bool:
    content = next(content for content in method().contents if content.id == id_)
    answers = [impact.answers.get(question) for question in content.questions]
    if id_ == "legitimate_interest_if_any":
        return any(answer is not None and answer.counts for answer in answers)
    if content.events and not _gauged(impact.events):
        return False
    return all(answer is not None and answer.counts for answer in answers)


def _gauged(events: tuple[FearedEvent, ...]) -> bool:
    required = {event.id for event in method().events if event.required}
    done = {event.id for event in events if event.severity_after and event.likelihood_after}
    return required <= done and all(event.id in done for event in events)


def _of_lia(impact: Impact) -> dict[str, object]:
    outcome = None if impact.outcome is None else str(impact.outcome)
    return {
        "lia_id": impact.id,
        "lia_outcome": outcome,
        "lia_signed_at": _day(impact.validated_at.date() if impact.validated_at else None),
    }


def _sought(text: str, reason: str) -> str:
    return "sought" if text else "reason recorded" if reason else ""


def _day(day: object) -> str | None:
    return None if day is None else f"{day:%Y-%m-%d}"


def _of_holding(holding: Holding) -> dict[str, tuple[str, ...]]:
    name, said, found = holding.dataset.name, holding.dataset.description, holding.discovery
    base = f"dataset/{name}/"
    facts: dict[str, tuple[str, ...]] = {
        base + "columns": tuple(sorted(map(str, holding.dataset.column_names))),
        base + "purpose": texts_of(said.purpose),
        base + "legal_basis": texts_of(said.legal_basis),
        base + "special_condition": texts_of(said.special_condition),
        base + "retention_months": texts_of(said.retention_months),
        base + "region": texts_of(said.region),
        base + "source": texts_of(said.source),
        base + "data_subjects": texts_of(said.data_subjects),
        base + "people": texts_of(holding.people),
        base + "countries": _countries(holding),
        base + "runs": tuple(sorted(run.id for run in holding.runs)),
        base + "releases": tuple(sorted(release.id for release in holding.releases)),
    }
    if found is not None:
        facts[base + "kinds"] = tuple(sorted(map(_kind, found.personal)))
    return facts | _of_output(holding)


def _countries(holding: Holding) -> tuple[str, ...]:
    return () if holding.residents is None else tuple(sorted(holding.residents.counts))


def _of_output(holding: Holding) -> dict[str, tuple[str, ...]]:
    done = holding.anonymised
    if done is None:
        return {}
    k = max(0, done.proof.after.k)
    left = max(0, done.plan.k - holding.k_missing) if holding.k_missing else k
    return {f"output/{holding.dataset.name}/k": (str(left),)}


def _kind(label: Label) -> str:
    special = ", special category" if label.special_category else ""
    return f"{label.column} ({plain(label.semantic_type)}{special})"


def _of_record(record: Record) -> dict[str, tuple[str, ...]]:
    """The recorded fields of it that count; none of one that the desk drew."""
    if record.origin is Origin.DRAWN:
        return {}
    return {
        f"record/{record.kind}:{record.id}/{field}": tuple(
            sorted(texts_of(record.values.get(field)))
        )
        for field in method().counted.get(record.kind, ())
    }


def _told(what: str, of: str, which: str, was: tuple[str, ...], is_: tuple[str, ...]) -> str:
    if what == "record":
        kind, _, id_ = of.partition(":")
        return _how(
            mark("the {which} of {kind} {id_}").format(
                which=_in_words(which), kind=plain(kind), id_=id_
            ),
            was,
            is_,
        )
    if which in _NUMBERS:
        return _NUMBERS[which](of, was, is_)
    if which in _LISTS:
        return _of_list(_LISTS[which], of, was, is_)
    return _how(mark("the {which} of {of}").format(which=_in_words(which), of=of), was, is_)


def _how(fact: str, was: tuple[str, ...], is_: tuple[str, ...]) -> str:
    if not was:
        return mark("newly recorded: {fact}").format(fact=fact)
    return (
        mark("{fact} changed").format(fact=fact)
        if is_
        else mark("no longer recorded: {fact}").format(fact=fact)
    )


def _in_words(which: str) -> str:
    return _FACTS.get(which, plain(which))


def _of_list(words: str, of: str, was: tuple[str, ...], is_: tuple[str, ...]) -> str:
    new = [each for each in is_ if each not in was]
    gone = [each for each in was if each not in is_]
    come = mark("new {words} in {of}: {new}") if of else mark("new {words}: {new}")
    left = mark("{words} in {of} no longer there: {gone}")
    left = left if of else mark("{words} no longer there: {gone}")
    told = [come.format(words=words, of=of, new=listed(new))] if new else []
    told += [left.format(words=words, of=of, gone=listed(gone))] if gone else []
    return "; ".join(told)


def _people(of: str, was: tuple[str, ...], is_: tuple[str, ...]) -> str:
    if not was or not is_:
        return mark("how many people {of} holds is now {what}").format(
            of=of, what=mark("known") if is_ else mark("unknown")
        )
    before, after = int(was[0]), int(is_[0])
    if after <= before * (1 + method().people_growth):
        return ""
    return mark("{of} now holds {after:,} people instead of {before:,}").format(
        of=of, after=after, before=before
    )


def _k(of: str, was: tuple[str, ...], is_: tuple[str, ...]) -> str:
    if not was:
        return mark("{of} was anonymised").format(of=of)
    if not is_:
        return mark("the anonymised output {of} is no longer there").format(of=of)
    before, after = int(was[0]), int(is_[0])
    return (
        mark("k of {of} fell from {before} to {after}").format(of=of, before=before, after=after)
        if after < before
        else ""
    )


_NUMBERS: Mapping[str, Callable[[str, tuple[str, ...], tuple[str, ...]], str]] = {
    "people": _people,
    "k": _k,
}
_FACTS = {
    "retention_months": "retention",
    "period_months": "period",
    "contract_id": "contract",
    "data_subjects": "people",
    "people": mark("number of people"),
}
_LISTS = {
    "columns": "columns",
    "kinds": mark("kinds of personal data"),
    "runs": mark("federated runs"),
    "releases": "releases",
    "datasets": "datasets",
    "countries": mark("countries in which people live"),
    "recipient": "recipients",
    "processor": "processors",
    "transfer": "transfers",
    "sharing": mark("sharing with others"),
    "adm_system": mark("systems that decide"),
    "retention_rule": mark("retention rules"),
}
