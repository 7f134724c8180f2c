"""One release by the desk, by its peers and by plain pandas, on the same rows in one run.

Run with `make bench-release`. The peers are installed from PyPI at the first run, each into an
environment of its own under `benchmarks/.peers/`, because their pins clash. Every contender runs
in its own process (`release_contenders.py` says what each does). Each answers once to warm up,
which is told as its first answer and holds what it loads; then they take turns, so that whatever
else the machine does falls on all of them. All answers must be those of the same task: the run
stops if one is further from the bounded group-by than its noise can explain.
"""

from __future__ import annotations

import json
import platform
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from peers import peer_python

HERE = Path(__file__).resolve().parent
ROUNDS = 7
REQUIREMENTS = {
    "diffprivlib": (
        "diffprivlib==0.6.6",
        "scikit-learn==1.8.0",
        "pandas==3.1.1",
        "pyarrow==26.0.1",
    ),
    "smartnoise": ("smartnoise-sql==1.0.10", "pyarrow==26.0.1"),
    "opendp": ("opendp[polars]==0.16.0",),
    "pipelinedp": ("pipeline-dp==0.3.1", "pyarrow==26.0.1"),
}
TITLES = {
    "pandas_floor": "pandas group-by: no bounds, no noise",
    "pandas_bounded": "pandas group-by of the first 10 rows of each person, no noise",
    "pandas_drawn": "the same with 10 rows drawn by chance",
    "desk_first": "**desk, just started**: reads, bounds, draws, stores",
    "desk_bounding": "**desk, columns in memory**: bounds, draws, stores",
    "desk_bounded": "**desk, bounds known**: sums, draws, stores",
    "desk_again": "**desk, the same question again**: draws, stores",
    "diffprivlib": "diffprivlib 0.6.6, bounded by pandas",
    "smartnoise": "SmartNoise SQL 1.0.10",
    "opendp": "OpenDP 0.16.0, Polars context",
    "pipelinedp": "PipelineDP 0.3.1, local",
}
FLOOR, OURS = "pandas_floor", "desk_first"
TOLERANCE = 0.05  # of a total over all countries; no contender's noise comes near it


@dataclass(slots=True)
class Runner:
    """A contender's process, and what it has measured."""

    name: str
    process: subprocess.Popen[str]
    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    first: float = 0.0
    peak: int = 0
    answer: Mapping[str, Sequence[float]] = field(default_factory=dict)

    def said(self) -> list[object]:
        line = self.process.stdout.readline() if self.process.stdout else ""
        if not line:
            raise SystemExit(f"{self.name} stopped.")
        return json.loads(line)  # type: ignore[no-any-return]

    def run(self) -> None:
        if self.process.stdin:
            print(file=self.process.stdin, flush=True)
        wall, cpu, self.peak, self.answer = self.said()  # type: ignore[assignment]
        self.wall.append(wall)  # type: ignore[arg-type]
        self.cpu.append(cpu)  # type: ignore[arg-type]


def interpreter(name: str) -> Path:
    """The Python of a contender."""
    if name not in REQUIREMENTS:
        return Path(sys.executable)
    return peer_python(name, REQUIREMENTS[name])


def contest(names: Sequence[str], folder: Path, rounds: int) -> dict[str, Runner]:
    """Each contender once to warm up, then `rounds` times in turn."""
    script = HERE / "release_contenders.py"
    places = folder / "orders.parquet", folder / "desk"
    runners = {}
    for name in names:
        process = subprocess.Popen(
            [interpreter(name), script, name, *places],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        runners[name] = Runner(name=name, process=process)
    for runner in runners.values():
        runner.said()
        runner.run()
        runner.first = runner.wall.pop()
        runner.cpu.clear()
    for _ in range(rounds):
        for runner in runners.values():
            runner.run()
    for runner in runners.values():
        runner.process.communicate()
    return runners


def check_same_task(runners: Mapping[str, Runner]) -> None:
    """Stop if a contender's totals are not those of the bounded group-by and some noise."""
    expected = totals(runners["pandas_bounded"])
    for runner in runners.values():
        strays = np.abs(totals(runner) / expected - 1) > TOLERANCE
        if runner.name != FLOOR and strays.any():
            raise SystemExit(f"{runner.name} answers another question than the others.")


def totals(runner: Runner) -> np.ndarray:
    """Rows and amounts over all countries."""
    return np.sum(list(runner.answer.values()), axis=0)


def prepared(rows: int, people: int, folder: Path) -> None:
    """The orders, generated and stored; says what that took."""
    made = subprocess.run(
        [sys.executable, HERE / "release_orders.py", str(rows), str(people), folder],
        check=True,
        capture_output=True,
        text=True,
    )
    seconds, most, peak = json.loads(made.stdout)
    print(
        f"\n## {rows:,} rows, {people:,} people, at most {most:,} rows of one person\n\n"
        f"Reading, cleaning and storing them once took {seconds:.1f} s "
        f"and at most {peak / 2**30:.2f} GiB.\n"
    )


def print_contest(runners: Mapping[str, Runner]) -> None:
    walls = {name: statistics.median(runner.wall) for name, runner in runners.items()}
    print("| what | wall s | CPU s | ÷ pandas group-by | ÷ desk, just started ", end="")
    print("| first in its process s | peak GiB |\n|---|---|---|---|---|---|---|")
    for name, runner in runners.items():
        print(
            f"| {TITLES[name]} | {walls[name]:.4f} | {statistics.median(runner.cpu):.4f} "
            f"| {walls[name] / walls[FLOOR]:.2f} | {walls[name] / walls[OURS]:.2f} "
            f"| {runner.first:.2f} | {runner.peak / 2**30:.2f} |"
        )


def print_stages(folder: Path) -> None:
    found = subprocess.run(
        [sys.executable, HERE / "release_stages.py", folder],
        check=True,
        capture_output=True,
        text=True,
    )
    stages, moves, peak = json.loads(found.stdout)
    print("\n| stage of the desk's release | wall s | CPU s |\n|---|---|---|")
    for name, wall, cpu in stages:
        print(f"| {name} | {wall:.4f} | {cpu:.4f} |")
    print(
        f"\nA slider move (preview at another ε, {len(moves)} times): "
        f"median {statistics.median(moves):.1f} ms, p95 {np.quantile(moves, 0.95):.1f} ms. "
        f"Peak memory of the stages: {peak / 2**30:.2f} GiB."
    )


def main() -> None:
    print(
        f"Count and sum per country, at most 10 rows per person, ε = 1. Medians of {ROUNDS}; "
        f"Python {platform.python_version()}, {platform.machine()}."
    )
    peers = list(REQUIREMENTS)
    own = [name for name in TITLES if name not in peers]
    with tempfile.TemporaryDirectory() as place:
        small, large = Path(place) / "small", Path(place) / "large"
        for folder, rows, names in (
            (small, 1_000_000, [*own, *peers]),
            (large, 10_000_000, own),
        ):
            folder.mkdir()
            prepared(rows, rows // 10, folder)
            runners = contest(names, folder, ROUNDS)
            check_same_task(runners)
            print_contest(runners)
            print_stages(folder)


if __name__ == "__main__":
    main()
