"""How long a federated run takes, how good its model is, and what batching over sites gains."""

from __future__ import annotations

import secrets
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from compliance.dataset import Table
from compliance.dataset.cleaning import clean
from compliance.dataset.nouns import Column
from compliance.dataset.readers import RawFile, read
from compliance.dataset.table import to_parquet
from compliance.federated import UNITS_PER_CLIP, Problem, finish, prepare, to_plan, train
from compliance.federated.averaging import averaging_weights
from compliance.federated.engine import local_models, shuffled
from compliance.federated.features import FloatArray, IntArray
from compliance.federated.nouns import Plan
from compliance.federated.problem import Clients
from compliance.privacy import loss_of, price_of
from compliance.privacy.mechanisms import add_noise
from compliance.privacy.nouns import GaussianEvent, SampledGaussianEvent

PROJECT = Path(__file__).resolve().parent.parent
SHOPPERS = PROJECT.parent / "shared/data/online_shoppers/online_shoppers_intention.csv"
RAW = {"sites": {"column": "Region"}, "target": "Revenue", "rounds": 30}
Engine = Callable[[Problem, Clients, FloatArray, Plan, int], FloatArray]


def main() -> None:
    if not SHOPPERS.is_file():
        print("The shared data sets are not beside the project, so there is nothing to measure.")
        return
    with tempfile.TemporaryDirectory() as folder:
        table, columns = _stored(Path(folder))
        print("| online shoppers, 9 regions, 30 rounds | first round s | in all s | AUC | loss |")
        print("|---|---|---|---|---|")
        quiet, noisy = to_plan(RAW), to_plan({**RAW, "privacy": {"noise_multiplier": 1.0}})
        _run("without noise", Path(folder), columns, quiet)
        _run("with noise, z = 1", Path(folder), columns, noisy)
        problem = prepare(table, columns, quiet)
        print("\n| same work, ten rounds | batched s | plain loop s | ratio | models apart |")
        print("|---|---|---|---|---|")
        _compare("9 regions, batches of 32", problem, problem.sites, quiet)
        hundred = _equal_clients(problem, 100)
        _compare("100 equal sites, batches of 10", problem, hundred, replace(quiet, batch=10))


def _stored(folder: Path) -> tuple[Table, tuple[Column, ...]]:
    cleaned = clean(read(RawFile(name=SHOPPERS.name, data=SHOPPERS.read_bytes())).table)
    (folder / "table.parquet").write_bytes(to_parquet(cleaned.table))
    return Table(folder / "table.parquet"), cleaned.columns


def _run(title: str, folder: Path, columns: tuple[Column, ...], plan: Plan) -> None:
    start = time.perf_counter()
    problem = prepare(Table(folder / "table.parquet"), columns, plan)
    run = train(problem, plan, **(_noise(plan) if plan.privacy else {}))
    next(run)
    first = time.perf_counter() - start
    *_, training = run
    outcome = finish(problem, plan, training)
    total = time.perf_counter() - start
    last = outcome.rounds[-1]
    spent = f", ε = {last.epsilon:.2f}" if last.epsilon else ""
    print(f"| {title}{spent} | {first:.2f} | {total:.2f} | {last.metric:.3f} | {last.loss:.3f} |")
    if not plan.privacy and outcome.baselines:
        print(f"| in one place | | | {outcome.baselines.centralised:.3f} | |")
        print(f"| each region alone | | | {outcome.baselines.local:.3f} | |")


def _noise(plan: Plan) -> dict[str, Callable]:
    def noised(total: IntArray, scale: float) -> IntArray:
        event = GaussianEvent(
            statistic="update", sensitivity_squared=UNITS_PER_CLIP**2, scale=scale
        )
        return add_noise(total, event)

    def price(rounds: int) -> float:
        assert plan.privacy is not None
        event = SampledGaussianEvent(
            sampling_rate=plan.fraction,
            noise_multiplier=plan.privacy.noise_multiplier,
            rounds=rounds,
        )
        return float(price_of(loss_of([event]), Decimal("1e-5")).epsilon)

    return {"draw": secrets.token_bytes, "add_noise": noised, "price": price}


def _equal_clients(problem: Problem, count: int) -> Clients:
    size = problem.training_rows // count
    return Clients(
        starts=np.arange(count) * size,
        sizes=np.full(count, size),
        keys=np.arange(count, dtype=np.uint64),
        most=size,
    )


def _compare(title: str, problem: Problem, clients: Clients, plan: Plan) -> None:
    """The same rounds by both engines, turn by turn, best of three."""
    best = {local_models: np.inf, _plain_loop: np.inf}
    models: dict[Engine, FloatArray] = {}
    for _ in range(3):
        for engine in best:
            start = time.perf_counter()
            models[engine] = _averaged(engine, problem, clients, plan)
            best[engine] = min(best[engine], time.perf_counter() - start)
    apart = np.abs(models[local_models] - models[_plain_loop]).max()
    batched, plain = best[local_models], best[_plain_loop]
    print(f"| {title} | {batched:.3f} | {plain:.3f} | {plain / batched:.1f} | {apart:.0e} |")


def _averaged(engine: Engine, problem: Problem, clients: Clients, plan: Plan) -> FloatArray:
    model = np.zeros(problem.parameters)
    for round_ in range(1, 11):
        starts = np.tile(model, (len(clients), 1))
        model = averaging_weights(clients.sizes) @ engine(problem, clients, starts, plan, round_)
    return model


def _plain_loop(
    problem: Problem, clients: Clients, models: FloatArray, plan: Plan, round_: int
) -> FloatArray:
    trained = models.copy()
    for client in range(len(clients)):
        size, key = int(clients.sizes[client]), int(clients.keys[client])
        for epoch in range(plan.local_epochs):
            order = np.arange(size)
            if size > plan.batch:
                order = shuffled(size, seed=plan.seed, round_=round_, epoch=epoch, key=key)
            rows = clients.starts[client] + order
            for first in range(0, size, plan.batch):
                batch = rows[first : first + plan.batch]
                inputs = problem.inputs[batch]
                pull = np.tanh(inputs @ trained[client] / 2) - problem.answers[batch]
                trained[client] -= plan.learning_rate / 2 / len(batch) * (pull @ inputs)
    return trained


if __name__ == "__main__":
    main()
