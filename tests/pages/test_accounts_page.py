"""The page on accounts: read by three roles, changed by one."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from compliance.access.nouns import Identity, Role
from tests.pages.conftest import Desk, refusals, words
from tests.pages.test_roles import put_in_hands


def kept(desk: Desk) -> None:
    accounts = desk.workspace.access.accounts
    accounts.keep("Root", "root@example.org", [Role.ADMINISTRATOR])
    accounts.keep("Ada", "ada@example.org", [Role.OFFICER, Role.ANALYST])


def test_the_first_account_is_kept_by_whoever_has_the_machine(empty_desk: Desk) -> None:
    visitor = empty_desk.open("accounts")
    assert "Nobody signs in here" in words(visitor)
    assert "docs/signing-in.md" in words(visitor)

    visitor.text_input(key="accounts_name").input("Root")
    visitor.text_input(key="accounts_email_new").input("root@example.org")
    visitor.checkbox(key="accounts_role_new_administrator").check()
    visitor.button(key="accounts_keep").click().run()

    assert refusals(visitor) == []
    (account,) = empty_desk.workspace.access.accounts.every()
    assert (account.name, account.roles) == ("Root", (Role.ADMINISTRATOR,))
    assert list(visitor.dataframe[0].value["Name"]) == ["Root"]


def test_what_is_refused_is_said_in_one_sentence(empty_desk: Desk) -> None:
    kept(empty_desk)
    visitor = empty_desk.open("accounts")

    visitor.text_input(key="accounts_name").input("Eve")
    visitor.text_input(key="accounts_email_new").input("ada@example.org")
    visitor.checkbox(key="accounts_role_new_officer").check()
    visitor.button(key="accounts_keep").click().run()

    said = "This account cannot be kept so: another account has this e-mail address."
    assert refusals(visitor) == [("Not kept", said)]


def test_roles_are_changed_and_an_account_is_removed(empty_desk: Desk) -> None:
    kept(empty_desk)
    visitor = empty_desk.open("accounts")

    visitor.selectbox(key="accounts_who").select("Ada").run()
    place = empty_desk.workspace.access.accounts.find("Ada").id
    visitor.checkbox(key=f"accounts_role_{place}_analyst").uncheck()
    visitor.button(key="accounts_keep").click().run()
    changed = empty_desk.workspace.access.accounts.find("Ada")
    visitor.button(key="accounts_remove").click().run()

    assert changed.roles == (Role.OFFICER,)
    assert not empty_desk.workspace.access.accounts.find("Ada").is_active
    assert refusals(visitor) == []


@pytest.mark.parametrize("role", [Role.OFFICER, Role.AUDITOR])
def test_officers_and_auditors_read_it_and_change_nothing(
    empty_desk: Desk, monkeypatch: pytest.MonkeyPatch, role: Role
) -> None:
    kept(empty_desk)
    put_in_hands(monkeypatch, role)

    visitor = empty_desk.open("accounts")

    assert "it is for: administrator" in words(visitor)
    assert not [button for button in visitor.button if str(button.key).startswith("accounts_")]
    assert list(visitor.dataframe[0].value["Name"]) == ["Root", "Ada"]


def test_the_table_of_rights_says_what_the_desk_enforces(empty_desk: Desk) -> None:
    visitor = empty_desk.open("accounts")

    rights = visitor.table[0].value
    may = rights["Who may"]
    assert may["See values of the data: examples, previews, exact tables"] == "Officer, Analyst"
    assert may["Decide who may sign in, and as what"] == "Administrator"


def test_whoever_signed_in_is_told_apart_from_who_has_not_yet(empty_desk: Desk) -> None:
    kept(empty_desk)
    identity = Identity(
        issuer="https://login.example.org",
        subject="1",
        email="ada@example.org",
        is_email_verified=True,
        token="0" * 64,
        issued_at=datetime.now(UTC),
    )
    empty_desk.workspace.access.visits.begin(identity)

    shown = empty_desk.open("accounts").dataframe[0].value

    assert list(shown["State"]) == ["has not signed in yet", "has signed in"]
    assert list(shown["Signed in last"] != "–") == [False, True]
