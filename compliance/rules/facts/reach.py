"""Which laws a thing is under, by the countries that it touches."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from compliance.countries import is_country
from compliance.rules.facts.joining import texts
from compliance.rules.nouns import POLICY, Holding, Knowledge
from compliance.rules.nouns.rule import LawId

# The fact by which an officer says that the organisation is too small for a law.
_BELOW: Mapping[LawId, str] = {"CCPA": "ccpa_applies"}


def laws_of(holding: Holding, known: Knowledge) -> tuple[LawId, ...] | None:
    """The laws of where a dataset lies, of who keeps it and of where its people live.

    None, for all that the organisation is under, where one of these is not known.
    """
    region, home = holding.dataset.description.region, known.organisation.country
    live = people_in(holding, known)
    if not known.reach or not is_country(region) or not is_country(home) or live is None:
        return None
    return laws_at((region, home, *live), known, _lacking(holding, known))


def people_in(holding: Holding, known: Knowledge) -> tuple[str, ...] | None:
    """The countries in which a dataset's people live: counted, or as an officer says.

    None where neither tells all of them.
    """
    if holding.discovery is not None and not holding.discovery.personal:
        return ()
    said, people = _said(holding, known), holding.residents
    counted = tuple(people.counts) if people else ()
    is_told = bool(said) and all(map(is_country, said))
    if (people is None or people.unread) and not is_told:
        return None
    return tuple(dict.fromkeys((*counted, *said)))


def _said(holding: Holding, known: Knowledge) -> tuple[str, ...]:
    """The countries of its people, as an officer says."""
    record = known.register.record("dataset", holding.dataset.name)
    return texts(record.values.get("countries_of_subjects")) if record else ()


def _lacking(holding: Holding, known: Knowledge) -> tuple[str, ...]:
    """The countries of its people of which nobody tells the regions."""
    people = holding.residents
    counted = people.counts if people else {}
    said = [place for place in _said(holding, known) if place not in counted]
    return (*(people.lacks_regions if people else ()), *said)


def laws_at(
    countries: Iterable[str], known: Knowledge, lacking: tuple[str, ...] = ()
) -> tuple[LawId, ...]:
    """The laws in force in any of these countries, and the desk's own policy.

    Args:
        lacking: countries of which nobody tells the regions, so that the law of any may apply.
    """
    here = set(countries)
    found = [
        law
        for law, places in known.reach.items()
        if law not in _ruled_out(known)
        and (here & set(places) or any(place.partition("-")[0] in lacking for place in places))
    ]
    return (*found, POLICY)


def _ruled_out(known: Knowledge) -> frozenset[LawId]:
    """Laws that do not apply below some size, where an officer says so of the organisation."""
    said = {
        law
        for law, fact in _BELOW.items()
        for org in known.register.of("org")
        if org.values.get(fact) is False
    }
    return frozenset(said)


def together(every: Iterable[tuple[LawId, ...] | None]) -> tuple[LawId, ...] | None:
    """The laws of several things together; None where those of one are not known, or none is."""
    seen = list(every)
    if not seen or any(laws is None for laws in seen):
        return None
    return tuple(dict.fromkeys(law for laws in seen for law in laws or ()))


def has_people(law: LawId, holding: Holding, known: Knowledge) -> bool | None:
    """Whether people of a law's countries are in a dataset; None where that cannot be said."""
    return lives_in(holding, known, set(known.reach.get(law, ())))


def lives_in(holding: Holding, known: Knowledge, places: set[str]) -> bool | None:
    """Whether people of some countries, or regions of one, are in a dataset."""
    if not places:
        return None
    live = people_in(holding, known)
    counts = holding.residents.counts if holding.residents else {}
    if any(counts.get(place) for place in places) or set(live or ()) & places:
        return True
    lacking = _lacking(holding, known)
    is_open = live is None or any(place.partition("-")[0] in lacking for place in places)
    return None if is_open else False
