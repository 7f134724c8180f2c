"""What is known, as the subjects and facts that rules look at.

A subject of the register has what people recorded of it and what the desk computes; where the two
differ neither is believed, so that what follows is not assessed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial

from compliance.register.nouns import Contradiction, Record
from compliance.rules.facts import (
    activities,
    datasets,
    desk,
    incidents,
    organisation,
    partners,
    people,
    proofs,
)
from compliance.rules.facts.datasets import kept_months
from compliance.rules.facts.desk import run_subject
from compliance.rules.facts.joining import Computed, clash_of, subject, texts
from compliance.rules.facts.reach import laws_of
from compliance.rules.nouns import EVERY_LAW, Governed, Knowledge, Subject
from compliance.rules.residency import transfer_facts

__all__ = ["PROVIDED", "contradictions", "kept_months", "run_subject", "subjects"]

# The facts that are computed, by kind of subject; all others are recorded.
PROVIDED: Mapping[str, frozenset[str]] = {
    "org": organisation.PROVIDED,
    "dataset": datasets.PROVIDED,
    "activity": activities.PROVIDED,
    **partners.PROVIDED,
    **people.PROVIDED,
    **incidents.PROVIDED,
    **proofs.PROVIDED,
    **desk.PROVIDED,
}

_Compute = Callable[[Record, Knowledge], Computed]
_Laws = Callable[[Record, Knowledge], Governed]


def _any_law(_record: Record, _known: Knowledge) -> Governed:
    """All laws that the organisation is under."""
    return EVERY_LAW


# The kinds of record that rules look at, beside organisation and datasets.
_KINDS: Mapping[str, tuple[_Compute, _Laws]] = {
    "activity": (activities.computed, partners.dataset_laws),
    "processor": (partners.processor, partners.dataset_laws),
    "sharing": (people.nothing, partners.own_law),
    "transfer": (partners.transfer, partners.transfer_laws),
    "notice": (people.nothing, partners.own_law),
    "consent": (people.consent, partners.own_law),
    "complaint": (people.nothing, partners.own_law),
    "breach": (incidents.breach, partners.dataset_laws),
    "dpia": (incidents.dpia, _any_law),
    "adm_system": (partners.adm_system, partners.dataset_laws),
    "retention_rule": (partners.retention_rule, partners.dataset_laws),
}


def subjects(known: Knowledge) -> tuple[Subject, ...]:
    """Everything that rules look at, with its facts; the organisation first."""
    found: list[Subject] = []
    about: dict[str, Subject] = {}
    for record, computed, governed in _computed(known):
        made = subject(known, record, computed, governed)
        found.append(made)
        if made.entity == "dataset":
            about[made.id] = made
    for holding in known.holdings:
        found += [run_subject(run, about[holding.dataset.name]) for run in holding.runs]
        found += proofs.release_subjects(holding, known)
    found += [desk.population_subject(budget) for budget in known.budgets]
    found += [desk.trail_subject(known.trail, known.dangling), proofs.log_subject(known)]
    found.append(proofs.findings_subject(known))
    return tuple(found)


def contradictions(known: Knowledge) -> tuple[Contradiction, ...]:
    """What was entered against what the desk computes; those within the register come first."""
    return known.register.contradictions + tuple(
        clash for record, computed, _ in _computed(known) for clash in clash_of(record, computed)
    )


def _computed(known: Knowledge) -> list[tuple[Record, Computed, Governed]]:
    """Every subject that has, or may have, a record, with what is computed of it."""
    known = known if known.judged else replace(known, judged=transfer_facts(known))
    found: list[tuple[Record, Computed, Governed]] = [
        (organisation.record_of(known), organisation.computed(known), EVERY_LAW)
    ]
    for holding in known.holdings:
        name = holding.dataset.name
        record = datasets.record_of(name, known.register)
        whole = Record(kind="dataset", id=name, name=name, values=record.values if record else {})
        found.append((whole, datasets.computed(holding, known), laws_of(holding, known)))
    asked = people.asked_by(known)
    requests: tuple[_Compute, _Laws] = (partial(people.request, asked=asked), partners.own_law)
    kinds = {**_KINDS, "request": requests}
    implied = (*activities.unrecorded(known), *partners.unrecorded(known))
    for record in (*known.register.records, *implied):
        if record.kind in kinds and not record.is_removed and _is_wanted(record, known):
            compute, laws = kinds[record.kind]
            found.append((record, compute(record, known), laws(record, known)))
    if known.is_whole:
        made = (one for one in known.impacts if one.kind == "dpia")
        found += [(*incidents.assessed(one, known), EVERY_LAW) for one in made]
    return found


def _is_wanted(record: Record, known: Knowledge) -> bool:
    """Whether a record is about what is looked at."""
    names = {holding.dataset.name for holding in known.holdings}
    return known.is_whole or bool(names & set(texts(record.values.get("datasets"))))
