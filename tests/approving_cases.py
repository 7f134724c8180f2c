"""Workspaces in which several people have accounts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from compliance.access.nouns import Account, Actor, FourEyes, Matter, Role
from compliance.settings import Settings
from compliance.storage import tables
from compliance.workspace import Workspace

NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)
ANNA, BEN, CARL = "account-a", "account-b", "account-c"


@dataclass(slots=True)
class Clock:
    """A clock that stands still until it is moved."""

    at: datetime = NOON

    def __call__(self) -> datetime:
        return self.at

    def wait(self, **time: float) -> None:
        self.at += timedelta(**time)


def account(id_: str, name: str, *roles: Role, **changes: object) -> Account:
    made = Account(
        id=id_,
        name=name,
        email=f"{name}@example.org",
        roles=roles or (Role.OFFICER,),
        issuer="https://id.example.org",
        subject=f"subject-{id_}",
        at=NOON,
        by="admin",
    )
    return replace(made, **changes)


def keep(workspace: Workspace, *accounts: Account) -> None:
    """Store accounts as an administrator decides them."""
    for one in accounts:
        with workspace._desk.act("account.keep", one.id) as act:
            act.store(tables.ACCOUNT, one, id=one.id)


def people() -> tuple[Account, ...]:
    return (account(ANNA, "anna"), account(BEN, "ben"), account(CARL, "carl"))


def signed_in(workspace: Workspace, one: Account) -> Workspace:
    """The workspace in the hands of somebody who signed in."""
    return workspace.acting(Actor(name=one.name, roles=frozenset(one.roles), account=one.id))


def clocked(workspace: Workspace, clock: Clock) -> Workspace:
    """The same records under a clock that is moved by hand."""
    return Workspace(workspace.settings, clock)


def require(
    workspace: Workspace, epsilon: str | None = None, matters: Iterable[Matter] = (), days: int = 7
) -> FourEyes:
    wanted = FourEyes(
        epsilon=None if epsilon is None else Decimal(epsilon),
        matters=frozenset(matters),
        days=days,
    )
    return workspace.access.approving.require(wanted)


def reopened(settings: Settings) -> Workspace:
    return Workspace(settings)
