"""Which wishes stand against a use of rows; the rules are data (`barriers.yaml`)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from functools import cache
from typing import Any

from compliance.rights.nouns import Barred, Barrier, IdentifierKind
from compliance.shipped import table


def applying(
    wishes: Iterable[Barred], names: Collection[str], *, is_handed_on: bool = False
) -> dict[Barrier, tuple[str, ...]]:
    """Whose rows are kept out of a use, by barrier: keyed hashes in hexadecimal.

    Args:
        wishes: those that stand.
        names: what the purpose of the use is called, in small letters; empty: it is not known.
        is_handed_on: the rows leave for somebody else.
    """
    found: dict[Barrier, set[str]] = {}
    for wish in wishes:
        if _applies(wish, frozenset(names), is_handed_on=is_handed_on):
            found.setdefault(wish.barrier, set()).update(wish.people)
    return {barrier: tuple(sorted(people)) for barrier, people in found.items()}


def barrier_order() -> tuple[Barrier, ...]:
    """By which barrier a row counts that several keep out: the first one."""
    return tuple(Barrier(one) for one in _rules()["order"])


def identifying() -> Mapping[str, IdentifierKind]:
    """The labels of columns by which people are told apart, with what they hold."""
    return {label: IdentifierKind(kind) for label, kind in _rules()["identifying"].items()}


def _applies(wish: Barred, names: frozenset[str], *, is_handed_on: bool) -> bool:
    rule = _rules()["barriers"][wish.barrier.value]
    if rule.get("always") or (is_handed_on and rule.get("handing_on")):
        return True
    if not names and rule.get("unknown"):
        return True
    if wish.purposes:
        return bool(names & {purpose.casefold() for purpose in wish.purposes})
    kinds = rule.get("kinds", ())
    return kinds == "all" or bool(names & set(kinds))


@cache
def _rules() -> Mapping[str, Any]:
    loaded: Mapping[str, Any] = table("compliance.rights.consents", "barriers.yaml")
    return loaded
