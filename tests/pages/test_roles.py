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
