"""Which laws are in scope, and why: what the organisation says, else where data and people are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from compliance.countries import is_country
from compliance.i18n import mark
from compliance.rules.nouns import POLICY, Knowledge, LawId, Pack

_ORGANISATION = "org"
_SAYING = "laws_in_scope"


def in_scope(pack: Pack, known: Knowledge) -> Mapping[LawId, str] | None:
    """The laws in scope, each with why; None where nothing on record says anything of it: all.

    A country brings in the laws of its parts: who is in the USA may be in California.
    """
    said = _said(known)
    if said:
        return {
            law: mark("it is among the laws in scope on record") for law in pack.laws if law in said
        }
    found: dict[LawId, str] = {}
    seen = False
    for place, why in _places(known):
        if not is_country(place.partition("-")[0]):
            continue  # nobody can say which law is in force there
        seen = True
        for law_id, law in pack.laws.items():
            if law_id != POLICY and any(_meet(place, one) for one in law.countries):
                found.setdefault(law_id, why)
    return found if seen else None


def _said(known: Knowledge) -> tuple[str, ...]:
    """The laws that the organisation's record names."""
    for record in known.register.of(_ORGANISATION):
        value = record.values.get(_SAYING)
        if isinstance(value, (list, tuple)):
            return tuple(str(one) for one in value)
    return ()


def _places(known: Knowledge) -> Iterator[tuple[str, str]]:
    """Where the organisation, its data and the people in them are, each with why it counts."""
    if known.organisation.country:
        place = known.organisation.country
        yield place, mark("the organisation is in {place}").format(place=place)
    for holding in known.holdings:
        if place := holding.dataset.description.region:
            yield (
                place,
                mark("dataset {name} lies in {place}").format(
                    name=holding.dataset.name, place=place
                ),
            )
    for record in known.register.records:
        for field, value in record.values.items():
            if "countr" in field:
                for place in _codes(value):
                    yield place, mark("{name} names {place}").format(name=record.name, place=place)


def _codes(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,) if value else ()
    return tuple(str(one) for one in value) if isinstance(value, (list, tuple)) else ()


def _meet(place: str, other: str) -> bool:
    """Whether one of them is, or lies in, the other: US and US-CA."""
    return place == other or place.startswith(f"{other}-") or other.startswith(f"{place}-")
