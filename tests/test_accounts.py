"""Accounts: whose they are, what they may be called, and that somebody always administers them."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from compliance.access.nouns import Account, Actor, Identity, Role, Visit
from compliance.errors import (
    AccountError,
    CapExceededError,
    NotPermittedError,
    SignInError,
    UnknownAccountError,
)
from compliance.storage import tables
from compliance.workspace import Workspace
from compliance.workspace.access.accounts import Accounts
from tests.cli_cases import run
from tests.postgresql import on_both
from tests.test_workspace import query

ISSUER = "https://login.example.org"


def somebody(
    subject: str = "1001",
    email: str = "ada@example.org",
    *,
    is_verified: bool = True,
    issuer: str = ISSUER,
) -> Identity:
    return Identity(
        issuer=issuer,
        subject=subject,
        email=email,
        is_email_verified=is_verified,
        token="0" * 64,
        issued_at=datetime(2026, 11, 26, 9, tzinfo=UTC),
    )


@pytest.fixture
def area(workspace: Workspace) -> Accounts:
    return workspace.access.accounts


def with_ada(area: Accounts) -> Account:
    """An administrator, and Ada, an officer."""
    area.keep("Root", "root@example.org", [Role.ADMINISTRATOR])
    return area.keep("Ada", "ada@example.org", [Role.OFFICER])


def acting(workspace: Workspace, account: Account) -> Workspace:
    return workspace.acting(
        Actor(name=account.name, roles=frozenset(account.roles), account=account.id)
    )


# ---------------------------------------------------------------- kept


@on_both
def test_an_account_is_kept_and_changed_under_one_id(area: Accounts, workspace: Workspace) -> None:
    first = with_ada(area)
    again = area.keep("Ada", "ada@example.com", [Role.ANALYST, Role.AUDITOR])

    assert again.id == first.id
    assert again.email == "ada@example.com"
    assert again.roles == (Role.ANALYST, Role.AUDITOR)
    assert again.by == "local officer"
    assert [one.name for one in area.every()] == ["Root", "Ada"]
    entry = workspace.entries(1)[0]
    assert (entry.act, entry.subject) == ("account.keep", "Ada")
    assert "example" not in str(entry.facts)


def test_the_first_account_is_made_by_whoever_has_the_machine_in_hand(tmp_path: Path) -> None:
    home = tmp_path / "desk"

    kept = run(home, "account", "keep", "Root", "--email", "r@x.org", "--role", "administrator")
    listed = run(home, "--json", "account", "list")
    both = ("--role", "officer", "--role", "auditor")
    more = run(home, "account", "keep", "Ada", "--email", "a@x.org", *both)
    removed = run(home, "--json", "account", "remove", "Ada")

    assert (kept.code, more.code) == (0, 0)
    assert listed.document["accounts"][0]["roles"] == ["administrator"]
    assert listed.document["accounts"][0]["last_visit"] is None
    assert removed.document == {"removed": "Ada"}


@pytest.mark.parametrize(
    ("name", "email", "why"),
    [
        ("", "a@example.org", "1 to 80 characters"),
        ("x" * 81, "a@example.org", "1 to 80 characters"),
        ("A\nda", "a@example.org", "one line"),
        ("A\u202eda", "a@example.org", "one line"),
        ("Grace", "no address", "is none"),
        ("Grace", "a@b@c", "is none"),
        ("Grace", "@example.org", "is none"),
        ("Grace", "ada@example.org", "has this e-mail"),
        ("Grace", "ADA@Example.org", "has this e-mail"),
        ("the desk", "a@example.org", "acted here by this name"),
        ("THE DESK", "a@example.org", "acted here by this name"),
        ("local officer", "a@example.org", "acted here by this name"),
    ],
)
def test_what_cannot_be_an_account_is_refused(
    area: Accounts, name: str, email: str, why: str
) -> None:
    with_ada(area)

    with pytest.raises(AccountError, match=re.escape(why)):
        area.keep(name, email, [Role.ANALYST])

    assert len(area.every()) == 2


def test_an_account_needs_a_role(area: Accounts) -> None:
    with pytest.raises(AccountError, match="needs a role"):
        area.keep("Ada", "ada@example.org", [])


@on_both
def test_nobody_gets_the_name_of_somebody_who_acted_before_there_were_accounts(
    workspace: Workspace,
) -> None:
    workspace.acting(Actor(name='Ms "Li"', roles=frozenset(Role))).build_demo()
    accounts = workspace.access.accounts

    for name in ('Ms "Li"', 'ms "li"', "LOCAL OFFICER"):
        with pytest.raises(AccountError, match="acted here by this name"):
            accounts.keep(name, "li@example.org", [Role.OFFICER])
    assert accounts.keep("Li", "li@example.org", [Role.OFFICER]).name == "Li"


def test_a_name_that_differs_in_letters_only_is_the_same_account(area: Accounts) -> None:
    ada = with_ada(area)

    assert area.keep("ADA", "ada@example.org", [Role.ANALYST]).id == ada.id
    assert area.find("aDA").name == "Ada"
    with pytest.raises(UnknownAccountError, match="Grace"):
        area.find("Grace")


# ---------------------------------------------------------------- removed


def test_a_removed_account_stays_on_record_and_its_name_is_not_used_again(area: Accounts) -> None:
    with_ada(area)
    area.remove("Ada")

    assert not area.find("Ada").is_active
    with pytest.raises(AccountError, match="not used again"):
        area.keep("Ada", "other@example.org", [Role.ANALYST])
    with pytest.raises(UnknownAccountError):
        area.remove("Ada")
    assert area.keep("Ada Second", "ada@example.org", [Role.ANALYST]).is_active


def test_the_last_administrator_stays_one(area: Accounts) -> None:
    with_ada(area)

    with pytest.raises(AccountError, match="last administrator"):
        area.remove("Root")
    with pytest.raises(AccountError, match="last administrator"):
        area.keep("Root", "root@example.org", [Role.OFFICER])
    assert area.find("Root").roles == (Role.ADMINISTRATOR,)

    area.keep("Second", "second@example.org", [Role.ADMINISTRATOR])
    area.remove("Root")
    with pytest.raises(AccountError, match="last administrator"):
        area.remove("Second")


@on_both
def test_two_who_remove_each_other_at_once_leave_one_administrator(
    workspace: Workspace, area: Accounts
) -> None:
    hands = []
    for name in ("One", "Two"):
        kept = area.keep(name, f"{name}@example.org", [Role.ADMINISTRATOR])
        hands.append((acting(workspace, kept), "Two" if name == "One" else "One"))

    def remove(hand: tuple[Workspace, str]) -> bool:
        try:
            hand[0].access.accounts.remove(hand[1])
        except AccountError:
            return False
        return True

    with ThreadPoolExecutor(2) as threads:
        done = list(threads.map(remove, hands))

    assert sorted(done) == [False, True]
    assert sum(one.is_active for one in area.every()) == 1


def test_nobody_changes_their_own_roles_but_their_address(
    workspace: Workspace, area: Accounts
) -> None:
    with_ada(area)
    root = area.find("Root")
    mine = acting(workspace, root).access.accounts

    with pytest.raises(AccountError, match="their own roles"):
        mine.keep("Root", "root@example.org", [Role.ADMINISTRATOR, Role.OFFICER])
    assert mine.keep("Root", "new@example.org", [Role.ADMINISTRATOR]).email == "new@example.org"
    assert mine.keep("Ada", "ada@example.org", [Role.AUDITOR]).by == "Root"


@pytest.mark.parametrize("role", [Role.OFFICER, Role.ANALYST, Role.AUDITOR])
def test_who_is_no_administrator_decides_nothing_about_accounts(
    workspace: Workspace, area: Accounts, role: Role
) -> None:
    theirs = acting(workspace, area.keep("Eve", "eve@example.org", [role])).access.accounts

    with pytest.raises(NotPermittedError):
        theirs.keep("Eve", "eve@example.org", [Role.ADMINISTRATOR])
    with pytest.raises(NotPermittedError):
        theirs.remove("Eve")
    assert area.find("Eve").roles == (role,)


# ---------------------------------------------------------------- whose


@on_both
def test_the_first_sign_in_makes_the_account_that_persons(
    workspace: Workspace, area: Accounts
) -> None:
    kept = with_ada(area)
    found = area.of(somebody(email="ADA@example.org"))

    assert (found.id, found.issuer, found.subject) == (kept.id, ISSUER, "1001")
    assert (found.at, found.by) == (kept.at, kept.by)
    entry = workspace.entries(1)[0]
    assert (entry.act, entry.actor, entry.subject) == ("account.bind", "the desk", "Ada")
    assert "1001" not in str(entry.facts)


def test_from_then_on_only_issuer_and_subject_count(workspace: Workspace, area: Accounts) -> None:
    with_ada(area)
    area.of(somebody())
    before = len(workspace.entries())

    assert area.of(somebody(email="elsewhere@example.org", is_verified=False)).name == "Ada"
    assert len(workspace.entries()) == before


@pytest.mark.parametrize(
    ("identity", "why"),
    [
        (somebody(email="eve@example.org"), "no account here"),
        (somebody(is_verified=False), "not verified"),
        (somebody(email=""), "not verified"),
        (somebody(subject=""), "does not say who"),
        (somebody(issuer=""), "does not say who"),
        (somebody(email="gone@example.org"), "was removed"),
    ],
)
def test_whoever_has_no_account_is_not_let_in(area: Accounts, identity: Identity, why: str) -> None:
    with_ada(area)
    area.keep("Gone", "gone@example.org", [Role.ANALYST])
    area.remove("Gone")

    with pytest.raises(SignInError, match=why):
        area.of(identity)

    assert not any(one.subject for one in area.every())


def test_who_has_signed_in_once_is_not_let_in_after_being_removed(area: Accounts) -> None:
    with_ada(area)
    area.of(somebody())
    area.remove("Ada")
    area.keep("Ada Second", "ada@example.org", [Role.ANALYST])

    with pytest.raises(SignInError, match="was removed"):
        area.of(somebody())
    assert area.of(somebody(subject="2002")).name == "Ada Second"


@pytest.mark.parametrize(
    "other", [somebody(subject="6666"), somebody(issuer="https://evil.example.net")]
)
def test_the_same_address_of_another_sign_in_takes_no_account_over(
    area: Accounts, other: Identity
) -> None:
    with_ada(area)
    area.of(somebody())

    with pytest.raises(SignInError, match="belongs to another sign-in"):
        area.of(other)


def test_a_changed_address_does_not_give_the_account_to_somebody_else(area: Accounts) -> None:
    """Else an administrator could act under an officer's name."""
    with_ada(area)
    area.of(somebody())
    area.keep("Ada", "mallory@example.org", [Role.OFFICER])

    with pytest.raises(SignInError, match="belongs to another sign-in"):
        area.of(somebody(subject="6666", email="mallory@example.org"))
    assert area.of(somebody()).name == "Ada"


