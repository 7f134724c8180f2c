"""The measures of one table beside pycanon's: the same figures, and how much faster.

Run with `make bench-measures`; pycanon is installed from PyPI at the first run and takes about two
minutes. CPU seconds. Ours start from the stored table each time, with no column read yet; pycanon's
from a data frame in memory.
"""

from __future__ import annotations

import json
import math
import statistics
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import pyarrow as pa
import pyarrow.csv as pacsv

from benchmarks.peers import peer_python
from compliance.anonymise.models import measure_table
from compliance.anonymise.nouns import Measures
from compliance.dataset.nouns import ColumnName
from compliance.dataset.table import Table, to_parquet

ROOT = Path(__file__).resolve().parent.parent
PINS = ["pandas==2.3.3", "pycanon==1.3.6"]
QUASI = [
    *("sex", "age", "race", "marital-status"),
    *("education", "native-country", "workclass", "salary-class"),
]
SENSITIVE = "occupation"
RUNS = 20


def figures(measures: Measures) -> dict[str, float]:
    """Ours, as pycanon counts them: ℓ of entropy rounded down, δ in natural logarithms."""
    hidden = measures.sensitive[ColumnName(SENSITIVE)]
    mean_of_classes = sum(n / size for size, n in measures.sizes) / measures.classes
    return {
        "k": measures.k,
        "l": hidden.distinct_l,
        "entropy l": math.floor(hidden.entropy_l + 1e-9),
        "t": hidden.equal_t,
        "β": hidden.beta,
        "δ": hidden.delta * math.log(2),
        "max risk": measures.prosecutor.max,
        "mean risk of classes": mean_of_classes,
    }


def timed(stored: bytes, path: Path) -> tuple[Measures, float]:
    """Our measures, and the median CPU seconds of measuring the table as it is stored."""
    path.write_bytes(stored)
    seconds = []
    for _ in range(RUNS):
        table = Table(path)
        started = time.process_time()
        measures = measure_table(
            table, [ColumnName(name) for name in QUASI], [ColumnName(SENSITIVE)]
        )
        seconds.append(time.process_time() - started)
    return measures, statistics.median(seconds)


def read_words(path: Path, separator: str) -> pa.Table:
    """A CSV file with every column as words."""
    names = path.read_text("utf-8").splitlines()[0].split(separator)
    return pacsv.read_csv(
        path,
        parse_options=pacsv.ParseOptions(delimiter=separator),
        convert_options=pacsv.ConvertOptions(column_types=dict.fromkeys(names, pa.string())),
    )


def main() -> None:
    """Print each measure of both, and the ratio of their times."""
    source = ROOT.parent / "shared" / "data" / "adult_arx" / "adult.csv"
    if not source.is_file():
        sys.exit("The shared data sets are not beside the project.")
    python = peer_python("pycanon", PINS)
    place = python.parent.parent / "adult.parquet"
    measures, ours = timed(to_parquet(read_words(source, ";")), place)
    script = Path(__file__).with_name("measures_pycanon.py")
    order = [python, script, source, ";", ",".join(QUASI), SENSITIVE]
    done = subprocess.run(order, check=True, capture_output=True, text=True)
    theirs = json.loads(done.stdout.splitlines()[-1])
    print(f"Adult, {measures.rows:,} rows, {measures.classes:,} classes, {len(QUASI)} columns")
    print(f"{'measure':<22}{'ours':>16}{'pycanon':>16}{'differ by':>11}{'pycanon takes':>15}")
    for name, value in figures(measures).items():
        peer = theirs[name]
        gap = abs(value - peer["value"])
        line = f"{name:<22}{value:>16.9f}{peer['value']:>16.9f}{gap:>11.1e}"
        print(f"{line}{peer['seconds']:>13.2f} s")
    total = sum(peer["seconds"] for peer in theirs.values())
    print(f"all of them: {ours * 1000:.1f} ms, pycanon {total:.1f} s: {total / ours:,.0f} times")


if __name__ == "__main__":
    main()
