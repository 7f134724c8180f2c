"""Answers drawn from the register: who is responsible, who receives, what leaves, what is told."""

from __future__ import annotations

from collections.abc import Sequence

from compliance.i18n import mark
from compliance.impact.protections import Drawn, in_place
from compliance.impact.scope import Scope, texts_of
from compliance.impact.words import listed, of_record, plain, sentences
from compliance.register.nouns import Record


def responsibilities(scope: Scope) -> Drawn:
    """Controller, officer, role and processors."""
    who = scope.knowledge.organisation
    if not who.name:
        return Drawn(text=mark("No controller is recorded yet."), is_whole=False)
    told = [
        mark("the controller is {name}").format(name=who.name)
        + (f" ({who.country})" if who.country else "")
    ]
    told.append(
        mark("the data protection officer is {officer}").format(officer=who.officer)
        if who.officer
        else mark("no data protection officer is recorded")
    )
    facts = ["organisation"]
    if scope.activity is not None:
        facts.append(of_record(scope.activity))
        roles = recorded(scope.activity, "role")
        joint = recorded(scope.activity, "joint_controllers")
        told += [mark("joint controllers are {joint}").format(joint=listed(joint))] * bool(joint)
        told += [mark("the organisation acts as {role}").format(role=plain(role)) for role in roles]
    if scope.of("processor"):
        told.append(
            mark("processors are {processors}").format(
                processors=listed([named(p) for p in scope.of("processor")])
            )
        )
        facts += [of_record(record) for record in scope.of("processor")]
    return as_drawn(told, facts)


def recipients(scope: Scope) -> Drawn:
    """Everybody on record who receives the data."""
    found = scope.of("recipient")
    told = [
        mark("recorded recipients are {found}").format(
            found=listed([_with_place(one) for one in found])
        )
    ] * bool(found)
    bound = scope.of("processor")
    told += [
        mark("processors are {bound}").format(bound=listed([named(one) for one in bound]))
    ] * bool(bound)
    if not found and is_absent(scope.activity, "recipients"):
        told.append(mark("it is recorded that nobody else receives them"))
    if not told:
        return Drawn(text=mark("No recipient is recorded."), is_whole=False)
    return as_drawn(told, [*own(scope), *map(of_record, (*found, *bound))])


def processors(scope: Scope) -> Drawn:
    """How each processor is bound; an answer only where all are."""
    found = scope.of("processor")
    if not found:
        if is_absent(scope.activity, "processors"):
            return as_drawn([mark("it is recorded that there is none")], own(scope))
        return Drawn(text=mark("No processor is recorded."), is_whole=False)
    unbound = [one for one in found if not _is_bound(one)]
    told = [
        mark("{one} is bound by a contract").format(one=_with_place(one))
        for one in found
        if one not in unbound
    ]
    if unbound:
        names = listed([_with_place(one) for one in unbound])
        told.append(
            mark("no contract that is in force is recorded for {names}").format(names=names)
        )
    return as_drawn(told, [of_record(one) for one in found], is_whole=not unbound)


def transfers(scope: Scope) -> Drawn:
    """What leaves, and under which safeguard; an answer only where each has one."""
    found = scope.of("transfer")
    if not found:
        if is_absent(scope.activity, "transfers"):
            return as_drawn([mark("it is recorded that nothing leaves")], own(scope))
        return Drawn(text=mark("No transfer is recorded."), is_whole=False)
    told, bare = [], []
    for one in found:
        to = listed(recorded(one, "destination"), mark("a country that is not recorded"))
        how = recorded(one, "mechanism", "cn_mechanism", "br_mechanism")
        if how:
            told.append(
                mark("{one} goes to {to} under {how}").format(
                    one=named(one), to=to, how=plain(how[0])
                )
            )
        else:
            bare.append(f"{named(one)} to {to}")
    if bare:
        told.append(mark("no safeguard is recorded for {bare}").format(bare=listed(bare)))
    return as_drawn(told, [of_record(one) for one in found], is_whole=not bare)


def notices(scope: Scope) -> Drawn:
    """Which notices are on record; what they say an officer has to add."""
    told = []
    for one in scope.of("notice"):
        given = recorded(one, "given_at", "updated_at")
        says = mark("{one} is on record since {given}") if given else mark("{one} is on record")
        told.append(says.format(one=named(one), given=given[0] if given else ""))
    return as_drawn(told, [of_record(one) for one in scope.of("notice")], is_whole=False)


def automated(scope: Scope) -> Drawn:
    """Which systems decide, and by which way a person is reached."""
    told = []
    for one in scope.of("adm_system"):
        alone = recorded(one, "solely_automated") == ["yes"]
        review = recorded(one, "human_review_route", "review_route")
        way = (
            mark("a way to a person is recorded")
            if review
            else mark("no way to a person is recorded")
        )
        told.append(
            mark("{one} decides {what}; {way}").format(
                one=named(one), what=mark("alone") if alone else mark("with people"), way=way
            )
        )
    return as_drawn(told, [of_record(one) for one in scope.of("adm_system")], is_whole=False)


def necessity(scope: Scope) -> Drawn:
    """Why the data are needed, where the record of processing says so."""
    return as_drawn(recorded(scope.activity, "necessity_note"), own(scope))


def measures_security(scope: Scope) -> Drawn:
    """What the desk keeps by itself, and what is recorded; an answer only where something is."""
    seen = in_place(scope)
    found = [seen[name] for name in ("stored", "trail") if name in seen]
    told, facts = [each.text for each in found], [f for each in found for f in each.facts]
    measures = recorded(scope.activity, "security_measures")
    if measures:
        told.append(
            mark("recorded measures are {measures}").format(
                measures=listed([plain(each) for each in measures])
            )
        )
        facts += own(scope)
    return as_drawn(told, facts, is_whole=bool(measures))


def as_drawn(told: Sequence[str], facts: Sequence[str], *, is_whole: bool = True) -> Drawn:
    """Parts as sentences; with nothing to say it is no answer."""
    text = sentences(told)
    return Drawn(
        text=text,
        facts=tuple(dict.fromkeys(facts)) if text else (),
        is_whole=is_whole and bool(text),
    )


def own(scope: Scope) -> tuple[str, ...]:
    """The reference to the activity's own record."""
    return () if scope.activity is None else (of_record(scope.activity),)


def recorded(record: Record | None, *fields: str) -> list[str]:
    """What a record says in the first of these fields that it has; [] where in none."""
    for field in fields:
        if record is not None and (said := texts_of(record.values.get(field))):
            return list(said)
    return []


def is_absent(record: Record | None, field: str) -> bool:
    """Whether it is on record that there is nothing."""
    return record is not None and field in record.values and not texts_of(record.values[field])


def named(record: Record) -> str:
    """A record by its name."""
    return record.name or record.id


def _with_place(record: Record) -> str:
    country = recorded(record, "country")
    return named(record) + (f" ({country[0]})" if country else "")


def _is_bound(record: Record) -> bool:
    return bool(recorded(record, "contract_id")) and recorded(record, "contract_expired") != ["yes"]
