"""All that the desk knows at one moment, gathered for the rules."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from compliance.dataset.nouns import Dataset
from compliance.register.nouns import Organisation, Register
from compliance.rules.nouns import Holding, Knowledge, TrailKnown
from compliance.storage import records, tables
from compliance.workspace import (
    anonymising,
    budgets,
    datasets,
    labels,
    mending_findings,
    releases,
    runs,
    trails,
)
from compliance.workspace.desk import Desk


def known(
    desk: Desk, connection: Connection, at: datetime, names: Sequence[str] | None = None
) -> Knowledge:
    """What the desk knows of everything, or of the datasets named."""
    found = datasets.newest(connection)
    wanted = [dataset for dataset in found if names is None or dataset.name in names]
    populations = dict.fromkeys(dataset.population for dataset in wanted)
    return Knowledge(
        at=at,
        organisation=records.latest(connection, tables.ORGANISATION, Organisation)
        or Organisation(),
        holdings=tuple(_holding(desk, connection, dataset) for dataset in wanted),
        register=Register(),
        budgets=tuple(budgets.state(connection, people, at) for people in populations),
        findings=mending_findings.every(connection),
        trail=TrailKnown(problems=trails.verify(connection).problems),
        is_whole=names is None,
    )


def _holding(desk: Desk, connection: Connection, dataset: Dataset) -> Holding:
    return Holding(
        dataset=dataset,
        discovery=labels.latest(connection, dataset),
        changes=labels.changes(connection, dataset),
        k_missing=anonymising.k_missing(desk, connection, dataset),
        runs=runs.of(connection, dataset),
        releases=releases.of(connection, dataset),
    )
