"""`permit`: may this actor do that?"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from compliance.access.nouns import Actor, Role
from compliance.errors import NotPermittedError
from compliance.shipped import table

DESK = "the desk"


@cache
def permissions() -> Mapping[str, frozenset[Role]]:
    """By act (`noun.verb`) and by look (`noun.see`): the roles that may."""
    return {
        name: frozenset(Role(role) for role in group["roles"])
        for group in _read("permissions")["groups"]
        for name in group["may"]
    }


@cache
def in_words() -> tuple[tuple[str, frozenset[Role]], ...]:
    """Groups of rights as people read of them, each with the roles that have it."""
    groups = _read("permissions")["groups"]
    return tuple((group["says"], frozenset(map(Role, group["roles"]))) for group in groups)


@cache
def by_itself() -> Actor:
    """The desk where it acts by itself, whoever looks: with what that work needs, and no role."""
    return Actor(name=DESK, roles=frozenset(), rights=frozenset(_read("permissions")["by_itself"]))


@cache
def doors(area: str) -> Mapping[str, str]:
    """What each verb of an area of the workspace asks for before it begins; empty: nothing.

    Raises:
        KeyError: nobody decided who may come into that area.
    """
    return {
        verb: "" if right == "open" else right
        for right, verbs in _read("doors")[area].items()
        for verb in (verbs if right == "open" else verbs.split())
    }


def may(actor: Actor, act: str) -> bool:
    """Whether the actor, or one of its roles, has the right; what nobody listed, nobody may."""
    return act in actor.rights or bool(actor.roles & permissions().get(act, frozenset()))


def permit(actor: Actor, act: str) -> None:
    """Let `act` go on.

    Raises:
        NotPermittedError: neither the actor nor one of its roles has the right.
    """
    if not may(actor, act):
        needed = ", ".join(sorted(permissions().get(act, frozenset())))
        raise NotPermittedError(needed=needed or "nobody")


@cache
def _read(name: str) -> Any:
    return table("compliance.access", f"{name}.yaml")
