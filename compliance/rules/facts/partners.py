"""Those whom data go to, and what decides by itself: processors, transfers, sharing, systems."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from compliance.countries import is_country, name_of
from compliance.i18n import mark
from compliance.register.nouns import Record
from compliance.rules.facts.joining import Computed, any_true, is_past, listed, texts
from compliance.rules.facts.organisation import counted
from compliance.rules.facts.reach import laws_at, laws_of, lives_in, together, unknown_laws
from compliance.rules.nouns import Gap, Governed, Holding, Knowledge
from compliance.rules.residency import OUTSIDE
from compliance.rules.residency import unrecorded as unrecorded_flows

PROVIDED: Mapping[str, frozenset[str]] = {
    "processor": frozenset({"contract_expired", "subprocessors_without_flowdown", "cn_data"}),
    "transfer": frozenset(
        {
            "origin_regime",
            "cn_tier",
            "volume_split_check",
            "adequacy_expired",
            "scope_condition_met",
            "derogation",
            "data_stored_in",
        }
    ),
    "sharing": frozenset(),
    "adm_system": frozenset({"cn_persons", "br_persons"}),
    "retention_rule": frozenset({"in_registered_users"}),
}

_DEROGATIONS = ("art49_derogation", "derogation")
_NO_ORIGIN = mark("nobody said from which country data go")
_NO_COUNTRIES = mark("no column tells the countries of all people in its datasets")


def held_by(record: Record, known: Knowledge) -> tuple[Holding, ...]:
    """The datasets that a record names, as far as they are there."""
    names = texts(record.values.get("datasets"))
    return tuple(h for h in known.holdings if h.dataset.name in names)


def dataset_laws(record: Record, known: Knowledge) -> Governed:
    """The laws of the datasets that a record names, and of who keeps them."""
    held, named = held_by(record, known), set(texts(record.values.get("datasets")))
    gap = None
    if len(held) < len(named) or not named:
        gap = Gap(
            "datasets",
            mark("one of its datasets is not here") if named else mark("it names no dataset"),
        )
    return together([laws_of(holding, known) for holding in held], known, gap)


def processor(record: Record, known: Knowledge) -> Computed:
    """A processor's contract, and those of its sub-processors."""
    values = record.values
    drawn, unknown = _lives(record, known, {"cn_data": "CN"})
    if values.get("contract_ends_at"):
        expired = is_past(values["contract_ends_at"], known.at)
        if expired is not None:
            drawn["contract_expired"] = expired
    elif "contract_id" in values or "contract_ends_at" in values:
        drawn["contract_expired"] = False  # it has no end, or there is none that could expire
    missing = _without_flowdown(record, known)
    if missing is not None:
        drawn["subprocessors_without_flowdown"] = missing
    facts = {}
    if values.get("contract_ends_at") and "contract_expired" in drawn:
        facts["contract_expired"] = drawn.pop("contract_expired")
    return Computed(facts=facts, drawn=drawn, unknown=unknown)


def _without_flowdown(record: Record, known: Knowledge) -> int | None:
    """Sub-processors that no contract binds to the duties of the processor (Art. 28(4)).

    None where what one of them signed is not on record.
    """
    named = texts(record.values.get("subprocessors"))
    found = [known.register.record("processor", name) for name in named]
    duties = set(texts(record.values.get("clauses")))
    missing = 0
    for sub in found:
        if sub is None or sub.is_removed:
            return None
        if "contract_id" in sub.values and not sub.values["contract_id"]:
            missing += 1
        elif "clauses" not in sub.values:
            return None
        else:
            missing += not duties <= set(texts(sub.values["clauses"]))
    return missing


# What decision tables say is held against what was recorded; the rest gives way to it.
_JUDGED = PROVIDED["transfer"] - {"derogation", "data_stored_in"}


