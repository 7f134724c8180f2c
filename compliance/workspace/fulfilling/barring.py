"""Restriction, objection, opt-out: rows kept out of uses from now on, and their end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import date

from sqlalchemy import Connection

from compliance.errors import FulfilmentError
from compliance.i18n import mark
from compliance.register import kind_of
from compliance.rights.fulfilling import is_marketing
from compliance.rights.nouns import Barrier, Event, Identifier, IdentifierKind, Request, Right
from compliance.rights.requests import provision_of
from compliance.workspace.desk import Act, Desk
from compliance.workspace.fulfilling import gathering
from compliance.workspace.fulfilling.steps import check_settled, finished, of_right
from compliance.workspace.requesting.requested import check_may_carry_out, one, store
from compliance.workspace.requesting.step import counted
from compliance.workspace.restricting import versions as restricting
from compliance.workspace.usage import usable
from compliance.workspace.usage.rules import on_record

MARKETING = "direct_marketing"
_BARRIERS = {
    Right.RESTRICTION: Barrier.RESTRICTED,
    Right.OBJECTION: Barrier.OBJECTED,
    Right.OPT_OUT: Barrier.OPTED_OUT,
}
_REACHING = (IdentifierKind.EMAIL, IdentifierKind.PHONE)
_ACTS = {Right.RESTRICTION: "restrict", Right.OBJECTION: "object", Right.OPT_OUT: "opt_out"}


def restrict(desk: Desk, id_: str) -> Request:
    """Move the person's rows out of the newest versions; they are only stored from then on."""
    return _bar(desk, id_, Right.RESTRICTION, {"restriction_flag_set": True}, ())


def object_to(desk: Desk, id_: str, purpose_type: str) -> Request:
    """Stop using the person's rows for what was objected to."""
    with desk.database.reading() as connection:
        purpose = purpose_type or of_right(connection, id_, (Right.OBJECTION,)).purpose
        named = on_record(connection)
    field = kind_of("request").field("purpose_type")
    known = field.choices if field else {}
    if purpose_type and purpose_type not in known:
        raise FulfilmentError(request=id_, reason=f"kinds of purpose are: {', '.join(known)}")
    said = purpose.strip().casefold()
    purpose = {label.casefold(): kind for kind, label in known.items()}.get(said, purpose)
    if is_marketing(purpose):
        purpose = MARKETING
    if purpose and purpose not in known and said not in named:  # it would keep nothing out
        reason = (
            "what was objected to is no purpose on record; say with --purpose which kind is meant, "
            f"one of: {', '.join(known)}"
        )
        raise FulfilmentError(request=id_, reason=reason)
    facts: dict[str, object] = {"processing_stopped_or_grounds": True}
    if purpose in known:
        facts["purpose_type"] = purpose
    if purpose == MARKETING:
        facts |= {
            "purpose_type": MARKETING,
            "marketing_suppressed": True,
            "marketing_events_after": 0,
        }
    return _bar(desk, id_, Right.OBJECTION, facts, (purpose,) if purpose else ())


def opt_out(desk: Desk, id_: str, effective_on: date | None) -> Request:
    """Keep the person's rows out of sale, sharing and whatever else hands them on."""
    with desk.database.reading() as connection:
        request = of_right(connection, id_, (Right.OPT_OUT,))
    latest = max(desk.clock().date(), request.received_on)  # it may have come from further east
    day = effective_on or latest
    if not request.received_on <= day <= latest:
        reason = "the day on which it took effect lies before the receipt or in the future"
        raise FulfilmentError(request=id_, reason=reason)
    facts = {"effective_at": day.isoformat(), "sharing_events_after_effective": 0}
    return _bar(desk, id_, Right.OPT_OUT, facts, ())  # of all of it: no law asks for a purpose


def lift(desk: Desk, id_: str, told_on: date) -> Request:
    """End what stands because of a request; the person was told before."""
    with ExitStack() as undo:
        with desk.act("request.lift", id_) as act:
            after = _lifted(desk, act, undo, id_, told_on)
        undo.pop_all()
    return after