def test_an_address_of_two_accounts_lets_nobody_in(workspace: Workspace, area: Accounts) -> None:
    """It cannot come to be; records of another make may hold it all the same."""
    ada = with_ada(area)
    with workspace._desk.act("account.keep", "Twin") as act:
        twin = replace(ada, id="account-twin", name="Twin", email="Ada@Example.org")
        act.store(tables.ACCOUNT, twin, id=twin.id)

    with pytest.raises(SignInError, match="several accounts"):
        area.of(somebody())


@on_both
def test_two_first_sign_ins_at_once_bind_one_of_them(area: Accounts) -> None:
    with_ada(area)

    def sign_in(subject: str) -> str:
        try:
            return area.of(somebody(subject=subject)).subject
        except SignInError:
            return ""

    with ThreadPoolExecutor(2) as threads:
        let_in = list(threads.map(sign_in, ["1", "2"]))

    assert sorted(map(bool, let_in)) == [False, True]
    assert area.find("Ada").subject in let_in


# ---------------------------------------------------------------- elsewhere


def test_last_visits_are_told_by_account(workspace: Workspace, area: Accounts) -> None:
    ada, at = with_ada(area), datetime(2026, 11, 26, 9, tzinfo=UTC)
    for hours in (0, 5):
        visit = Visit(id=f"v{hours}", account=ada.id, began=at + timedelta(hours=hours))
        with workspace._desk.act("account.keep", "Ada") as act:
            act.store(tables.VISIT, visit, id=visit.id, account=ada.id)

    assert area.last_visits() == {ada.id: at + timedelta(hours=5)}


def test_budget_caps_hold_for_the_name_of_an_account(shop: Workspace) -> None:
    ada = with_ada(shop.access.accounts)
    shop.decide_budget("customers", caps={"Ada": Decimal("0.5")})

    with pytest.raises(CapExceededError):
        acting(shop, ada).release("orders", query(), Decimal(1))
    assert shop.release("orders", query(), Decimal(1)).actor == "local officer"
