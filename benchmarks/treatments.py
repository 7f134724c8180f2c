"""How long treatments, attacks and uses take, and what attackers get before and after.

Run with `make bench-treatments`. The people are those of Adult (30,162 rows), their hierarchies
ARX's. Times are CPU seconds of one process.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

import numpy as np
import pyarrow as pa
from pyarrow import csv

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from compliance.anonymise.attacks import attack, scene_of_tables
from compliance.anonymise.nouns import Hierarchy, Keys, Roles, Siege, Treatment, TreatmentKind
from compliance.anonymise.nouns.problem import Floats, Ints
from compliance.anonymise.treatments import grouping, treat
from compliance.anonymise.utility import utility
from compliance.dataset.cleaning import CleanTable, clean
from compliance.dataset.nouns import ColumnName
from compliance.dataset.table import Table

ADULT = Path(__file__).resolve().parents[2] / "shared" / "data" / "adult_arx"
SECRETS = ("occupation", "salary-class")
# The original itself, and the optima for k = 5 that ARX finds too.
LEVELS = {
    "original": (0, 0, 0, 0, 0, 0, 0, 0, 0),
    "k = 5, at most 5 % suppressed": (0, 3, 0, 0, 2, 1, 1, 2, 0),
    "k = 5, none suppressed": (0, 4, 1, 1, 3, 2, 2, 1, 0),
}
K = TreatmentKind
Result = TypeVar("Result")
TREATED: tuple[tuple[str, TreatmentKind, dict[str, float | str]], ...] = (
    ("native-country", K.MASK, {"first": 1}),
    ("native-country", K.PSEUDONYM, {}),
    ("native-country", K.VAULT, {}),
    ("age", K.TOP_BOTTOM, {"upper_share": 0.01}),
    ("age", K.ROUND, {"base": 5}),
    ("age", K.MICROAGGREGATE, {"k": 5}),
    ("age", K.NOISE, {"scale": 2}),
    ("age", K.SWAP, {"percent": 5}),
    ("occupation", K.PRAM, {"keep": 0.8}),
    ("native-country", K.SUPPRESS_CELLS, {"fewest": 50}),
)


def main() -> None:
    """Prints the tables."""
    cleaned, table, hierarchies = adult()
    _treatments(cleaned, table)
    _averages()
    for name, levels in LEVELS.items():
        released, rows = recoded(table, hierarchies, levels, fewest=1 if name == "original" else 5)
        print(f"\n{name}: {len(rows):,} of {table.rows:,} rows")
        _attacks(table, released, rows, hierarchies)
        _uses(table, released, rows, hierarchies)


def adult() -> tuple[CleanTable, Table, dict[ColumnName, Hierarchy]]:
    """The people and their hierarchies."""
    read = csv.read_csv(ADULT / "adult.csv", parse_options=csv.ParseOptions(delimiter=";"))
    cleaned = clean(read)
    hierarchies = {}
    for name in map(ColumnName, read.column_names):
        text = (ADULT / f"adult_hierarchy_{name}.csv").read_text("utf-8")
        lines = [line.split(";") for line in text.splitlines()]
        hierarchies[name] = Hierarchy(column=name, levels=tuple(zip(*lines, strict=True)))
    return cleaned, Table.in_memory(cleaned.table), hierarchies


def recoded(
    table: Table, hierarchies: dict[ColumnName, Hierarchy], levels: Sequence[int], *, fewest: int
) -> tuple[Table, Ints]:
    """The table with each column at its level, classes smaller than `fewest` left out."""
    columns, classes = {}, np.zeros(table.rows, dtype=np.int64)
    for name, level in zip(SEEN, levels, strict=True):
        codes, hierarchy = table.codes(name), hierarchies[name]
        to = dict(zip(hierarchy.values, hierarchy.levels[level], strict=True))
        shown = np.array([to[text] for text in codes.texts()], dtype=object)[codes.codes]
        names, place = np.unique(shown.astype(str), return_inverse=True)
        _, classes = np.unique(classes * len(names) + place, return_inverse=True)
        columns[name] = shown
    kept = np.flatnonzero(np.bincount(classes)[classes] >= fewest)
    for name in SECRETS:  # what the attacker wants stays as it is
        codes = table.codes(ColumnName(name))
        columns[ColumnName(name)] = np.array(codes.texts(), dtype=object)[codes.codes]
    return Table.in_memory(pa.table({n: pa.array(list(c[kept])) for n, c in columns.items()})), kept


SEEN = tuple(
    ColumnName(name)
    for name in (
        *("sex", "age", "race", "marital-status", "education"),
        *("native-country", "workclass", "occupation", "salary-class"),
    )
)


def _treatments(cleaned: CleanTable, table: Table) -> None:
    keys = Keys(pseudonyms=b"p" * 32, vault=b"v" * 32, dates=b"d" * 32)
    print(f"{'treatment':18} {'column':16} {'seconds':>8} {'changed':>9}")
    for name, kind, settings in TREATED:
        each = Treatment(column=ColumnName(name), kind=kind, settings=settings)
        rng = np.random.default_rng(0)
        done, seconds = timed(
            lambda each=each, rng=rng: treat(
                table, cleaned.columns, [each], keys, rng, noise=_Shift()
            )
        )
        print(f"{kind:18} {name:16} {seconds:8.3f} {done.notes[0].changed:9,}")


class _Shift:
    """Stands for OpenDP's noise, whose own time benchmarks/release.py shows."""

    def __call__(self, values: Ints, *, scale: float, distribution: str) -> Ints:
        del scale, distribution
        return values + 1


