"""Approvals on the command line, where whoever types is nobody's second person."""

from __future__ import annotations

from pathlib import Path

import pytest
from approving_cases import ANNA, BEN, account, keep, people, signed_in

from compliance.settings import Settings
from compliance.workspace import Workspace
from tests.cli_cases import QUERY, filled, refused, run, written


@pytest.fixture
def home(tmp_path: Path, orders_csv: bytes) -> Path:
    """A workspace with three officers who must approve what spends more than ε = 0.6."""
    home = filled(tmp_path, orders_csv)
    keep(opened(home), *people())
    assert run(home, "approval", "require", "--epsilon", "0.6", "--erasure").code == 0
    return home


@pytest.fixture
def query(tmp_path: Path) -> Path:
    return written(tmp_path, "q.yaml", QUERY.encode())


def opened(home: Path) -> Workspace:
    return Workspace(Settings.from_environment({}, home=home))


def release(home: Path, query: Path, *before: str) -> object:
    return run(home, "--json", *before, "release", "orders", "--query", query, "--epsilon", "0.8")


def test_what_is_asked_for_can_be_seen_and_made_more(home: Path) -> None:
    said = {"epsilon": "0.6", "erasure": True, "transfer": False, "days": 7}

    shown = run(home, "--json", "approval", "require").document

    assert {name: shown[name] for name in said} == said
    more = run(home, "--json", "approval", "require", "--epsilon", "0.1", "--erasure", "--transfer")
    assert (more.document["epsilon"], more.document["transfer"]) == ("0.1", True)


@pytest.mark.parametrize("typed", [["--nothing"], ["--epsilon", "3", "--erasure"], ["--days", "2"]])
def test_less_is_not_asked_for_by_whoever_has_the_machine(home: Path, typed: list[str]) -> None:
    answer = run(home, "approval", "require", *typed)

    assert answer.code == 2
    assert "A second person must approve this first" in answer.err


def test_what_is_too_much_is_asked_for_and_done_when_two_approved(home: Path, query: Path) -> None:
    answer = release(home, query)
    assert answer.code == 2
    assert "0.8 is more than 0.6" in answer.err
    assert "--ask" in answer.err

    asked = release(home, query, "--ask", "yearly figures").document

    assert (asked["asked"], asked["stands"], asked["still_needed"]) == (True, "asked", 2)
    for one in (account(ANNA, "anna"), account(BEN, "ben")):
        hands = signed_in(opened(home), one)
        hands.access.approving.decide(asked["id"], is_approved=True)
    assert release(home, query).code == 0
    (listed,) = run(home, "--json", "approval", "list").document["approvals"]
    assert (listed["stands"], listed["approved_by"]) == ("used", ["anna", "ben"])
    assert release(home, query).code == 2


def test_whoever_types_decides_nothing(home: Path, query: Path) -> None:
    id_ = release(home, query, "--ask", "").document["id"]

    for said in ("--approve", "--decline"):
        answer = run(home, "approval", "decide", id_, said)
        assert answer.code == 2
        assert "sign in and decide on the page “Approvals”" in answer.err
    assert run(home, "--json", "approval", "withdraw", id_).document["stands"] == "withdrawn"


def test_what_needs_nobody_is_done_although_somebody_would_be_asked(
    home: Path, query: Path
) -> None:
    typed = ("release", "orders", "--query", query, "--epsilon", "0.5")

    assert run(home, "--json", "--ask", "x", *typed).document["id"].startswith("release-")


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("require --epsilon much", "the ε is a number from 0 on"),
        ("require --epsilon -1", "the ε is a number from 0 on"),
        ("require --nothing --erasure", "name one of them"),
        ("require --epsilon 0.1 --erasure --days 0", "for 1 to 90 days"),
        ("decide approval-0 --approve", "There is no approval “approval-0”"),
        ("withdraw approval-0", "There is no approval “approval-0”"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(home: Path, typed: str, says: str) -> None:
    assert says in refused(home, "approval", *typed.split())
