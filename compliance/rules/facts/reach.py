"""Which laws a thing is under, by the countries that it touches."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from compliance.countries import is_country
from compliance.i18n import mark
from compliance.rules.facts.joining import texts
from compliance.rules.nouns import Gap, Governed, Holding, Knowledge
from compliance.rules.nouns.rule import LawId

# The fact by which an officer says that the organisation is too small for a law.
_BELOW: Mapping[LawId, str] = {"CCPA": "ccpa_applies"}


def laws_of(holding: Holding, known: Knowledge) -> Governed:
    """The laws of where a dataset lies, of who keeps it and of where its people live.

    Any other law of which that leaves it open may govern it too.
    """
    region, live = holding.dataset.description.region, people_in(holding, known)
    gap = None
    if live is None:
        gap = Gap("countries_of_subjects", mark("nothing tells where all of its people live"))
        live = (*_counted(holding), *_said(holding, known))
    elif not is_country(region):
        gap = Gap("", mark("nobody said in which country it lies"))
    return laws_at(
        (region, *home(known), *live), known, _lacking(holding, known), gap or _homeless(known)
    )


def home(known: Knowledge) -> tuple[str, ...]:
    """The country of the organisation, whose laws govern all that it does; () where not known."""
    country = known.organisation.country
    return (country,) if is_country(country) else ()


def _homeless(known: Knowledge) -> Gap | None:
    return (
        None if home(known) else Gap("", mark("nobody said in which country the organisation is"))
    )


def people_in(holding: Holding, known: Knowledge) -> tuple[str, ...] | None:
    """The countries in which a dataset's people live: counted, or as an officer says.

    None where neither tells all of them.
    """
    if holding.discovery is not None and not holding.discovery.personal:
        return ()
    said, people = _said(holding, known), holding.residents
    is_told = bool(said) and all(map(is_country, said))
    if (people is None or people.unread) and not is_told:
        return None
    return tuple(dict.fromkeys((*_counted(holding), *said)))


def _counted(holding: Holding) -> tuple[str, ...]:
    return tuple(holding.residents.counts) if holding.residents else ()


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
    countries: Iterable[str],
    known: Knowledge,
    lacking: tuple[str, ...] = (),
    gap: Gap | None = None,
) -> Governed:
    """The laws in force in any of these countries.

    Args:
        lacking: countries of which nobody tells the regions, so that the law of any may apply.
        gap: why there may be more countries; None: these are all.
    """
    here, sizes = set(countries), _sizes(known)
    laws: list[LawId] = []
    perhaps: dict[LawId, Gap] = {}
    for law, places in known.reach.items():
        if sizes.get(law) is False:
            continue
        is_there = bool(here & set(places))
        if is_there and law in sizes:
            perhaps[law] = _SIZE
        elif is_there:
            laws.append(law)
        elif any(place.partition("-")[0] in lacking for place in places):
            perhaps[law] = _REGIONS
        elif gap is not None:
            perhaps[law] = gap
    return Governed(laws=tuple(laws), perhaps=perhaps, others=False if known.reach else None)


_SIZE = Gap("", mark("nobody said whether the organisation is large enough for it"))
_REGIONS = Gap("", mark("nothing tells in which region of a country people live"))


def _sizes(known: Knowledge) -> dict[LawId, bool | None]:
    """Laws that do not apply below some size; no entry: the organisation is known to be above.

    False where an officer says so of the organisation, None where nobody says anything.
    """
    found: dict[LawId, bool | None] = {}
    for law, fact in _BELOW.items():
        said = {org.values.get(fact) for org in known.register.of("org") if not org.is_removed}
        if False in said:
            found[law] = False
        elif True not in said:
            found[law] = None
    return found


def unknown_laws(known: Knowledge, gap: Gap) -> Governed:
    """Any law may govern a thing, but for those that the organisation is too small for."""
    return laws_at((), known, gap=gap)


def together(every: Sequence[Governed], known: Knowledge, gap: Gap | None = None) -> Governed:
    """The laws of several things, and of who keeps them, together.

    Args:
        gap: why there may be more things; None: these are all.
    """
    whole = (*every, laws_at(home(known), known, gap=gap or _homeless(known)))
    laws = dict.fromkeys(law for one in whole for law in one.laws)
    perhaps = {law: gap for one in whole for law, gap in one.perhaps.items() if law not in laws}
    return Governed(laws=tuple(laws), perhaps=perhaps, others=whole[-1].others)


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
