"""Each role finds its own pages, and on them nothing that ends in a refusal."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from compliance.access import may
from compliance.access.nouns import Actor, Role
from compliance.workspace import Workspace
from pages.parts import visiting
from pages.parts.navigation import PAGES
from tests.pages.conftest import Desk, refusals

OPENS = [
    pytest.param(role, row.name, id=f"{role}-{row.name}")
    for role in Role
    for row in PAGES
    if may(Actor(name="", roles=frozenset({role})), row.right)
]


def put_in_hands(monkeypatch: pytest.MonkeyPatch, role: Role) -> None:
    """Whoever looks at pages has this role alone."""
    actor = Actor(name=f"the {role}", roles=frozenset({role}), account=f"account-{role}")

    def in_hands(*, is_act: bool) -> Workspace:
        return visiting.shared().acting(actor)

    def identity(_: Workspace) -> visiting.Identity:
        return visiting.Identity(
            issuer="",
            subject="",
            email="",
            is_email_verified=False,
            token=actor.account,
            issued_at=visiting.shared().governance.audits.now(),
        )

    monkeypatch.setattr(visiting, "_in_hands", in_hands)
    monkeypatch.setattr(visiting, "_identity", identity)


@pytest.mark.parametrize(("role", "name"), OPENS)
def test_a_page_opens_for_whoever_may_without_a_refusal(
    full_desk: Desk, monkeypatch: pytest.MonkeyPatch, role: Role, name: str
) -> None:
    put_in_hands(monkeypatch, role)

    visitor: AppTest = full_desk.open(name)

    assert refusals(visitor) == []


@pytest.mark.parametrize(
    ("role", "name"),
    [
        *((Role.ADMINISTRATOR, name) for name in ("trail", "organisation", "accounts")),
        *((Role.AUDITOR, name) for name in ("decisions", "impact", "register", "budgets", "trail")),
        *((Role.ANALYST, name) for name in ("decisions", "rules", "reports", "audits", "overview")),
    ],
)
def test_no_button_that_can_be_pressed_is_for_another_role(
    full_desk: Desk, monkeypatch: pytest.MonkeyPatch, role: Role, name: str
) -> None:
    put_in_hands(monkeypatch, role)
    visitor = full_desk.open(name)
    keys = [button.key for button in visitor.button if not button.disabled]

    for key in keys:
        if key in {button.key for button in visitor.button if not button.disabled}:
            visitor.button(key=key).click().run()
            assert "Your role" not in str(refusals(visitor)), key


def test_a_button_for_another_role_says_for_whom_it_is(
    full_desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_in_hands(monkeypatch, Role.AUDITOR)
    button = full_desk.open("budgets").button(key="budgets_decide")

    assert button.disabled
    assert button.help == "Your role does not allow this; it is for: officer."


@pytest.mark.parametrize("role", Role)
def test_a_page_opens_on_an_empty_desk_for_whoever_may(
    empty_desk: Desk, monkeypatch: pytest.MonkeyPatch, role: Role
) -> None:
    put_in_hands(monkeypatch, role)
    actor = Actor(name="", roles=frozenset({role}))
    pages = [row.name for row in PAGES if may(actor, row.right)]
    visitor = empty_desk.open(pages[0])

    for name in pages:
        assert refusals(empty_desk.go(visitor, name)) == []


def test_whoever_mends_a_finding_is_offered_from_the_accounts(full_desk: Desk) -> None:
    accounts = full_desk.workspace.access.accounts
    accounts.keep("Root", "root@example.org", [Role.ADMINISTRATOR])
    accounts.keep("Gone", "gone@example.org", [Role.OFFICER])
    accounts.remove("Gone")

    visitor = full_desk.open("decisions")

    (field,) = [box for box in visitor.selectbox if str(box.key) == "decisions_owners"]
    assert field.options == ["Root"]
