"""Findings and remedies from the command line."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.cli_cases import refused, run
from tests.kept import copied
from tests.mending_shop import CANARY, accounts


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A desk with one dataset that was looked at, and its duties checked."""
    return copied(tmp_path / "desk", _fill)


def _fill(home: Path) -> None:
    path = home.parent / "accounts.csv"
    path.write_bytes(accounts())
    said = ("--unit", "customer_id", "--region", "DE", "--retention-months", "24")
    said += ("--purpose", "Keep accounts", "--source", "shop", "--data-subjects", "customers")
    assert run(home, "dataset", "add", path, "--name", "accounts", *said).code == 0
    assert run(home, "discover", "accounts").code == 0
    assert run(home, "assess").code == 0


def finding_of(home: Path, title: str) -> str:
    """The id of the finding with this title."""
    listed = run(home, "--json", "finding", "list").document["findings"]
    return str(next(f["id"] for f in listed if f["title"] == title))


BASIS = "Lawful basis recorded"


def test_findings_are_listed_worked_on_and_shown(home: Path) -> None:
    id_ = finding_of(home, BASIS)
    assert run(home, "finding", "assign", id_, "Anna").code == 0
    assert run(home, "finding", "due", id_, "2099-01-31").code == 0
    assert run(home, "finding", "start", id_).code == 0
    assert run(home, "finding", "comment", id_, "Ask the shop").code == 0

    shown = run(home, "--json", "finding", "show", id_).document
    assert (shown["owner"], shown["due"], shown["status"]) == ("Anna", "2099-01-31", "in progress")
    assert shown["history"][-1]["text"] == "Ask the shop"
    listed = run(home, "--json", "finding", "list", "--status", "in progress").document
    assert [finding["id"] for finding in listed["findings"]] == [id_]


def test_remedies_are_told_with_what_they_would_change(home: Path) -> None:
    answer = run(home, "--json", "remedies", finding_of(home, "Storage limitation"))

    found = answer.document["remedies"]
    assert {"id", "what", "predicted"} <= found[0].keys()
    assert {"verdicts", "risk", "utility"} <= found[0]["predicted"].keys()
    assert {r["id"]: r["ends_it"] for r in found}["shorten"]
    assert not {r["id"]: r["ends_it"] for r in found}["mask-direct"]
    by_id = {remedy["id"]: remedy["predicted"] for remedy in found}
    assert by_id["generalise-5"]["risk"]["before"]["highest"] == 1.0
    assert by_id["generalise-5"]["risk"]["after"]["highest"] <= 0.2
    assert by_id["drop-personal"]["utility"]["kept"] < 0.2
    assert CANARY not in answer.out + answer.err


def test_a_remedy_is_applied_and_shows_predicted_against_actual(home: Path) -> None:
    id_ = finding_of(home, BASIS)

    done = run(home, "--json", "remedy", "apply", id_, "record", "--set", "lawful_basis=contract")

    assert done.code == 0
    assert done.document["predicted"] == done.document["actual"]
    assert done.document["actual"]["verdicts"][0]["after"] == "met"
    assert run(home, "--json", "finding", "show", id_).document["status"] == "closed"


def test_a_waiver_is_decided_and_taken_back(home: Path) -> None:
    id_, soon = finding_of(home, BASIS), datetime.now(UTC).date() + timedelta(days=30)

    waived = run(home, "--json", "finding", "waive", id_, "--why", "Shop closes", "--until", soon)
    back = run(home, "--json", "finding", "waive", id_, "--end")

    assert waived.document["waiver"]["why"] == "Shop closes"
    assert waived.document["waived"]
    assert back.document["waiver"] is None


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        (("finding", "show", "F123"), "There is no finding F123"),
        (("finding", "due", "{id}", "soon"), "2027-01-31"),
        (("finding", "due", "{id}", "2020-01-01"), "is past"),
        (("finding", "assign", "{id}", " "), "who is to mend it"),
        (("finding", "waive", "{id}"), "needs --why and --until"),
        (("finding", "waive", "{id}", "--why", "x", "--until", "2020-01-01"), "is past"),
        (("finding", "waive", "{id}", "--why", "x", "--until", "2999-01-01"), "within a year"),
        (("finding", "waive", "{id}", "--end"), "not waived"),
        (("remedies", "F123"), "There is no finding"),
        (("remedy", "apply", "{id}", "magic"), "There is no remedy magic"),
        (("remedy", "apply", "{id}", "record"), "say also: lawful_basis"),
        (("remedy", "apply", "{id}", "record", "--set", "lawful_basis"), "FIELD=VALUE"),
        (("remedy", "apply", "{id}", "record", "--set", "lawful_basis=magic"), "may be"),
    ],
)
def test_what_cannot_be_is_refused_in_one_sentence(
    home: Path, typed: tuple[str, ...], says: str
) -> None:
    id_ = finding_of(home, BASIS)

    assert says in refused(home, *[word.format(id=id_) for word in typed])
