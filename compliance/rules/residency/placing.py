"""Where copies lie and where data go, from descriptions, the register and federated runs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from compliance.countries import code_of, is_country
from compliance.federated.nouns import Plan, Run, Split
from compliance.register.nouns import Record
from compliance.rules.nouns import Copy, Flow, Form, Holding, Knowledge
from compliance.rules.residency.conditions import day_of
from compliance.rules.residency.forms import (
    as_said,
    by_name,
    epsilon_of,
    epsilon_of_run,
    form_of,
    living_in,
    people_of,
    updates_of,
    worst,
)

# Fields of a transfer that are attributes of a flow; the others are its facts.
_COUNTED = frozenset({"people", "sensitive_people"})
_OWN = frozenset({"datasets", "origin", "destination", "recipient", "processor", "form", "since"})


def copies(knowledge: Knowledge) -> tuple[Copy, ...]:
    """Every copy known: at home, as registered, and at the sites of federated runs."""
    found = [_at_home(knowledge, holding) for holding in knowledge.holdings]
    found += [_registered(knowledge, record) for record in knowledge.register.of("copy")]
    for holding in knowledge.holdings:
        found += _at_sites(holding)
    return tuple(found)


def flows(knowledge: Knowledge) -> tuple[Flow, ...]:
    """Every movement known: registered ones first.

    A copy abroad or a processor abroad is one as well, where no transfer to that country is
    registered for the dataset.
    """
    registered = [
        flow for record in knowledge.register.of("transfer") for flow in _moved(knowledge, record)
    ]
    covered = {(name, flow.destination) for flow in registered for name in flow.dataset.split(", ")}
    implied = [*_to_copies(knowledge), *_to_processors(knowledge)]
    left = [flow for flow in implied if (flow.dataset, flow.destination) not in covered]
    trained = [flow for holding in knowledge.holdings for flow in _from_sites(knowledge, holding)]
    return (*registered, *left, *trained)


def unplaced(knowledge: Knowledge) -> tuple[str, ...]:
    """The datasets whose place nobody recorded, or recorded as a country that does not exist."""
    return tuple(
        holding.dataset.name
        for holding in knowledge.holdings
        if not is_country(holding.dataset.description.region)
    )


def flows_of(
    knowledge: Knowledge,
    id_: str,
    names: Iterable[str],
    destination: str,
    *,
    facts: Mapping[str, object],
    recipient: str = "",
    origin: str = "",
    source: str = "register",
) -> tuple[Flow, ...]:
    """A movement of several datasets, as one flow for each country that they lie in.

    Args:
        facts: what is on record of it, `form`, `people`, `mechanism` and the like among it.
        origin: where it starts; empty: where the datasets lie.
    """
    known = by_name(knowledge)
    places: dict[str, list[str]] = {}
    for name in names:
        home = known[name].dataset.description.region if name in known else ""
        places.setdefault(origin or home, []).append(name)
    places = places or {origin: []}
    found = []
    for place, there in places.items():
        held = [known[name] for name in there if name in known]
        is_whole = len(held) == len(there) and bool(there)
        measured = worst(form_of(one) for one in held) if is_whole else Form.UNKNOWN
        people, sensitive = _people(facts, held if is_whole else ())
        found.append(
            Flow(
                id=id_ if len(places) == 1 else f"{id_} from {place or 'an unknown place'}",
                dataset=", ".join(there),
                origin=place,
                destination=destination,
                recipient=recipient,
                form=as_said(facts.get("form"), measured),
                people=people,
                sensitive_people=sensitive,
                mechanism=str(facts.get("mechanism") or ""),
                facts=_with_bounds(knowledge, facts, held if is_whole else ()),
                source=source,
                since=day_of(facts.get("since")),
            )
        )
    return tuple(found)


def countries_of(sites: Iterable[str]) -> Mapping[str, str] | None:
    """The country of each site, where sites are countries; else None.

    They are where at least half of their names name countries.
    """
    named = {site: code_of(site) for site in sites}
    placed = {site: code for site, code in named.items() if code is not None}
    return placed if placed and 2 * len(placed) >= len(named) else None


def _people(facts: Mapping[str, object], held: Iterable[Holding]) -> tuple[int | None, int | None]:
    """Distinct people, and those with sensitive data: as recorded, else as counted."""
    counted = [people_of(holding) for holding in held]
    whole, sensitive = zip(*counted, strict=True) if counted else ((None,), (None,))
    return (
        _recorded(facts.get("people"), whole),
        _recorded(facts.get("sensitive_people"), sensitive),
    )


def _recorded(said: object, counted: Iterable[int | None]) -> int | None:
    if isinstance(said, int) and not isinstance(said, bool):
        return said
    known = [number for number in counted if number is not None]
    return sum(known) if len(known) == len(list(counted)) else None


def _with_bounds(
    knowledge: Knowledge, facts: Mapping[str, object], held: Sequence[Holding]
) -> Mapping[str, object]:
    """What is on record, with what follows: the ε of the noise, who and how many at most."""
    found = {fact: value for fact, value in facts.items() if fact not in _OWN}
    spent = [epsilon_of(knowledge, holding) for holding in held]
    if "epsilon" not in found and spent and None not in spent:
        found["epsilon"] = max(one for one in spent if one is not None)
    if held:
        living = living_in(held, "US")
        if living is not None:
            found.setdefault("us_persons", living)
        found["people_at_most"] = sum(one.dataset.rows for one in held)
    return found


def _at_home(knowledge: Knowledge, holding: Holding) -> Copy:
    made = "anonymised" if holding.anonymised is not None else "description"
    return Copy(
        dataset=holding.dataset.name,
        country=holding.dataset.description.region,
        holder=knowledge.organisation.name,
        form=form_of(holding),
        people=holding.people,
        source="synthetic" if holding.synthetic else made,
    )


def _registered(knowledge: Knowledge, record: Record) -> Copy:
    name = str(record.values.get("dataset") or "")
    holding = by_name(knowledge).get(name)
    measured = form_of(holding) if holding is not None else Form.UNKNOWN
    return Copy(
        dataset=name,
        country=str(record.values.get("country") or ""),
        holder=str(record.values.get("holder") or knowledge.organisation.name),
        form=as_said(record.values.get("form"), measured),
        people=holding.people if holding is not None else None,
        source="register",
    )


def _at_sites(holding: Holding) -> Iterator[Copy]:
    """The rows that sites keep, where sites are countries; of the newest run on each column."""
    for run in _newest_runs(holding):
        placed = countries_of(site.site for site in run.outcome.sites) or {}
        for site in run.outcome.sites:
            if site.site in placed and placed[site.site] != holding.dataset.description.region:
                yield Copy(
                    dataset=holding.dataset.name,
                    country=placed[site.site],
                    holder="the site there",
                    form=form_of(holding),
                    people=None,
                    source="run",
                )


def _newest_runs(holding: Holding) -> tuple[Run, ...]:
    """The newest run for each column that tells sites and each way of protecting updates."""
    found: dict[tuple[str, Form, bool], Run] = {}
    for run in sorted(holding.runs, key=lambda run: run.started_at):
        if run.plan.split is Split.COLUMN and run.outcome.rounds:
            found[(str(run.plan.site_column), *updates_of(run.plan))] = run
    return tuple(found.values())


def _moved(knowledge: Knowledge, record: Record) -> tuple[Flow, ...]:
    values = record.values
    named = values.get("datasets") or ()
    names = [str(name) for name in named] if isinstance(named, (list, tuple)) else [str(named)]
    return flows_of(
        knowledge,
        record.id,
        names,
        str(values.get("destination") or ""),
        facts={**values, "record": record.id},
        recipient=_recipient(knowledge, values),
        origin=str(values.get("origin") or ""),
    )


def _recipient(knowledge: Knowledge, values: Mapping[str, object]) -> str:
    """Who gets it: the name of the record that is named, or what was typed."""
    for kind in ("recipient", "processor"):
        if id_ := values.get(kind):
            record = knowledge.register.record(kind, str(id_))
            return record.name if record is not None else str(id_)
    return ""


def _to_copies(knowledge: Knowledge) -> Iterator[Flow]:
    for record in knowledge.register.of("copy"):
        name, country = str(record.values.get("dataset") or ""), record.values.get("country")
        yield from _abroad(
            knowledge, f"copy {record.id}", name, country, str(record.values.get("holder") or "")
        )


def _to_processors(knowledge: Knowledge) -> Iterator[Flow]:
    for record in knowledge.register.of("processor"):
        named = record.values.get("datasets") or ()
        for name in named if isinstance(named, (list, tuple)) else ():
            yield from _abroad(
                knowledge,
                f"processor {record.id}",
                str(name),
                record.values.get("country"),
                record.name,
            )


def _abroad(
    knowledge: Knowledge, id_: str, name: str, country: object, recipient: str
) -> tuple[Flow, ...]:
    """The movement behind a copy, unless it lies at home or nobody knows where."""
    holding = by_name(knowledge).get(name)
    home = holding.dataset.description.region if holding is not None else ""
    if not country or country == home:
        return ()
    return flows_of(knowledge, id_, [name], str(country), facts={}, recipient=recipient)


def _from_sites(knowledge: Knowledge, holding: Holding) -> Iterator[Flow]:
    """What left the sites of federated runs, where sites are countries."""
    for run in _newest_runs(holding):
        rows = {site.site: site.rows for site in run.outcome.sites}
        facts: dict[str, object] = {"run": run.id}
        if (epsilon := epsilon_of_run(run)) is not None:
            facts["epsilon"] = epsilon
        yield from updates_to(knowledge, holding, run.plan, rows, facts, f"run {run.id}")


def updates_to(
    knowledge: Knowledge,
    holding: Holding,
    plan: Plan,
    rows: Mapping[str, int],
    facts: Mapping[str, object],
    id_: str,
) -> Iterator[Flow]:
    """What leaves sites that are countries, for the country where the sums are made.

    That is where the dataset lies, or where the organisation is.

    Args:
        rows: of each site.
    """
    server = holding.dataset.description.region or knowledge.organisation.country
    form, has_noise = updates_of(plan)
    _, sensitive = people_of(holding)
    for country, number in _by_country(rows).items():
        if country == server:
            continue
        said = _on_record(knowledge, holding, country, server)
        yield Flow(
            id=f"{id_} from {country or 'an unknown place'}",
            dataset=holding.dataset.name,
            origin=country,
            destination=server,
            recipient="",
            form=form if form_of(holding) is not Form.NOT_PERSONAL else Form.NOT_PERSONAL,
            people=None,
            sensitive_people=0 if sensitive == 0 else None,
            mechanism=str(said.get("mechanism") or ""),
            facts={**said, **facts, "has_noise": has_noise, "people_at_most": number},
            source="run" if "run" in facts else "plan",
        )


def _by_country(rows: Mapping[str, int]) -> Mapping[str, int]:
    """Rows by country, where sites are countries; those at sites that name none under “”."""
    placed = countries_of(rows)
    if placed is None:
        return {}
    found: dict[str, int] = {}
    for site, number in rows.items():
        country = placed.get(site, "")
        found[country] = found.get(country, 0) + number
    return found


def _on_record(
    knowledge: Knowledge, holding: Holding, origin: str, destination: str
) -> Mapping[str, object]:
    """What the register says of movements of a dataset from one country to another."""
    for record in knowledge.register.of("transfer"):
        values = record.values
        named = values.get("datasets")
        is_named = isinstance(named, (list, tuple)) and holding.dataset.name in named
        if is_named and (values.get("origin"), values.get("destination")) == (origin, destination):
            return {fact: value for fact, value in values.items() if fact not in _OWN | _COUNTED}
    return {}
