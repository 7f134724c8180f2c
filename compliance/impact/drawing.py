"""Answers drawn from facts: each says what the desk knows, and what it knows it by."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from compliance.discovery.nouns import Discovery, IdentifierClass
from compliance.impact.protections import Drawn, in_place
from compliance.impact.scope import Scope, texts_of
from compliance.impact.words import counted, listed, named, of_dataset, of_record, plain, sentences
from compliance.register.nouns import Record

_CLASSES = {
    IdentifierClass.DIRECT: "what points to people directly",
    IdentifierClass.QUASI: "what points to people together with others",
    IdentifierClass.SENSITIVE: "what is sensitive",
}
_MOST_COLUMNS = 100
_LEGITIMATE = "legitimate_interests"


def drawn(by: str, scope: Scope) -> Drawn:
    """What the desk says of a question that draws `by`; nothing where it cannot know.

    Raises:
        KeyError: the method names a drawing that does not exist; a test rules that out.
    """
    return Drawn() if by == "none" else DRAWINGS[by](scope)


def bases_of(scope: Scope) -> tuple[str, ...]:
    """The legal bases on record, each once: the activity's, else those of its datasets."""
    own = _recorded(scope.activity, "lawful_basis", "legal_basis")
    said = own or [
        str(h.dataset.description.legal_basis)
        for h in scope.holdings
        if h.dataset.description.legal_basis
    ]
    return tuple(dict.fromkeys(said))


def _scope(scope: Scope) -> Drawn:
    told = []
    for holding in scope.holdings:
        dataset, said = holding.dataset, holding.dataset.description
        rows = counted(dataset.rows, "row")
        people = f" of {holding.people:,} people" if holding.people is not None else ""
        kind = f" ({said.data_subjects})" if said.data_subjects else ""
        home = f", home region {said.region}" if said.region else ", home region not recorded"
        source = f", collected from {said.source}" if said.source else ""
        told.append(f"{named(dataset)} holds {rows}{people}{kind}{home}{source}")
    whole = all(
        h.dataset.description.data_subjects and h.dataset.description.region for h in scope.holdings
    )
    return _told(told, _datasets(scope), is_whole=whole)


def _responsibilities(scope: Scope) -> Drawn:
    who = scope.knowledge.organisation
    if not who.name:
        return Drawn(text="No controller is recorded yet.", is_whole=False)
    told = [f"the controller is {who.name}" + (f" ({who.country})" if who.country else "")]
    told.append(
        f"the data protection officer is {who.officer}"
        if who.officer
        else "no data protection officer is recorded"
    )
    facts = ["organisation"]
    if scope.activity is not None:
        facts.append(of_record(scope.activity))
        roles = _recorded(scope.activity, "role")
        told += [f"the organisation acts as {plain(role)}" for role in roles]
    if scope.processors:
        told.append(f"processors are {listed([_named(p) for p in scope.processors])}")
        facts += [of_record(record) for record in scope.processors]
    return _told(told, facts)


def _data_kinds(scope: Scope) -> Drawn:
    told, facts = [], []
    for holding in scope.holdings:
        name, found = named(holding.dataset), holding.discovery
        if found is None:
            told.append(f"nobody has looked at what {name} holds yet")
            continue
        facts.append(f"labels:{holding.dataset.id}")
        told += _kinds(name, found) or [f"{name} holds no personal column"]
        if found.unconfirmed:
            told.append(
                f"{counted(len(found.unconfirmed), 'label')} of {name} no officer has confirmed yet"
            )
    return _told(told, facts, is_whole=scope.is_discovered)


def _kinds(name: str, found: Discovery) -> list[str]:
    """The personal columns of a dataset, by how they point to people; none is left out."""
    told = []
    for class_, words in _CLASSES.items():
        columns = [
            f"{label.column} ({plain(label.semantic_type)})"
            for label in found.personal
            if label.identifier_class is class_
        ]
        if columns:
            told.append(f"{name}, {words}: {listed(columns, longest=_MOST_COLUMNS)}")
    return told


def _special(scope: Scope) -> Drawn:
    told, facts = [], []
    for holding in scope.holdings:
        name, found = named(holding.dataset), holding.discovery
        if found is None:
            told.append(f"nobody has looked at what {name} holds yet")
            continue
        facts.append(f"labels:{holding.dataset.id}")
        special = [str(label.column) for label in found.personal if label.special_category]
        private = [
            str(label.column)
            for label in found.personal
            if label.identifier_class is IdentifierClass.SENSITIVE and not label.special_category
        ]
        if special:
            told.append(f"{name} holds special categories (Art. 9) in {listed(special)}")
        if private:
            told.append(f"{name} holds very personal data in {listed(private)}")
        if not special and not private:
            told.append(
                f"none was found among the {counted(len(found.labels), 'column')} of {name}"
            )
    return _told(told, facts, is_whole=scope.is_discovered)


