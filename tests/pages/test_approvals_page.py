"""Asking a second person, deciding, and doing it then: as people see it on the pages."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal

import pytest
from approving_cases import ANNA, BEN, account, keep, people, require, signed_in
from erasing_cases import ask, email, erase, files_of
from streamlit.testing.v1 import AppTest

from compliance.access.nouns import Account, Matter, Role, Stand
from compliance.dataset.nouns import ColumnName, Description
from compliance.privacy import to_query
from compliance.rights.nouns import Stage
from pages.parts import session
from tests.pages.conftest import Desk, refusals, words
from tests.pages.test_published import BY_CITY

A, B = account(ANNA, "anna"), account(BEN, "ben")


@contextmanager
def as_person(desk: Desk, who: Account) -> Iterator[None]:
    """Pages in the hands of somebody who signed in."""
    before = session.workspace
    session.workspace = lambda: signed_in(desk.workspace, who)
    try:
        yield
    finally:
        session.workspace = before


@pytest.fixture
def desk(buying_desk: Desk) -> Desk:
    """Three officers, and whatever spends more than ε = 0.4 needs a second one."""
    keep(buying_desk.workspace, *people())
    require(buying_desk.workspace, "0.4", [Matter.ERASURE])
    return buying_desk


def on_release(desk: Desk) -> AppTest:
    """The Release page with a question in hand that spends ε = 0.5."""
    visitor = desk.open("tradeoff")
    visitor = desk.go(visitor, "release")
    dataset = desk.workspace.dataset("purchases")
    query = to_query({**BY_CITY, "statistics": [{"count": "units"}]})
    visitor.session_state["session_queries"] = {dataset.id: query}
    visitor.selectbox(key="session_dataset").set_value("purchases").run()
    return visitor.text_input(key="release_epsilon").set_value("0.5").run()


def keys(visitor: AppTest) -> list[str]:
    return [str(button.key) for button in visitor.button]


def asked(desk: Desk) -> str:
    """Anna asks on the Release page; the name of the approval."""
    with as_person(desk, A):
        visitor = on_release(desk)
        visitor.text_input(key="release_approval_why").set_value("for <b>the</b> board").run()
        visitor.button(key="release_approval_ask").click().run()
        assert refusals(visitor) == []
    return desk.workspace.access.approving.approvals()[0].id


def test_a_large_release_is_asked_for_and_published_once_approved(desk: Desk) -> None:
    with as_person(desk, A):
        visitor = on_release(desk)
        assert "A second person must approve this first:** ε = 0.5 is more than 0.4" in words(
            visitor
        )
        assert "release_ask" not in keys(visitor)
    id_ = asked(desk)
    with as_person(desk, A):
        visitor = on_release(desk)
        assert "Nobody has decided yet" in words(visitor)
        assert "release_ask" not in keys(visitor)
    with as_person(desk, B):
        visitor = desk.open("approvals")
        assert "**anna** asks, since" in words(visitor)
        assert "\\<b>the\\</b> board" in words(visitor)
        assert "Publish a statistic from purchases@1 for ε = 0.5" in words(visitor)
        visitor.text_input(key=f"approvals_remark_{id_}").set_value("fine").run()
        visitor.button(key=f"approvals_approve_{id_}").click().run()
        assert [one.value for one in visitor.success] == ["Approved. anna can do it now, once."]
    with as_person(desk, A):
        visitor = on_release(desk)
        assert "Approved by ben on" in words(visitor)
        visitor.button(key="release_ask").click().run()
        confirm = visitor.button(key="release_confirm")
        assert confirm.label == "Publish now (approved by ben)"
        confirm.click().run()
        assert refusals(visitor) == []
    (released,) = desk.workspace.releases("purchases")
    assert released.asked.epsilon == Decimal("0.5")
    assert desk.workspace.access.approving.approvals()[0].stand is Stand.USED


def test_what_is_declined_says_so_where_it_was_asked(desk: Desk) -> None:
    id_ = asked(desk)
    with as_person(desk, B):
        visitor = desk.open("approvals")
        visitor.text_input(key=f"approvals_remark_{id_}").set_value("too much").run()
        visitor.button(key=f"approvals_decline_{id_}").click().run()
    with as_person(desk, A):
        visitor = on_release(desk)
        assert "It was declined. ben: “too much”" in words(visitor)
        assert "release_approval_ask" in keys(visitor)


def test_who_asked_sees_it_and_takes_it_back(desk: Desk) -> None:
    id_ = asked(desk)
    with as_person(desk, A):
        visitor = desk.open("approvals")
        assert "Nothing waits for your approval" in words(visitor)
        assert f"approvals_approve_{id_}" not in keys(visitor)
        visitor.button(key=f"approvals_withdraw_{id_}").click().run()
        assert refusals(visitor) == []
    assert desk.workspace.access.approving.approvals()[0].stand is Stand.WITHDRAWN


def test_the_overview_counts_what_waits_for_whoever_may_decide(desk: Desk) -> None:
    asked(desk)
    for who, is_told in ((A, False), (B, True)):
        with as_person(desk, who):
            said = words(desk.open("overview"))
            assert ("One act waits for your approval" in said) == is_told


def test_nobody_decides_where_nobody_is_signed_in(desk: Desk) -> None:
    id_ = asked(desk)
    visitor = desk.open("approvals")

    assert "only people who sign in with accounts of their own decide" in words(visitor)
    assert f"approvals_approve_{id_}" not in keys(visitor)


def test_an_officer_decides_what_needs_a_second_person(buying_desk: Desk) -> None:
    keep(buying_desk.workspace, *people())
    with as_person(buying_desk, A):
        visitor = buying_desk.open("approvals")
        assert "Nothing needs a second person yet" in words(visitor)
        visitor.checkbox(key="approvals_is_epsilon").check()
        visitor.number_input(key="approvals_epsilon").set_value(0.5)
        visitor.checkbox(key="approvals_transfer").check()
        visitor.button(key="approvals_require").click().run()
        assert refusals(visitor) == []
        assert "ε = 0.5, at once or within 7 days; data that go abroad" in words(visitor)
        visitor.checkbox(key="approvals_transfer").uncheck()
        visitor.button(key="approvals_require").click().run()
        assert "fewer acts would need a second person than before" in words(visitor)
        visitor.button(key="approvals_approval_ask").click().run()
    found = buying_desk.workspace.access.approving
    assert found.required().matters == {Matter.TRANSFER}
    with as_person(buying_desk, B):
        id_ = found.approvals()[0].id
        buying_desk.open("approvals").button(key=f"approvals_approve_{id_}").click().run()
    with as_person(buying_desk, A):
        visitor.run()
        visitor.button(key="approvals_require_now").click().run()
        assert refusals(visitor) == []
    assert found.required().matters == frozenset()


def test_without_two_officers_nothing_can_be_required(buying_desk: Desk) -> None:
    visitor = buying_desk.open("approvals")
    visitor.checkbox(key="approvals_erasure").check()
    visitor.button(key="approvals_require").click().run()

    ((title, said),) = refusals(visitor)
    assert title == "Not decided"
    assert "two people with accounts of their own" in said


def test_an_analyst_sees_what_is_required_and_changes_nothing(desk: Desk) -> None:
    dora = account("account-d", "dora", Role.ANALYST)
    keep(desk.workspace, dora)
    with as_person(desk, dora):
        visitor = desk.open("approvals")
    assert "A second person approves:" in words(visitor)
    assert "approvals_require" not in keys(visitor)


def test_a_federated_run_is_asked_for_too(desk: Desk) -> None:
    with as_person(desk, A):
        visitor = desk.open("federated")
        visitor.toggle(key="federated_noise").set_value(True).run()
        assert "federated_approval_ask" in keys(visitor)
        assert "federated_start" not in keys(visitor)
        visitor.button(key="federated_approval_ask").click().run()
        assert refusals(visitor) == []
    (one,) = desk.workspace.access.approving.approvals()
    assert one.what.startswith("Train a model on ")


def test_erasing_somebody_is_asked_for_in_its_dialog(desk: Desk) -> None:
    workspace = desk.workspace
    said = Description(unit=ColumnName("id"), population="people")
    lines = "id,mail\n1,ann@a.example\n2,bob@b.example\n3,cem@c.example\n"
    workspace.add_files(files_of(lines, "people"), "people", said)
    workspace.discover("people")
    ask(workspace, "R-1", [email("ann@a.example")])
    with as_person(desk, A):
        visitor = desk.open("requests")
        visitor.button(key="requests_erase").click().run()
        assert "people are to be erased" in words(visitor)
        assert "requests_erase_now" not in keys(visitor)
        visitor.button(key="requests_approval_ask").click().run()
        assert refusals(visitor) == []
    with as_person(desk, B):
        (one,) = workspace.access.approving.approvals()
        visitor = desk.open("approvals")
        assert "Erase the people of R-1: 1 rows removed" in words(visitor)
        visitor.button(key=f"approvals_approve_{one.id}").click().run()
    with as_person(desk, A):
        visitor = desk.open("requests")
        visitor.button(key="requests_erase").click().run()
        now = visitor.button(key="requests_erase_now")
        assert now.label == "Erase for ever (approved by ben)"
    assert erase(signed_in(workspace, A), ["R-1"]).stage is Stage.PROVED
