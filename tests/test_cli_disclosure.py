"""Disclosures and release reports on the command line."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import jsonschema
import pytest
from disclosure_cases import SCHEMA

from tests.cli_cases import QUERY, filled, refused, run, written

OF_A_RELEASE = {"dataset", "privacy_unit", "epsilon", "delta", "events", "not_protected"}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, orders_csv: bytes) -> tuple[Path, str]:
    """A workspace with two releases, and the id of the first."""
    folder = tmp_path_factory.mktemp("disclosure")
    home = filled(folder, orders_csv)
    query = written(folder, "q.yaml", QUERY)
    command = ("--json", "release", "orders", "--query", query, "--epsilon", "0.5")
    first = run(home, *command)
    assert run(home, *command).code == 0
    return home, first.document["id"]


def test_a_disclosure_is_one_document_that_fits_the_schema(made: tuple[Path, str]) -> None:
    home, first = made

    newest = run(home, "--json", "disclosure", "orders")
    named = run(home, "--json", "disclosure", "orders", "--release", first)

    for answer in (newest, named):
        assert answer.code == 0
        assert answer.out.count("\n") == 1
        jsonschema.Draft202012Validator(SCHEMA).validate(answer.document)
    assert named.document["release"] == first != newest.document["release"]


def test_a_person_reads_the_hazards_and_what_is_not_recorded(made: tuple[Path, str]) -> None:
    home, _ = made

    answer = run(home, "disclosure", "orders")

    assert answer.code == 0
    assert "not recorded: basic.data_curators.data_curator_name" in answer.out
    assert "exposed" in answer.out
    assert "known deployments with that unit" in answer.out


def test_a_disclosure_is_written_to_a_file(made: tuple[Path, str], tmp_path: Path) -> None:
    home, first = made
    path = tmp_path / "disclosure.json"

    answer = run(home, "--json", "disclosure", "orders", "--release", first, "--out", path)

    told = json.loads(path.read_text("utf-8"))
    jsonschema.Draft202012Validator(SCHEMA).validate(told)
    assert told["release"] == first
    assert answer.document["path"] == str(path)
    assert answer.document["not_recorded"] == told["not_recorded"]


def test_a_release_tells_all_of_it_to_a_script(made: tuple[Path, str], tmp_path: Path) -> None:
    home, _ = made
    query = written(tmp_path, "q.yaml", QUERY)
    command = ("release", "orders", "--query", query, "--epsilon", "0.5")

    script = run(home, "--json", *command).document
    person = run(home, *command)

    disclosure = script["disclosure"]
    assert disclosure.keys() >= OF_A_RELEASE
    told = {name: disclosure[name] for name in SCHEMA["required"]}
    jsonschema.Draft202012Validator(SCHEMA).validate(told)
    assert told["release"] == script["id"]
    assert "hazards" not in person.out
    assert "privacy unit: customer" in person.out


def test_a_release_report_is_written_for_the_newest_or_the_one_named(
    made: tuple[Path, str], tmp_path: Path
) -> None:
    home, first = made
    for more in ([], ["--release", first]):
        path = tmp_path / f"r{len(more)}.pdf"

        answer = run(home, "--json", "report", "release", "orders", *more, "--out", path)

        assert answer.code == 0
        assert answer.document["pages"] > 8
        assert hashlib.sha256(path.read_bytes()).hexdigest() == answer.document["sha256"]


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        pytest.param(["disclosure", "orders", "--release", "x"], "no release “x”", id="unknown"),
        pytest.param(["disclosure", "nobody"], "no dataset named", id="dataset"),
        pytest.param(
            ["report", "release", "orders", "--release", "x", "--out", "r.pdf"],
            "no release “x”",
            id="report on an unknown release",
        ),
        pytest.param(
            ["report", "audit", "orders", "--release", "x", "--out", "r.pdf"],
            "kind audit is not about one release",
            id="a release for an audit",
        ),
        pytest.param(["disclosure", "orders", "--out", "no/x"], "does not exist", id="folder"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(
    made: tuple[Path, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    typed: list[str],
    why: str,
) -> None:
    monkeypatch.chdir(tmp_path)

    assert why in refused(made[0], *typed)
    assert list(tmp_path.iterdir()) == []


def test_without_a_release_there_is_nothing_to_tell(tmp_path: Path, orders_csv: bytes) -> None:
    home = filled(tmp_path, orders_csv)

    for typed in (["disclosure", "orders"], ["report", "release", "--out", tmp_path / "r.pdf"]):
        assert "Nothing has been released from orders yet" in refused(home, *typed)
