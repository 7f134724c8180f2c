"""How long it takes to say which of a million rows may be used.

python benchmarks/usage.py
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from compliance.dataset import RawFile
from compliance.dataset.nouns import ColumnName, Description, LegalBasis
from compliance.settings import Settings
from compliance.workspace import Workspace

ROWS = 1_000_000


def main() -> None:
    for people in (100_000, 1_000_000):
        with tempfile.TemporaryDirectory() as home:
            _measure(Path(home), people)


def _measure(home: Path, people: int) -> None:
    desk = Workspace(Settings.from_environment({}, home=home))
    rows = "\n".join(f"{n % people},{n % 97}" for n in range(ROWS))
    said = Description(
        legal_basis=LegalBasis.CONSENT, unit=ColumnName("customer"), population="people"
    )
    desk.add_files([RawFile(name="t.csv", data=f"customer,v\n{rows}".encode())], "table", said)
    consents = desk.rights.consents
    consents.keep_purpose("shopping", datasets_=["table"], lasts_months=60)
    given = "\n".join(f"{n},2026-01-0{1 + n % 9},shopping" for n in range(0, people, 2))
    taken = _timed(
        lambda: consents.import_(f"customer,given_at,purpose\n{given}".encode(), "consents.csv")
    )
    desk.dataset("table")
    first = _timed(lambda: consents.usable("table"))
    again = _timed(lambda: consents.usable("table"))
    told = consents.usable("table")
    print(
        f"{ROWS:,} rows of {people:,} people, {told.rows:,} usable: first {first:.2f} s, "
        f"again {again:.4f} s; {people // 2:,} consents taken in in {taken:.2f} s (CPU)"
    )


def _timed(does: Callable[[], object]) -> float:
    begun = time.process_time()
    does()
    return time.process_time() - begun


if __name__ == "__main__":
    main()
