"""What would be said of a movement before it happens, and of those on record."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from compliance.countries import is_country
from compliance.errors import UnknownCountryError
from compliance.federated.nouns import Plan
from compliance.rules.nouns import (
    Answer,
    Counter,
    Flow,
    Form,
    Judgement,
    Knowledge,
    LawId,
    Whereabouts,
)
from compliance.rules.residency import counting
from compliance.rules.residency.conditions import Place
from compliance.rules.residency.forms import by_name
from compliance.rules.residency.judging import Bench, facts_of, governing, judged, may_go, worst
from compliance.rules.residency.placing import copies, flows, flows_of, unplaced, updates_to
from compliance.rules.residency.tables import Tables, tables

Judged = tuple[Flow, tuple[Judgement, ...]]

_CN = "CN_PIPL"
_TIERS = {"under_100k": "exempt", "exempt": "exempt"}
_NOBODYS = ("not_personal", "anonymous")  # rows by which measured data are about nobody
OUTSIDE = "laws_that_do_not_ask"  # among the facts of a transfer
_ALL_TIERS = ("security_assessment", "standard_contract_or_certification", *_TIERS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """What would be said of a movement that has not happened.

    Attributes:
        flows: one for each country that it would start in, with what each law says.
        counters: as they would stand.
        asked: the facts on which what is said depends, and that nobody has recorded.
    """

    flows: tuple[Judged, ...]
    counters: tuple[Counter, ...] = ()
    asked: tuple[str, ...] = ()

    @property
    def may_go(self) -> bool:
        """Whether every law lets all of it go."""
        return bool(self.flows) and all(may_go(judgements) for _, judgements in self.flows)

    @property
    def answer(self) -> Answer:
        """The answer that weighs most."""
        return worst(one for _, judgements in self.flows for one in judgements)


def whereabouts(knowledge: Knowledge, by: Tables | None = None) -> Whereabouts:
    """Where everything lies and goes, and what each law says of that.

    The law of the place where data lie is asked whether it is recorded to be in scope or not.
    """
    by = by or tables()
    moved = flows(knowledge)
    bench = Bench.of(knowledge, by, knowledge.at, moved)
    return Whereabouts(
        copies=copies(knowledge),
        flows=tuple((flow, judged(flow, None, bench)) for flow in moved),
        counters=counting.counters(moved, by, knowledge.at),
        unplaced=unplaced(knowledge),
    )


def would_move(
    knowledge: Knowledge,
    names: Sequence[str],
    destination: str,
    recipient: str = "",
    form: Form | None = None,
    facts: Mapping[str, object] | None = None,
) -> Movement:
    """What would be said if datasets moved, were copied, or were read from another country.

    Args:
        form: what would move instead of the rows: an anonymised output whose proof holds,
            statistics with noise, updates. None: what the datasets hold.
        facts: what would be on record, `mechanism` among it.

    Raises:
        UnknownCountryError: there is no such country.
    """
    if not is_country(destination):
        raise UnknownCountryError(given=destination[:40])
    said = {fact: value for fact, value in (facts or {}).items() if fact != "form"}
    moved = flows_of(
        knowledge, "asked", names, destination, facts=said, recipient=recipient, source="plan"
    )
    if form is not None:
        moved = tuple(replace(flow, form=_instead(flow.form, form)) for flow in moved)
    return _movement(knowledge, moved)


def would_federate(
    knowledge: Knowledge,
    name: str,
    plan: Plan,
    rows: Mapping[str, int],
    epsilon: float | Decimal | None = None,
) -> Movement:
    """What would be said of a federated run: which updates would leave which country.

    Nothing leaves a country where sites are no countries.

    Args:
        rows: of each site of the plan.
        epsilon: the most that the plan can cost; None: it has no noise.
    """
    holding = by_name(knowledge)[name]
    facts = {"epsilon": float(epsilon)} if epsilon is not None else {}
    return _movement(knowledge, tuple(updates_to(knowledge, holding, plan, rows, facts, "plan")))


def transfer_facts(
    knowledge: Knowledge, by: Tables | None = None
) -> Mapping[str, Mapping[str, object]]:
    """What follows for each transfer on record, by its id: facts for rules to ask.

    A fact that does not follow is not among them.
    """
    by = by or tables()
    moved = flows(knowledge)
    bench = Bench.of(knowledge, by, knowledge.at, moved)
    found: dict[str, dict[str, object]] = {}
    for flow in moved:
        if (record := flow.facts.get("record")) is None:
            continue
        facts, before = _follows(flow, bench), found.get(str(record))
        # A record that starts in several countries says only what is so for all of them.
        found[str(record)] = (
            facts if before is None else {k: v for k, v in facts.items() if before.get(k) == v}
        )
    return found


def unrecorded(knowledge: Knowledge, by: Tables | None = None) -> tuple[Flow, ...]:
    """The movements that follow from a copy or a processor abroad, and that may not just happen.

    No transfer on record is about them, so nobody was asked for a safeguard.
    """
    by = by or tables()
    moved = flows(knowledge)
    bench = Bench.of(knowledge, by, knowledge.at, moved)
    return tuple(
        flow
        for flow in moved
        if flow.source == "register"
        and "record" not in flow.facts
        and is_country(flow.origin)
        and not may_go(judged(flow, None, bench))
    )


def _instead(measured: Form, asked: Form) -> Form:
    """What moves where something is made of the data first."""
    return measured if measured is Form.NOT_PERSONAL else asked


def _movement(knowledge: Knowledge, moved: Sequence[Flow]) -> Movement:
    known, by, at = flows(knowledge), tables(), knowledge.at
    everything = [*known, *moved]
    bench = Bench.of(knowledge, by, at, everything)
    found = tuple((flow, judged(flow, None, bench)) for flow in moved)
    return Movement(
        flows=found,
        counters=counting.counters(everything, by, at) if _counts(moved, by, at) else (),
        asked=_asked(found, by),
    )


def _counts(moved: Iterable[Flow], by: Tables, at: datetime) -> bool:
    return bool(counting.counters(moved, by, at))


def _asked(found: Iterable[Judged], by: Tables) -> tuple[str, ...]:
    """The facts that are named as missing and that a check can be told."""
    words = {need for _, judgements in found for one in judgements for need in one.needs}
    return tuple(fact for fact, asked in by.facts.items() if asked.type and asked.words in words)


def _follows(flow: Flow, bench: Bench) -> dict[str, object]:
    found: dict[str, object] = {}
    laws = governing(flow, bench.tables)
    if len(there := bench.tables.law_of(flow.origin)) == 1:
        found["origin_regime"] = there[0]
    if is_country(flow.destination):
        found |= _of_adequacy(flow, laws, bench)
    if is_country(flow.origin):
        found["data_stored_in"] = flow.origin
    if isinstance(flow.facts.get("us_persons"), int):
        found["us_persons"] = flow.facts["us_persons"]
    if _CN in laws:
        found |= _of_china(flow, bench)
    outside = tuple(one.law for one in judged(flow, None, bench) if one.tier in _NOBODYS)
    return found | ({OUTSIDE: outside} if outside else {})


def _of_adequacy(flow: Flow, laws: Iterable[LawId], bench: Bench) -> dict[str, object]:
    """Whether the decision has expired, and whether it covers the movement where that follows."""
    place = Place(tables=bench.tables, at=bench.at)
    found: dict[str, object] = {}
    if "EU_GDPR" in laws:
        entry = bench.tables.lists["EU_ADEQUACY"].entries.get(flow.destination)
        found["adequacy_expired"] = entry is not None and place.has_expired(entry)
        if entry is not None:
            facts = facts_of(flow, bench.tables.laws["EU_GDPR"], bench)
            covers = place.covers(entry, facts)
            if covers is not None:
                found["scope_condition_met"] = covers
    if "UK_GDPR" in laws:
        entry = place.entry("UK_ADEQUACY", flow.destination)
        facts = facts_of(flow, bench.tables.laws["UK_GDPR"], bench)
        if entry is not None and place.covers(entry, facts):
            found["dp_test_or_uk_adequacy"] = True
    return found


def _of_china(flow: Flow, bench: Bench) -> dict[str, object]:
    """The row that the yearly counts lead to, and whether volumes were split to stay below it."""
    (together,) = judged(flow, (_CN,), bench)
    if together.tier not in _ALL_TIERS or together.answer is Answer.UNKNOWN:
        return {}
    tier = _TIERS.get(together.tier, together.tier)
    alone = replace(bench, counts=counting.counts([flow], bench.tables, bench.at))
    (by_itself,) = judged(flow, (_CN,), alone)
    is_split = by_itself.tier != together.tier and together.tier == "security_assessment"
    return {"cn_tier": tier, "volume_split_check": "fail" if is_split else "pass"}
