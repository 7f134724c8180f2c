"""How long it takes to say where personal data went: `make bench-lineage`.

A desk with 2,000 versions, each of 25 columns with labels, made one from another: 50,000 edges
between columns. Reading them, following every tag, and the path of one column have a second.
"""

from __future__ import annotations

import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter, process_time

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT)]

from compliance.dataset.nouns import (  # noqa: E402
    Column,
    ColumnName,
    ColumnType,
    Dataset,
    DatasetName,
    Description,
    Sha256,
)
from compliance.discovery.nouns import Discovery, IdentifierClass, Label  # noqa: E402
from compliance.lineage import as_it_was, how, propagate  # noqa: E402
from compliance.settings import Settings  # noqa: E402
from compliance.storage import tables  # noqa: E402
from compliance.workspace import Workspace  # noqa: E402
from compliance.workspace.data.datasets import dataset_node  # noqa: E402

VERSIONS, COLUMNS, CHAINS = 2_000, 25, 100
NAMES = [f"column_{n}" for n in range(COLUMNS)]
AT = datetime(2026, 11, 26, tzinfo=UTC)


def main() -> None:
    """Seconds of the processor and of the clock."""
    with tempfile.TemporaryDirectory() as home:
        desk = Workspace(Settings.from_environment({}, home=Path(home)))
        fill(desk)
        lineage = desk.proof.lineage
        known = timed("first look, with reading", lineage.known)
        timed("tags alone", lambda: propagate(known.edges, known.labels, known.evidence))
        timed("again", lineage.tags)
        timed("path of a column", lambda: lineage.column_path("d0", NAMES[0]))
        timed("what dangles", lineage.dangling)
        print(f"{sum(len(e.columns) for e in known.edges):,} edges between columns")


def fill(desk: Workspace) -> None:
    """Chains of versions, stored as acts store them."""
    with desk._desk.act("dataset.add", "all") as act:
        for n in range(VERSIONS):
            name, version = f"d{n % CHAINS}", n // CHAINS + 1
            dataset = _dataset(name, version)
            act.store(
                tables.DATASET, dataset, id=dataset.id, name=dataset.name, sha256=dataset.sha256
            )
            act.store(tables.DISCOVERY, _labels(dataset, n), dataset_id=dataset.id)
            if version > 1:
                edges = map(as_it_was, NAMES)
                before = dataset_node(_dataset(name, version - 1))
                told = how(edges, NAMES, NAMES, {"rows": 1})
                act.link(before, dataset_node(dataset), "made", told)
        for n in range(CHAINS):
            last = VERSIONS // CHAINS
            ends = _dataset(f"d{n}", last), _dataset(f"d{(n + 1) % CHAINS}", last)
            told = how(map(as_it_was, NAMES), NAMES, NAMES)
            act.link(dataset_node(ends[0]), dataset_node(ends[1]), "joined", told)


def _dataset(name: str, version: int) -> Dataset:
    return Dataset(
        id=f"{name}@{version}",
        name=DatasetName(name),
        version=version,
        sha256=Sha256(f"{name}{version}"),
        rows=1,
        columns=tuple(Column(name=ColumnName(n), type=ColumnType.TEXT) for n in NAMES),
        cleaning=(),
        sources=(),
        description=Description(),
        added_at=AT,
    )


def _labels(dataset: Dataset, n: int) -> Discovery:
    classes = list(IdentifierClass)
    labels = tuple(
        Label(
            column=column,
            semantic_type=f"type_{(n + place) % 40}",
            identifier_class=classes[(n + place) % len(classes)],
            confidence=0.9,
            evidence=("The header says so.",),
        )
        for place, column in enumerate(dataset.column_names)
    )
    return Discovery(dataset_id=dataset.id, labels=labels, discovered_at=AT)


def timed(what, does):  # type: ignore[no-untyped-def]
    """What `does` gives, with a line that says how long it took."""
    wall, cpu = perf_counter(), process_time()
    found = does()
    print(f"{what:26} {process_time() - cpu:6.2f} s processor {perf_counter() - wall:6.2f} s")
    return found


if __name__ == "__main__":
    main()