def _averages() -> None:
    """What is lost by averaging: squared distance from the means, of that from the whole mean."""
    rng = np.random.default_rng(0)
    values = rng.normal(size=(30_000, 3))
    values[:, 1] += values[:, 0]
    print(f"\n{'MDAV, k = 5, 3 columns, blocks of':36} {'seconds':>8} {'lost':>9}")
    for most in (30_000, 8_000, 4_000, 1_000):
        grouping._MOST_AT_ONCE = most
        groups, seconds = timed(lambda: grouping._groups(values, 5))
        print(f"{most:36,} {seconds:8.2f} {lost(values, groups):9.5f}")
    one = values[:, :1]
    for name, group in (
        ("one column, MDAV", lambda: grouping.mdav(one[:4_000], 5)),
        ("one column, best", lambda: grouping.groups_of_one(one[:4_000, 0], 5)),
    ):
        groups, seconds = timed(group)
        print(f"{name:36} {seconds:8.2f} {lost(one[:4_000], groups):9.7f}")


def lost(values: Floats, groups: Ints) -> float:
    """The share of the squared distances that lies within groups."""
    sizes = np.bincount(groups)[:, None]
    means = np.stack([np.bincount(groups, weights=column) for column in values.T], axis=1) / sizes
    within = ((values - means[groups]) ** 2).sum()
    return float(within / ((values - values.mean(axis=0)) ** 2).sum())


def _attacks(
    table: Table, released: Table, rows: Ints, hierarchies: dict[ColumnName, Hierarchy]
) -> None:
    known = [name for name in SEEN if name not in SECRETS]
    scene = scene_of_tables(
        table,
        released,
        known,
        sensitive=[ColumnName(name) for name in SECRETS],
        hierarchies=hierarchies,
        rows=rows,
    )
    siege, seconds = timed(lambda: attack(scene, np.random.default_rng(1)))
    _print(siege, seconds)


def _print(siege: Siege, seconds: float) -> None:
    print(f"  attacks in {seconds:.2f} s       {'right':>7} {'baseline':>9} {'risk':>7}")
    for each in siege.attacks:
        name = f"{each.kind} {each.target or ''}"
        print(f"  {name:24} {each.share:7.3f} {each.baseline:9.4f} {each.risk:7.3f}")


def _uses(
    table: Table, released: Table, rows: Ints, hierarchies: dict[ColumnName, Hierarchy]
) -> None:
    roles = Roles(target=ColumnName("salary-class"), features=SEEN[:-1])
    found, seconds = timed(
        lambda: utility(
            table, released, roles, np.random.default_rng(1), hierarchies=hierarchies, rows=rows
        )
    )
    print(f"  uses in {seconds:.2f} s")
    for each in found:
        if each.is_applicable:
            print(f"  {each.sentence}")


def timed(work: Callable[[], Result]) -> tuple[Result, float]:
    """What `work` gives, and the CPU seconds that it took."""
    start = time.process_time()
    return work(), time.process_time() - start


if __name__ == "__main__":
    main()
