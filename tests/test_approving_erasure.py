"""People are erased with a second person's approval where an officer asks for it."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from approving_cases import ANNA, BEN, Clock, account, clocked, keep, people, require, signed_in
from erasing_cases import ask, email, erase, files_of

from compliance.access.nouns import Approval, Matter, Stand
from compliance.dataset.nouns import ColumnName, Description
from compliance.errors import ApprovalNeededError
from compliance.rights.nouns import Stage
from compliance.workspace import Workspace
from compliance.workspace.erasing import erasures
from tests.postgresql import on_both

PEOPLE = "id,mail,town,note\n1,ann@a.example,Ulm,calls at 5\n2,bob@b.example,Köln,\n"
MORE = PEOPLE + "3,cem@c.example,Bonn,knows ann@a.example well\n"


@pytest.fixture
def office(workspace: Workspace) -> Workspace:
    """Three people, and officers who must approve of erasing them."""
    found = clocked(workspace, Clock())
    said = Description(unit=ColumnName("id"), population="people")
    found.add_files(files_of(PEOPLE, "a"), "people", said)
    found.add_files(files_of(MORE, "b"), "people", said)
    found.discover("people")
    keep(found, *people())
    require(found, matters=[Matter.ERASURE])
    return found


@pytest.fixture
def anna(office: Workspace) -> Workspace:
    return signed_in(office, account(ANNA, "anna"))


@pytest.fixture
def ben(office: Workspace) -> Workspace:
    return signed_in(office, account(BEN, "ben"))


def asked(workspace: Workspace, requests: Sequence[str]) -> Approval:
    need = workspace.access.approving.for_erasure(workspace.rights.erasing.plan(requests))
    assert need.is_needed
    return workspace.access.approving.ask(need.sought)


def approve(workspace: Workspace, approval: Approval) -> None:
    workspace.access.approving.decide(approval.id, is_approved=True)


def rows(workspace: Workspace) -> int:
    return workspace.dataset("people").rows


@on_both
def test_nobody_is_erased_before_somebody_else_approved(anna: Workspace, ben: Workspace) -> None:
    ask(anna, "R-1", [email("ann@a.example")])
    with pytest.raises(ApprovalNeededError, match="people are to be erased"):
        erase(anna, ["R-1"])
    assert (rows(anna), anna.rights.erasing.erasures()) == (3, ())
    done = asked(anna, ["R-1"])
    approve(ben, done)

    erased = erase(anna, ["R-1"])

    (used,) = anna.access.approving.approvals()
    (switch,) = (e for e in anna.entries(9) if e.act == "erasure.switch")
    assert (erased.stage, rows(anna)) == (Stage.PROVED, 2)
    assert (used.stand, used.used_for) == (Stand.USED, erased.id)
    assert switch.facts["approved_by"] == ["ben"]


def test_what_is_approved_is_told_in_numbers_and_without_anybodys_name(anna: Workspace) -> None:
    ask(anna, "R-1", [email("ann@a.example")])

    done = asked(anna, ["R-1"])

    assert done.what.startswith("Erase the people of R-1: 2 rows removed")
    assert "ann@" not in repr(done)


def test_an_approval_for_one_person_erases_no_two(anna: Workspace, ben: Workspace) -> None:
    ask(anna, "R-1", [email("ann@a.example")])
    ask(anna, "R-2", [email("bob@b.example")])
    approve(ben, asked(anna, ["R-1"]))

    with pytest.raises(ApprovalNeededError):
        erase(anna, ["R-1", "R-2"])
    with pytest.raises(ApprovalNeededError):
        erase(anna, ["R-2"])
    assert rows(anna) == 3


def test_a_person_found_in_more_places_than_approved_is_not_erased(
    anna: Workspace, ben: Workspace
) -> None:
    ask(anna, "R-1", [email("ann@a.example")])
    approve(ben, asked(anna, ["R-1"]))
    anna.add_files(files_of("id,mail\n1,ann@a.example\n", "c"), "visitors")

    with pytest.raises(ApprovalNeededError):
        erase(anna, ["R-1"])


def test_what_happens_to_others_meanwhile_does_not_matter(anna: Workspace, ben: Workspace) -> None:
    ask(anna, "R-1", [email("ann@a.example")])
    approve(ben, asked(anna, ["R-1"]))
    anna.add_files(files_of("id,mail\n9,zoe@z.example\n", "c"), "visitors")

    assert erase(anna, ["R-1"]).stage is Stage.PROVED


def test_an_approval_taken_back_while_files_are_written_stops_the_erasure(
    anna: Workspace, ben: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(anna, "R-1", [email("ann@a.example")])
    done = asked(anna, ["R-1"])
    approve(ben, done)
    made = erasures.made

    def meanwhile(*given: object) -> object:
        anna.access.approving.withdraw(done.id)
        return made(*given)

    monkeypatch.setattr(erasures, "made", meanwhile)
    with pytest.raises(ApprovalNeededError, match="taken back"):
        erase(anna, ["R-1"])
    assert (rows(anna), anna.rights.erasing.erasures()) == (3, ())


def test_an_erasure_that_fails_leaves_the_approval_unused(
    anna: Workspace, ben: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(anna, "R-1", [email("ann@a.example")])
    done = asked(anna, ["R-1"])
    approve(ben, done)

    def fail(*_: object) -> None:
        raise MemoryError

    with monkeypatch.context() as patched:
        patched.setattr(erasures, "made", fail)
        with pytest.raises(MemoryError):
            erase(anna, ["R-1"])

    assert anna.access.approving.approvals()[0].stand is Stand.APPROVED
    assert erase(anna, ["R-1"]).stage is Stage.PROVED
