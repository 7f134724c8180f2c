"""How long a federated run takes, how good its model is, and how that compares.

Run with `make bench-federated`. The engine is put beside a plain loop in NumPy and beside
Flower's own simulation, on the same work in one run: the same rows, cohorts and orders of rows.
The run stops if a model is not the engine's up to rounding. Flower is installed from PyPI at the
first run, into an environment of its own under `benchmarks/.peers/`; its telemetry, its update
check and Ray's usage statistics are off.
"""

from __future__ import annotations

import secrets
import sys
import tempfile
import time
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
from federated_contenders import CONTENDERS, WORKS, Loop, Own
from federated_own import Rows, laid_out, plan_of, problem_of
from federated_tree import Mark, Taken, watched
from federated_work import store
from peers import peer_python

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from compliance.dataset import Table
from compliance.dataset.cleaning import clean
from compliance.dataset.nouns import Column
from compliance.dataset.readers import RawFile, read
from compliance.dataset.table import to_parquet
from compliance.federated import (
    Secrets,
    change,
    finish,
    prepare,
    to_plan,
    train,
)
from compliance.federated.features import FloatArray, IntArray
from compliance.federated.nouns import Plan, Round
from compliance.privacy import loss_of, price_of
from compliance.privacy.mechanisms import add_noise
from compliance.privacy.nouns import GaussianEvent, SampledGaussianEvent

PROJECT = Path(__file__).resolve().parent.parent
SHOPPERS = PROJECT.parent / "shared/data/online_shoppers/online_shoppers_intention.csv"
HERE = PROJECT / "benchmarks"
FLOWER = ("flwr[simulation]==1.41.0", "numpy==2.4.6")
ROUNDS = {"own": 1000, "loop": 300, "flower": 50}  # enough of each for the clock of /proc
TITLES = {
    "own": "**the engine**",
    "loop": "plain NumPy loop",
    "flower": "Flower 1.41.0, simulation on Ray",
}
ATTEMPTS = 2
IDLE = 0.9  # of a core for one busy process
TOLERANCE = 1e-12  # of a model's numbers, which are about 1
RAW = {"sites": {"column": "Region"}, "target": "Revenue", "rounds": 50}


def main() -> None:
    """The desk's own runs, then the engine beside a plain loop, then beside Flower."""
    _heading(
        "50 rounds, as the desk runs them", "first round s", "in all s", "CPU s", "metric", "loss"
    )
    if SHOPPERS.is_file():
        _print_runs()
    else:
        print("| The shared data sets are not beside the project: no real run | | | | | |")
    _print_softmax()
    _print_engine()
    with tempfile.TemporaryDirectory() as folder:
        _print_contest(Path(folder))


def _print_runs() -> None:
    with tempfile.TemporaryDirectory() as folder:
        _, columns = _stored(Path(folder))
        quiet, noisy = to_plan(RAW), to_plan({**RAW, "privacy": {"noise_multiplier": 1.0}})
        _run("online shoppers, 9 regions", Path(folder), columns, quiet)
        _run("the same with noise, z = 1", Path(folder), columns, noisy)


def _print_softmax() -> None:
    """The work of the contest, with all that a run measures besides."""
    given = WORKS["softmax"]()
    rows = Rows(given.inputs, given.labels)
    problem = problem_of(rows, Rows(rows.inputs[:1000], rows.labels[:1000]), given.sizes)
    plan = plan_of(
        given.widths,
        epochs=given.epochs,
        batch=given.batch,
        rate=given.rate,
        rounds=50,
        fraction=0.1,
    )
    for title, asked in (
        (given.title, plan),
        ("the same with both baselines", replace(plan, baselines=True)),
    ):
        took = _Watch()
        run = train(problem, asked)
        next(run)
        took.first()
        *_, training = run
        took.print(title, training.latest)


def _stored(folder: Path) -> tuple[Table, tuple[Column, ...]]:
    cleaned = clean(read(RawFile(name=SHOPPERS.name, data=SHOPPERS.read_bytes())).table)
    (folder / "table.parquet").write_bytes(to_parquet(cleaned.table))
    return Table(folder / "table.parquet"), cleaned.columns


def _run(title: str, folder: Path, columns: tuple[Column, ...], plan: Plan) -> None:
    took = _Watch()
    problem = prepare(Table(folder / "table.parquet"), columns, plan)
    if plan.privacy:
        run = train(problem, plan, secrets=_secrets(plan), price=partial(_price, plan))
    else:
        run = train(problem, plan)
    next(run)
    took.first()
    *_, training = run
    outcome = finish(problem, plan, training)
    last = outcome.rounds[-1]
    took.print(f"{title}, ε = {last.epsilon:.2f}" if last.epsilon else title, last)
    if not plan.privacy and outcome.baselines:
        print(f"| in one place | | | | {outcome.baselines.centralised:.3f} | |")
        print(f"| each region alone | | | | {outcome.baselines.local:.3f} | |")


class _Watch:
    """What a run takes, from when this is made."""

    def __init__(self) -> None:
        self.wall, self.cpu, self.until_first = time.perf_counter(), time.process_time(), 0.0

    def first(self) -> None:
        """The first round is done."""
        self.until_first = time.perf_counter() - self.wall

    def print(self, title: str, last: Round) -> None:
        """All rounds are."""
        wall, cpu = time.perf_counter() - self.wall, time.process_time() - self.cpu
        print(
            f"| {title} | {self.until_first:.3f} | {wall:.2f} | {cpu:.2f} "
            f"| {last.metric:.3f} | {last.loss:.3f} |",
            flush=True,
        )


