"""How a request is checked before something is done for it, and moved on afterwards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sqlalchemy import Connection

from compliance.errors import FulfilmentError, RequestStepError
from compliance.rights.fulfilling import to_tell
from compliance.rights.nouns import Event, Request, Right, Step, ToTell
from compliance.rights.requests import Action, check, is_known
from compliance.workspace.desk import Act, Desk
from compliance.workspace.fulfilling import gathering
from compliance.workspace.governing.registers import register_in
from compliance.workspace.requesting.requested import advance, one, store

TOLD = "recipients_told"  # the fact of a request that holds who was told
AGAIN = (Step.CARRIED_OUT, Step.ANSWERED)


def of_right(connection: Connection, id_: str, rights: Sequence[Right]) -> Request:
    """The request, if it asks for one of `rights`.

    Raises:
        UnknownRequestError: there is none.
        FulfilmentError: it asks for something else.
    """
    request = one(connection, id_)
    if request.right not in rights:
        raise FulfilmentError(request=id_, reason=f"it asks for: {request.right.value}")
    return request


def check_known(request: Request) -> None:
    """Refuse to show anything of somebody while it is not clear who asks.

    Raises:
        RequestStepError: it is not, or it was refused.
    """
    if request.is_refused or not is_known(request):
        reason = "it was refused" if request.is_refused else "it is not clear who asks"
        raise RequestStepError(request=request.id, wanted="looked at", reason=reason)


def check_settled(request: Request, case: gathering.Case) -> None:
    """Refuse while it is not decided of every doubtful match whether it is the person.

    Raises:
        FulfilmentError: it is not.
    """
    if count := len(case.trace.open_doubts):
        matches = "1 doubtful match is" if count == 1 else f"{count} doubtful matches are"
        raise FulfilmentError(request=request.id, reason=f"{matches} not decided yet")


def handed_out(act: Act, request: Request, facts: Mapping[str, object], what: str) -> None:
    """Move a request on after a package; made again, it stays where it is."""
    if request.step is Step.DECIDED:
        advance(act, request, Action.CARRY_OUT, what, facts=facts)
        return
    if request.step not in AGAIN or request.is_refused:  # taken back meanwhile
        check(request, Action.CARRY_OUT)
    event = Event(at=act.at, by=act.actor, what=f"{what} again", step=request.step)
    merged = {**request.facts, **facts}
    store(act, replace(request, facts=merged, history=(*request.history, event)))


def finished(
    desk: Desk,
    act: Act,
    request: Request,
    facts: Mapping[str, object],
    what: str,
    names: Sequence[str],
    changed: tuple[str, ...] = (),
) -> Request:
    """Move a request on after the data were changed; whoever has them too is to be told.

    Args:
        names: the datasets concerned.
        changed: the dataset versions that were made.
    """
    rows = told_by(desk, act.connection, request, names)
    act.facts["recipients"] = len(rows)
    return advance(
        act,
        request,
        Action.CARRY_OUT,
        what,
        facts=facts,
        changed=(*request.changed, *changed),
        recipients=len(rows),
        told_recipients=sum(row.is_settled for row in rows),
    )


def told_by(
    desk: Desk,
    connection: Connection,
    request: Request,
    names: Sequence[str] = (),
    told: Mapping[str, str] | None = None,
) -> tuple[ToTell, ...]:
    """Who has the data too, each with whether they were told.

    Args:
        told: marks; None: those of the request.
    """
    register = register_in(desk, connection, desk.clock())
    concerned = gathering.concerned(connection, request, names)
    return to_tell(register, concerned, marks(request) if told is None else told)


def marks(request: Request) -> dict[str, str]:
    """Who was told, by id."""
    told = request.facts.get(TOLD)
    return {str(k): str(v) for k, v in told.items()} if isinstance(told, Mapping) else {}
