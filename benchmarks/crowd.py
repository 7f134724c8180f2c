"""How long 50 rounds over 10,000 sites take, and how much memory.

Run with `make bench-crowd`. Softmax regression 64×10; sites of about 94 rows on average; each
line in a process of its own, from its start to its end, rows and measuring included.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from federated_own import Rows, plan_of, problem_of
from federated_tree import watched
from federated_work import work

from compliance.federated import train

HERE = Path(__file__).resolve().parent
SITES, ROUNDS = 10_000, 50
MOST_SECONDS, MOST_BYTES = 60, 2e9
CASES = {
    "1,000 of them a round, 5 passes, batches of 10": {"fraction": 0.1, "epochs": 5, "batch": 10},
    "all of them every round, 1 pass, batches of 10": {"fraction": 1.0, "epochs": 1, "batch": 10},
}


def run(title: str) -> None:
    """One case; says when each of its rounds is done. A hundredth more sites is held out."""
    widths = (64, 10)
    given = work(title, widths, sites=SITES + SITES // 100, cohort=1, rounds=1)
    sizes = given.sizes[:SITES]
    cut = sizes.sum()
    problem = problem_of(
        Rows(given.inputs[:cut], given.labels[:cut]),
        Rows(given.inputs[cut:], given.labels[cut:]),
        sizes,
    )
    plan = plan_of(widths, rate=0.1, rounds=ROUNDS, **CASES[title])
    for training in train(problem, plan):
        print(f"round {training.latest.round}: {training.latest.metric:.3f}", flush=True)


def main() -> None:
    """A line per case."""
    titles = (f"{SITES:,} sites, {ROUNDS} rounds", "in all s", "CPU s", "first round after s")
    print("| " + " | ".join((*titles, "peak GB", "accuracy", "within limits")) + " |")
    print("|---" * 7 + "|")
    for title in CASES:
        with tempfile.TemporaryDirectory() as folder:
            command = [sys.executable, __file__, title]
            taken = watched(
                command,
                folder=HERE,
                environment={"OPENBLAS_NUM_THREADS": "1"},
                log=Path(folder) / "log",
            )
        fits = taken.wall_s < MOST_SECONDS and taken.peak < MOST_BYTES
        print(
            f"| {title} | {taken.wall_s:.1f} | {taken.cpu_s:.1f} | {taken.marks[0].wall_s:.1f} "
            f"| {taken.peak / 1e9:.2f} | {taken.marks[-1].said.rpartition(' ')[2]} "
            f"| {'yes' if fits else 'no'} |",
            flush=True,
        )


if __name__ == "__main__":
    run(sys.argv[1]) if len(sys.argv) > 1 else main()
