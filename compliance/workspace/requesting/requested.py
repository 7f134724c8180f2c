"""Requests and holds as they lie in the records, and the one way to move a request on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sqlalchemy import Connection

from compliance.errors import HeldError
from compliance.rights.nouns import Hold, Request, Right
from compliance.rights.requests import Action, check, moved
from compliance.workspace.data import datasets
from compliance.workspace.desk import Act
from compliance.workspace.standing import HOLDS, REQUESTS

one, every, store = REQUESTS.one, REQUESTS.every, REQUESTS.store
holds, hold_of = HOLDS.every, HOLDS.one


def advance(act: Act, request: Request, action: Action, what: str, **changes: object) -> Request:
    """Move `request` on by `action`, and keep it, as part of `act`.

    Args:
        what: what happened, in words without values; it stands in the request's history.
        changes: fields of the request that change with it; `facts` are added to those there are.

    Raises:
        RequestStepError: the action does not come next; nothing was changed.
        HeldError: a legal hold stands against it.
    """
    if action is Action.CARRY_OUT:
        check_held(act.connection, request, act.at.date())
    after = moved(request, action, at=act.at, by=act.actor, what=what, **changes)
    store(act, after)
    act.facts |= {
        "law": request.law,
        "right": request.right.value,
        "from": request.step.value,
        "to": after.step.value,
    }
    return after


def check_may_carry_out(connection: Connection, request: Request, today: date) -> None:
    """Refuse before anything is begun, where `advance` would refuse afterwards.

    Raises:
        RequestStepError: carrying it out does not come next.
        HeldError: a legal hold stands against it.
    """
    check(request, Action.CARRY_OUT)
    check_held(connection, request, today)


def check_held(connection: Connection, request: Request, today: date) -> None:
    """Refuse to erase what a legal hold keeps, unless it was decided to keep it.

    Raises:
        HeldError: a legal hold stands against it.
    """
    kept = request.decision.kept if request.decision else {}
    held = held_by(connection, request, today)
    if open_ := sorted(held.keys() - kept.keys()):
        raise HeldError(request=request.id, datasets=", ".join(open_), hold=held[open_[0]].id)


def held_by(connection: Connection, request: Request, today: date) -> Mapping[str, Hold]:
    """The datasets with rows of the person that a hold keeps from being erased, by name."""
    if request.right is not Right.ERASURE:
        return {}
    names = {str(datasets.version(connection, id_).name) for id_ in request.found}
    return {
        name: hold
        for hold in standing_holds(connection, today)
        for name in sorted(names)
        if not hold.datasets or name in hold.datasets
    }


def standing_holds(connection: Connection, today: date) -> tuple[Hold, ...]:
    """The legal holds that stand."""
    return tuple(hold for hold in holds(connection) if stands(hold, today))


def stands(hold: Hold, today: date) -> bool:
    """Whether it still keeps data."""
    return not hold.is_lifted and (hold.until is None or today <= hold.until)
