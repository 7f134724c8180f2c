"""Records that follow from what the desk holds, so that nobody types them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from compliance.anonymise.nouns import TreatmentKind
from compliance.anonymise.nouns.record import Anonymised
from compliance.countries import is_country
from compliance.dataset.nouns import Dataset
from compliance.discovery.nouns import Discovery
from compliance.federated.nouns import Run
from compliance.i18n import mark
from compliance.privacy.nouns import Release
from compliance.register.kinds import kinds
from compliance.register.nouns import FieldId, KindId, Organisation, Origin, Record, Scoped
from compliance.register.scoping import places, scope

_SECRETS = (TreatmentKind.PSEUDONYM, TreatmentKind.VAULT)
_SLUG = re.compile(r"[^\w]+", re.UNICODE)
_LONGEST_SLUG = 48
# Records of these kinds that name a dataset belong to the activities that use it.
_LINKED: Mapping[KindId, FieldId] = {
    "recipient": "recipients",
    "processor": "processors",
    "transfer": "transfers",
    "breach": "breaches",
    "adm_system": "automated_decisions",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A dataset, and what was done with it as far as the register draws on it.

    Attributes:
        dataset: the newest version.
        discovery: None where nobody has looked yet.
        anonymised: how it was made from another; None where it was not.
        runs, releases: federated runs on it, and statistics published from it.
        places: where the people in it live, as counted on its rows: countries, and regions of
            them as `US-CA`.
    """

    dataset: Dataset
    discovery: Discovery | None = None
    anonymised: Anonymised | None = None
    runs: Sequence[Run] = ()
    releases: Sequence[Release] = ()
    places: Sequence[str] = ()

    @property
    def may_hold_people(self) -> bool:
        """Whether it holds personal data, or nobody has looked."""
        return self.discovery is None or bool(self.discovery.personal)


def drawn(
    organisation: Organisation,
    held: Sequence[Held],
    typed: Sequence[Record],
    titles: Mapping[str, str],
) -> tuple[Record, ...]:
    """The records that follow: the organisation, datasets, retention rules and activities.

    Args:
        held: every dataset.
        typed: what was typed; from it follow laws in scope and who belongs to an activity.
        titles: what each kind of personal data is called, by its id.
    """
    about = [one for one in held if one.may_hold_people]
    return (
        _organisation(organisation, held, typed),
        *(_dataset(one) for one in about),
        *(_retention(one) for one in about if one.dataset.description.retention_months),
        *_activities(organisation, about, held, typed, titles),
    )


def overlaid(below: Sequence[Record], typed: Sequence[Record]) -> tuple[Record, ...]:
    """Drawn records under typed ones: an officer's word wins, field by field."""
    found = {(one.kind, one.id): one for one in below}
    for one in typed:
        drawn_one = found.pop((one.kind, one.id), None)
        if one.is_removed:
            continue
        under = drawn_one.values if drawn_one else {}
        found[one.kind, one.id] = Record(
            kind=one.kind, id=one.id, name=one.name, values={**under, **one.values}
        )
    order = list(kinds())
    return tuple(sorted(found.values(), key=lambda one: (order.index(one.kind), one.name, one.id)))


def scope_of(
    organisation: Organisation, held: Sequence[Held], typed: Sequence[Record]
) -> tuple[Scoped, ...]:
    """The laws that seem to apply, each with why; what was decided of that does not count."""
    said, of_datasets = _of_places(held, typed)
    regions = {str(one.dataset.name): one.places for one in held}
    return scope(organisation, said, [one.dataset for one in held], of_datasets, regions)


def _organisation(
    organisation: Organisation, held: Sequence[Held], typed: Sequence[Record]
) -> Record:
    said, of_datasets = _of_places(held, typed)
    values: dict[FieldId, object] = {"ropa_export_formats": ("csv", "json")}
    values |= places(organisation, said, of_datasets)
    if laws := scope_of(organisation, held, typed):
        values["laws_in_scope"] = tuple(one.law for one in laws)
    if organisation.contact:
        values["dpo_contact"] = organisation.contact
    return _record("org", "org", organisation.name or mark("The organisation"), values)


def _of_places(
    held: Sequence[Held], typed: Sequence[Record]
) -> tuple[Mapping[FieldId, object], Sequence[Record]]:
    """What was typed of the organisation, and the records of datasets as they stand."""
    said = next((one.values for one in typed if one.kind == "org" and not one.is_removed), {})
    found = overlaid([_dataset(one) for one in held], typed)
    return said, [one for one in found if one.kind == "dataset"]


def _dataset(one: Held) -> Record:
    said = one.dataset.description
    values: dict[FieldId, object] = {}
    if countries := tuple(place for place in one.places if is_country(place)):
        values["countries_of_subjects"] = countries
    if said.region:
        values["storage_country"] = said.region
    if said.retention_months:
        values["retention_rule_id"] = _retention_id(one.dataset)
    if condition := _condition(said.special_condition):
        values["art9_condition"] = condition
    if _is_pseudonymised(one):
        values |= {
            "security_measures": ("pseudonymisation",),
            "pseudonymised": mark("By a key that is kept apart, in the desk"),
        }
    return _record("dataset", one.dataset.name, one.dataset.name, values)


