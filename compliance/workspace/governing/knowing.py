"""All that the desk knows at one moment, gathered for the rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

import msgspec
from sqlalchemy import Connection

from compliance.anonymise.nouns.record import Anonymised
from compliance.dataset.nouns import Dataset
from compliance.impact import facts_of
from compliance.impact.nouns import Impact, ImpactKind, Status
from compliance.lineage import dangling
from compliance.privacy.nouns.synthesis import Synthesis
from compliance.register.nouns import Organisation, Register
from compliance.report.nouns import Report, ReportKind
from compliance.rules.facts import PROVIDED, kept_months, measuring
from compliance.rules.nouns import Assessed, Finding, Holding, Knowledge, Residents, TrailKnown
from compliance.storage import acts, records, tables
from compliance.trail.nouns import Anchor
from compliance.workspace.anchoring.outside import anchors_of
from compliance.workspace.anchoring.records import newest_verified
from compliance.workspace.anonymising import vaults
from compliance.workspace.approving import acts as approving_acts
from compliance.workspace.approving import evidence
from compliance.workspace.consenting.records import consent_records
from compliance.workspace.data import datasets, labels
from compliance.workspace.desk import Desk
from compliance.workspace.federating import runs
from compliance.workspace.governing import packs, watching
from compliance.workspace.governing.measuring import measures_of
from compliance.workspace.governing.registers import register_of, typed_records
from compliance.workspace.lineage.lineages import inheritance, known_at
from compliance.workspace.releasing import budgets, releases
from compliance.workspace.trails import memory

_OF_DPIA = PROVIDED["dpia"] | {"prior_consultation_at", "reviewed_at", "last_change_at"}
_CHECKPOINT = "trail.checkpoint"


def known(
    desk: Desk, connection: Connection, at: datetime, names: Sequence[str] | None = None
) -> Knowledge:
    """What the desk knows of everything, or of the datasets named."""
    pack = packs.in_force(connection)
    found = datasets.newest(connection)
    wanted = [dataset for dataset in found if names is None or dataset.name in names]
    populations = dict.fromkeys(dataset.population for dataset in wanted)
    organisation = records.latest(connection, tables.ORGANISATION, Organisation) or Organisation()
    invented = _invented(connection)
    holdings = placed(desk, [_holding(desk, connection, one, invented) for one in wanted])
    register = register_of(connection, organisation, holdings, at)
    lineage = known_at(connection)
    found_out = Knowledge(
        at=at,
        organisation=organisation,
        holdings=tuple(aged(desk, holding, register, at) for holding in holdings),
        register=register,
        budgets=tuple(budgets.state(connection, people, at) for people in populations),
        findings=tuple(records.newest_by(connection, tables.FINDING, Finding, "id").values()),
        trail=_trail(desk, connection, at),
        edges=lineage.edges,
        inherited=inheritance(lineage, [one.dataset.id for one in holdings]),
        dangling=len(dangling(lineage.edges, lineage.columns)),
        is_whole=names is None,
        lists=pack.lists,
        reach={law: row.countries for law, row in pack.laws.items()},
        consents=consent_records(connection, typed_records(connection)),
    )
    return replace(found_out, impacts=impacts_of(connection, found_out))


def _holding(
    desk: Desk, connection: Connection, dataset: Dataset, invented: frozenset[str]
) -> Holding:
    """A dataset with all but the age of its rows, which the register has a say in."""
    discovery = labels.latest(connection, dataset)
    measures = measures_of(desk)
    done = records.latest(connection, tables.ANONYMISED, Anonymised, made=dataset.id)
    holding = Holding(
        dataset=dataset,
        discovery=discovery,
        changes=labels.changes(connection, dataset),
        k_missing=None if done is None else measures.k_missing(desk, dataset, done),
        anonymised=done,
        synthetic=dataset.id in invented,
        vaults=len(vaults.of(connection, dataset)),
        runs=runs.of(connection, dataset),
        releases=releases.of(connection, dataset),
    )
    return measured(desk, holding)


def placed(desk: Desk, holdings: Sequence[Holding]) -> tuple[Holding, ...]:
    """`holdings`, with the countries of people that only another dataset of them tells."""
    return tuple(
        holding if holding.residents is not None else replace(holding, residents=by_others)
        for holding in holdings
        for by_others in (_by_others(desk, holding, holdings),)
    )


def _by_others(desk: Desk, holding: Holding, holdings: Sequence[Holding]) -> Residents | None:
    """Where its people live, by the first dataset of the same people that tells all of them."""
    if holding.residents is not None or holding.discovery is None:
        return None
    for other in holdings:
        if (
            other.discovery is not None
            and other.residents is not None
            and other.dataset.population == holding.dataset.population
        ):
            found = measures_of(desk).residents_by(
                desk, holding.dataset, other.dataset, other.discovery
            )
            if found is not None and not found.unread:
                return found
    return None


def aged(desk: Desk, holding: Holding, register: Register, at: datetime) -> Holding:
    """The holding with the age of its rows, against the retention that is on record."""
    months = kept_months(holding.dataset, register)
    retained = measures_of(desk).retained(desk, holding.dataset, holding.discovery, months, at)
    return replace(holding, retained=retained)


def measured(desk: Desk, holding: Holding) -> Holding:
    """The holding with what is counted of the people in its rows."""
    dataset, discovery = holding.dataset, holding.discovery
    return replace(
        holding,
        people=measuring.people(dataset, discovery),
        residents=measures_of(desk).residents(desk, dataset, discovery),
    )


def _invented(connection: Connection) -> frozenset[str]:
    """The dataset versions whose rows were invented under a privacy budget."""
    return frozenset(one.made for one in records.every(connection, tables.SYNTHESIS, Synthesis))


def _trail(desk: Desk, connection: Connection, at: datetime) -> TrailKnown:
    """The trail, and when it was verified whole."""
    reports = records.every(connection, tables.REPORT, Report)
    audits = [report.built_at for report in reports if report.kind is ReportKind.AUDIT]
    found, last = memory.state(desk, at), newest_verified(connection)
    anchors = anchors_of(connection)
    by_hand, done = _last(connection, _CHECKPOINT), [a.last_done.at for a in anchors if a.last_done]
    # What was found on record later than this process read all itself counts, too.
    is_later = last is not None and last.at > found.whole_at
    return TrailKnown(
        problems=found.verification.problems or (last.problems if last and is_later else ()),
        verified_at=last.at if last else found.whole_at,
        anchored_at=max([by_hand, *done] if by_hand else done, default=None),
        anchors_failing=len(_failing(anchors) | set(last.unread if last else ())),
        audited_at=max(audits, default=None),
        watched_at=_last(connection, watching.WATCHED),
        open_alarms=watching.count_open(connection),
        is_second_person_asked=approving_acts.required(connection).is_any,
        unapproved=len(evidence.unapproved(connection)),
    )


def _failing(anchors: Sequence[Anchor]) -> set[str]:
    """The names of those that a checkpoint did not get to the last time."""
    return {one.name for one in anchors if one.last is not None and not one.last.is_done}


def _last(connection: Connection, act: str) -> datetime | None:
    """When something was done last."""
    line = acts.newest_by(connection, act)
    return None if line is None else msgspec.json.decode(line.body, type=_Dated).at


class _Dated(msgspec.Struct):
    """Of an entry, only when it was written."""

    at: datetime


def impacts_of(connection: Connection, known: Knowledge) -> tuple[Assessed, ...]:
    """Every impact assessment, as far as rules ask for it, held against what is known otherwise."""
    found = records.newest_by(connection, tables.IMPACT, Impact, "id")
    counting = [_signed(connection, impact) for impact in found.values()]
    return tuple(_assessed(impact, facts_of(impact, known)) for impact in counting)


def _signed(connection: Connection, impact: Impact) -> Impact:
    """What counts of an assessment: what was validated, however it was rewritten since."""
    if impact.validated_at is None or impact.status is Status.VALIDATED:
        return impact
    past = records.every(connection, tables.IMPACT, Impact, id=impact.id)
    return next((one for one in reversed(past) if one.status is Status.VALIDATED), impact)


def _assessed(impact: Impact, facts: Mapping[str, object]) -> Assessed:
    is_lia = impact.kind is ImpactKind.LIA
    return Assessed(
        id=impact.id,
        title=impact.title,
        kind="lia" if is_lia else "dpia",
        activity=impact.activity,
        completed=impact.validated_at.date() if impact.validated_at else None,
        is_outdated=bool(facts.get("processing_changed_since_approval")),
        facts={"outcome": facts.get("lia_outcome")}
        if is_lia
        else {fact: value for fact, value in facts.items() if fact in _OF_DPIA},
    )
