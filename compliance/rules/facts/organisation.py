"""The organisation as rules see it: who it is, whose data it has, and what it has shown."""

from __future__ import annotations

from datetime import date

from compliance.countries import is_country
from compliance.i18n import mark
from compliance.register.nouns import Record
from compliance.rules.facts.joining import Computed, any_true, day, texts
from compliance.rules.facts.reach import lives_in
from compliance.rules.nouns import Holding, Knowledge

PROVIDED = frozenset(
    {
        *(
            "name",
            "contact",
            "country",
            "dpo_contact",
            "established_in_eu",
            "targets_eu",
            "cn_established",
        ),
        *("cn_handler", "targets_cn", "br_controller", "in_fiduciary", "last_compliance_audit_at"),
        *("ropa_export_formats", "special_or_criminal", "cn_persons", "ca_consumers"),
        "does_business_in_ca",
    }
)

ID = "organisation"  # where nobody recorded more of it than its name
_FORMATS = ("csv", "json")  # in which the register is handed out
_OFFICER = mark(
    "an officer has to say: public body, watching or special categories on a large scale"
)
_NO_COUNTRIES = mark("no column tells the countries of all people")


def record_of(known: Knowledge) -> Record:
    """What people recorded of it beyond its name."""
    found = next((one for one in known.register.of("org") if not one.is_removed), None)
    name = known.organisation.name or mark("The organisation")
    if found is None:
        return Record(kind="org", id=ID, name=name, values={})
    return Record(kind="org", id=found.id, name=name, values=found.values)


def computed(known: Knowledge) -> Computed:
    """All that follows from what the desk knows of it."""
    said, typed = known.organisation, record_of(known).values
    drawn: dict[str, object] = {"dpo_contact": said.contact or None}
    unknown = {"dpo_required": _OFFICER}
    for fact, answer, why in (
        *_places(known),
        *_people(known),
        ("special_or_criminal", _special(known), mark("nobody has looked into some dataset yet")),
    ):
        if answer is None:
            unknown[fact] = why
        else:
            drawn[fact] = answer
    return Computed(
        facts={
            "name": said.name,
            "contact": said.contact,
            "country": said.country,
            "last_compliance_audit_at": _later(
                day(typed.get("last_compliance_audit_at")), day(known.trail.audited_at)
            ),
        },
        drawn=drawn,
        joined={"ropa_export_formats": _FORMATS},
        unknown=unknown,
        settled=frozenset({"last_compliance_audit_at"}),
    )


_Answer = tuple[str, object, str]


def _places(known: Knowledge) -> list[_Answer]:
    """Where it is established, and to whom it offers what it sells, as far as laws ask for it."""
    typed = record_of(known).values
    at = {known.organisation.country, *texts(typed.get("countries_of_establishment"))} - {""}
    offers = texts(typed.get("offers_to_countries"))
    eea = set(known.lists.get("EEA", ()))
    why = mark("nobody said where the organisation is established")
    is_known = bool(at) and all(map(is_country, at))
    found: list[_Answer] = [
        ("established_in_eu", bool(at & eea) if is_known and eea else None, why),
        ("cn_established", "CN" in at if is_known else None, why),
    ]
    for fact, places in (("targets_eu", eea), ("targets_cn", {"CN"})):
        if offers:
            here: bool | None = bool(set(offers) & places)
        else:
            here = _has_people(known, places)
        found.append((fact, here, _NO_COUNTRIES))
    return found


def _people(known: Knowledge) -> list[_Answer]:
    """Whose data it has, counted in the datasets."""
    home = known.organisation.country
    counts: list[_Answer] = [
        (fact, counted(known, {place}), _NO_COUNTRIES)
        for fact, place in (("cn_persons", "CN"), ("ca_consumers", "US-CA"))
    ]
    flags: list[_Answer] = [
        (fact, home == place or _has_people(known, {place}), _NO_COUNTRIES)
        for fact, place in (
            ("cn_handler", "CN"),
            ("br_controller", "BR"),
            ("in_fiduciary", "IN"),
            ("does_business_in_ca", "US-CA"),
        )
    ]
    return counts + flags


def counted(known: Knowledge, places: set[str]) -> int | None:
    """Distinct people in some places, over all datasets; None where that cannot be said.

    People who stand in several datasets of one group (`population`) are counted once, by the
    largest of these; where groups may share people the sum is the most that it can be.
    """
    by_group: dict[str, int] = {}
    for holding in _personal(known):
        people = holding.residents
        if people is None or not people.is_of_people or people.unread:
            return None
        if any(place.partition("-")[0] in people.lacks_regions for place in places):
            return None
        here = sum(people.counts.get(place, 0) for place in places)
        group = holding.dataset.population
        by_group[group] = max(by_group.get(group, 0), here)
    return sum(by_group.values()) if known.is_whole else None


def _has_people(known: Knowledge, places: set[str]) -> bool | None:
    """Whether people of some places are in any dataset; None where that cannot be said."""
    return _of_all(any_true(lives_in(h, known, places) for h in _personal(known)), known)


def _personal(known: Knowledge) -> list[Holding]:
    """The datasets with personal data, and those that nobody has looked into."""
    return [h for h in known.holdings if h.discovery is None or h.discovery.personal]


def _special(known: Knowledge) -> bool | None:
    """Whether any dataset holds special categories of data, or data on offences."""
    answer = any_true(
        None
        if h.discovery is None
        else any(
            label.special_category or label.semantic_type == "criminal_record"
            for label in h.discovery.personal
        )
        for h in known.holdings
    )
    return _of_all(answer, known)


def _of_all(answer: bool | None, known: Knowledge) -> bool | None:  # noqa: FBT001 - an answer
    """What some datasets say; that none does is only known where all were looked at."""
    return answer if answer or known.is_whole else None


def _later(one: date | None, other: date | None) -> date | None:
    if one is None or other is None:
        return one or other
    return max(one, other)