def _retention(one: Held) -> Record:
    values = {
        "datasets": (str(one.dataset.name),),
        "period_months": one.dataset.description.retention_months,
    }
    return _record(
        "retention_rule",
        _retention_id(one.dataset),
        mark("Retention of {name}").format(name=one.dataset.name),
        values,
    )


def _activities(
    organisation: Organisation,
    about: Sequence[Held],
    held: Sequence[Held],
    typed: Sequence[Record],
    titles: Mapping[str, str],
) -> Iterator[Record]:
    """One activity for each purpose that a description names."""
    by_purpose: dict[str, list[Held]] = defaultdict(list)
    for one in about:
        if slug := activity_id(one.dataset.description.purpose):
            by_purpose[slug].append(one)
    for slug, group in by_purpose.items():
        values = _said(group, titles) | _techniques(group, held) | _linked(group, typed)
        if organisation.name:
            values["role"] = "controller"
        purpose = group[0].dataset.description.purpose.strip()
        yield _record("activity", slug, purpose[:1].upper() + purpose[1:200], values)


def _said(group: Sequence[Held], titles: Mapping[str, str]) -> dict[FieldId, object]:
    """What descriptions and discovery say of the datasets of one purpose."""
    said = [one.dataset.description for one in group]
    labels = [label for one in group if one.discovery for label in one.discovery.personal]
    kinds_of_data = sorted(
        {titles.get(la.semantic_type, la.semantic_type.replace("_", " ")) for la in labels}
    )
    kept = [_retention_id(one.dataset) for one in group if one.dataset.description.retention_months]
    bases = {one.legal_basis for one in said}
    values: dict[FieldId, object] = {
        "purposes": _different(one.purpose for one in said)[:1],
        "datasets": tuple(str(one.dataset.name) for one in group),
        "categories_of_subjects": _different(one.data_subjects for one in said),
        "categories_of_data": tuple(kinds_of_data),
        "source": "; ".join(_different(one.source for one in said)),
        "storage_countries": _different(one.region for one in said),
        "retention_rules": tuple(kept),
        "special_condition": "; ".join(_different(one.special_condition for one in said)),
    }
    if len(bases) == 1 and (basis := bases.pop()) is not None:
        values["lawful_basis"] = str(basis)
    return {field: value for field, value in values.items() if value}


def _techniques(group: Sequence[Held], held: Sequence[Held]) -> dict[FieldId, object]:
    """What the desk did to protect the people in these datasets."""
    names = {str(one.dataset.name) for one in group}
    made = [
        one.anonymised
        for one in held
        if one.anonymised is not None and one.anonymised.dataset_id.rsplit("@", 1)[0] in names
    ]
    runs = [run for one in group for run in one.runs]
    has_noise = any(one.releases for one in group) or any(run.plan.privacy for run in runs)
    done = {
        "pseudonymisation": any(_is_pseudonymised(one) for one in group),
        "anonymisation": bool(made),
        "differential_privacy": has_noise,
        "federated_learning": bool(runs),
    }
    found = tuple(measure for measure, is_done in done.items() if is_done)
    return {"security_measures": found, "protective_techniques": found} if found else {}


def _linked(group: Sequence[Held], typed: Sequence[Record]) -> dict[FieldId, object]:
    """Typed records that name one of these datasets."""
    names = {str(one.dataset.name) for one in group}
    found: dict[FieldId, list[str]] = defaultdict(list)
    for record in typed:
        field = _LINKED.get(record.kind)
        if field and not record.is_removed and names & set(record.several("datasets")):
            found[field].append(record.id)
    return {field: tuple(ids) for field, ids in found.items()}


def _is_pseudonymised(one: Held) -> bool:
    plan = one.anonymised.plan if one.anonymised else None
    return plan is not None and any(done.kind in _SECRETS for done in plan.treatments)


def _condition(said: str) -> str:
    """The condition of Art. 9(2) that the description names; empty where it is another text."""
    field = kinds()["dataset"].field("art9_condition")
    choices = field.choices if field else {}
    wanted = said.strip().casefold()
    matches = (c for c, label in choices.items() if wanted in (c.casefold(), label.casefold()))
    return next(matches, "")


def _different(texts: Iterator[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text.strip() for text in texts if text.strip()))


def activity_id(text: str) -> str:
    """An id from words: as many whole words as there is room for."""
    slug = _SLUG.sub("-", text.casefold()).strip("-_")
    if len(slug) <= _LONGEST_SLUG:
        return slug
    return (slug[:_LONGEST_SLUG].rpartition("-")[0] or slug[:_LONGEST_SLUG]).rstrip("-_")


def _retention_id(dataset: Dataset) -> str:
    return f"retention {dataset.name}"[:80].rstrip()


def _record(kind: KindId, id_: str, name: str, values: Mapping[FieldId, object]) -> Record:
    return Record(kind=kind, id=str(id_), name=str(name), values=values, origin=Origin.DRAWN)
