"""Requests coming in: one, many from a file, or a browser's signal."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from datetime import date, datetime, timedelta

from compliance.errors import RequestInputError, SignalError
from compliance.plain import one_line
from compliance.rights.nouns import Event, Identifier, Request, Right, Step
from compliance.rights.requests import (
    Draft,
    check_draft,
    check_unsaid,
    file_refusal,
    marks,
    provision_of,
    read_requests,
    signal_law,
)
from compliance.workspace.desk import Act, Desk
from compliance.workspace.governing.registering import laws_in_scope
from compliance.workspace.governing.registers import organisation_in, register_in
from compliance.workspace.requesting import sealing
from compliance.workspace.requesting.requested import every, store

_FIRST_ON_EARTH = timedelta(hours=14)  # a day is in the future when it has begun nowhere
_MONTHS_BACK = 12


def latest_day(at: datetime) -> date:
    """The latest day that has begun anywhere on earth."""
    return (at + _FIRST_ON_EARTH).date()


def open_one(desk: Desk, draft: Draft) -> Request:
    """Take in one request.

    Raises:
        RequestInputError: it cannot be so; nothing was recorded.
    """
    return _open(desk, (draft,), "request.open")[0]


def open_file(desk: Desk, text: str, name: str) -> tuple[Request, ...]:
    """Take in all requests of a file, or none.

    Raises:
        RequestFileError: with the number of every row that is wrong.
    """
    name = one_line(name)[:200]
    return _open(desk, read_requests(text, name), "request.import", name)


def open_signal(
    desk: Desk, identifiers: Sequence[Identifier], received_on: date, channel: str = "signal"
) -> Request:
    """Take in a browser's signal (Global Privacy Control) as an opt-out of sale or sharing.

    Raises:
        SignalError: it does not say whose browser it is; that it came is counted.
        RequestInputError: it cannot be so.
    """
    if not identifiers:
        with desk.act("request.signal", signal_law()) as act:
            act.facts |= {"matched": False}
        raise SignalError(
            reason="The signal does not say whose browser sent it, so nothing can be matched; that "
            "it came was counted. Keep honouring it for that browser, and give an identifier, "
            "such as an account’s e-mail address, where somebody is signed in."
        )
    draft = Draft(
        law=signal_law(),
        right=Right.OPT_OUT,
        received_on=received_on,
        channel=channel,
        country="US",
        identifiers=tuple(identifiers),
    )
    return open_one(desk, draft)


def _open(desk: Desk, drafts: Sequence[Draft], name: str, file: str = "") -> tuple[Request, ...]:
    with ExitStack() as undo:
        with desk.act(name, file or drafts[0].law) as act:
            before = {one.id: one for one in every(act.connection)}
            sealing.sweep(desk, before)
            known = sealing.marks(desk)
            _check_all(desk, act, drafts, file)
            home = organisation_in(act.connection).country
            opened = []
            for draft in drafts:
                number = f"R{len(before) + 1:05d}"
                by = marks(draft.identifiers, desk.key)
                past = [before[id_] for mark in by for id_ in known.get(mark, ()) if id_ in before]
                request = _request(draft, number, home, _earlier(draft, past), act)
                undo.callback(sealing.destroy, desk, number)
                sealing.seal(desk, number, draft.identifiers)
                sealing.mark(desk, number, by)
                store(act, request)
                before[number] = request
                for mark in by:
                    known.setdefault(mark, set()).add(number)
                opened.append(request)
            act.facts |= _told(opened)
        undo.pop_all()  # they came to be, so what was sealed for them stays
    return tuple(opened)


def _told(opened: Sequence[Request]) -> dict[str, object]:
    facts: dict[str, object] = {
        "opened": len(opened),
        "again": sum(bool(one.same_as) for one in opened),
    }
    if len(opened) == 1:
        one = opened[0]
        facts |= {"request": one.id, "law": one.law, "right": one.right.value}
        facts |= {"channel": one.channel, "received_on": one.received_on.isoformat()}
    return facts


def _check_all(desk: Desk, act: Act, drafts: Sequence[Draft], file: str) -> None:
    laws = laws_in_scope(register_in(desk, act.connection, act.at))
    problems = []
    for draft in drafts:
        try:
            check_draft(draft, laws, latest_day(act.at))
            check_unsaid("The purpose", draft.purpose, draft.identifiers)
            check_unsaid("The name of the file", file, draft.identifiers)
        except RequestInputError as wrong:
            if not file:
                raise
            said = str(wrong).removesuffix(".")
            problems.append(f"{draft.place}: {said[:1].lower()}{said[1:]}")
    if problems:
        raise file_refusal(file, problems)


def _request(draft: Draft, number: str, home: str, earlier: Sequence[Request], act: Act) -> Request:
    same = next((one for one in reversed(earlier) if one.right is draft.right), None)
    what = f"came in by {draft.channel}"
    if same:
        what += f"; the same person asked for the same before, see {same.id}"
    return Request(
        id=number,
        law=draft.law,
        right=draft.right,
        received_on=draft.received_on,
        channel=draft.channel,
        country=draft.country or home,
        purpose=draft.purpose.strip(),
        same_as=same.id if same else "",
        facts={"prior_requests_12m": len(earlier)},
        history=(Event(at=act.at, by=act.actor, what=what, step=Step.RECEIVED),),
    )


def _earlier(draft: Draft, found: Sequence[Request]) -> list[Request]:
    """The requests of the same person for the same right in the twelve months before."""
    from dateutil.relativedelta import relativedelta

    since = draft.received_on - relativedelta(months=_MONTHS_BACK)
    named = provision_of(draft.law, draft.right).name
    return sorted(
        {
            one.id: one
            for one in found
            if since <= one.received_on <= draft.received_on
            and one.law == draft.law
            and (one.right is draft.right or (named and _name(one) == named))
        }.values(),
        key=lambda one: (one.received_on, one.id),
    )


def _name(request: Request) -> str:
    return provision_of(request.law, request.right).name
