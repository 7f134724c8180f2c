"""Which laws seem to apply: from where the organisation, its data and the people in them are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from compliance.countries import is_country, name_of
from compliance.dataset.nouns import Dataset
from compliance.i18n import mark
from compliance.register.kinds import kind_of, raw
from compliance.register.nouns import FieldId, Organisation, Record, Scoped

_NAMED = 3  # datasets named in one reason


def scope(
    organisation: Organisation,
    said: Mapping[FieldId, object],
    datasets: Sequence[Dataset],
    typed: Sequence[Record],
    regions: Mapping[str, Sequence[str]],
) -> tuple[Scoped, ...]:
    """Every law that seems to apply, each with why; () where nothing is known of any place.

    Args:
        said: what was recorded of the organisation.
        typed: records of datasets, with the countries of the people in them.
        regions: by dataset, where its people live; only regions of countries (`US-CA`) count.
    """
    reasons = tuple(_reasons(organisation, said, datasets, typed, regions))
    found = []
    for law, row in raw()["scope"].items():
        answer = said.get(row.get("asks"))
        because = [
            why
            for place, why in reasons
            if place in row["countries"] or (_is_around(place, row) and answer is not False)
        ]
        if answer is True:
            because.append(f"{_label(row['asks'])}: yes.")
        if because:
            found.append(Scoped(law=law, because=tuple(dict.fromkeys(because))))
    return tuple(found)


_SOMEWHERE = "-"  # after a country: somewhere in it, so that it may be in any of its parts


def _is_around(place: str, row: Mapping[str, Any]) -> bool:
    """Whether a law is one of a part of `place`: who is in the USA may be in California."""
    is_somewhere = place.endswith(_SOMEWHERE)
    return is_somewhere and any(country.startswith(place) for country in row["countries"])


def places(
    organisation: Organisation, said: Mapping[FieldId, object], typed: Sequence[Record]
) -> dict[FieldId, object]:
    """What follows for the organisation from the countries on record.

    “No” follows only where all of its establishments, or all countries that it aims at, were
    recorded; a dataset or a main establishment elsewhere does not tell.
    """
    of_people = {c for record in typed for c in _several(record.values, "countries_of_subjects")}
    told = {
        "established": (set(_establishment(organisation, said)), "countries_of_establishment"),
        "targets": (of_people | set(_several(said, "offers_to_countries")), "offers_to_countries"),
    }
    found: dict[FieldId, object] = {}
    for row in raw()["scope"].values():
        for question, (countries, list_) in told.items():
            is_there = bool(countries & set(row["countries"]))
            if question in row and (is_there or list_ in said):
                found[row[question]] = is_there
    return found


def _reasons(
    organisation: Organisation,
    said: Mapping[FieldId, object],
    datasets: Sequence[Dataset],
    typed: Sequence[Record],
    within: Mapping[str, Sequence[str]],
) -> Iterator[tuple[str, str]]:
    """Countries, each with a sentence on why it matters."""
    for country in _establishment(organisation, said):
        why = mark("The organisation is established in {country}.").format(country=name_of(country))
        yield from ((country, why), (country + _SOMEWHERE, why))
    for country in _several(said, "offers_to_countries"):
        why = mark("It offers to people in {country}, or watches them.").format(
            country=name_of(country)
        )
        yield from ((country, why), (country + _SOMEWHERE, why))
    yield from _of_data(datasets)
    yield from _of_people(typed, within)


def _of_data(datasets: Sequence[Dataset]) -> Iterator[tuple[str, str]]:
    """Where data lie."""
    regions: dict[str, list[str]] = defaultdict(list)
    for dataset in datasets:
        if dataset.description.region:
            regions[dataset.description.region].append(dataset.name)
    for country, names in regions.items():
        yield (
            country,
            mark("Data lie in {country}: {names}.").format(
                country=name_of(country), names=_some(names)
            ),
        )


def _of_people(
    typed: Sequence[Record], within: Mapping[str, Sequence[str]]
) -> Iterator[tuple[str, str]]:
    """Where the people in the data live: countries as recorded, regions as counted."""
    people: dict[str, list[str]] = defaultdict(list)
    for record in typed:
        for country in _several(record.values, "countries_of_subjects"):
            people[country].append(record.id)
            if not any(place.startswith(f"{country}-") for place in within.get(record.id, ())):
                people[country + _SOMEWHERE].append(record.id)
    for name, found in within.items():
        for region in found:
            if not is_country(region):
                people[region].append(name)
    for place, names in people.items():
        country = name_of(place.removesuffix(_SOMEWHERE))
        yield (
            place,
            mark("People in {country} are in the data: {names}.").format(
                country=country, names=_some(names)
            ),
        )


def _establishment(organisation: Organisation, said: Mapping[FieldId, object]) -> Iterator[str]:
    code = organisation.country.upper()
    if is_country(code):
        yield code
    yield from _several(said, "countries_of_establishment")


def _several(values: Mapping[FieldId, object], field: FieldId) -> tuple[str, ...]:
    value = values.get(field)
    return tuple(map(str, value)) if isinstance(value, (list, tuple)) else ()


def _some(names: Sequence[str]) -> str:
    left = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (
        mark(" and {left:,} more").format(left=left) if left > 0 else ""
    )


def _label(field: FieldId) -> str:
    found = kind_of("org").field(field)
    return found.label if found else field
