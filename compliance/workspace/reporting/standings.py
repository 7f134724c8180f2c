"""Evidence of the reports on how things stand: the record of processing, the management summary."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

from compliance import __version__
from compliance.register import record_of_processing
from compliance.report.nouns import ProcessingEvidence, SummaryEvidence
from compliance.rules.nouns import Assessment
from compliance.workspace.data import datasets
from compliance.workspace.desk import Desk
from compliance.workspace.governing import improving, packs, registers
from compliance.workspace.mending import findings as mending_findings
from compliance.workspace.releasing import budgets
from compliance.workspace.trails import trails


def processing(desk: Desk, connection: Connection, names: Sequence[str]) -> ProcessingEvidence:
    """The record of processing as it stands.

    Args:
        names: only activities that use one of these datasets; empty: all.
    """
    at = desk.clock().replace(microsecond=0)
    organisation = registers.organisation_in(connection)
    register = registers.register_in(desk, connection, at)
    trail = trails.verify_signed(desk, connection, at)
    as_controller, as_processor = (
        record_of_processing(register, organisation, at, as_processor=is_it, datasets=names)
        for is_it in (False, True)
    )
    return ProcessingEvidence(
        organisation=organisation,
        as_controller=as_controller,
        as_processor=as_processor,
        only=tuple(names),
        version=str(trail.entries),
        trail=trail,
        desk_version=__version__,
        gathered_at=at,
    )


def summary(desk: Desk, connection: Connection, assessment: Assessment) -> SummaryEvidence:
    """How everything stands, for those who direct the organisation."""
    at = desk.clock().replace(microsecond=0)
    populations = dict.fromkeys(dataset.population for dataset in datasets.newest(connection))
    findings = mending_findings.every(connection)
    return SummaryEvidence(
        organisation=registers.organisation_in(connection),
        assessment=assessment,
        findings=tuple(one for one in findings if mending_findings.is_open(one)),
        improvement=improving.stands_in(connection, at),
        fines=_fines(connection, assessment),
        budgets=tuple(budgets.state(connection, people, at) for people in populations),
        trail=trails.verify_signed(desk, connection, at),
        desk_version=__version__,
        gathered_at=at,
    )


def _fines(connection: Connection, assessment: Assessment) -> Mapping[str, Mapping[str, Any]]:
    pack = packs.in_force(connection)
    rules = {verdict.rule: pack.rule(verdict.rule) for verdict in assessment.findings}
    tiers = {id_: rule.fine_tier for id_, rule in rules.items() if rule and rule.fine_tier}
    return {id_: pack.fines[tier] for id_, tier in tiers.items() if tier in pack.fines}
