"""What the law asks to tell with the data, drawn from the register; what is missing is said."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from compliance.countries import name_of
from compliance.dataset.nouns import Dataset
from compliance.register.nouns import FieldId, Record, Register
from compliance.rights.fulfilling.answers import (
    asked_under,
    complaint_under,
    rights_under,
    title_of,
)
from compliance.rights.nouns import Element, Extract
from compliance.rules.nouns import LawId

Words = Callable[[Record, FieldId], str]
_Told = tuple[list[str], list[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What can be told about.

    Attributes:
        register: as it stands.
        words: a field of a record in words; empty where nothing is recorded.
        datasets: those with rows of the person, as people describe them.
        categories: kinds of data in them, in words.
        rows: how many rows are handed over.
        law: which asks.
        country: of the organisation, or else whose holidays count.
        third: whether a country is outside the area in which data move freely.
    """

    register: Register
    words: Words
    datasets: tuple[Dataset, ...]
    categories: tuple[str, ...]
    rows: int
    law: LawId
    country: str
    third: Callable[[str], bool]

    @property
    def names(self) -> frozenset[str]:
        """The datasets' names."""
        return frozenset(str(dataset.name) for dataset in self.datasets)

    def of(self, kind: str) -> tuple[Record, ...]:
        """The records of a kind that are about these datasets."""
        found = self.register.of(kind)
        return tuple(one for one in found if self.names & set(one.several("datasets")))

    @property
    def activities(self) -> tuple[Record, ...]:
        """What the datasets are used for."""
        return self.of("activity")

    def named(self, kind: str, field: FieldId) -> tuple[Record, ...]:
        """The records of a kind that are about these datasets, or that their activities name."""
        ids = {id_ for one in self.activities for id_ in one.several(field)}
        return tuple(
            one
            for one in self.register.of(kind)
            if one.id in ids or self.names & set(one.several("datasets"))
        )


def elements(ground: Ground) -> tuple[Element, ...]:
    """Each thing that the law asks for; complete only where nothing is missing."""
    return tuple(_element(id_, *_TOLD[id_](ground)) for id_ in asked_under(ground.law))


def categories_of(extracts: Sequence[Extract]) -> tuple[str, ...]:
    """The kinds of data in what is handed over, in words, each once."""
    found = {c.meaning: None for extract in extracts for c in extract.columns if c.meaning}
    return tuple(found)


def _element(id_: str, says: list[str], missing: list[str]) -> Element:
    return Element(id=id_, title=title_of(id_), says=tuple(says), missing=tuple(missing))


def _purposes(ground: Ground) -> _Told:
    says, missing = [], []
    for one in ground.activities:
        purposes = ground.words(one, "purposes")
        basis = ground.words(one, "lawful_basis") or ground.words(one, "cn_basis")
        if purposes:
            says.append(f"{one.name}: {purposes}" + (f"; basis: {basis.lower()}" if basis else ""))
    covered = {
        n for one in ground.activities if one.several("purposes") for n in one.several("datasets")
    }
    for dataset in ground.datasets:
        if dataset.description.purpose and dataset.name not in covered:
            says.append(f"{dataset.name}: {dataset.description.purpose}")
        elif dataset.name not in covered:
            missing.append(f"What {dataset.name} is used for is not recorded.")
    return _or_none(ground, says, missing)


def _categories(ground: Ground) -> _Told:
    said = [*ground.categories]
    for one in ground.activities:
        said += [entry for entry in one.several("categories_of_data") if entry not in said]
    if not said and ground.rows:
        return [], ["Which kinds of data there are is not recorded; look for personal data first."]
    return _or_none(ground, [", ".join(said) + "."] if said else [], [])


def _recipients(ground: Ground) -> _Told:
    says = [_recipient(ground, one) for one in ground.named("recipient", "recipients")]
    says += [_processor(ground, one) for one in _processors(ground)]
    for one in ground.of("sharing"):
        recipient = ground.words(one, "recipient") or one.name
        says.append(f"{recipient}: {ground.words(one, 'kind').lower() or 'sharing'}")
    missing = [
        f"Who receives data for “{one.name}” is not recorded."
        for one in ground.activities
        if not {"recipients", "processors"} & set(one.values)
    ]
    bare = ground.names - {n for one in ground.activities for n in one.several("datasets")}
    missing += [f"Who receives data of {name} is not recorded." for name in _bare(ground, bare)]
    if not says and not missing and ground.names:
        says.append("Nobody outside receives the data.")
    return _or_none(ground, says, missing)


def _bare(ground: Ground, names: frozenset[str]) -> list[str]:
    """Datasets of no activity, of which no recipient is on record either."""
    held = {
        name
        for kind in ("recipient", "processor", "sharing")
        for one in ground.of(kind)
        for name in one.several("datasets")
    }
    return sorted(names - held)


