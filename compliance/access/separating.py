"""What two persons are, what one act is, and when less is asked of them than before."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping

from compliance.access.nouns import Account, Actor, FourEyes, Matter, Sought
from compliance.access.permitting import may
from compliance.countries import name_of
from compliance.i18n import mark
from compliance.plain import to_json

DECIDES = "approval.decide"


def digest_of(sought: Sought) -> str:
    """SHA-256 of an act: of whatever it depends on."""
    return hashlib.sha256(to_json(sought).encode()).hexdigest()


def is_same_person(one: Account, other: Account) -> bool:
    """Whether two accounts are one person's: the same one, identity or address."""
    is_one_identity = bool(one.subject) and (one.issuer, one.subject) == (
        other.issuer,
        other.subject,
    )
    return one.id == other.id or is_one_identity or _address(one) == _address(other)


def persons(accounts: Iterable[Account]) -> tuple[Account, ...]:
    """One account of each person."""
    found: list[Account] = []
    for account in accounts:
        if not any(is_same_person(account, other) for other in found):
            found.append(account)
    return tuple(found)


def may_now(account: Account | None, act: str) -> bool:
    """Whether whoever has this account may do `act` as the account stands now."""
    if account is None or not account.is_active:
        return False
    return may(Actor(name=account.name, roles=frozenset(account.roles), account=account.id), act)


def deciders(accounts: Iterable[Account]) -> tuple[Account, ...]:
    """One account of each person who may approve what others want to do."""
    return persons(account for account in accounts if may_now(account, DECIDES))


def is_weaker(before: FourEyes, after: FourEyes) -> bool:
    """Whether anything that needs a second person now would not, or on other terms.

    More days let an approval be used later; fewer let small spends add up for a shorter time.
    """
    if not before.is_any:
        return False
    is_raised = before.epsilon is not None and (
        after.epsilon is None or after.epsilon > before.epsilon
    )
    return is_raised or not before.matters <= after.matters or before.days != after.days


def what_of(sought: Sought) -> str:
    """An act in words and numbers; never a cell value."""
    facts = sought.facts
    if sought.matter is Matter.RELEASE:
        return _SPENDING[str(facts["does"])].format(
            dataset=facts["dataset"], epsilon=facts["epsilon"], delta=facts["delta"]
        )
    if sought.matter is Matter.ERASURE:
        return _erasure(facts)
    if sought.matter is Matter.TRANSFER:
        return _transfer(facts)
    return mark(
        "Ask for second persons only so: above ε = {epsilon}, for {matters}, within {days} days"
    ).format(
        epsilon=facts["epsilon"] or mark("any"),
        matters=_listed(facts["matters"]) or mark("nothing else"),
        days=facts["days"],
    )


def _erasure(facts: Mapping[str, object]) -> str:
    return mark(
        "Erase the people of {requests}: {removed} rows removed, {blanked} blanked, {kept} kept; "
        "dataset versions changed: {places}"
    ).format(
        requests=_listed(facts["requests"]),
        places=facts["versions"],
        removed=facts["rows_removed"],
        blanked=facts["rows_blanked"],
        kept=facts["rows_kept"],
    )


def _transfer(facts: Mapping[str, object]) -> str:
    return mark(
        "Data of {datasets} go to {destination} as “{name}”: for {recipient}, resting on "
        "{mechanism}"
    ).format(
        datasets=_listed(facts["datasets"]) or mark("data"),
        destination=_listed([name_of(str(c)) or str(c) for c in _several(facts["destinations"])]),
        name=facts["name"],
        recipient=facts["recipient"] or mark("nobody in the register"),
        mechanism=facts["mechanism"] or mark("nothing"),
    )


def _several(found: object) -> Iterable[object]:
    return found if isinstance(found, (list, tuple)) else ()


def _listed(several: object) -> str:
    return ", ".join(map(str, several)) if isinstance(several, (list, tuple)) else str(several)


def _address(account: Account) -> str:
    return account.email.strip().casefold()


_SPENDING = {
    "release": mark("Publish a statistic from {dataset} for ε = {epsilon}, δ = {delta}"),
    "bounds": mark("Look for bounds in {dataset} for ε = {epsilon}, δ = {delta}"),
    "synthesis": mark("Invent rows like those of {dataset} for ε = {epsilon}, δ = {delta}"),
    "run": mark("Train a model on {dataset} with noise for ε = {epsilon}, δ = {delta}"),
}
