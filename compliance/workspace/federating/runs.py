"""Federated runs: reserved, trained round by round, settled and stored, wherever they end."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, nullcontext
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from importlib.metadata import version
from itertools import islice

from sqlalchemy import Connection

from compliance.dataset.nouns import Dataset
from compliance.errors import (
    CheckpointError,
    NothingTrainedError,
    PrivacyParameterError,
    UnknownRunError,
)
from compliance.federated import (
    Problem,
    Secrets,
    Training,
    finish,
    from_checkpoint,
    prepare,
    to_checkpoint,
    to_tensors,
    train,
)
from compliance.federated.exchange import Exchange
from compliance.federated.nouns import Plan, Round, Run
from compliance.i18n import mark
from compliance.lineage.nouns import Node, NodeKind
from compliance.privacy import check_affordable, loss_of, price_of, rounds_affordable
from compliance.privacy.nouns import Spend
from compliance.storage import tables
from compliance.workspace.approving.soughts import of_run
from compliance.workspace.data import datasets, labels
from compliance.workspace.desk import Desk
from compliance.workspace.federating import prices
from compliance.workspace.federating.secrets import secrets_of
from compliance.workspace.lineage import steps as lineage_steps
from compliance.workspace.lineage.views import used_node
from compliance.workspace.releasing import budgets
from compliance.workspace.storing import store_bytes
from compliance.workspace.usage import usable

Connect = Callable[[Problem], AbstractContextManager[Exchange]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Started:
    """A run that has begun.

    Attributes:
        id: names it.
        dataset: the version it learns from.
        plan: what was asked.
        affordable: how many of its rounds the budget allows, those done before included.
        at: when.
        problem: what it learns from.
        reservation: what is set aside for it, with noise.
        resumed: the run that it goes on from, as it stood.
    """

    id: str
    dataset: Dataset
    plan: Plan
    affordable: int
    at: datetime
    problem: Problem
    reservation: Spend | None
    resumed: Training | None


@dataclass(slots=True)
class _Draws:
    """How often one run draws coins: each time is an exchange that is paid for."""

    exchanges: int = 0

    def coins(self, size: int) -> bytes:
        """Secret coins, by which units are drawn."""
        self.exchanges += 1
        return secrets.token_bytes(size)


def rounds(
    desk: Desk,
    name: str,
    plan: Plan,
    resume: str | None = None,
    connect: Connect | None = None,
    facts: Mapping[str, object] | None = None,
) -> Generator[Round, None, None]:
    """Train on dataset `name` and give each round as it ends.

    Closing the iterator stops the run. However it ends, what was run is stored, and a budget
    that was reserved is settled for the rounds that were drawn. A process that dies leaves the
    whole reservation spent. A run with noise ends before the round that would break the budget.

    Args:
        resume: the id of a run of the same plan and dataset to go on from.
        connect: makes the way to the sites, for as long as the run lasts; left out, the sites are
            in this process.
        facts: more for the entry in the trail; looked at when the run has ended.

    Raises:
        PlanError: the plan does not fit the data, or no theorem covers its noise.
        BudgetExceededError, ApprovalNeededError: not even one round would fit, or a second person
            must approve it first; nothing was drawn.
        UnknownRunError, CheckpointError: there is no such run, or it cannot be taken up.
    """
    started = _start(desk, name, plan, resume)
    latest: Training | None = None
    draws = _Draws()
    try:
        with (
            connect(started.problem) if connect else nullcontext() as exchange,
            closing(_trainings(started, draws, exchange)) as trainings,
        ):
            for latest in trainings:
                yield latest.latest
    finally:
        _end(desk, started, latest, exchanges=draws.exchanges, facts=facts or {})


def libraries() -> dict[str, str]:
    """What a run is computed with, and with noise drawn and priced by: name → version."""
    return {name: version(name) for name in ("numpy", "opendp", "dp-accounting")}


def of(connection: Connection, dataset: Dataset) -> tuple[Run, ...]:
    """All runs on any version of the dataset, newest first."""
    return datasets.of_any_version(connection, tables.RUN, Run, dataset, "started_at")


def chosen(connection: Connection, wanted: Sequence[Dataset], run_id: str | None) -> Run:
    """The run named, or the newest, on any version of these datasets.

    Raises:
        NothingTrainedError, UnknownRunError: there is no such run.
    """
    found = [run for dataset in wanted for run in of(connection, dataset)]
    names = " and ".join(dataset.name for dataset in wanted[:2])
    where = names if len(wanted) <= 2 else f"these {len(wanted)} datasets"
    if not found:
        raise NothingTrainedError(dataset=where)
    if run_id is None:
        return max(found, key=lambda run: run.started_at)
    return _named(found, run_id, where)


def named(connection: Connection, dataset: Dataset, run_id: str) -> Run:
    """The run of that id, on any version of the dataset.

    Raises:
        UnknownRunError: there is none.
    """
    return _named(of(connection, dataset), run_id, str(dataset.name))


def model(desk: Desk, name: str, run_id: str) -> bytes:
    """The common model of a run as a NumPy archive, one array for each of its tensors.

    Raises:
        UnknownRunError, CheckpointError: there is no such run, or its model is gone.
    """
    run, problem, training = trained(desk, name, run_id)
    del problem
    return to_tensors(run.outcome.tensors, training.model)


def trained(desk: Desk, name: str, run_id: str) -> tuple[Run, Problem, Training]:
    """A run on dataset `name`, what it learnt from, and how it stood at its end.

    Raises:
        UnknownRunError, CheckpointError: there is no such run, or its model is gone.
    """
    with desk.database.reading() as connection:
        run = named(connection, datasets.find(connection, name), run_id)
        version_ = datasets.version(connection, run.dataset_id)
        dataset = usable.as_used(desk, connection, version_, run_id)
    problem = problem_of(desk, dataset, run.plan)
    return run, problem, _training(desk, run_id, problem, run.plan)


def problem_of(desk: Desk, dataset: Dataset, plan: Plan) -> Problem:
    """What `plan` makes of the stored rows of `dataset`, as far as discovery knows them.

    Raises:
        PlanError: the plan does not fit the data.
    """
    with desk.database.reading() as connection:
        discovery = labels.latest(connection, dataset)
    said = discovery.labels if discovery else ()
    unit = dataset.description.unit
    return prepare(desk.table(dataset), dataset.columns, plan, said, unit=unit)


def _named(found: Sequence[Run], run_id: str, where: str) -> Run:
    for run in found:
        if run.id == run_id:
            return run
    raise UnknownRunError(run=run_id[:80], dataset=where)


def _training(desk: Desk, run_id: str, problem: Problem, plan: Plan) -> Training:
    try:
        data = (desk.runs_folder / f"{run_id}.npz").read_bytes()
    except OSError:
        raise CheckpointError(reason="its model is not in the workspace folder") from None
    return from_checkpoint(data, problem, plan)


def _start(desk: Desk, name: str, plan: Plan, resume: str | None) -> _Started:
    prices.check_theorem(plan)
    with desk.database.reading() as connection:
        dataset, _ = usable.required(desk, connection, datasets.find(connection, name))
    problem = problem_of(desk, dataset, plan)
    if problem.units is not None:
        units = plan.fraction * len(problem.units.clients)
        prices.check_theorem(plan, units, unit_is_row=problem.unit_is_row)
    resumed = None if resume is None else _resumed(desk, dataset, resume, problem, plan)
    run_id = f"run-{secrets.token_hex(6)}"
    done = len(resumed.rounds) if resumed else 0
    reservation, affordable = None, plan.rounds - done
    if plan.privacy is not None:
        reservation, affordable = _reserve(desk, dataset, plan, run_id, plan.rounds - done, resume)
    return _Started(
        id=run_id,
        dataset=dataset,
        plan=plan,
        affordable=done + affordable,
        at=desk.clock(),
        problem=problem,
        reservation=reservation,
        resumed=resumed,
    )


def _resumed(desk: Desk, dataset: Dataset, run_id: str, problem: Problem, plan: Plan) -> Training:
    with desk.database.reading() as connection:
        named(connection, dataset, run_id)
    training = _training(desk, run_id, problem, plan)
    if len(training.rounds) >= plan.rounds:
        done = len(training.rounds)
        raise CheckpointError(reason=f"it has run {done:,} rounds already; ask for more")
    return training


def _reserve(
    desk: Desk, dataset: Dataset, plan: Plan, run_id: str, asked: int, resume: str | None
) -> tuple[Spend, int]:
    """Set aside what the run may need, so that it cannot break the budget on its way.

    Returns the reservation, and for how many rounds it is.
    """
    (one,) = prices.events_of(plan, plan.exchanges)
    with desk.act("run.reserve", dataset.name) as act:
        state = budgets.state(act.connection, dataset.population, act.at)
        if state.total.delta == 0:
            reason = "a run with noise needs a δ above 0 in the budget; decide such a budget first"
            raise PrivacyParameterError(name="The budget's δ", given=0, reason=reason)
        found = max(rounds_affordable(state, one, asked, actor=act.actor), 1)
        events = prices.events_of(plan, found * plan.exchanges)
        price = price_of(loss_of(events), state.total.delta)
        check_affordable(state, events, price, actor=act.actor)  # refuses where not one fits
        act.facts |= {"run": run_id, "epsilon": price.epsilon, "delta": price.delta}
        if found < asked:
            act.facts |= {"rounds": found, "of": asked}
        sought = of_run(dataset, plan, prices.price(plan), resume)
        held = budgets.reserve(act, dataset.population, run_id, events, sought=sought, asked=price)
        return held, found


def _trainings(
    started: _Started, draws: _Draws, exchange: Exchange | None
) -> Generator[Training, None, None]:
    plan, problem = started.plan, started.problem
    done = len(started.resumed.rounds) if started.resumed else 0
    drawn: Secrets | None = None
    if plan.privacy is not None or plan.secure:
        drawn = secrets_of(plan, problem, draws.coins)
    trainings = train(
        problem,
        plan,  # the whole of it: a forest has room for all its rounds from the start
        secrets=drawn,
        price=partial(prices.epsilon_after, plan) if plan.privacy else None,
        resumed=started.resumed,
        exchange=exchange,
    )
    yield from islice(trainings, started.affordable - done)


def _end(
    desk: Desk,
    started: _Started,
    latest: Training | None,
    *,
    exchanges: int,
    facts: Mapping[str, object],
) -> None:
    """Settle what was reserved and store what was run, in one transaction."""
    plan, paid = started.plan, started.reservation
    if latest is None and paid is None:
        return
    if latest is not None:
        data = to_checkpoint(started.problem, plan, latest)
        store_bytes(desk.runs_folder / f"{started.id}.npz", data)
    with desk.act("run.finish", started.dataset.name) as act:
        if paid is not None:
            budgets.settle(act, paid, prices.events_of(plan, exchanges) if exchanges else [])
        act.facts |= {"run": started.id, "rounds": _count(latest), "of": plan.rounds, **facts}
        if latest is None:
            return
        run = _run(started, latest, act.actor)
        act.store(tables.RUN, run, id=run.id, dataset_id=run.dataset_id)
        usable.note(desk, act, run.id, started.dataset)
        node = Node(
            kind=NodeKind.RUN,
            id=run.id,
            title=mark("Model of {target}").format(target=plan.subject),
        )
        how = lineage_steps.trained(run, started.problem.features, started.dataset, desk.key)
        act.link(used_node(desk, act, started.dataset), node, mark("trained"), how)
        act.facts |= {
            "sites": len(run.outcome.sites),
            "noise_multiplier": plan.privacy.noise_multiplier if plan.privacy else None,
            "model": latest.latest.model_hash,
        }
        if started.resumed is not None:
            act.facts["resumed_after"] = len(started.resumed.rounds)


def _run(started: _Started, latest: Training, actor: str) -> Run:
    outcome = finish(started.problem, started.plan, latest)
    reached = len(latest.rounds) == started.affordable
    return Run(
        id=started.id,
        dataset_id=started.dataset.id,
        plan=started.plan,
        outcome=replace(outcome, is_over_budget=outcome.is_stopped and reached),
        started_at=started.at,
        actor=actor,
        libraries=libraries(),
    )


def _count(latest: Training | None) -> int:
    return 0 if latest is None else len(latest.rounds)
