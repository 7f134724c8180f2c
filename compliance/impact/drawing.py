"""Answers drawn from facts: each says what the desk knows, and what it knows it by."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from compliance.discovery.nouns import Discovery, IdentifierClass
from compliance.i18n import mark
from compliance.impact import recorded as register
from compliance.impact.protections import Drawn, in_place
from compliance.impact.recorded import as_drawn, own, recorded
from compliance.impact.scope import Scope, datasets_of
from compliance.impact.words import counted, listed, named, of_dataset, of_record, plain
from compliance.rules.nouns import Holding

_CLASSES = {
    IdentifierClass.DIRECT: mark("what points to people directly"),
    IdentifierClass.QUASI: mark("what points to people together with others"),
    IdentifierClass.SENSITIVE: mark("what is sensitive"),
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
    said = recorded(scope.activity, "lawful_basis") or [
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
        holds = mark("{dataset} holds {rows}")
        if holding.people is not None:
            holds = mark("{dataset} holds {rows} of {people:,} people")
        kind = f" ({said.data_subjects})" if said.data_subjects else ""
        parts = [holds.format(dataset=named(dataset), rows=rows, people=holding.people) + kind]
        if holding.residents:
            lives = listed(sorted(holding.residents.counts))
            parts.append(mark("living in {places}").format(places=lives))
        if said.region:
            parts.append(mark("home region {region}").format(region=said.region))
        else:
            parts.append(mark("home region not recorded"))
        if said.source:
            parts.append(mark("collected from {source}").format(source=said.source))
        told.append(", ".join(parts))
    whole = all(
        h.dataset.description.data_subjects and h.dataset.description.region for h in scope.holdings
    )
    return as_drawn(told, _datasets(scope), is_whole=whole)


def _data_kinds(scope: Scope) -> Drawn:
    told, facts = [], []
    for holding in scope.holdings:
        name, found = named(holding.dataset), holding.discovery
        if found is None:
            told.append(mark("nobody has looked at what {name} holds yet").format(name=name))
            continue
        facts.append(f"labels:{holding.dataset.id}")
        told += _kinds(name, found) or [mark("{name} holds no personal column").format(name=name)]
        if found.unconfirmed:
            told.append(
                mark("{labels} of {name} no officer has confirmed yet").format(
                    labels=counted(len(found.unconfirmed), "label"), name=name
                )
            )
    return as_drawn(told, facts, is_whole=scope.is_discovered)


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
            told.append(mark("nobody has looked at what {name} holds yet").format(name=name))
            continue
        facts.append(f"labels:{holding.dataset.id}")
        special = [str(label.column) for label in found.personal if label.special_category]
        private = [
            str(label.column)
            for label in found.personal
            if label.identifier_class is IdentifierClass.SENSITIVE and not label.special_category
        ]
        if special:
            told.append(
                mark("{name} holds special categories (Art. 9) in {special}").format(
                    name=name, special=listed(special)
                )
            )
        if private:
            told.append(
                mark("{name} holds very personal data in {private}").format(
                    name=name, private=listed(private)
                )
            )
        if not special and not private:
            told.append(
                mark("none was found among the {among} of {name}").format(
                    among=counted(len(found.labels), "column"), name=name
                )
            )
    return as_drawn(told, facts, is_whole=scope.is_discovered)


def _life_cycle(scope: Scope) -> Drawn:
    told: list[str] = []
    facts = list(_datasets(scope))
    for holding in scope.holdings:
        dataset, runs, releases = holding.dataset, holding.runs, holding.releases
        sources = counted(len(dataset.sources), "source")
        steps = [
            mark("taken in from {sources} on {added_at:%Y-%m-%d}").format(
                sources=sources, added_at=dataset.added_at
            )
        ]
        if dataset.cleaning:
            steps.append(
                mark("cleaned in {steps}").format(steps=counted(len(dataset.cleaning), "step"))
            )
        if holding.discovery is not None:
            steps.append(mark("labelled"))
        if runs:
            steps.append(
                mark("learnt from in {federated_runs}").format(
                    federated_runs=counted(len(runs), "federated run")
                )
            )
        if releases:
            steps.append(
                mark("published as {statistics} with noise").format(
                    statistics=counted(len(releases), "statistic")
                )
            )
        if dataset.description.retention_months:
            steps.append(
                mark("to be erased after {months}").format(
                    months=counted(dataset.description.retention_months, "month")
                )
            )
        told.append(
            mark("{dataset} was {steps}").format(dataset=named(dataset), steps=listed(steps))
        )
    for output in scope.outputs:
        told.append(
            mark("{dataset} was made from it and is handed on in its place").format(
                dataset=named(output.dataset)
            )
        )
        facts.append(of_dataset(output.dataset))
    return as_drawn(told, facts)


def _purposes(scope: Scope) -> Drawn:
    said_there = recorded(scope.activity, "purposes", "purpose")
    told = (
        [
            mark("the record of processing names {said_there}").format(
                said_there=listed([plain(each) for each in said_there])
            )
        ]
        if said_there
        else []
    )
    facts = [*own(scope)] if said_there else []
    for holding in scope.holdings:
        if purpose := holding.dataset.description.purpose:
            told.append(
                mark("{dataset} is kept for {purpose}").format(
                    dataset=named(holding.dataset), purpose=purpose
                )
            )
            facts.append(of_dataset(holding.dataset))
    whole = bool(said_there) or all(h.dataset.description.purpose for h in scope.holdings)
    return as_drawn(told, facts, is_whole=whole)


def _basis(scope: Scope) -> Drawn:
    """The activity's basis, and those on which its data were collected where they differ."""
    said_there = recorded(scope.activity, "lawful_basis")
    told = (
        [
            mark("the record of processing names {said_there}").format(
                said_there=_listed_plain(said_there)
            )
        ]
        if said_there
        else []
    )
    facts = [*own(scope)] if said_there else []
    others, undecided = [], []
    for holding in scope.holdings:
        said, name = holding.dataset.description, named(holding.dataset)
        if said.legal_basis is None:
            undecided += [name] * (not said_there)
        else:
            facts.append(of_dataset(holding.dataset))
            told.append(
                mark("{name} was collected on {legal_basis}").format(
                    name=name, legal_basis=plain(str(said.legal_basis))
                )
            )
            others += [name] * bool(said_there and str(said.legal_basis) not in said_there)
        if said.special_condition:
            told.append(
                mark("its special categories rest on {special_condition}").format(
                    special_condition=said.special_condition
                )
            )
    is_open = bool(others) and not recorded(scope.activity, "compatibility_assessment_id")
    if is_open:
        told.append(
            mark(
                "for {others} that is another basis, so say whether this use is compatible "
                "with the one that it was collected for (Art. 6(4))"
            ).format(others=listed(others))
        )
    if undecided:
        told.append(
            mark("no basis is recorded for {undecided}").format(undecided=listed(undecided))
        )
    is_whole = not is_open and not undecided and bool(bases_of(scope))
    return as_drawn(told, facts, is_whole=is_whole)


