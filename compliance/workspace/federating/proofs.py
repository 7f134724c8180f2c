"""Proofs about a federated run: attacks on it, on request."""

from __future__ import annotations

import secrets
from collections.abc import Generator, Sequence
from dataclasses import replace
from functools import partial

from sqlalchemy import Connection

from compliance.dataset.nouns import Dataset
from compliance.federated.attacks import Attacked, besieged, twins
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
from compliance.privacy.nouns import Budget
from compliance.privacy.risk import largest_auc
from compliance.storage import tables
from compliance.workspace.data import datasets
from compliance.workspace.desk import Desk
from compliance.workspace.federating import prices, runs
from compliance.workspace.federating.secrets import secrets_of
from compliance.workspace.usage import usable


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
    run, learnt, plain, protected = _prepared(desk, name, run_id, seed)
    found: list[Finding] = []
    try:
        for finding in besieged(plain, protected):
            found.append(finding)
            yield finding
    finally:
        if found:
            _store(desk, learnt, run, protected.plan, found, seed)


def sieges(connection: Connection, dataset: Dataset) -> tuple[Siege, ...]:
    """All attacks on runs of any version of the dataset, newest first."""
    return datasets.of_any_version(connection, tables.SIEGE, Siege, dataset, "tried_at")


def _prepared(
    desk: Desk, name: str, run_id: str, seed: int
) -> tuple[Run, Dataset, Attacked, Attacked]:
    with desk.database.reading() as connection:
        dataset = datasets.find(connection, name)
        run = runs.named(connection, dataset, run_id)
        version = datasets.version(connection, run.dataset_id)
        learnt, _ = usable.required(desk, connection, version)
    plain, protected = (
        Attacked(problem=runs.problem_of(desk, learnt, plan), plan=plan, seed=seed)
        for plan in twins(run.plan)
    )
    noise = secrets_of(protected.plan, protected.problem)
    allowed = partial(_largest_auc, protected.plan)
    return run, learnt, plain, replace(protected, secrets=noise, allowed=allowed)


def _largest_auc(plan: Plan, exchanges: int) -> float:
    """What the guarantee of so many exchanges allows any test."""
    if plan.privacy is None:
        raise ValueError("only a plan with noise promises anything")
    events = prices.events_of(plan, exchanges)
    epsilon = price_of(loss_of(events), plan.privacy.delta).epsilon
    return largest_auc(Budget(epsilon=epsilon, delta=plan.privacy.delta))


def _store(
    desk: Desk, learnt: Dataset, run: Run, protected: Plan, found: Sequence[Finding], seed: int
) -> None:
    with desk.act("run.attack", learnt.name) as act:
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
        usable.note(desk, act, siege.id, learnt)


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
