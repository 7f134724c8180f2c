"""How long a whole audit report takes, from the records of a desk to the signed file, by part.

Part of `make bench-report`. What is timed is `Workspace.build_report`, as the page and the command
line call it; the first one of a process also loads the libraries that it needs.
"""

from __future__ import annotations

import csv
import io
import resource
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from decimal import Decimal
from pathlib import Path
from time import perf_counter, process_time
from types import ModuleType
from typing import Any
from unittest.mock import patch

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT)]

from compliance.dataset import RawFile  # noqa: E402
from compliance.dataset.nouns import ColumnName, Description, LegalBasis  # noqa: E402
from compliance.federated import to_plan  # noqa: E402
from compliance.privacy import to_query  # noqa: E402
from compliance.report import building  # noqa: E402
from compliance.report.nouns import ReportKind  # noqa: E402
from compliance.settings import Settings  # noqa: E402
from compliance.workspace import Workspace  # noqa: E402
from compliance.workspace.reporting import files as report_files  # noqa: E402
from compliance.workspace.reporting import reports, signing  # noqa: E402

# By part: the module and the function that does it.
PARTS: dict[str, tuple[ModuleType, str]] = {
    "assess": (reports.assessments, "check"),
    "gather": (reports, "_evidence"),
    "words, charts": (building, "to_content"),
    "typeset": (building, "typeset"),
    "sign": (signing, "signed"),
    "store": (report_files, "store"),
}
BUILDS = 3
DATASETS, COLUMNS, ROWS = 200, 24, 40


def main() -> None:
    """Two lines per desk, the first report of the process and the quickest of the others."""
    names = "".join(f"{name:>15}" for name in PARTS)
    print(f"{'desk':30}{'':8}{'pages':>6}{names}{'total s':>9}{'CPU s':>7}{'MB':>7}")
    for title, fill in (
        ("demo shop, worked with", worked_with),
        ("200 datasets of 24 columns", many),
    ):
        with filled(fill) as workspace:
            runs = [timed(workspace) for _ in range(BUILDS)]
            told(title, "first", runs[0])
            told("", "then", min(runs[1:], key=lambda run: run["total"]))


def told(title: str, which: str, run: dict[str, float]) -> None:
    """Prints one line."""
    parts = "".join(f"{run[name]:>15.2f}" for name in PARTS)
    print(
        f"{title:30}{which:8}{run['pages']:>6.0f}{parts}{run['total']:>9.2f}{run['cpu']:>7.2f}"
        f"{run['mb']:>7.0f}",
        flush=True,
    )


def timed(workspace: Workspace) -> dict[str, float]:
    """Seconds of one audit report, by part; pages; the most memory that the process ever had."""
    spent = dict.fromkeys(PARTS, 0.0)
    with ExitStack() as patches:
        for name, (module, function) in PARTS.items():
            wrapped = _clocked(getattr(module, function), spent, name)
            patches.enter_context(patch.object(module, function, wrapped))
        start, used = perf_counter(), process_time()
        report = workspace.build_report(ReportKind.AUDIT)
        total, cpu = perf_counter() - start, process_time() - used
    spent["store"] -= spent["sign"]  # it is done in between
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    return {**spent, "total": total, "cpu": cpu, "pages": report.pages, "mb": most}


def _clocked(
    function: Callable[..., Any], spent: dict[str, float], name: str
) -> Callable[..., Any]:
    def clocked(*args: Any, **named: Any) -> Any:
        start = perf_counter()
        try:
            return function(*args, **named)
        finally:
            spent[name] += perf_counter() - start

    return clocked


@contextmanager
def filled(fill: Callable[[Workspace], None]) -> Iterator[Workspace]:
    """A workspace of its own, filled and examined."""
    with tempfile.TemporaryDirectory() as folder:
        workspace = Workspace(Settings.from_environment({}, home=Path(folder)))
        fill(workspace)
        for dataset in workspace.datasets():
            workspace.discover(dataset.name)
        yield workspace


def worked_with(workspace: Workspace) -> None:
    """The demo shop with two releases and two federated runs: about ten charts."""
    workspace.build_demo()
    counts = [{"count": "rows"}, {"count": "units"}]
    for by in ("category", "payment_method"):
        query = to_query({"unit": "customer_id", "by": [by], "statistics": counts})
        workspace.release("orders", query, Decimal("0.5"), Decimal("1e-6"))
    for noise in ({}, {"privacy": {"noise_multiplier": 2.0}}):
        plan = {"sites": {"column": "device"}, "target": "purchased", "rounds": 5, **noise}
        with closing(workspace.federation.train("clicks", to_plan(plan))) as rounds:
            list(rounds)


def many(workspace: Workspace) -> None:
    """Many wide datasets with all that their duties ask for left open: some 200 pages."""
    for number in range(DATASETS):
        said = Description(
            data_subjects="customers",
            purpose="fulfil orders",
            legal_basis=LegalBasis.CONTRACT if number % 2 else None,
            region=("DE", "CN", "US", "GB")[number % 4],
            unit=ColumnName("customer_id"),
            population=f"customers {number % 6}",
        )
        name = f"table {number:02d}"
        workspace.add_files([RawFile(name=f"{name}.csv", data=_table(number))], name, said)


def _table(number: int) -> bytes:
    """Invented people: an identifier, an address, and columns of numbers."""
    text = io.StringIO()
    writer = csv.writer(text)
    rest = [f"field_{number}_{n}" for n in range(COLUMNS - 3)]
    writer.writerow(["customer_id", "email", "country", *rest])
    for row in range(ROWS):
        person = f"C{number:03d}{row:05d}"
        numbers = [(row * (n + 3) + number) % 97 for n in range(len(rest))]
        writer.writerow([person, f"{person.lower()}@shop.example", ("DE", "FR")[row % 2], *numbers])
    return text.getvalue().encode()


if __name__ == "__main__":
    main()
