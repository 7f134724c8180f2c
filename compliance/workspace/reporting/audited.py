"""What an audit report stands on beside the data, gathered at one moment."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import date
from functools import cache
from typing import TypeVar

from sqlalchemy import Connection

from compliance.lineage.nouns import Edge, Node, Standing, Tag, Tagged
from compliance.report.nouns.audited import (
    Audited,
    Criterion,
    Standards,
    TagLoss,
    TagReach,
    TagStop,
    Tracked,
    Travel,
)
from compliance.rules import Tally, stages
from compliance.rules.nouns import (
    POLICY,
    Assessment,
    Finding,
    Level,
    Pack,
    Rule,
    State,
    Status,
)
from compliance.workspace.data import datasets
from compliance.workspace.governing import assessments, packs
from compliance.workspace.lineage import lineages
from compliance.workspace.mending import findings as mending_findings

MOST_STANDINGS = 30
Key = TypeVar("Key")
_TOLD = frozenset({State.NOT_MET, State.NOT_ASSESSED})


def gathered(
    connection: Connection,
    names: Sequence[str] | None,
    assessment: Assessment,
    edges: Sequence[Edge],
) -> Audited:
    """The rules, earlier results, findings on record, and how far personal data went.

    Args:
        names: the datasets that were assessed; None: everything.
        edges: the lineage that the report tells.
    """
    every = [str(dataset.name) for dataset in datasets.newest(connection)]
    keys = {verdict.key for verdict in assessment.verdicts}
    findings = mending_findings.every(connection)
    return Audited(
        scope=assessments.scope_of(names),
        left_out=tuple(name for name in every if names is not None and name not in names),
        standards=_standards(connection, assessment),
        standings=assessments.standings(connection, names)[-MOST_STANDINGS:],
        findings=tuple(
            _tracked(finding, assessment.assessed_at.date())
            for finding in findings
            if names is None or finding.key in keys
        ),
        travel=_travel(lineages.known_at(connection), edges),
    )


def _standards(connection: Connection, assessment: Assessment) -> Standards:
    pack = packs.in_force(connection)
    told = {verdict.rule for verdict in assessment.verdicts if verdict.state in _TOLD}
    by_law = Counter(rule.law for rule in pack.rules)
    return Standards(
        edition=pack.edition,
        sha256=packs.hash_of(connection),
        as_of=pack.as_of,
        rules=by_law,
        levels=Counter(rule.verified.level for rule in pack.rules),
        laws={id_: law for id_, law in pack.laws.items() if id_ in by_law and id_ != POLICY},
        criteria={rule.id: _criterion(pack, rule) for rule in pack.rules if rule.id in told},
        switched_off=pack.disabled,
        stages=_stage_titles(),
    )


def _criterion(pack: Pack, rule: Rule) -> Criterion:
    fine = dict(pack.fines.get(rule.fine_tier or "", {}))
    level = fine.pop("level", None)
    return Criterion(
        requirement=" ".join(rule.requirement.split()),
        shows=" ".join(rule.evidence.split()),
        fine=fine,
        fine_level=Level(level) if level else None,
    )


def _tracked(finding: Finding, today: date) -> Tracked:
    waiver = finding.waiver if finding.waiver and finding.waiver.until >= today else None
    return Tracked(
        id=finding.id,
        rule=finding.rule,
        entity=finding.entity,
        subject_id=finding.subject_id,
        subject=finding.subject,
        title=finding.title,
        severity=finding.severity,
        status=finding.status,
        opened_at=finding.opened_at,
        due=finding.due,
        owner=finding.owner,
        waived_by=waiver.by if waiver else "",
        waived_why=waiver.why if waiver else "",
        waived_until=waiver.until if waiver else None,
        closed_at=finding.closed_at if finding.status is Status.CLOSED else None,
        closed_by=finding.closed_by if finding.status is Status.CLOSED else "",
    )


@cache
def _stage_titles() -> tuple[str, ...]:
    """Of the life cycle, which are the same whatever there is."""
    counted = (field.name for field in fields(Tally) if field.name != "assessment")
    nothing = Tally(**dict.fromkeys(counted, 0), assessment=None)
    return tuple(stage.title for stage in stages(nothing))


def _travel(known: lineages.Known, edges: Sequence[Edge]) -> Travel:
    """How far personal data went from and to the things that `edges` join."""
    nodes = {node.key: node for edge in edges for node in (edge.origin, edge.made)}
    everything = {n.key: n for edge in known.edges for n in (edge.origin, edge.made)} | nodes
    return Travel(
        reached=_reached(known.tagged, nodes),
        stopped=_stopped(known, nodes.keys(), everything),
        lost=_lost(known.tagged, nodes),
    )


def _reached(tagged: Tagged, nodes: Mapping[str, Node]) -> tuple[TagReach, ...]:
    found = _by_key((place.node, place.column, tags) for place, tags in tagged.arrived.items())
    return tuple(
        TagReach(
            made=node.title,
            kind=node.kind.value,
            columns=len(found[key][0]),
            tags=found[key][1],
        )
        for key, node in nodes.items()
        if key in found
    )


def _stopped(
    known: lineages.Known, near: Collection[str], nodes: Mapping[str, Node]
) -> tuple[TagStop, ...]:
    shown = {one.id: one for one in known.evidence}
    found = _by_key(
        ((stop.origin.node, stop.made.node, stop.evidence), stop.origin.column, stop.tags)
        for stop in known.tagged.stopped
        if {stop.origin.node, stop.made.node} & set(near)
    )
    return tuple(
        TagStop(
            origin=_title(origin, nodes),
            made=_title(made, nodes),
            columns=columns,
            tags=tags,
            evidence=id_,
            what=shown[id_].what if id_ in shown else "",
            standing=(shown[id_].standing if id_ in shown else Standing.VOID).value,
        )
        for (origin, made, id_), (columns, tags) in found.items()
    )


def _lost(tagged: Tagged, nodes: Mapping[str, Node]) -> tuple[TagLoss, ...]:
    found = _by_key(
        ((lost.place.node, lost.why), lost.place.column, lost.tags)
        for lost in tagged.lost
        if lost.place.node in nodes
    )
    return tuple(
        TagLoss(made=_title(key, nodes), columns=columns, tags=tags, why=why)
        for (key, why), (columns, tags) in found.items()
    )


def _title(key: str, nodes: Mapping[str, Node]) -> str:
    return nodes[key].title if key in nodes else key.partition(":")[2]


def _by_key(
    found: Iterable[tuple[Key, str, Iterable[Tag]]],
) -> dict[Key, tuple[tuple[str, ...], tuple[str, ...]]]:
    """By key, the columns and the meanings of the tags, each once, in order."""
    columns: dict[Key, set[str]] = defaultdict(set)
    meanings: dict[Key, set[str]] = defaultdict(set)
    for key, column, tags in found:
        columns[key].add(column)
        meanings[key] |= {tag.semantic_type for tag in tags}
    return {key: (tuple(sorted(columns[key])), tuple(sorted(meanings[key]))) for key in columns}