def _recipients(scope: Scope) -> Drawn:
    named = _recorded(scope.activity, "recipients", "recipient_categories")
    resolved = [_name_of(scope, text) for text in named]
    told = [f"recorded recipients are {listed(resolved)}"] if resolved else []
    if scope.processors:
        told.append(f"processors are {listed([_named(p) for p in scope.processors])}")
    if _is_absent(scope.activity, "recipients"):
        told.append("it is recorded that nobody else receives them")
    facts = [*_own(scope)]
    facts += [of_record(record) for record in scope.processors]
    return _told(told, facts) if told else Drawn(text="No recipient is recorded.", is_whole=False)


def _life_cycle(scope: Scope) -> Drawn:
    told: list[str] = []
    facts = list(_datasets(scope))
    for holding in scope.holdings:
        dataset, runs, releases = holding.dataset, holding.runs, holding.releases
        sources = counted(len(dataset.sources), "source")
        steps = [f"taken in from {sources} on {dataset.added_at:%Y-%m-%d}"]
        if dataset.cleaning:
            steps.append(f"cleaned in {counted(len(dataset.cleaning), 'step')}")
        if holding.discovery is not None:
            steps.append("labelled")
        if runs:
            steps.append(f"learnt from in {counted(len(runs), 'federated run')}")
        if releases:
            steps.append(f"published as {counted(len(releases), 'statistic')} with noise")
        if dataset.description.retention_months:
            steps.append(
                f"to be erased after {counted(dataset.description.retention_months, 'month')}"
            )
        told.append(f"{named(dataset)} was {listed(steps)}")
    for output in scope.outputs:
        told.append(f"{named(output.dataset)} was made from it and is handed on in its place")
        facts.append(of_dataset(output.dataset))
    return _told(told, facts)


def _purposes(scope: Scope) -> Drawn:
    own = _recorded(scope.activity, "purposes", "purpose")
    told = (
        [f"the record of processing names {listed([plain(each) for each in own])}"] if own else []
    )
    facts = [*_own(scope)] if own else []
    for holding in scope.holdings:
        if purpose := holding.dataset.description.purpose:
            told.append(f"{named(holding.dataset)} is kept for {purpose}")
            facts.append(of_dataset(holding.dataset))
    whole = bool(own) or all(h.dataset.description.purpose for h in scope.holdings)
    return _told(told, facts, is_whole=whole)


def _basis(scope: Scope) -> Drawn:
    own = _recorded(scope.activity, "lawful_basis", "legal_basis")
    told = (
        [f"the record of processing names {listed([plain(each) for each in own])}"] if own else []
    )
    facts = [*_own(scope)] if own else []
    differing, undecided = [], []
    for holding in scope.holdings:
        said, name = holding.dataset.description, named(holding.dataset)
        if said.legal_basis is None:
            undecided += [name] * (not own)
        else:
            facts.append(of_dataset(holding.dataset))
            told.append(f"{name} rests on {plain(str(said.legal_basis))}")
            differing += [name] * bool(own and str(said.legal_basis) not in own)
        if said.special_condition:
            told.append(f"its special categories rest on {said.special_condition}")
    if differing:
        told.append(f"the record and the description of {listed(differing)} contradict each other")
    if undecided:
        told.append(f"no basis is recorded for {listed(undecided)}")
    return _told(told, facts, is_whole=not differing and not undecided and bool(bases_of(scope)))


def _interest(scope: Scope) -> Drawn:
    bases = bases_of(scope)
    if not bases:
        return Drawn()
    if _LEGITIMATE in bases:
        text = "Legitimate interests are the basis, so a legitimate-interest assessment is needed."
        return Drawn(text=text, facts=_basis(scope).facts, is_whole=False)
    text = f"Legitimate interests are not the basis; it is {listed([plain(b) for b in bases])}."
    return Drawn(text=text, facts=_basis(scope).facts)


def _consent(scope: Scope) -> Drawn:
    bases = bases_of(scope)
    if not bases or "consent" in bases:
        return Drawn()
    text = f"Consent is not the basis; it is {listed([plain(b) for b in bases])}."
    return Drawn(text=text, facts=_basis(scope).facts)


def _retention(scope: Scope) -> Drawn:
    own = _recorded(scope.activity, "retention_months")
    told = [f"the record of processing keeps them {own[0]} months"] if own else []
    facts = [*_own(scope)] if own else []
    for holding in scope.holdings:
        name, months = named(holding.dataset), holding.dataset.description.retention_months
        facts.append(of_dataset(holding.dataset))
        told.append(
            f"rows of {name} are kept {counted(months, 'month')}"
            if months
            else f"no retention is recorded for {name}"
        )
        if kept := holding.retained:
            told.append(
                f"by {kept.column} its oldest row is {counted(kept.oldest_months, 'month')} old"
                f" and {counted(kept.past, 'row')} are past retention"
            )
    whole = bool(own) or all(h.dataset.description.retention_months for h in scope.holdings)
    return _told(told, facts, is_whole=whole)