def _listed_plain(ids: Sequence[str]) -> str:
    return listed([plain(each) for each in ids])


def _interest(scope: Scope) -> Drawn:
    bases = bases_of(scope)
    if not bases:
        return Drawn()
    if _LEGITIMATE in bases:
        text = mark(
            "Legitimate interests are the basis, so a legitimate-interest assessment is needed."
        )
        return Drawn(text=text, facts=_basis(scope).facts, is_whole=False)
    text = mark("Legitimate interests are not the basis; it is {bases}.").format(
        bases=listed([plain(b) for b in bases])
    )
    return Drawn(text=text, facts=_basis(scope).facts)


def _consent(scope: Scope) -> Drawn:
    bases = bases_of(scope)
    if not bases or "consent" in bases:
        return Drawn()
    text = mark("Consent is not the basis; it is {bases}.").format(
        bases=listed([plain(b) for b in bases])
    )
    return Drawn(text=text, facts=_basis(scope).facts)


def _retention(scope: Scope) -> Drawn:
    told, unknown = [], []
    facts = [*_datasets(scope)]
    for holding in scope.holdings:
        name, months = named(holding.dataset), _months(scope, holding)
        told.append(
            mark("rows of {name} are kept {months}").format(name=name, months=months)
        ) if months else unknown.append(name)
        if kept := holding.retained:
            told.append(
                mark(
                    "by {column} its oldest row is {months} old and {rows} are past retention"
                ).format(
                    column=kept.column,
                    months=counted(kept.oldest_months, "month"),
                    rows=counted(kept.past, "row"),
                )
            )
    if unknown:
        told.append(mark("no retention is recorded for {unknown}").format(unknown=listed(unknown)))
    facts += [of_record(rule) for rule in scope.of("retention_rule")]
    return as_drawn(told, facts, is_whole=not unknown)


def _months(scope: Scope, holding: Holding) -> str:
    """How long its rows are kept, by its description or a rule of the register."""
    if months := holding.dataset.description.retention_months:
        return counted(months, "month")
    for rule in scope.of("retention_rule"):
        if holding.dataset.name in datasets_of(rule) or not datasets_of(rule):
            period = recorded(rule, "period_months")
            said = [f"{period[0]} months"] if period else recorded(rule, "criterion")
            if said:
                return said[0]
    return ""


def _measures_data(scope: Scope) -> Drawn:
    seen = in_place(scope)
    names = ("pseudonyms", "anonymised", "releases", "synthetic", "federated")
    found = [seen[name] for name in names if name in seen]
    techniques = recorded(scope.activity, "protective_techniques")
    if techniques:
        words = listed([plain(each) for each in techniques])
        found.append(
            Drawn(
                text=mark("recorded techniques are {words}").format(words=words), facts=own(scope)
            )
        )
    if not found:
        return Drawn(text=mark("The desk sees none."), is_whole=False)
    return as_drawn([each.text for each in found], [f for each in found for f in each.facts])


def _less(scope: Scope) -> Drawn:
    found = _measures_data(scope)
    if found.is_whole:
        return Drawn(
            text=mark("What is done already: {done}").format(done=found.text),
            facts=found.facts,
            is_whole=False,
        )
    return Drawn(text=mark("Nothing less intrusive has been tried on the desk."), is_whole=False)


def _datasets(scope: Scope) -> tuple[str, ...]:
    return tuple(of_dataset(holding.dataset) for holding in scope.holdings)


DRAWINGS: Mapping[str, Callable[[Scope], Drawn]] = {
    "scope": _scope,
    "responsibilities": register.responsibilities,
    "data_kinds": _data_kinds,
    "special": _special,
    "recipients": register.recipients,
    "life_cycle": _life_cycle,
    "purposes": _purposes,
    "basis": _basis,
    "interest": _interest,
    "consent": _consent,
    "retention": _retention,
    "processors": register.processors,
    "transfers": register.transfers,
    "measures_data": _measures_data,
    "measures_security": register.measures_security,
    "notices": register.notices,
    "automated": register.automated,
    "necessity": register.necessity,
    "less": _less,
}
