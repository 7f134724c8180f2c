"""`permit`: may this actor do that?"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import resources

import yaml

from compliance.access.nouns import Actor, Role
from compliance.errors import NotPermittedError


@cache
def permissions() -> Mapping[str, frozenset[Role]]:
    """By act (`noun.verb`) and by look (`noun.see`): the roles that may."""
    text = resources.files("compliance.access").joinpath("permissions.yaml").read_text("utf-8")
    return {
        name: frozenset(Role(role) for role in roles)
        for group in yaml.safe_load(text)["groups"]
        for roles in [group["roles"]]
        for name in group["may"]
    }


def may(actor: Actor, act: str) -> bool:
    """Whether one of the actor's roles has the right; what nobody listed, nobody may."""
    return bool(actor.roles & permissions().get(act, frozenset()))


def permit(actor: Actor, act: str) -> None:
    """Let `act` go on.

    Raises:
        NotPermittedError: none of the actor's roles has the right.
    """
    if not may(actor, act):
        needed = ", ".join(sorted(permissions().get(act, frozenset())))
        raise NotPermittedError(needed=needed or "nobody")