def _processors(scope: Scope) -> Drawn:
    if not scope.processors:
        if _is_absent(scope.activity, "processors"):
            return _told(["it is recorded that there is none"], _own(scope))
        return Drawn(text="No processor is recorded.", is_whole=False)
    told, unbound = [], []
    for record in scope.processors:
        contract = _recorded(record, "contract_id", "contract")
        country = _recorded(record, "country", "countries")
        place = f" ({listed(country)})" if country else ""
        told.append(f"{_named(record)}{place} is bound by a contract" if contract else "")
        unbound += [] if contract else [f"{_named(record)}{place}"]
    if unbound:
        told.append(f"no contract is recorded for {listed(unbound)}")
    return _told(told, [of_record(record) for record in scope.processors], is_whole=not unbound)


def _transfers(scope: Scope) -> Drawn:
    told, open_ = [], []
    for record in scope.transfers:
        to = _recorded(record, "destination", "country")
        how = _recorded(record, "mechanism")
        place = listed([*to], "a country that is not recorded")
        if how:
            told.append(f"{_named(record)} goes to {place} under {plain(how[0])}")
        else:
            open_.append(f"{_named(record)} to {place}")
    if open_:
        told.append(f"no safeguard is recorded for {listed(open_)}")
    if told:
        return _told(told, [of_record(r) for r in scope.transfers], is_whole=not open_)
    if _is_absent(scope.activity, "transfers"):
        return _told(["it is recorded that nothing leaves"], _own(scope))
    return Drawn(text="No transfer is recorded.", is_whole=False)


def _measures_data(scope: Scope) -> Drawn:
    seen = in_place(scope)
    names = ("pseudonyms", "anonymised", "releases", "synthetic", "federated")
    found = [seen[name] for name in names if name in seen]
    if not found:
        return Drawn(text="The desk sees none.", is_whole=False)
    return _told([each.text for each in found], [f for each in found for f in each.facts])


def _measures_security(scope: Scope) -> Drawn:
    seen = in_place(scope)
    found = [seen[name] for name in ("stored", "trail") if name in seen]
    told, facts = [each.text for each in found], [f for each in found for f in each.facts]
    own = [
        (record, listed([plain(each) for each in _recorded(record, "security_measures")]))
        for record in (scope.activity, *scope.processors)
        if record is not None and _recorded(record, "security_measures")
    ]
    for record, measures in own:
        told.append(f"recorded for {_named(record)}: {measures}")
        facts.append(of_record(record))
    return _told(told, facts, is_whole=bool(own))


def _less(scope: Scope) -> Drawn:
    found = _measures_data(scope)
    if found.is_whole:
        return Drawn(text=f"What is done already: {found.text}", facts=found.facts, is_whole=False)
    return Drawn(text="Nothing less intrusive has been tried on the desk.", is_whole=False)


def _told(told: Sequence[str], facts: Sequence[str], *, is_whole: bool = True) -> Drawn:
    text = sentences(told)
    return Drawn(text=text, facts=tuple(dict.fromkeys(facts)), is_whole=is_whole and bool(text))


def _datasets(scope: Scope) -> tuple[str, ...]:
    return tuple(of_dataset(holding.dataset) for holding in scope.holdings)


def _own(scope: Scope) -> tuple[str, ...]:
    return () if scope.activity is None else (of_record(scope.activity),)


def _recorded(record: Record | None, *fields: str) -> list[str]:
    """What a record says in the first of these fields that it has; [] where in none."""
    for field in fields:
        if record is not None and (said := texts_of(record.values.get(field))):
            return list(said)
    return []


def _is_absent(record: Record | None, field: str) -> bool:
    """Whether it is on record that there is nothing."""
    return record is not None and field in record.values and not texts_of(record.values[field])


def _named(record: Record) -> str:
    return record.name or record.id


def _name_of(scope: Scope, id_: str) -> str:
    """The name of a record of the register that an activity names by its id."""
    found = (r for r in scope.knowledge.register.records if r.id == id_ and r.kind != "activity")
    return next((_named(record) for record in found), id_)


DRAWINGS: Mapping[str, Callable[[Scope], Drawn]] = {
    "scope": _scope,
    "responsibilities": _responsibilities,
    "data_kinds": _data_kinds,
    "special": _special,
    "recipients": _recipients,
    "life_cycle": _life_cycle,
    "purposes": _purposes,
    "basis": _basis,
    "interest": _interest,
    "consent": _consent,
    "retention": _retention,
    "processors": _processors,
    "transfers": _transfers,
    "measures_data": _measures_data,
    "measures_security": _measures_security,
    "less": _less,
}