def _lifted(desk: Desk, act: Act, undo: ExitStack, id_: str, told_on: date) -> Request:
    request = one(act.connection, id_)
    wishes = [w for w in usable.wishes(act.connection) if w.request == id_]
    if not wishes:
        raise FulfilmentError(request=id_, reason="nothing stands because of it")
    since = max(wish.since.date() for wish in wishes)
    if not since <= told_on <= act.at.date():
        reason = (
            "the person has to be told before it ends, on a day between its beginning and today"
        )
        raise FulfilmentError(request=id_, reason=reason)
    ended = usable.lift(act, id_)
    moved = restricting.moved(desk, act, undo, ended)
    versions = moved.versions
    act.facts |= {
        "lifted": len(ended),
        "told_on": told_on.isoformat(),
        "made": list(versions),
    }
    what = mark("lifted; the person was told on {day}").format(day=told_on.isoformat())
    what += _made(versions)
    if moved.stuck:
        names = ", ".join(moved.stuck)
        what += f"; rows stay apart of what was made into something else: {names}"
    event = Event(at=act.at, by=act.actor, what=what, step=request.step)
    after = replace(
        request,
        facts={**request.facts, "lift_notice_before_lift": True},
        changed=(*request.changed, *versions),
        history=(*request.history, event),
    )
    store(act, after)
    return after


def _made(versions: Sequence[str]) -> str:
    return "; " + mark("made {versions}").format(versions=", ".join(versions)) if versions else ""


def _bar(
    desk: Desk, id_: str, right: Right, facts: Mapping[str, object], purposes: Sequence[str]
) -> Request:
    with desk.database.reading() as connection:
        request = of_right(connection, id_, (right,))
        check_may_carry_out(connection, request, desk.clock().date())
        case = gathering.case_of(desk, connection, request)
        if right is not Right.OPT_OUT or not _reaches(case):
            check_settled(request, case)  # an opt-out is due at once, for all that is certain
        people = _people(desk, connection, case)
    if not people:
        reason = "nothing that the person is known by can be kept as a hash"
        raise FulfilmentError(request=id_, reason=reason)
    if provision_of(request.law, right).until == "carried out":
        day = max(desk.clock().date(), request.received_on)
        facts = {"effective_at": day.isoformat(), **facts}
    names, barrier = gathering.names_of(case), _BARRIERS[right]
    found = [(stored.dataset, case.rows(stored.dataset.id)) for stored in case.newest]
    rows = sum(len(own) for _, own in found)
    with ExitStack() as undo:
        with desk.act(f"request.{_ACTS[right]}", id_) as act:
            now = one(act.connection, id_)
            every = restricting.reached(desk, act, people, found)
            usable.bar(act, id_, every, barrier, purposes)
            made: tuple[str, ...] = ()
            if barrier is Barrier.RESTRICTED:
                made = restricting.moved(desk, act, undo).versions
                act.facts["made"] = list(made)
            act.facts |= {"barrier": barrier.value, "rows": rows, "datasets": len(names)}
            left = mark("{rows} of {sets} is left out: {why}")
            if rows != 1:
                left = mark("{rows} of {sets} are left out: {why}")
            sets = counted(len(names), "dataset")
            what = left.format(rows=counted(rows, "row"), sets=sets, why=barrier.value)
            done = finished(desk, act, now, facts, what + _made(made), names, changed=made)
        undo.pop_all()
    return done


def _reaches(case: gathering.Case) -> bool:
    """Whether rows are kept out by something that is certain."""
    named = any(one.kind in _REACHING for one in case.identifiers)
    return named or bool(gathering.keys_of(case))


def _people(desk: Desk, connection: Connection, case: gathering.Case) -> tuple[str, ...]:
    """Keyed hashes of what the request names, and of what the datasets call the person.

    A person key counts among the people where it was found: the same number is somebody else's
    elsewhere.
    """
    named = [one for one in case.identifiers if one.kind is not IdentifierKind.PERSON_KEY]
    found = dict.fromkeys(usable.people_of(desk, connection, named))
    by: dict[str, list[Identifier]] = {}
    for population, identifier in gathering.keys_of(case):
        by.setdefault(population, []).append(identifier)
    for population, known in by.items():
        found |= dict.fromkeys(usable.people_of(desk, connection, known, (population,)))
    return tuple(found)