def _processors(ground: Ground) -> tuple[Record, ...]:
    """Those who work on these data, and those who work for them."""
    found = {one.id: one for one in ground.named("processor", "processors")}
    for one in list(found.values()):
        for id_ in one.several("subprocessors"):
            below = ground.register.record("processor", id_)
            if below is not None:
                found.setdefault(id_, below)
    return tuple(found.values())


def _recipient(ground: Ground, one: Record) -> str:
    parts = [ground.words(one, "category").lower(), _place(ground, one)]
    what = ground.words(one, "receives")
    purpose = ground.words(one, "purpose").lower()
    told = [f"receives {what}" if what else "", f"for {purpose}" if purpose else ""]
    return _line(one.name, parts, told)


def _processor(ground: Ground, one: Record) -> str:
    services = ground.words(one, "services")
    return _line(
        one.name, ["processor", _place(ground, one)], [services.lower() if services else ""]
    )


def _line(name: str, parts: Sequence[str], told: Sequence[str]) -> str:
    inside = ", ".join(filter(None, parts))
    after = ", ".join(filter(None, told))
    return name + (f" ({inside})" if inside else "") + (f": {after}" if after else "")


def _place(ground: Ground, one: Record) -> str:
    code = str(one.values.get("country") or "")
    if not code:
        return "country not recorded"
    return name_of(code) + (", another country" if ground.third(code) else "")


def _retention(ground: Ground) -> _Told:
    says, missing = [], []
    rules = ground.of("retention_rule")
    for dataset in ground.datasets:
        own = [one for one in rules if dataset.name in one.several("datasets")]
        told = [text for text in (_kept(ground, one) for one in own) if text]
        months = dataset.description.retention_months
        if not told and months:
            told = [f"{months} months"]
        if told:
            says.append(f"{dataset.name}: {'; '.join(told)}")
        else:
            missing.append(f"How long {dataset.name} is kept is not recorded.")
    return _or_none(ground, says, missing)


def _kept(ground: Ground, one: Record) -> str:
    months, since = ground.words(one, "period_months"), ground.words(one, "start_event")
    period = f"{months} months" if months else ground.words(one, "criterion")
    return period + (f", from: {since}" if period and since else "")


def _rights(ground: Ground) -> _Told:
    said = rights_under(ground.law)
    return (
        ([said], []) if said else ([], ["What people can ask for under this law is not recorded."])
    )


def _complaint(ground: Ground) -> _Told:
    said = complaint_under(ground.law, ground.country)
    if said:
        return list(said), []
    return [], ["Which authority is responsible is not known; record the organisation's country."]


def _source(ground: Ground) -> _Told:
    says, missing = [], []
    for dataset in ground.datasets:
        told = [
            ground.words(one, "source")
            for one in ground.activities
            if dataset.name in one.several("datasets")
        ]
        found = list(dict.fromkeys(filter(None, [dataset.description.source, *told])))
        if found:
            says.append(f"{dataset.name}: {'; '.join(found)}")
        else:
            missing.append(f"Where {dataset.name} comes from is not recorded.")
    return _or_none(ground, says, missing)


def _automated(ground: Ground) -> _Told:
    systems = ground.named("adm_system", "automated_decisions")
    says: list[str] = []
    missing: list[str] = []
    for one in systems:
        alone = one.values.get("solely_automated")
        says.append(f"{one.name}: {_ALONE.get(alone, 'whether it decides alone is not recorded')}")
        logic = ground.words(one, "criteria_information") or ground.words(one, "explanation_route")
        if logic:
            says.append(f"How it decides: {logic}")
        elif alone is not False:
            missing.append(f"How “{one.name}” decides, and what follows from it, is not recorded.")
        told = {title: ground.words(one, field) for field, title in _ROUTES.items()}
        says += [f"{title}: {text}" for title, text in told.items() if text]
    if systems:
        return says, missing
    unsaid = [o.name for o in ground.activities if "automated_decisions" not in o.values]
    if ground.names and (unsaid or not ground.activities):
        return [], ["Whether machines decide about people is not recorded."]
    return ["No decision is made by a machine alone."], []


_ALONE: Mapping[object, str] = {True: "decides alone", False: "helps a person to decide"}
_ROUTES = {
    "human_review_route": "How a person looks again",
    "contest_route": "How to contest it",
    "representations_route": "How to make your case",
}


def _safeguards(ground: Ground) -> _Told:
    says, missing = [], []
    transfers = [
        one
        for one in ground.named("transfer", "transfers")
        if ground.third(str(one.values.get("destination") or "")) and not _has_ended(one)
    ]
    for one in transfers:
        rests = next((w for f in _MECHANISMS if (w := ground.words(one, f))), "")
        place = name_of(str(one.values.get("destination")))
        if rests:
            says.append(f"{one.name} ({place}): {rests}")
        else:
            missing.append(f"What “{one.name}” ({place}) rests on is not recorded.")
    covered = {str(one.values.get(field) or "") for one in transfers for field in _TO}
    for one in (*ground.named("recipient", "recipients"), *_processors(ground)):
        code = str(one.values.get("country") or "")
        if code and ground.third(code) and one.id not in covered:
            missing.append(f"What protects data at {one.name} ({name_of(code)}) is not recorded.")
    if not says and not missing:
        says.append("No data leave for another country.")
    return says, missing


