"""How well and how fast discovery labels columns.

Run with `make bench-discovery`. Four tables: the shared data sets with their headers and without
any, invented columns in nine languages with and without headers, and a web shop's table beside
presidio-structured. A personal column is right with the class that the truth names (or its second
one, `also`); any other column is right when it is not flagged.
"""

from __future__ import annotations

import csv
import itertools
import json
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import yaml

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from compliance.dataset.cleaning import clean
from compliance.dataset.readers import RawFile, read, stack
from compliance.dataset.table import Table
from compliance.discovery import discover, rare_findings
from compliance.discovery.nouns import IdentifierClass, Label, RareFinding

ROOT = Path(__file__).resolve().parent.parent
TABLES, LANGUAGE_ROWS = 2, 300
# What presidio-structured calls columns that single nobody out by themselves.
PEER_CLASSES = {"DATE_TIME": "quasi", "LOCATION": "quasi", "NRP": "quasi", "URL": "none"}
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


def judged_columns(shared_data: Path, *, bare: bool = False) -> Iterator[Judged]:
    """Every column that the truth files under `shared_data` label; `bare` of its header."""
    for path in sorted(shared_data.glob("*/truth.yaml")):
        truth = yaml.safe_load(path.read_text("utf-8"))
        for file in truth.get("files", []):
            labels = _labels(path.parent, file["path"], bare=bare)
            for column, found in _paired(file["columns"], labels):
                classes = {column["class"], column.get("also", column["class"])}
                yield Judged(
                    dataset=truth["dataset"],
                    column=column["name"].strip(),
                    classes=frozenset(classes),
                    semantic=column["semantic"],
                    labels=found,
                )


def rare_in(shared_data: Path) -> Iterator[RareFinding]:
    """What stands rarely in the files that the truth labels."""
    for path in sorted(shared_data.glob("*/truth.yaml")):
        for file in yaml.safe_load(path.read_text("utf-8")).get("files", []):
            cleaned = clean(_raw(path.parent, file["path"]))
            table = Table.in_memory(cleaned.table)
            labels = discover(table, cleaned.columns)
            yield from rare_findings(table, cleaned.columns, labels)


def main() -> None:
    """Print the tables, each followed by the columns that came out wrong."""
    shared_data = ROOT.parent / "shared" / "data"
    if not shared_data.is_dir():
        sys.exit("The shared data sets are not beside the project.")
    _print_columns("data set", list(judged_columns(shared_data)))
    _print_columns("bare of headers", list(judged_columns(shared_data, bare=True)))
    _print_columns("language", list(_invented(bare=False)))
    _print_columns("bare of headers", list(_invented(bare=True)))
    _print_shop()


def _print_columns(title: str, columns: list[Judged]) -> None:
    print(f"{title:<20}{'right':>7}{'wrong':>7}{'total':>7}{'missed':>10}{'false alarms':>14}")
    for dataset in dict.fromkeys(column.dataset for column in columns):
        print(_line(dataset, [column for column in columns if column.dataset == dataset]))
    print(_line("all", columns))
    wrong = Counter(
        f"{c.dataset}, {c.column}: {c.labels[0].identifier_class}"
        f" ({c.labels[0].semantic_type}), truth {'/'.join(sorted(c.classes))}"
        for c in columns
        if not c.is_right
    )
    print("".join(f"  {said} × {count}\n" for said, count in wrong.items()))


def _invented(*, bare: bool) -> Iterator[Judged]:
    """Columns of values that the model never saw, in tables about people and about goods."""
    from discovery_columns import LANGUAGES, Half, orders, people  # needs Faker

    for language in LANGUAGES:
        for seed, make in itertools.product(range(TABLES), (people, orders)):
            columns = make(language, Half.HELD_OUT, LANGUAGE_ROWS, seed)
            held = {column.header: column.values for column in columns}
            for column, label in zip(columns, _of(held, bare=bare)[0], strict=True):
                yield Judged(
                    dataset=language,
                    column=f"{column.header} ({column.type})",
                    classes=frozenset({column.identifier_class}),
                    semantic=column.type,
                    labels=(label,),
                )


