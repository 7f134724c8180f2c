"""Proofs about a federated run: attacks on it, on request."""

from __future__ import annotations

import secrets
from collections.abc import Generator, Sequence
from dataclasses import replace
from functools import partial

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection

from compliance.dataset.nouns import Dataset
from compliance.errors import UnknownRunError
from compliance.federated import Secrets, change, prepare
from compliance.federated.attacks import Attacked, besieged, twins
from compliance.federated.noising import AddNoise
from compliance.federated.nouns import (
    Finding,
    Membership,
    Plan,
    Poisoning,
    Reading,
    Reconstruction,
    Run,
    Shield,
    Siege,
    Sight,
)
from compliance.privacy import loss_of, price_of
from compliance.privacy.nouns import Budget, GaussianEvent, SampledGaussianEvent
from compliance.privacy.risk import largest_auc
from compliance.storage import tables
from compliance.workspace import datasets, labels, runs
from compliance.workspace.desk import Desk


def attack_run(desk: Desk, name: str, run_id: str, seed: int = 0) -> Generator[Finding, None, None]:
    """Attack a run of dataset `name`, and give each finding as it is made.

    The run is made again, with noise and without; nothing of it is published, and its noise
    spends nothing. Closing the iterator ends the attack. However it ends, what was found is
    stored and in the trail: errors, areas and counts, never a row.

    Args:
        seed: chooses whom to attack.

    Raises:
        UnknownRunError: the dataset has no such run.
        PlanError: the run cannot be made again with noise, or without.
    """
    run, plain, protected = _prepared(desk, name, run_id, seed)
    found: list[Finding] = []
    try:
        for finding in besieged(plain, protected):
            found.append(finding)
            yield finding
    finally:
        if found:
            _store(desk, name, run, protected.plan, found, seed)


def sieges(connection: Connection, dataset: Dataset) -> tuple[Siege, ...]:
    """All attacks on runs of any version of the dataset, newest first."""
    return datasets.of_any_version(connection, tables.SIEGE, Siege, dataset, "tried_at")


def _prepared(desk: Desk, name: str, run_id: str, seed: int) -> tuple[Run, Attacked, Attacked]:
    with desk.database.reading() as connection:
        dataset = datasets.find(connection, name)
        run = next((run for run in runs.of(connection, dataset) if run.id == run_id), None)
        if run is None:
            raise UnknownRunError(run=run_id, dataset=name)
        learnt = datasets.version(connection, run.dataset_id)
        discovery = labels.latest(connection, learnt)
    table, known = desk.table(learnt), discovery.labels if discovery else ()
    unit = learnt.description.unit
    plain, protected = (
        Attacked(
            problem=prepare(table, learnt.columns, plan, known, unit=unit), plan=plan, seed=seed
        )
        for plan in twins(run.plan)
    )
    draw = secrets.token_bytes
    noise = Secrets(draw=draw, masks=draw, add_noise=_noise(protected.plan))
    allowed = partial(_largest_auc, protected.plan)
    return run, plain, replace(protected, secrets=noise, allowed=allowed)


def _noise(plan: Plan) -> AddNoise:
    def add(scale: float, values: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        from compliance.privacy import mechanisms  # loads OpenDP

        event = GaussianEvent(
            statistic="model update", sensitivity_squared=change(plan) ** 2, scale=scale
        )
        return mechanisms.add_noise(values, event)

    return add


def _largest_auc(plan: Plan, exchanges: int) -> float:
    """What the guarantee of so many exchanges allows any test."""
    if plan.privacy is None:
        raise ValueError("only a plan with noise promises anything")
    event = SampledGaussianEvent(
        sampling_rate=plan.fraction,
        noise_multiplier=plan.privacy.noise_multiplier,
        rounds=exchanges,
    )
    epsilon = price_of(loss_of([event]), plan.privacy.delta).epsilon
    return largest_auc(Budget(epsilon=epsilon, delta=plan.privacy.delta))


def _store(
    desk: Desk, name: str, run: Run, protected: Plan, found: Sequence[Finding], seed: int
) -> None:
    with desk.act("run.attack", name) as act:
        siege = Siege(
            id=f"siege-{secrets.token_hex(6)}",
            dataset_id=run.dataset_id,
            run_id=run.id,
            plan=run.plan,
            protected=protected,
            sight=Sight.of(run.plan),
            reading=next((one for one in found if isinstance(one, Reading)), None),
            reconstructions=tuple(one for one in found if isinstance(one, Reconstruction)),
            memberships=tuple(one for one in found if isinstance(one, Membership)),
            poisonings=tuple(one for one in found if isinstance(one, Poisoning)),
            tried_at=act.at,
            actor=act.actor,
            seed=seed,
        )
        act.store(tables.SIEGE, siege, id=siege.id, dataset_id=siege.dataset_id)
        act.facts |= {"siege": siege.id, "run": run.id, "internal": True, **_counted(siege)}


def _counted(siege: Siege) -> dict[str, object]:
    """What the trail says of an attack: kinds and numbers only."""
    tests = sorted({f"membership by {one.test}" for one in siege.memberships})
    kinds = ["reconstruction"] * bool(siege.reconstructions) + tests
    bare = [one for one in siege.reconstructions if one.protection is Shield.NONE]
    sites = siege.reading
    read = {"sites": sites.sites, "sites_readable": sites.readable} if sites else {}
    return {
        **read,
        "attacks": kinds + ["poisoned sites"] * bool(siege.poisonings),
        "rows_attacked": sum(one.tries for one in bare),
        "rows_read": sum(one.exact for one in bare),
    }
