"""Proofs on request: attacks tried, the desk's own audit, and the whole of the error."""

from __future__ import annotations

import secrets

from sqlalchemy import Connection

from compliance import __version__
from compliance.dataset.nouns import Dataset
from compliance.privacy import calibrate
from compliance.privacy.attacks import Trial, attack
from compliance.privacy.honesty import (
    Assumptions,
    GroupError,
    errors,
    simulate,
    simulated_question,
)
from compliance.privacy.nouns import Budget
from compliance.privacy.nouns.question import Query
from compliance.privacy.selfaudit import ALARM, SelfAudit, audit
from compliance.storage import records, tables
from compliance.workspace.data import datasets, joins
from compliance.workspace.desk import Desk, all_columns
from compliance.workspace.guarding import guarded
from compliance.workspace.releasing import questions

_SEED = 20_000  # of stand-ins; the same assumptions always give the same table


def try_attacks(desk: Desk, name: str, query: Query, asked: Budget, seed: int) -> Trial:
    """Attack the answer to `query`, exact and with noise; only success rates are kept.

    Raises:
        QueryError, PrivacyParameterError: it cannot be asked, or holds nothing to attack.
    """
    from compliance.privacy import mechanisms  # loads OpenDP, which nothing else needs

    with desk.database.reading() as connection:
        dataset, others = joins.asked_of(desk, connection, name, query)
    calibration = calibrate(query, asked)
    table, bounded = desk.counted(dataset, query, others)
    outcome = attack(table, query, bounded, calibration, asked, mechanisms, seed)
    with desk.act("attack.try", name) as act:
        trial = Trial(
            id=f"trial-{secrets.token_hex(6)}",
            dataset_id=dataset.id,
            query=query,
            asked=asked,
            targets=outcome.targets,
            attacks=outcome.attacks,
            tried_at=act.at,
            actor=act.actor,
            ranking=outcome.ranking,
            seed=seed,
        )
        act.store(tables.TRIAL, trial, id=trial.id, dataset_id=dataset.id)
        act.facts |= {"trial": trial.id, "internal": True, "targets": outcome.targets}
        act.facts |= questions.asked(query, dataset, desk.key)
    return trial


def trials(connection: Connection, dataset: Dataset) -> tuple[Trial, ...]:
    """All attacks tried on any version of the dataset, newest first."""
    return datasets.of_any_version(connection, tables.TRIAL, Trial, dataset, "tried_at")


def self_audit(desk: Desk) -> SelfAudit:
    """Test the samplers and the whole way from rows to numbers, on invented tables."""
    from compliance.privacy import mechanisms  # loads OpenDP, which nothing else needs

    checks = audit(mechanisms)
    with desk.act("audit.self", "desk") as act:
        done = SelfAudit(
            id=f"audit-{secrets.token_hex(6)}",
            checks=checks,
            alarm=ALARM,
            libraries=mechanisms.libraries(),
            desk_version=__version__,
            audited_at=act.at,
            actor=act.actor,
        )
        act.store(tables.SELF_AUDIT, done, id=done.id)
        act.facts |= {"audit": done.id, "passed": done.passed, "checks": len(checks)}
    return done


def self_audits(connection: Connection) -> tuple[SelfAudit, ...]:
    """All of the desk's audits of itself, newest first."""
    return records.every(connection, tables.SELF_AUDIT, SelfAudit)[::-1]


def compare_error(
    desk: Desk, name: str, query: Query, asked: Budget, stand_in: Assumptions | str | None
) -> tuple[GroupError, ...]:
    """How wrong each number would be, and why: on a stand-in, or on the real rows.

    Args:
        stand_in: what is commonly known, or the name of a public dataset with the same columns;
            None for the real rows. A look at stored rows, whosever they are, is in the trail.

    Raises:
        QueryError, PrivacyParameterError, UnknownDatasetError: it cannot be compared.
    """
    if isinstance(stand_in, Assumptions):
        question = simulated_question(query)
        return errors(simulate(question, stand_in, _SEED), question, (), asked, desk.key)
    with desk.database.reading() as connection:
        dataset, others = joins.asked_of(desk, connection, stand_in or name, query)
    table = desk.joined(dataset, query, others)
    found = errors(table, query, all_columns(dataset, others), asked, desk.key)
    with desk.act("error.compare", str(dataset.name)) as act:
        act.facts |= {"internal": True, "statistics": [s.name for s in query.statistics]}
        act.facts |= questions.asked(query, dataset, desk.key)
    return found


@guarded
class Probing:
    """The desk's own noise and answers put to the test."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def try_attacks(self, name: str, query: Query, asked: Budget, seed: int = 0) -> Trial:
        """Attack the answer to `query`, exact and with noise. Internal; in the trail.

        Noise is drawn, nothing is published and nothing spent: only success rates are kept.

        Raises:
            QueryError, PrivacyParameterError: it cannot be asked, or holds nothing to attack.
        """
        return try_attacks(self._desk, name, query, asked, seed)

    def trials(self, name: str) -> tuple[Trial, ...]:
        """All attacks tried on dataset `name`, newest first."""
        with self._desk.database.reading() as connection:
            return trials(connection, datasets.find(connection, name))

    def self_audit(self) -> SelfAudit:
        """Test the samplers and the whole way from rows to numbers, on invented tables."""
        return self_audit(self._desk)

    def self_audits(self) -> tuple[SelfAudit, ...]:
        """All of the desk's audits of itself, newest first."""
        with self._desk.database.reading() as connection:
            return self_audits(connection)

    def compare_error(
        self, name: str, query: Query, asked: Budget, stand_in: Assumptions | str | None
    ) -> tuple[GroupError, ...]:
        """How wrong each number would be, by noise and by bounds; see `compliance.privacy.honesty`.

        On stored rows, real or public: internal, and in the trail.

        Raises:
            QueryError, PrivacyParameterError, UnknownDatasetError: it cannot be compared.
        """
        return compare_error(self._desk, name, query, asked, stand_in)
