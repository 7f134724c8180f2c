"""Who a request was about does not stay readable for ever: its key goes when the time is over.

The clock begins with the answer, or when the request was taken back, and not before an appeal was
answered. An erasure's key goes with closing it already; this is for all else, and for what nobody
closed.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from sqlalchemy import Connection

from compliance.errors import RequestInputError
from compliance.rights.nouns import Event, Request
from compliance.rights.requests import ended_on, sealed
from compliance.workspace import company
from compliance.workspace.desk import Act, Desk
from compliance.workspace.governing.registers import organisation_in
from compliance.workspace.guarding import guarded
from compliance.workspace.requesting import sealing
from compliance.workspace.standing import REQUESTS, key_destroyed

_TOLD = "it cannot be read any more who it was about: the time for keeping it is over"


@guarded
class Sweeping:
    """For how long it stays readable who a request was about."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def days(self) -> int:
        """Days after the answer: as the organisation set them, or the desk's own."""
        with self._desk.database.reading() as connection:
            return _days(connection)

    def set_days(self, days: int) -> None:
        """Let it be so many days; what is over by that goes at the next sweep.

        Raises:
            RequestInputError: it is shorter or longer than can be.
        """
        allowed = sealed()
        if not allowed.least <= days <= allowed.most:
            problem = f"is {allowed.least:,} to {allowed.most:,} days"
            raise RequestInputError(field="The time for keeping who asked", problem=problem)
        with self._desk.database.reading() as connection:
            said = organisation_in(connection)
        company.describe(self._desk, replace(said, sealed_days=days))

    def until(self, request: Request) -> date | None:
        """The last day on which it can be read who a request was about; None: no clock runs."""
        ended = ended_on(request)
        if ended is None or not sealing.is_sealed(self._desk, request.id):
            return None
        return ended + timedelta(days=self.days())

    def sweep(self) -> tuple[str, ...]:
        """Destroy the keys of requests whose time is over; which these were."""
        return sweep(self._desk)


def sweep(desk: Desk) -> tuple[str, ...]:
    """See `Sweeping.sweep`; nothing is on record where nothing is due."""
    with desk.database.reading() as connection:
        if not _due(desk, connection, desk.clock().date()):
            return ()
    with desk.act("request.sweep", "requests") as act:
        due = _due(desk, act.connection, act.at.date())
        for request in due:
            REQUESTS.store(act, _noted(act, request))
            key_destroyed(act, request.id)
            # Before it is on record, so that no crash leaves the key behind.
            sealing.destroy(desk, request.id)
        act.facts |= {"destroyed": len(due), "days": _days(act.connection)}
    return tuple(one.id for one in due)


def _due(desk: Desk, connection: Connection, today: date) -> list[Request]:
    readable = set(sealing.readable(desk))
    if not readable:
        return []
    last = today - timedelta(days=_days(connection))
    return [
        one
        for one in REQUESTS.every(connection)
        if one.id in readable and (ended := ended_on(one)) is not None and ended < last
    ]


def _noted(act: Act, request: Request) -> Request:
    """The request with that in its history; its step stays."""
    event = Event(at=act.at, by=act.actor, what=_TOLD, step=request.step)
    return replace(request, history=(*request.history, event))


def _days(connection: Connection) -> int:
    said = organisation_in(connection).sealed_days
    return sealed().days if said is None else said
