"""Accounts, from the command line.

Whoever has the machine in hand acts here with all roles: so the first administrator comes to be.
"""

from __future__ import annotations

import argparse
from datetime import datetime

from compliance.access.nouns import Account, Role
from compliance.cli.adding import Kinds, group, verb
from compliance.cli.results import Result
from compliance.workspace import Workspace


def add(kinds: Kinds[argparse.ArgumentParser]) -> None:
    """The verbs under `account`."""
    inner = group(kinds, "account", "who may sign in, and with which roles")
    keep = verb(inner, "keep", _keep, "let somebody sign in, or change e-mail address and roles")
    keep.add_argument("name", help="as the trail names them; never used again for somebody else")
    keep.add_argument("--email", required=True, help="as their provider verifies it")
    keep.add_argument(
        "--role",
        dest="roles",
        action="append",
        required=True,
        choices=[role.value for role in Role],
        help="what they may do; once for each role",
    )
    verb(inner, "list", _list, "who may sign in, and who could once")
    remove = verb(inner, "remove", _remove, "let somebody sign in no more")
    remove.add_argument("name", help="the account")


def _keep(workspace: Workspace, asked: argparse.Namespace) -> Result:
    roles = [Role(role) for role in asked.roles]
    return _account(workspace.access.accounts.keep(asked.name, asked.email, roles), None)


def _list(workspace: Workspace, _: argparse.Namespace) -> Result:
    area = workspace.access.accounts
    last = area.last_visits()
    return {"accounts": [_account(one, last.get(one.id)) for one in area.every()]}


def _remove(workspace: Workspace, asked: argparse.Namespace) -> Result:
    return {"removed": workspace.access.accounts.remove(asked.name).name}


def _account(one: Account, last_visit: datetime | None) -> Result:
    return {
        "id": one.id,
        "name": one.name,
        "email": one.email,
        "roles": list(map(str, one.roles)),
        "is_active": one.is_active,
        "has_signed_in": bool(one.subject),
        "since": one.at.isoformat(),
        "last_visit": last_visit.isoformat() if last_visit else None,
    }