def transfer(record: Record, known: Knowledge) -> Computed:
    """A transfer: the law at its origin, and what decision tables say of it."""
    values, judged = record.values, known.judged.get(record.id, {})
    facts = {fact: value for fact, value in judged.items() if fact in _JUDGED}
    drawn = {f: value for f, value in judged.items() if f not in _JUDGED and f != OUTSIDE}
    if values.get("mechanism") and values["mechanism"] not in _DEROGATIONS:
        drawn["derogation"] = "none"
    if is_country(values.get("origin")):
        drawn["data_stored_in"] = values["origin"]
    unknown: dict[str, str] = {}
    regimes = _there(record, known).laws
    if len(regimes) == 1 and "origin_regime" not in facts:
        facts["origin_regime"] = regimes[0]
    elif not regimes:
        unknown["origin_regime"] = _NO_ORIGIN
    destination = record.values.get("destination")
    is_place = destination is None or is_country(destination) or destination == "EPO"
    refused = {} if is_place else {"destination": mark("it is no country")}
    return Computed(facts=facts, drawn=drawn, unknown=unknown, refused=refused)


def unrecorded(known: Knowledge) -> tuple[Record, ...]:
    """A stand-in for each movement to a copy or a processor abroad that needs a safeguard.

    Data go there, so they are transferred, though no transfer is on record.
    """
    found: dict[tuple[str, str, str], list[str]] = {}
    for flow in unrecorded_flows(known):
        found.setdefault((flow.id, flow.origin, flow.destination), []).append(flow.dataset)
    return tuple(
        Record(
            kind="transfer",
            id=f"{behind} from {origin} to {destination}",
            name=mark("Transfer to {destination} behind {behind}, not on record").format(
                destination=name_of(destination), behind=behind
            ),
            values={"datasets": tuple(names), "origin": origin, "destination": destination},
        )
        for (behind, origin, destination), names in found.items()
    )


def transfer_laws(record: Record, known: Knowledge) -> Governed:
    """The law at the origin of a transfer, and those of the people who are moved.

    Not those that ask nothing because what moves was measured to be about nobody.
    """
    said, there = record.values.get("origin_regime"), _there(record, known)
    regimes = there.laws
    if isinstance(said, str):
        regimes = (said, *(law for law in regimes if law != said))
    elif not regimes:
        there = unknown_laws(known, Gap("origin", _NO_ORIGIN))
    outside = listed(known.judged.get(record.id, {}).get(OUTSIDE))
    return Governed(
        laws=tuple(law for law in regimes if law not in outside),
        perhaps={law: gap for law, gap in there.perhaps.items() if law not in (*regimes, *outside)},
        others=there.others,
    )


def _there(record: Record, known: Knowledge) -> Governed:
    """The laws in force where a transfer begins."""
    origin = record.values.get("origin")
    if not isinstance(origin, str) or not is_country(origin):
        return Governed()
    return laws_at((origin,), known)


def adm_system(record: Record, known: Knowledge) -> Computed:
    """About whom a system decides, by whose data it has."""
    drawn, unknown = _lives(record, known, {"cn_persons": "CN", "br_persons": "BR"})
    return Computed(drawn=drawn, unknown=unknown)


def retention_rule(_record: Record, known: Knowledge) -> Computed:
    """How many people in India a rule concerns: at most all of them."""
    count = counted(known, {"IN"})
    return Computed(
        drawn={} if count is None else {"in_registered_users": count},
        unknown={"in_registered_users": _NO_COUNTRIES} if count is None else {},
    )


def own_law(record: Record, known: Knowledge) -> Governed:
    """The law that a record names, and no other.

    Where it names none, those of the person's country and of the organisation's may govern it; any
    may where one of these is not known.
    """
    said, country = record.values.get("law"), record.values.get("country")
    if isinstance(said, str) and said:
        return Governed(laws=(said,))
    gap, home = Gap("law", mark("it names no law")), known.organisation.country
    every = unknown_laws(known, gap)
    if not (isinstance(country, str) and is_country(country) and is_country(home)):
        return every
    there = laws_at((home, country), known, lacking=(country,))
    may = {*there.laws, *there.perhaps}
    return replace(every, perhaps={law: gap for law in every.perhaps if law in may})


def _lives(
    record: Record, known: Knowledge, asked: Mapping[str, str]
) -> tuple[dict[str, object], dict[str, str]]:
    """Whether people of some countries are in a record's datasets."""
    held = held_by(record, known)
    is_whole = held and len(held) == len(set(texts(record.values.get("datasets"))))
    drawn: dict[str, object] = {}
    unknown: dict[str, str] = {}
    for fact, place in asked.items():
        here = any_true(lives_in(holding, known, {place}) for holding in held)
        if here is True or (here is False and is_whole):
            drawn[fact] = here
        else:
            unknown[fact] = _NO_COUNTRIES
    return drawn, unknown
