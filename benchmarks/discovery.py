"""How well discovery labels columns: our verdicts against the truth of the shared data sets.

Run with `make bench-discovery`. One line per data set. A personal column is right with the class
that the truth names (or its second one, `also`); any other column is right when it is not flagged.
"""

from __future__ import annotations

import re
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from compliance.dataset.cleaning import clean
from compliance.dataset.readers import RawFile, read, stack
from compliance.dataset.table import Table, to_parquet
from compliance.discovery import discover
from compliance.discovery.nouns import IdentifierClass, Label

ROOT = Path(__file__).resolve().parent.parent
_RANGE = re.compile(r"(.*?)(\d+)\.\.\D*(\d+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One column of the truth, or a run of like columns that it names together, and our labels."""

    dataset: str
    column: str
    classes: frozenset[str]
    semantic: str
    labels: tuple[Label, ...]

    @property
    def is_personal(self) -> bool:
        return IdentifierClass.NONE not in self.classes

    @property
    def is_right(self) -> bool:
        return all(label.identifier_class in self.classes for label in self.labels)

    @property
    def is_flagged(self) -> bool:
        return any(label.is_personal for label in self.labels)


def judged_columns(shared_data: Path) -> Iterator[Judged]:
    """Every column that the truth files under `shared_data` label."""
    for path in sorted(shared_data.glob("*/truth.yaml")):
        truth = yaml.safe_load(path.read_text("utf-8"))
        for file in truth.get("files", []):
            labels = _labels(path.parent, file["path"])
            for column, found in _paired(file["columns"], labels):
                classes = {column["class"], column.get("also", column["class"])}
                yield Judged(
                    dataset=truth["dataset"],
                    column=column["name"].strip(),
                    classes=frozenset(classes),
                    semantic=column["semantic"],
                    labels=found,
                )


def main() -> None:
    """Print the table, then the columns that came out wrong."""
    shared_data = ROOT.parent / "shared" / "data"
    if not shared_data.is_dir():
        sys.exit("The shared data sets are not beside the project.")
    columns = list(judged_columns(shared_data))
    print(f"{'data set':<20}{'right':>7}{'wrong':>7}{'total':>7}{'missed':>8}{'false alarms':>14}")
    for dataset in dict.fromkeys(column.dataset for column in columns):
        print(_line(dataset, [column for column in columns if column.dataset == dataset]))
    print(_line("all", columns))
    for column in columns:
        if not column.is_right:
            label = column.labels[0]
            print(
                f"  {column.dataset}, {column.column}: {label.identifier_class}"
                f" ({label.semantic_type}), truth {'/'.join(sorted(column.classes))}"
            )


def _line(name: str, columns: list[Judged]) -> str:
    count = Counter(column.is_right for column in columns)
    personal = [column for column in columns if column.is_personal]
    others = [column for column in columns if not column.is_personal]
    missed = f"{sum(not c.is_right for c in personal)}/{len(personal)}"
    alarms = f"{sum(c.is_flagged for c in others)}/{len(others)}"
    return f"{name:<20}{count[True]:>7}{count[False]:>7}{len(columns):>7}{missed:>8}{alarms:>14}"


def _labels(folder: Path, pattern: str) -> tuple[Label, ...]:
    names, _, inner = pattern.partition("!")
    files = [RawFile(name=p.name, data=p.read_bytes()) for p in sorted(folder.glob(names))]
    cleaned = clean(stack([read(file, table=inner or None) for file in files]).table)
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "table.parquet"
        path.write_bytes(to_parquet(cleaned.table))
        return discover(Table(path), cleaned.columns)


def _paired(
    truth: list[dict[str, Any]], labels: tuple[Label, ...]
) -> Iterator[tuple[dict[str, Any], tuple[Label, ...]]]:
    """Each column of the truth with our labels: by place, or by name where one stands for many."""
    if len(truth) == len(labels):
        yield from zip(truth, ((label,) for label in labels), strict=True)
        return
    by_name = {label.column: label for label in labels}
    for column in truth:
        run = _RANGE.fullmatch(column["name"])
        names = [column["name"].strip()]
        if run:
            names = [f"{run[1]}{n}" for n in range(int(run[2]), int(run[3]) + 1)]
        yield column, tuple(by_name[name] for name in names)


if __name__ == "__main__":
    main()
