"""The loop of improvement, as the workspace offers it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from compliance.rules import improvement
from compliance.rules.nouns import Applied, Finding
from compliance.rules.nouns.audit import Audit
from compliance.rules.nouns.improvement import Improvement, Reopened
from compliance.storage import records, tables
from compliance.workspace.data import datasets
from compliance.workspace.desk import Desk
from compliance.workspace.governing import assessments, reopening, watching
from compliance.workspace.governing.assessments import EVERYTHING
from compliance.workspace.guarding import guarded


@guarded
class Improving:
    """Found, taken in hand, tested again, scored."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def stands(self) -> Improvement:
        """The loop as it stands; nothing is assessed anew."""
        with self._desk.database.reading() as connection:
            return stands_in(connection, self._desk.clock())

    def reopened(self, name: str) -> tuple[Reopened, ...]:
        """The decisions that the newest version of dataset `name` has overtaken.

        Raises:
            UnknownDatasetError: there is none.
        """
        with self._desk.database.reading() as connection:
            dataset = datasets.find(connection, name)
            return reopening.of(connection, dataset, self._desk.clock())


def stands_in(connection: Connection, at: datetime) -> Improvement:
    """The loop as it stands at `at`; nothing is assessed anew."""
    findings = records.newest_by(connection, tables.FINDING, Finding, "id")
    return improvement(
        assessments.newest(connection),
        assessments.standings(connection),
        tuple(findings.values()),
        records.every(connection, tables.REMEDIED, Applied),
        since=_audited(connection),
        at=at,
        alarms=watching.count_open(connection),
        reopened=reopening.every(connection, at),
    )


def _audited(connection: Connection) -> datetime | None:
    """When everything was audited last before the newest assessment; None: never."""
    audits = records.every(connection, tables.AUDIT, Audit, scope=EVERYTHING)
    return audits[-1].at if audits else None
