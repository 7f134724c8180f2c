"""Erasing on the command line: from the request to the certificate."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.cli_cases import refused, run, written

TODAY = datetime.now(UTC).date().isoformat()
PEOPLE = b"id,mail,town\n1,ann@quisling.example,Ulm\n2,bob@b.example,Bonn\n3,cem@c.example,Rom\n"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Three people, and a request of one of them that was decided."""
    home, path = tmp_path / "desk", written(tmp_path, "people.csv", PEOPLE)
    assert run(home, "dataset", "add", path, "--name", "people", "--unit", "id").code == 0
    assert run(home, "record", "set", "org", "org", "laws_in_scope=EU_GDPR").code == 0
    return home


@pytest.fixture
def request_id(home: Path, tmp_path: Path) -> str:
    person = written(tmp_path, "person.txt", b"email: ann@quisling.example\n")
    opened = run(home, "--json", "request", "open", "EU_GDPR", "erasure", "--person", person)
    id_ = str(opened.document["id"])
    for step in (
        ("identify", id_, "--level", "account", "--checked", "signed in"),
        ("search", id_),
        ("decide", id_, "fulfilled", "--ground", "consent_withdrawn"),
    ):
        answer = run(home, "request", *step)
        assert answer.code == 0, answer.err
    return id_


def test_a_plan_counts_and_changes_nothing(home: Path, request_id: str) -> None:
    found = run(home, "--json", "erasure", "plan", request_id).document
    assert found["datasets"] == [
        {"id": "people@1", "removed": 1, "blanked": 0, "kept": 0, "why_kept": ""}
    ]
    assert run(home, "--json", "dataset", "show", "people").document["rows"] == 3


def test_a_request_is_erased_answered_and_closed(home: Path, request_id: str) -> None:
    answer = run(home, "--json", "erasure", "run", request_id, "--backups-until", "2099-01-31")
    assert answer.code == 0, answer.err
    assert "quisling" not in (answer.out + answer.err).lower()
    done = answer.document
    assert (done["stage"], done["left"], done["counts"]["rows_removed"]) == ("proved", 0, 1)
    assert [one["until"] for one in done["beyond"]] == ["2099-01-31"]
    assert run(home, "--json", "dataset", "show", "people").document["rows"] == 2
    for step in (("answer", request_id), ("close", request_id)):
        assert run(home, "request", *step).code == 0
    shown = run(home, "--json", "erasure", "show", done["id"]).document
    assert shown["keys_destroyed_at"].startswith(TODAY[:4])
    assert run(home, "trail", "verify").code == 0
    (line,) = run(home, "--json", "erasure", "list").document["erasures"]
    assert line["id"] == done["id"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("run", "R-9"), "There is no request R-9"),
        (("plan", "R-9"), "There is no request R-9"),
        (("show", "erasure-9"), "There is no erasure erasure-9"),
    ],
)
def test_what_is_not_there_is_refused_in_a_sentence(
    home: Path, arguments: tuple[str, ...], said: str
) -> None:
    assert said in refused(home, "erasure", *arguments)
    assert run(home, "--json", "erasure", "list").document["erasures"] == []


def test_a_day_that_is_none_is_refused(home: Path, request_id: str) -> None:
    assert "The last day of backups" in refused(
        home, "erasure", "run", request_id, "--backups-until", "soon"
    )
    assert run(home, "--json", "dataset", "show", "people").document["rows"] == 3
