"""Rounds until a network reads 97 % of MNIST's test digits, beside the published ones.

Run with `make bench-mnist`; `python benchmarks/mnist.py --quick` tries one rate and one seed.
The setting is that of Table 1 of McMahan et al. 2017 (arXiv:1602.05629), “2NN”: a network of
784-200-200-10 units, 100 clients of 600 digits, 10 of them a round, one local epoch. As there,
the learning rate is chosen per line from a grid, and rounds are read off the best accuracy so
far, joined by straight lines. The paper gives neither its grid nor its first model, so what can
be said is “at or below the published count”, not “equal”.
"""

from __future__ import annotations

import argparse
import gzip
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from federated_loops import IntArray
from federated_own import Rows, plan_of, problem_of

from compliance.federated import train

PROJECT = Path(__file__).resolve().parent.parent
MNIST = PROJECT.parent / "shared/data/mnist"
CLIENTS, DIGITS = 100, 600
WIDTHS = (784, 200, 200, 10)
TARGET = 0.97


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One line of the published table.

    Attributes:
        title: as the paper has it.
        split: the order in which digits are dealt to clients.
        batch: rows per local step.
        rates: the grid of learning rates; the first is taken when in a hurry.
        published: rounds in the paper.
    """

    title: str
    split: Callable[[IntArray, np.random.Generator], IntArray]
    batch: int
    rates: Sequence[float]
    published: int

    @property
    def patience(self) -> int:
        """After how many rounds a run is given up; a plan may have 1,000."""
        return min(self.published, 1000)


def shuffled_split(labels: IntArray, rng: np.random.Generator) -> IntArray:
    """IID: all digits in any order."""
    return rng.permutation(len(labels))


def shards(labels: IntArray, rng: np.random.Generator) -> IntArray:
    """Non-IID: sorted by label, cut into shards of 300, two of them for each client."""
    by_label = np.argsort(labels, kind="stable").reshape(2 * CLIENTS, -1)
    return by_label[rng.permutation(2 * CLIENTS)].reshape(-1)


GRID = (0.1, 0.2, 0.05)
CASES = (
    Case(title="FedAvg, IID, B = 10", split=shuffled_split, batch=10, rates=GRID, published=87),
    Case(
        title="FedSGD, IID, B = ∞", split=shuffled_split, batch=DIGITS, rates=(0.5,), published=1474
    ),
    Case(title="FedAvg, non-IID, B = 10", split=shards, batch=10, rates=GRID[:2], published=664),
    Case(title="FedSGD, non-IID, B = ∞", split=shards, batch=DIGITS, rates=(0.5,), published=1796),
)


def read(name: str) -> Rows:
    """The digits of a file pair in IDX format: a header of 16 and 8 bytes, then one byte each."""
    images = gzip.decompress((MNIST / f"{name}-images-idx3-ubyte.gz").read_bytes())
    labels = gzip.decompress((MNIST / f"{name}-labels-idx1-ubyte.gz").read_bytes())
    pixels = np.frombuffer(images, dtype=np.uint8, offset=16).reshape(-1, WIDTHS[0])
    return Rows(pixels / 255, np.frombuffer(labels, dtype=np.uint8, offset=8).astype(int))


def accuracies(case: Case, rate: float, seed: int, digits: Rows, test: Rows) -> Iterator[float]:
    """The share of test digits read after each round."""
    dealt = case.split(digits.labels, np.random.default_rng(seed))
    mixed = Rows(digits.inputs[dealt], digits.labels[dealt])
    problem = problem_of(mixed, test, np.full(CLIENTS, DIGITS))
    plan = plan_of(
        WIDTHS,
        epochs=1,
        batch=case.batch,
        rate=rate,
        rounds=case.patience,
        fraction=0.1,
        seed=seed,
    )
    for training in train(problem, plan):
        yield training.latest.metric


def rounds_to(target: float, curve: Iterator[float]) -> float:
    """Where the best accuracy so far crosses the target, in rounds; infinite if it does not."""
    best = 0.0
    for round_, accuracy in enumerate(curve, start=1):
        if accuracy >= target:
            return round_ - (accuracy - target) / (accuracy - best)
        best = max(best, accuracy)
    return np.inf


def tried(
    case: Case, rates: Sequence[float], seeds: Sequence[int], digits: tuple[Rows, Rows]
) -> list[float]:
    """Rounds per seed at the best rate of the first seed; prints every attempt."""
    found = {rate: _run(case, rate, seeds[0], digits) for rate in rates}
    best = min(found, key=found.__getitem__)
    return [found[best], *(_run(case, best, seed, digits) for seed in seeds[1:])]


def _run(case: Case, rate: float, seed: int, digits: tuple[Rows, Rows]) -> float:
    before = time.process_time()
    rounds = rounds_to(TARGET, accuracies(case, rate, seed, *digits))
    taken = time.process_time() - before
    reached = f"{rounds:.1f}" if np.isfinite(rounds) else f"not in {case.patience:,}"
    print(f"| {case.title} | {rate} | {seed} | {reached} | {taken:.0f} |", flush=True)
    return rounds


def main() -> None:
    """Every attempt, then the table beside the paper's."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="one rate and one seed per line")
    quick = parser.parse_args().quick
    if not MNIST.is_dir():
        print("The shared data sets are not beside the project, so there is nothing to measure.")
        return
    digits = read("train"), read("t10k")
    _heading("case", "learning rate", "seed", "rounds to 97 %", "CPU s")
    found = {}
    for case in CASES:
        seeds = (1,) if quick or len(case.rates) == 1 else (1, 2, 3)
        found[case] = tried(case, case.rates[:1] if quick else case.rates, seeds, digits)
    _print_beside(found)
    print(f"\nCPU seconds in all: {time.process_time():.0f}")


def _print_beside(found: Mapping[Case, Sequence[float]]) -> None:
    _heading(
        "rounds to 97 %",
        "published",
        "here, median",
        "here, all seeds",
        "at most as published",
        "times fewer than FedSGD: published",
        "here",
    )
    for case, rounds in found.items():
        slow = next(one for one in found if one.split is case.split and one.batch == DIGITS)
        middle = np.median(rounds)
        verdict = "yes" if max(rounds) <= case.published else "no"
        print(
            f"| {case.title} | {case.published:,} | {middle:.1f} "
            f"| {min(rounds):.1f}–{max(rounds):.1f} | {verdict} "
            f"| {slow.published / case.published:.1f} | {np.median(found[slow]) / middle:.1f} |"
        )


def _heading(*titles: str) -> None:
    print("\n| " + " | ".join(titles) + " |\n" + "|---" * len(titles) + "|", flush=True)


if __name__ == "__main__":
    main()
