"""Federated runs: reserved, trained round by round, settled and stored, wherever they end."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection

from compliance.dataset.nouns import Dataset
from compliance.errors import PrivacyParameterError
from compliance.federated import Problem, Secrets, Training, change, finish, prepare, train
from compliance.federated.exchange import Exchange
from compliance.federated.nouns import Plan, Round, Run
from compliance.lineage.nouns import Node, NodeKind
from compliance.privacy import check_affordable, loss_of, price_of
from compliance.privacy.nouns import (
    GaussianEvent,
    Price,
    SampledGaussianEvent,
    Spend,
)
from compliance.storage import tables
from compliance.workspace import budgets, datasets, labels
from compliance.workspace.desk import Desk

Connect = Callable[[Problem], AbstractContextManager[Exchange]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Started:
    """A run that has begun: what it learns from and what was reserved for it."""

    id: str
    dataset: Dataset
    at: datetime
    problem: Problem
    reservation: Spend | None


@dataclass(slots=True)
class _Noise:
    """The noise of one run, from OpenDP, and the number of rounds that drew it."""

    plan: Plan
    rounds: int = 0

    def add(self, scale: float, values: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """`values` with noise. The ledger prices the sampled rounds that `begun` counts."""
        from compliance.privacy import mechanisms  # loads OpenDP

        event = GaussianEvent(
            statistic="model update", sensitivity_squared=change(self.plan) ** 2, scale=scale
        )
        return mechanisms.add_noise(values, event)

    def draw(self, size: int) -> bytes:
        """Secret coins: each exchange throws them once, and is paid for from then on."""
        self.rounds += 1
        return secrets.token_bytes(size)


def rounds(
    desk: Desk,
    name: str,
    plan: Plan,
    connect: Connect | None = None,
    facts: Mapping[str, object] | None = None,
) -> Generator[Round, None, None]:
    """Train on dataset `name` and give each round as it ends.

    Closing the iterator stops the run. However it ends, what was run is stored, and a budget
    that was reserved is settled for the rounds that were drawn. A process that dies leaves the
    whole reservation spent.

    Args:
        connect: makes the way to the sites, for as long as the run lasts; left out, the sites are
            in this process.
        facts: more for the entry in the trail; looked at when the run has ended.

    Raises:
        PlanError: the plan does not fit the data.
        BudgetExceededError: the whole run would not fit; nothing was drawn.
    """
    started = _start(desk, name, plan)
    latest: Training | None = None
    noise = _Noise(plan)
    try:
        with connect(started.problem) if connect else nullcontext() as exchange:
            for latest in _trainings(started.problem, plan, noise, exchange):
                yield latest.latest
    finally:
        _end(desk, started, plan, latest, drawn=noise.rounds, facts=facts or {})


def price(plan: Plan) -> Price:
    """What all rounds of a plan with noise cost together, at the plan's δ."""
    if plan.privacy is None:
        raise ValueError("only a plan with noise has a price")
    return price_of(loss_of([_event(plan, plan.rounds * plan.exchanges)]), plan.privacy.delta)


def of(connection: Connection, dataset: Dataset) -> tuple[Run, ...]:
    """All runs on any version of the dataset, newest first."""
    return datasets.of_any_version(connection, tables.RUN, Run, dataset, "started_at")


def _start(desk: Desk, name: str, plan: Plan) -> _Started:
    with desk.database.reading() as connection:
        dataset = datasets.find(connection, name)
        discovery = labels.latest(connection, dataset)
    problem = prepare(
        desk.table(dataset),
        dataset.columns,
        plan,
        discovery.labels if discovery else (),
        unit=dataset.description.unit,
    )
    run_id = f"run-{secrets.token_hex(6)}"
    reservation = _reserve(desk, dataset, plan, run_id) if plan.privacy else None
    return _Started(
        id=run_id, dataset=dataset, at=desk.clock(), problem=problem, reservation=reservation
    )


def _reserve(desk: Desk, dataset: Dataset, plan: Plan, run_id: str) -> Spend:
    """Set aside what the whole run may need, so that it cannot break the budget on its way."""
    event = _event(plan, plan.rounds * plan.exchanges)
    with desk.act("run.reserve", dataset.name) as act:
        state = budgets.state(act.connection, dataset.population, act.at)
        if state.total.delta == 0:
            reason = "a run with noise needs a δ above 0 in the budget; decide such a budget first"
            raise PrivacyParameterError(name="The budget's δ", given=0, reason=reason)
        price = price_of(loss_of([event]), state.total.delta)
        check_affordable(state, [event], price, actor=act.actor)
        act.facts |= {"run": run_id, "epsilon": price.epsilon, "delta": price.delta}
        return budgets.reserve(act, dataset.population, run_id, [event])


def _trainings(
    problem: Problem, plan: Plan, noise: _Noise, exchange: Exchange | None
) -> Iterator[Training]:
    if plan.privacy is None:
        yield from train(problem, plan, exchange=exchange)
        return
    yield from train(
        problem,
        plan,
        secrets=Secrets(draw=noise.draw, add_noise=noise.add),
        price=partial(_epsilon_after, plan),
        exchange=exchange,
    )


def _end(
    desk: Desk,
    started: _Started,
    plan: Plan,
    latest: Training | None,
    *,
    drawn: int,
    facts: Mapping[str, object],
) -> None:
    """Settle what was reserved and store what was run, in one transaction."""
    if latest is None and started.reservation is None:
        return
    with desk.act("run.finish", started.dataset.name) as act:
        if started.reservation is not None:
            budgets.settle(act, started.reservation, [_event(plan, drawn)] if drawn else [])
        act.facts |= {"run": started.id, "rounds": _count(latest), "of": plan.rounds, **facts}
        if latest is None:
            return
        run = Run(
            id=started.id,
            dataset_id=started.dataset.id,
            plan=plan,
            outcome=finish(started.problem, plan, latest),
            started_at=started.at,
            actor=act.actor,
        )
        act.store(tables.RUN, run, id=run.id, dataset_id=run.dataset_id)
        node = Node(kind=NodeKind.RUN, id=run.id, title=f"Model of {plan.subject}")
        act.link(datasets.dataset_node(started.dataset), node, "trained")
        act.facts |= {
            "sites": len(run.outcome.sites),
            "noise_multiplier": plan.privacy.noise_multiplier if plan.privacy else None,
        }


def _event(plan: Plan, drawn: int) -> SampledGaussianEvent:
    if plan.privacy is None:
        raise ValueError("only a plan with noise has a price")
    return SampledGaussianEvent(
        sampling_rate=plan.fraction,
        noise_multiplier=plan.privacy.noise_multiplier,
        rounds=drawn,
    )


def _epsilon_after(plan: Plan, drawn: int) -> float:
    if plan.privacy is None:
        raise ValueError("only a plan with noise has a price")
    return float(
        price_of(loss_of([_event(plan, drawn * plan.exchanges)]), plan.privacy.delta).epsilon
    )


def _count(latest: Training | None) -> int:
    return 0 if latest is None else len(latest.rounds)
