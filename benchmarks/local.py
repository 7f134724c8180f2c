"""How much detail local recoding keeps, in how long: Adult beside ARX, and a million rows.

Run with `python benchmarks/local.py` (`--quick` leaves the million out). Adult is read from the
shared data sets, with ARX's hierarchies: 9 quasi-identifiers, k = 5, nothing may be suppressed.
ARX 3.9.2 was measured once, on a like machine: local recoding by its iterative optimisation (limit
100 %, generalisation/suppression factor 0, 0.05/100/0.05). The million is drawn, with skewed,
independent values, which is harder than what people look like.
"""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Generator
from pathlib import Path
from typing import TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))


from compliance.anonymise.hierarchies import read_hierarchy
from compliance.anonymise.local import recode_locally
from compliance.anonymise.losses import class_sizes, losses_of
from compliance.anonymise.nouns import (
    Criterion,
    Ladder,
    LossKind,
    Model,
    Plan,
    Problem,
    QuasiIdentifier,
)
from compliance.anonymise.preparing import prepare
from compliance.dataset import RawFile, Table, read, take_in
from compliance.dataset.nouns import ColumnName

SHARED_DATA = Path(__file__).resolve().parent.parent.parent / "shared" / "data"
COLUMNS = (
    *("sex", "age", "race", "marital-status", "education"),
    *("native-country", "workclass", "occupation", "salary-class"),
)
ARX = "ARX 3.9.2, k = 5                  0.9096   2,900 classes      4 lost   11.9 s wall"
Result = TypeVar("Result")


def adult(
    shared_data: Path, *criteria: Criterion, limit: float = 0.0, loss: LossKind = LossKind.LOSS
) -> Problem:
    """Adult with ARX's hierarchies."""
    folder = shared_data / "adult_arx"
    data = (folder / "adult.csv").read_bytes()
    taken = take_in([read(RawFile(name="adult.csv", data=data))])
    table = Table.in_memory(pq.read_table(pa.BufferReader(taken.parquet)))
    names = [ColumnName(name) for name in COLUMNS]
    if any(criterion.column == "occupation" for criterion in criteria):
        names.remove(ColumnName("occupation"))
    files = {name: folder / f"adult_hierarchy_{name}.csv" for name in map(ColumnName, COLUMNS)}
    plan = Plan(
        quasi_identifiers=tuple(
            QuasiIdentifier(column=name, hierarchy=files[name].name) for name in names
        ),
        criteria=criteria,
        suppression_limit=limit,
        loss=loss,
    )
    hierarchies = {
        name: read_hierarchy(file.read_bytes(), name).hierarchy for name, file in files.items()
    }
    return prepare(table, taken.columns, plan, hierarchies).problem


def million(rows: int = 1_000_000) -> Problem:
    """Drawn rows: age, postal code, sex, country, job, education."""
    generator = np.random.default_rng(20260101)
    shapes = ((90, 2), (1000, 10), (2, 2), (40, 8), (14, 3), (16, 2))
    ladders = []
    for place, (leaves, branch) in enumerate(shapes):
        maps = [np.arange(leaves, dtype=np.int32)]
        while maps[-1].max() > 0:
            maps.append((maps[-1] // branch).astype(np.int32))
        drawn = (generator.exponential(0.25, rows) * leaves).astype(np.int32)
        ladders.append(
            Ladder(
                column=ColumnName(f"q{place}"),
                codes=np.minimum(drawn, leaves - 1),
                maps=tuple(maps),
                names=tuple(
                    tuple(f"{level}.{group}" for group in range(to.max() + 1))
                    for level, to in enumerate(maps)
                ),
                shares=tuple(np.bincount(to) / leaves for to in maps),
                highest=len(maps) - 1,
            )
        )
    return Problem(
        ladders=tuple(ladders),
        sensitive=(),
        criteria=(Criterion(model=Model.K_ANONYMITY, value=5),),
        suppression_limit=0.0,
        loss=LossKind.LOSS,
    )


def outcome(steps: Generator[object, None, Result]) -> Result:
    """What a generator of progress returns in the end."""
    while True:
        try:
            next(steps)
        except StopIteration as stop:
            return stop.value


def measured(name: str, problem: Problem) -> None:
    """Recode once, and print a line."""
    begun = time.process_time()
    recoding = outcome(recode_locally(problem))
    seconds = time.process_time() - begun
    losses, sizes = losses_of(problem, recoding), class_sizes(recoding)
    print(
        f"{name:32} {losses.granularity:7.4f} {len(sizes):7,} classes {recoding.suppressed.sum():6}"
        f" lost {seconds:6.2f} CPU-s   smallest class {sizes.min()}"
    )


def main() -> None:
    """Print the table."""
    k = Criterion(model=Model.K_ANONYMITY, value=5)
    job = ColumnName("occupation")
    print(f"{'':32} granularity")
    print(ARX)
    measured("ours, k = 5", adult(SHARED_DATA, k))
    for value in (2, 10, 50):
        other = Criterion(model=Model.K_ANONYMITY, value=value)
        measured(f"ours, k = {value}", adult(SHARED_DATA, other))
    for kind in LossKind:
        measured(f"ours, k = 5, for {kind}", adult(SHARED_DATA, k, loss=kind))
    for model, value in ((Model.DISTINCT_L, 3), (Model.ENTROPY_L, 3), (Model.EQUAL_T, 0.4)):
        also = Criterion(model=model, value=value, column=job)
        measured(f"ours, k = 5, {model} {value}", adult(SHARED_DATA, k, also))
    if "--quick" not in sys.argv:
        measured("ours, a million rows, k = 5", million())
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"peak memory {peak:,.0f} MB")


if __name__ == "__main__":
    main()
