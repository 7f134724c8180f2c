"""What the law asks to tell with the data, drawn from the register; what is missing is said."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from compliance.i18n import mark
from compliance.register.nouns import Record
from compliance.rights.fulfilling.answers import (
    asked_under,
    complaint_under,
    rights_under,
    title_of,
)
from compliance.rights.fulfilling.grounds import Ground, Told, or_none
from compliance.rights.fulfilling.receiving import (
    disclosed,
    recipients,
    safeguards,
    sold,
    third_parties,
)
from compliance.rights.nouns import Element, Extract


def elements(ground: Ground) -> tuple[Element, ...]:
    """Each thing that the law asks for; complete only where nothing is missing."""
    return tuple(_element(id_, *_TOLD[id_](ground)) for id_ in asked_under(ground.law))


def categories_of(extracts: Sequence[Extract]) -> tuple[str, ...]:
    """The kinds of data in what is handed over, in words, each once."""
    found = {c.meaning: None for extract in extracts for c in extract.columns if c.meaning}
    return tuple(found)


def _element(id_: str, says: list[str], missing: list[str]) -> Element:
    return Element(id=id_, title=title_of(id_), says=tuple(says), missing=tuple(missing))


def _purposes(ground: Ground) -> Told:
    says, missing = [], []
    for one in ground.activities:
        purposes = ground.words(one, "purposes")
        basis = ground.words(one, "lawful_basis") or ground.words(one, "cn_basis")
        if purposes:
            says.append(
                f"{one.name}: {purposes}"
                + ("; " + mark("basis: {basis}").format(basis=basis.lower()) if basis else "")
            )
    covered = {
        n for one in ground.activities if one.several("purposes") for n in one.several("datasets")
    }
    for dataset in ground.datasets:
        if dataset.description.purpose and dataset.name not in covered:
            says.append(f"{dataset.name}: {dataset.description.purpose}")
        elif dataset.name not in covered:
            missing.append(
                mark("What {name} is used for is not recorded.").format(name=dataset.name)
            )
    return or_none(ground, says, missing)


def _categories(ground: Ground) -> Told:
    said = [*ground.categories]
    for one in ground.activities:
        said += [entry for entry in one.several("categories_of_data") if entry not in said]
    if not said and ground.rows:
        return [], [
            mark("Which kinds of data there are is not recorded; look for personal data first.")
        ]
    return or_none(ground, [", ".join(said) + "."] if said else [], [])


def _retention(ground: Ground) -> Told:
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
            missing.append(
                mark("How long {name} is kept is not recorded.").format(name=dataset.name)
            )
    return or_none(ground, says, missing)


def _kept(ground: Ground, one: Record) -> str:
    months, since = ground.words(one, "period_months"), ground.words(one, "start_event")
    period = f"{months} months" if months else ground.words(one, "criterion")
    return period + (", " + mark("from: {since}").format(since=since) if period and since else "")


def _rights(ground: Ground) -> Told:
    said = rights_under(ground.law)
    return (
        ([said], [])
        if said
        else ([], [mark("What people can ask for under this law is not recorded.")])
    )


def _complaint(ground: Ground) -> Told:
    said = complaint_under(ground.law, ground.country)
    if said:
        return list(said), []
    return [], [
        mark("Which authority is responsible is not known; record the organisation's country.")
    ]


def _source(ground: Ground) -> Told:
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
            missing.append(
                mark("Where {name} comes from is not recorded.").format(name=dataset.name)
            )
    return or_none(ground, says, missing)


def _automated(ground: Ground) -> Told:
    systems = ground.named("adm_system", "automated_decisions")
    says: list[str] = []
    missing: list[str] = []
    for one in systems:
        alone = one.values.get("solely_automated")
        says.append(f"{one.name}: {_ALONE.get(alone, _UNSAID)}")
        logic = ground.words(one, "criteria_information") or ground.words(one, "explanation_route")
        if logic:
            says.append(mark("How it decides: {logic}").format(logic=logic))
        elif alone is not False:
            missing.append(
                mark("How “{name}” decides, and what follows from it, is not recorded.").format(
                    name=one.name
                )
            )
        told = {title: ground.words(one, field) for field, title in _ROUTES.items()}
        says += [f"{title}: {text}" for title, text in told.items() if text]
    if systems:
        return says, missing
    unsaid = [o.name for o in ground.activities if "automated_decisions" not in o.values]
    if ground.names and (unsaid or not ground.activities):
        return [], [mark("Whether machines decide about people is not recorded.")]
    return [mark("No decision is made by a machine alone.")], []


_UNSAID = mark("whether it decides alone is not recorded")
_ALONE: Mapping[object, str] = {
    True: mark("decides alone"),
    False: mark("helps a person to decide"),
}
_ROUTES = {
    "human_review_route": mark("How a person looks again"),
    "contest_route": mark("How to contest it"),
    "representations_route": mark("How to make your case"),
}


def _copy(ground: Ground) -> Told:
    if not ground.rows:
        return [mark("No data about you were found.")], []
    return [
        mark("{rows:,} rows of {datasets} datasets, in this package.").format(
            rows=ground.rows, datasets=len(ground.datasets)
        )
    ], []


_TOLD: Mapping[str, Callable[[Ground], Told]] = {
    "purposes": _purposes,
    "categories": _categories,
    "recipients_incl_third_countries": recipients,
    "retention_period_or_criteria": _retention,
    "rights_rectification_erasure_restriction_objection": _rights,
    "complaint_right": _complaint,
    "source_if_indirect": _source,
    "automated_decisions": _automated,
    "transfer_safeguards": safeguards,
    "copy_of_data": _copy,
    "sources": _source,
    "third_party_categories": third_parties,
    "specific_pieces": _copy,
    "sold_or_shared_by_category": sold,
    "disclosed_by_category": disclosed,
}