_MECHANISMS = (
    "mechanism",
    "derogation",
    "cn_mechanism",
    "br_mechanism",
    "jp_ground",
    "sg_mechanism",
    "kr_ground",
)
_TO = ("recipient", "processor")


def _has_ended(one: Record) -> bool:
    return isinstance(one.values.get("ended_at"), str)


def _copy(ground: Ground) -> _Told:
    if not ground.rows:
        return ["No data about you were found."], []
    return [f"{ground.rows:,} rows of {len(ground.datasets)} datasets, in this package."], []


def _third_parties(ground: Ground) -> _Told:
    recipients = ground.named("recipient", "recipients")
    says = [ground.words(one, "category") for one in recipients]
    says += ["Processor"] * bool(_processors(ground))
    bare = [one.name for one in recipients if not one.values.get("category")]
    missing = [f"Which kind of recipient {name} is, is not recorded." for name in bare]
    if not says and not missing:
        return _recipients(ground)
    return list(dict.fromkeys(filter(None, says))), missing


def _sold(ground: Ground) -> _Told:
    shared = ground.of("sharing")
    if shared:
        return [_shared(ground, one) for one in shared], []
    organisation = ground.register.record("org", "org")
    sells = None if organisation is None else organisation.values.get("sells_or_shares")
    if sells is False:
        return ["Nothing is sold or shared."], []
    return [], ["Whether data are sold or shared, and to whom, is not recorded."]


def _shared(ground: Ground, one: Record) -> str:
    what, who = ground.words(one, "kind") or "Sharing", ground.words(one, "recipient") or one.name
    return f"{what} to {who}: {', '.join(sorted(ground.names & set(one.several('datasets'))))}"


def _disclosed(ground: Ground) -> _Told:
    says, missing = [], []
    for one in ground.named("recipient", "recipients"):
        what = ground.words(one, "receives")
        if what:
            says.append(f"{ground.words(one, 'category') or one.name}: {what}")
        else:
            missing.append(f"Which kinds of data {one.name} receives is not recorded.")
    for one in _processors(ground):
        held = sorted(ground.names & set(one.several("datasets")))
        what = ground.words(one, "services")
        says.append(
            f"Processor ({what.lower() or 'works for us'}): {', '.join(held) or 'as needed'}"
        )
    if not says and not missing:
        return _recipients(ground)
    return says, missing


def _or_none(ground: Ground, says: list[str], missing: list[str]) -> _Told:
    if not says and not missing and not ground.datasets:
        says.append("No data about you were found.")
    return says, missing


_TOLD: Mapping[str, Callable[[Ground], _Told]] = {
    "purposes": _purposes,
    "categories": _categories,
    "recipients_incl_third_countries": _recipients,
    "retention_period_or_criteria": _retention,
    "rights_rectification_erasure_restriction_objection": _rights,
    "complaint_right": _complaint,
    "source_if_indirect": _source,
    "automated_decisions": _automated,
    "transfer_safeguards": _safeguards,
    "copy_of_data": _copy,
    "sources": _source,
    "third_party_categories": _third_parties,
    "specific_pieces": _copy,
    "sold_or_shared_by_category": _sold,
    "disclosed_by_category": _disclosed,
}


def portable(
    ground: Ground, derived: Mapping[str, str], bases: Sequence[str]
) -> tuple[tuple[str, ...], Mapping[str, str], tuple[str, ...]]:
    """What GDPR Art. 20 gives: datasets to hand over, those that are not with why, and the bases.

    Args:
        derived: by dataset name, what it was made from; what was derived was not provided.
        bases: those under which the right holds.
    """
    given: list[str] = []
    left: dict[str, str] = {}
    found: set[str] = set()
    for dataset in ground.datasets:
        basis = dataset.description.legal_basis or _only_basis(ground, str(dataset.name))
        if dataset.name in derived:
            left[dataset.name] = f"it was made from {derived[dataset.name]}, not given by you"
        elif not basis:
            left[dataset.name] = "its legal basis is not recorded"
        elif str(basis) not in bases:
            words = str(basis).replace("_", " ")
            left[dataset.name] = f"it rests on {words}, not on consent or contract"
        else:
            given.append(dataset.name)
            found.add(str(basis))
    return tuple(given), left, tuple(sorted(found))


def _only_basis(ground: Ground, name: str) -> str:
    """The basis of the activities that use a dataset, where they all have the same."""
    found = {
        str(one.values.get("lawful_basis") or "")
        for one in ground.activities
        if name in one.several("datasets")
    }
    return found.pop() if len(found) == 1 else ""


def missing_in(told: Sequence[Element]) -> Iterator[str]:
    """All that nobody has recorded, in the order of the elements."""
    for element in told:
        yield from element.missing