def _print_shop() -> None:
    """Both on one table, one after the other: right columns, false alarms, values per second."""
    from discovery_shop import ROWS, shop  # needs Faker

    held = shop()
    values = {header: drawn for header, (_, drawn) in held.items()}
    classes = {header: class_ for header, (class_, _) in held.items()}
    theirs = _presidio(values)
    # Theirs has loaded its patterns before it is timed; so has ours.
    _of({header: drawn[:50] for header, drawn in values.items()}, bare=False)
    labels, seconds = _of(values, bare=False)
    count = len(values) * ROWS
    ours = {label.column: str(label.identifier_class) for label in labels}
    flagged = {header: PEER_CLASSES.get(type_, "direct") for header, type_ in theirs[0].items()}
    print(f"{'web shop':<22}{'right':>9}{'false alarms':>14}{'values/CPU s':>14}")
    for name, said, rate in (
        ("Privacy Desk", ours, count / seconds),
        ("presidio-structured", flagged, theirs[1]),
    ):
        people_ = [header for header, class_ in classes.items() if class_ != "none"]
        right = sum(said.get(header) == classes[header] for header in people_)
        others = [header for header, class_ in classes.items() if class_ == "none"]
        alarms = sum(said.get(header, "none") != "none" for header in others)
        shown = f"{right}/{len(people_)}", f"{alarms}/{len(others)}"
        print(f"{name:<22}{shown[0]:>9}{shown[1]:>14}{rate:>14,.0f}")
    print(f"  ratio {count / seconds / theirs[1]:,.0f}")


def _presidio(values: dict[str, list[str]]) -> tuple[dict[str, str], float]:
    """What presidio-structured calls the columns, and how many values it reads a CPU second."""
    from discovery_shop import PINS
    from peers import peer_python

    python = peer_python("presidio-structured", PINS)
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "shop.csv"
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerows([list(values), *zip(*values.values(), strict=True)])
        script = Path(__file__).with_name("discovery_shop.py")
        ran = subprocess.run([python, script, path], check=True, capture_output=True, text=True)
    said = json.loads(ran.stdout[ran.stdout.index("{") :])
    return said["entities"], said["values"] / said["seconds"]


def _of(held: dict[str, list[str]], *, bare: bool) -> tuple[tuple[Label, ...], float]:
    """Our labels for these columns, and the CPU seconds for them and for the rare findings."""
    names = [f"column_{n + 1}" for n in range(len(held))] if bare else list(held)
    cleaned = clean(pa.table(dict(zip(names, map(pa.array, held.values()), strict=True))))
    table = Table.in_memory(cleaned.table)
    began = time.process_time()
    labels = discover(table, cleaned.columns)
    rare_findings(table, cleaned.columns, labels)
    return labels, time.process_time() - began


def _line(name: str, columns: list[Judged]) -> str:
    count = Counter(column.is_right for column in columns)
    personal = [column for column in columns if column.is_personal]
    others = [column for column in columns if not column.is_personal]
    missed = f"{sum(not c.is_right for c in personal)}/{len(personal)}"
    alarms = f"{sum(c.is_flagged for c in others)}/{len(others)}"
    return f"{name:<20}{count[True]:>7}{count[False]:>7}{len(columns):>7}{missed:>8}{alarms:>14}"


def _labels(folder: Path, pattern: str, *, bare: bool) -> tuple[Label, ...]:
    raw = _raw(folder, pattern)
    if bare:
        raw = raw.rename_columns([f"column_{n + 1}" for n in range(raw.num_columns)])
    cleaned = clean(raw)
    return discover(Table.in_memory(cleaned.table), cleaned.columns)


def _raw(folder: Path, pattern: str) -> pa.Table:
    names, _, inner = pattern.partition("!")
    files = [RawFile(name=p.name, data=p.read_bytes()) for p in sorted(folder.glob(names))]
    return stack([read(file, table=inner or None) for file in files]).table


def _paired(
    truth: list[dict[str, Any]], labels: tuple[Label, ...]
) -> Iterator[tuple[dict[str, Any], tuple[Label, ...]]]:
    """Each column of the truth with our labels: by place, or by name where one stands for many."""
    if len(truth) == len(labels):
        yield from zip(truth, ((label,) for label in labels), strict=True)
        return
    by_name = {label.column: label for label in labels}
    if truth[0]["name"] not in by_name:  # bare of headers, and no longer one to one
        return
    for column in truth:
        run = _RANGE.fullmatch(column["name"])
        names = [column["name"].strip()]
        if run:
            names = [f"{run[1]}{n}" for n in range(int(run[2]), int(run[3]) + 1)]
        yield column, tuple(by_name[name] for name in names)


if __name__ == "__main__":
    main()
