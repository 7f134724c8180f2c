"""How long a report takes: `make bench-report`.

Cold is a fresh Python with all imports; warm is the median of further builds in one process.
"""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from statistics import median
from time import perf_counter

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import report_samples as samples  # noqa: E402

from compliance.report import build  # noqa: E402
from compliance.report.nouns import Document, Evidence, ReportKind  # noqa: E402

SAMPLES = {
    "empty desk": "empty",
    "38 countries, 2 statistics, 1 run": "retail",
    "200 columns, 100 releases": "hostile",
}
REPEATS = 5


def main() -> None:
    """One line per sample: pages, size, cold and warm seconds."""
    print(f"{'evidence':36}{'pages':>7}{'kB':>9}{'cold s':>9}{'warm s':>9}")
    for title, name in SAMPLES.items():
        evidence = getattr(samples, name)()
        document = build(ReportKind.AUDIT, evidence)
        size = f"{len(document.pdf) / 1000:,.0f}"
        print(
            f"{title:36}{document.pages:>7}{size:>9}{_cold(name):>9.2f}{_warm(evidence):>9.2f}",
            flush=True,
        )


def _warm(evidence: Evidence) -> float:
    # Another version each time: the typesetter must not find its work done.
    return median(
        _timed(replace(evidence, desk_version=f"0.{number}"))[0] for number in range(REPEATS)
    )


def _timed(evidence: Evidence) -> tuple[float, Document]:
    start = perf_counter()
    document = build(ReportKind.AUDIT, evidence)
    return perf_counter() - start, document


def _cold(name: str) -> float:
    code = (
        f"import sys; sys.path[:0] = [{str(ROOT)!r}, {str(ROOT / 'tests')!r}]\n"
        "import report_samples as samples\n"
        "from compliance.report import build\n"
        "from compliance.report.nouns import ReportKind\n"
        f"build(ReportKind.AUDIT, samples.{name}())"
    )
    start = perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True)
    return perf_counter() - start


if __name__ == "__main__":
    main()
