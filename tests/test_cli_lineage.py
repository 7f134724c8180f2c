"""Lineage from the command line."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from compliance.cli import main
from compliance.dataset import RawFile
from compliance.settings import Settings
from compliance.workspace import Workspace
from compliance.workspace.lineage.listing import HEADER


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """Two versions of accounts; a column of them is named like a formula."""
    home = tmp_path / "desk"
    monkeypatch.setenv("PRIVACY_DESK_HOME", str(home))
    made = Workspace(Settings.from_environment({}, home=home))
    rows = "".join(f"{n},p{n}@shop.example,{n % 7}\n" for n in range(50))
    data = f"id,mail,=1+2\n{rows}".encode()
    made.add_files([RawFile(name="accounts.csv", data=data)], "accounts")
    made.discover("accounts")
    return made


def said(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, object]:
    assert main(["--json", *words]) == 0
    found: dict[str, object] = json.loads(capsys.readouterr().out)
    return found


def test_show_tells_columns_code_and_who(
    desk: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    found = said(capsys, "lineage", "show", "accounts")

    edges = found["edges"]
    assert isinstance(edges, list)
    assert [edge["step"] for edge in edges] == ["added", "discovered"]
    first = edges[0]
    assert {c["made"] for c in first["columns"]} == set(desk.dataset("accounts").column_names)
    assert first["actor"]
    assert first["code"].partition("+")[2]


def test_show_of_a_column_is_its_way_back_to_the_file(
    desk: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    found = said(capsys, "lineage", "show", "accounts", "--column", "mail")

    path = found["path"]
    assert isinstance(path, list)
    assert [(hop["to"], hop["step"], hop["entry"]) for hop in path] == [
        ("dataset:accounts@1 · mail", "added", 1)
    ]
    assert main(["lineage", "show", "accounts", "--column", "mail"]) == 0
    assert "dataset:accounts@1 · mail" in capsys.readouterr().out


def test_before_there_was_anything_there_is_no_lineage(
    desk: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    assert said(capsys, "lineage", "show", "accounts", "--as-of", "2020-01-01") == {"edges": []}
    assert said(capsys, "lineage", "tags", "--as-of", "2020-01-01")["tags"] == []


def test_all_edges_are_written_with_their_columns_and_no_cell_is_a_formula(
    desk: Workspace, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    out = tmp_path / "edges.csv"

    found = said(capsys, "lineage", "columns", "--out", str(out))

    header, *rows = csv.reader(io.StringIO(out.read_bytes().decode("utf-8-sig")))
    assert tuple(header) == HEADER
    assert (found["edges"], found["columns"]) == (2, 3)
    assert len(rows) == 4  # three columns of the file, and the labels as a whole
    assert not [cell for row in rows for cell in row if cell[:1] in "=+-@" and cell]
    kinds = {row[HEADER.index("subkind")] for row in rows}
    assert kinds == {"IDENTITY", ""}


def test_tags_are_told_with_what_stopped_them(
    desk: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    found = said(capsys, "lineage", "tags")

    tags = found["tags"]
    assert isinstance(tags, list)
    assert "dataset:accounts@1 · mail" in {one["at"] for one in tags}
    assert (found["stopped"], found["lost"], found["evidence"]) == ([], [], [])


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["show", "accounts", "--as-of", "yesterday"], "2026-11-24"),
        (["show", "accounts", "--column", "nothing"], "nothing"),
        (["show", "nobody"], "nobody"),
        (["columns", "--out", ""], "names no file"),
    ],
)
def test_bad_input_ends_in_one_sentence(
    desk: Workspace, capsys: pytest.CaptureFixture[str], words: list[str], sentence: str
) -> None:
    try:
        code = main(["lineage", *words])
    except SystemExit as end:
        code = int(str(end.code))
    shown = capsys.readouterr()
    assert code == 2
    assert sentence in shown.err
    assert "Traceback" not in shown.err