def _secrets(plan: Plan) -> Secrets:
    def noised(scale: float, total: IntArray) -> IntArray:
        event = GaussianEvent(
            statistic="update", sensitivity_squared=change(plan) ** 2, scale=scale
        )
        return add_noise(total, event)

    return Secrets(draw=secrets.token_bytes, masks=secrets.token_bytes, add_noise=noised)


def _price(plan: Plan, rounds: int) -> float:
    assert plan.privacy is not None
    event = SampledGaussianEvent(
        sampling_rate=plan.fraction,
        noise_multiplier=plan.privacy.noise_multiplier,
        rounds=rounds,
    )
    return float(price_of(loss_of([event]), plan.privacy.delta).epsilon)


def _print_engine() -> None:
    """Engine and loop by turns, in this process, so that the machine's moods fall on both."""
    _heading("5 passes, batches of 10", "rounds per CPU s", "plain loop's", "ratio", "models apart")
    for name, rounds in (("softmax", 50), ("mlp", 25), ("softmax-crowd", 5), ("mlp-crowd", 3)):
        given = WORKS[name]()
        best = {"own": 0.0, "loop": 0.0}
        for _ in range(5):
            told = {}
            for contender in best:
                rate, told[contender] = _rate(CONTENDERS[contender](given), rounds)
                best[contender] = max(best[contender], rate)
        apart = np.abs(told["own"] - told["loop"]).max()
        _refuse_other_models(apart)
        print(
            f"| {given.title} | {best['own']:.1f} | {best['loop']:.1f} "
            f"| {best['own'] / best['loop']:.2f} | {apart:.0e} |",
            flush=True,
        )


def _rate(contender: Own | Loop, rounds: int) -> tuple[float, FloatArray]:
    """Rounds per CPU second, and the model at the end."""
    before = time.process_time()
    for round_ in range(1, rounds + 1):
        contender.step(round_)
    return rounds / (time.process_time() - before), contender.told()


def _print_contest(folder: Path) -> None:
    """Every contender in processes of its own, from start to end."""
    given = WORKS["softmax"]()
    store(given, folder / "work.npz")
    runs = [{name: _started(name, folder) for name in ROUNDS} for _ in range(ATTEMPTS)]
    best = {name: max((run[name] for run in runs), key=_pace) for name in ROUNDS}
    models = {name: np.load(folder / f"{name}.npy") for name in ROUNDS}
    models["flower"] = laid_out(models["flower"], given.widths)
    _heading(
        f"{given.title}, each started by itself, better of {ATTEMPTS}",
        "first round after s",
        "50 rounds after s",
        "then rounds per s",
        "engine ÷ this",
        "CPU ms per round",
        "this ÷ engine",
        "CPU s up to the first round",
        "processes",
        "peak MB",
        "models apart",
    )
    ours = best["own"]
    for name, taken in best.items():
        apart = np.abs(models[name] - models["own"]).max()
        _refuse_other_models(apart)
        print(
            f"| {TITLES[name]} | {taken.marks[0].wall_s:.2f} | {_mark(taken, 50).wall_s:.2f} "
            f"| {_pace(taken):.1f} | {_pace(ours) / _pace(taken):.1f} "
            f"| {1000 * _effort(taken):.2f} | {_effort(taken) / _effort(ours):.1f} "
            f"| {taken.marks[0].cpu_s:.2f} | {taken.processes} | {taken.peak / 1e6:.0f} "
            f"| {apart:.0e} |"
        )
    share = _pace(ours) * _effort(ours)
    if share < IDLE:
        print(
            f"\nThe machine was busy: the engine had {share:.0%} of a core, so that its wall times "
            "are too long. Flower mostly waits for its own clocks and loses less."
        )


def _started(name: str, folder: Path) -> Taken:
    model, rounds = str(folder / f"{name}.npy"), str(ROUNDS[name])
    command: list[str | Path]
    if name == "flower":
        python = peer_python("flower", FLOWER)
        order = "import federated_flower; federated_flower.main()"
        command = [python, "-c", order, str(folder / "work.npz"), rounds, model]
    else:
        contenders = HERE / "federated_contenders.py"
        command = [sys.executable, contenders, name, "softmax", rounds, model]
    environment = {
        "OPENBLAS_NUM_THREADS": "1",
        "FLWR_HOME": str(folder),
        "FLWR_TELEMETRY_ENABLED": "0",
        "FLWR_DISABLE_UPDATE_CHECK": "1",
        "RAY_TMPDIR": str(folder),
        "RAY_USAGE_STATS_ENABLED": "0",
    }
    return watched(command, folder=HERE, environment=environment, log=folder / f"{name}.log")


def _mark(taken: Taken, round_: int) -> Mark:
    return next(mark for mark in taken.marks if mark.said == f"round {round_}")


def _pace(taken: Taken) -> float:
    """Rounds per second after the first."""
    first, last = taken.marks[0], taken.marks[-1]
    return _rounds(taken) / (last.wall_s - first.wall_s)


def _effort(taken: Taken) -> float:
    """CPU seconds per round after the first, all processes together."""
    return (taken.marks[-1].cpu_s - taken.marks[0].cpu_s) / _rounds(taken)


def _rounds(taken: Taken) -> int:
    return int(taken.marks[-1].said.removeprefix("round ")) - 1


def _heading(*titles: str) -> None:
    print("\n| " + " | ".join(titles) + " |\n" + "|---" * len(titles) + "|", flush=True)


def _refuse_other_models(apart: float) -> None:
    if not apart <= TOLERANCE:
        raise SystemExit(f"The models are {apart:.0e} apart: this is not the same work.")


if __name__ == "__main__":
    main()
