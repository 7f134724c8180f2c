"""Rules on facts: every duty checked, and nothing passed that could not be checked.

Three-valued: a triple on an unknown fact is unknown, and a rule with an unknown triple is not
assessed unless another triple already decides it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from compliance.i18n import mark
from compliance.rules.checking import checks_of
from compliance.rules.inheriting import inherited, is_asked_already
from compliance.rules.nouns import (
    POLICY,
    Assessment,
    Finding,
    LawId,
    Pack,
    Rule,
    Severity,
    State,
    Subject,
)
from compliance.rules.verdicts import Judge

_WORST_FIRST = {severity: place for place, severity in enumerate(Severity)}
_ORGANISATION = ("org", "organisation")
_CHOOSING = ("eq", "ne", "in", "not_in", "contains_all", "subset_of")


def assess(
    pack: Pack,
    subjects: Sequence[Subject],
    at: datetime,
    *,
    laws: Mapping[LawId, str] | None = None,
    findings: Sequence[Finding] = (),
    is_whole: bool = True,
) -> Assessment:
    """Every rule of `pack` on every subject that it looks at; findings first, worst first.

    A rule that looks at nothing (its law is not in scope, it is not in force, there is no such
    subject) has one verdict, on the organisation, that says so.

    Args:
        laws: those in scope, each with why; None: all. The organisation's own policy always is.
        is_whole: all there is was looked at; else rules without a subject are left out.
        findings: those on record; a waiver that has not run out turns “not met” into “waived”.
    """
    organisation = next((one for one in subjects if one.entity in _ORGANISATION), _NOBODY)
    country = organisation.facts.get("country")
    judge = Judge(
        pack=pack,
        at=at,
        organisation=organisation.name,
        waivers={one.key: one.waiver for one in findings if one.waiver},
    )
    groups = _by_entity(subjects)
    choices = _choices(pack)
    taken_over = inherited(pack, laws)
    for rule in sorted((*pack.rules, *taken_over), key=lambda rule: _WORST_FIRST[rule.severity]):
        is_taken_over = rule in taken_over
        if why := _idle(pack, rule, at, laws):
            if not is_taken_over:
                judge.set_aside(rule, State.NOT_APPLICABLE, why)
            continue
        wanted = [
            one for one in groups.get(rule.entity, ()) if one.governed.by(rule.law) is not False
        ]
        if is_taken_over:
            wanted = [one for one in wanted if not is_asked_already(pack, rule, one, laws)]
        if not wanted and (is_taken_over or not is_whole):
            continue
        if not wanted:
            judge.set_aside(rule, *_without_subject(pack, rule, groups))
            continue
        place = country if isinstance(country, str) else ""
        judge.look(rule, checks_of(pack, rule, at, place, choices[rule.entity]), wanted)
    return judge.assessment()


_NOBODY = Subject(entity="org", name=mark("The organisation"), facts={})


def _idle(pack: Pack, rule: Rule, at: datetime, laws: Mapping[LawId, str] | None) -> str:
    """Why a rule looks at nothing; empty: it does."""
    today = at.date()
    if why := pack.disabled.get(rule.id):
        return mark("Switched off: {why}").format(why=why)
    if laws is not None and rule.law != POLICY and rule.law not in laws:
        applies = law.applies if (law := pack.laws.get(rule.law)) else ""
        said = mark("; it applies to: {applies}.").format(applies=applies) if applies else "."
        return mark("{law} is not in scope{said}").format(law=pack.law_name(rule.law), said=said)
    if rule.effective_from and today < rule.effective_from:
        return mark("Not in force yet; it binds from {effective_from} on.").format(
            effective_from=rule.effective_from.isoformat()
        )
    if rule.effective_until and today > rule.effective_until:
        return mark("No longer in force; it bound until {effective_until}.").format(
            effective_until=rule.effective_until.isoformat()
        )
    return ""


def _without_subject(
    pack: Pack, rule: Rule, groups: Mapping[str, Sequence[Subject]]
) -> tuple[State, str]:
    """Nothing of the kind is on record: mostly there is none, and then nothing to be met.

    Where whoever holds personal data must have one, its absence is not known to be right.
    """
    entity = pack.entities.get(rule.entity)
    name = entity.name.lower() if entity else rule.entity.replace("_", " ")
    name = name.removeprefix("the ")
    if groups.get(rule.entity):
        return State.NOT_APPLICABLE, mark("No {kind} on record is under {law}.").format(
            kind=name, law=pack.law_name(rule.law)
        )
    holds_data = any(one.facts.get("contains_personal_data", True) for one in groups["dataset"])
    if entity and entity.must_exist and holds_data:
        return State.NOT_ASSESSED, mark(
            "No {kind} is on record, though personal data may be held."
        ).format(kind=name)
    return State.NOT_APPLICABLE, mark("No {kind} is on record.").format(kind=name)


def _by_entity(subjects: Iterable[Subject]) -> dict[str, list[Subject]]:
    groups: dict[str, list[Subject]] = defaultdict(list)
    for subject in subjects:
        groups[subject.entity].append(subject)
    return groups


def _choices(pack: Pack) -> Mapping[str, Mapping[str, Collection[str]]]:
    """The texts that rules name for each fact, by entity: these may be shown."""
    found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for rule in pack.rules:
        for triple in (*rule.when, *rule.asserts):
            if triple[1] in _CHOOSING:
                wanted = triple[2] if isinstance(triple[2], (list, tuple)) else [triple[2]]
                found[rule.entity][triple[0]].update(
                    str(one) for one in wanted if not isinstance(one, bool)
                )
    return found
