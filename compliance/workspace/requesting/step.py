"""One step of a request in progress: what it may say, and what the law does not let."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from compliance.errors import RequestInputError
from compliance.rights.nouns import IdentityLevel, Outcome, Request, Right
from compliance.rights.requests import LEVELS, Action, Provision, check_text, check_unsaid
from compliance.rules.clocks import due
from compliance.rules.nouns import Deadline, Due, Pause
from compliance.workspace.data import datasets
from compliance.workspace.desk import Act, Desk
from compliance.workspace.governing import packs
from compliance.workspace.requesting import sealing
from compliance.workspace.requesting.clocks import deadline_for
from compliance.workspace.requesting.intake import latest_day
from compliance.workspace.requesting.requested import advance, held_by


@dataclass(slots=True, kw_only=True)
class Stepping:
    """A step in progress.

    Attributes:
        desk, act: where it happens.
        request: as it stood before.
        provision: what the law says of it.
    """

    desk: Desk
    act: Act
    request: Request
    provision: Provision

    def text(self, name: str, said: str, *, is_needed: bool = True) -> str:
        """What was typed, unless it is missing or says who the person is."""
        plain = check_text(name, said, is_needed=is_needed)
        is_open = sealing.is_sealed(self.desk, self.request.id)
        who = sealing.unseal(self.desk, self.request.id) if is_open and plain else ()
        return check_unsaid(name, plain, who)

    def day(self, name: str, given: date | None, after: date | None = None) -> date:
        """The day, or today; not before the request came in, and not in the future.

        Args:
            after: what it answers came on that day.
        """
        first = max(self.request.received_on, after or self.request.received_on)
        day = given or self.act.at.date()
        if given is not None and day > latest_day(self.act.at):
            raise RequestInputError(field=name, problem="lies in the future")
        if given is not None and day < self.request.received_on:
            raise RequestInputError(field=name, problem="lies before the day of receipt")
        if given is not None and day < first:
            raise RequestInputError(field=name, problem=f"lies before {first.isoformat()}")
        return max(day, first)

    @property
    def law(self) -> str:
        """The law as people call it."""
        return packs.in_force(self.act.connection).law_name(self.request.law)

    def deadline(self) -> Deadline | None:
        """How the clock of the answer is set."""
        return deadline_for(self.request, packs.in_force(self.act.connection))

    def lets_pause(self, reason: str) -> bool:
        """Whether the law lets the clock stand still for `reason`."""
        deadline = self.deadline()
        return deadline is not None and reason in deadline.pause

    def last_day(self) -> date | None:
        """The last day for the answer as it stands; None: no clock runs."""
        deadline = self.deadline()
        return None if deadline is None else _due(self, deadline).effective.date()

    def advance(self, action: Action, what: str, **changes: object) -> Request:
        self.request = advance(self.act, self.request, action, what, **changes)
        return self.request


def check_level(request: Request, provision: Provision, level: IdentityLevel) -> None:
    """Refuse a level that is not enough, or that was lowered after a proof was not taken."""
    if not provision.is_enough(level) or level is IdentityLevel.NONE:
        problem = f"is not enough; for this right it has to be at least: {provision.level.value}"
        raise RequestInputError(field="The level of identity", problem=problem)
    asked = max((LEVELS.index(one.level) for one in request.rejected), default=0)
    if LEVELS.index(level) < asked:
        problem = (
            f"was lowered after a proof was not taken; it has to be at least: {LEVELS[asked].value}"
        )
        raise RequestInputError(field="The level of identity", problem=problem)


def check_ground(step: Stepping, outcome: Outcome, ground: str) -> None:
    """Refuse a ground that the law does not know for this right."""
    request, provision = step.request, step.provision
    refused = outcome is Outcome.REFUSED
    partly = outcome is Outcome.PARTLY_REFUSED
    known: dict[str, object] = dict(provision.refusals) if refused or partly else {}
    if not refused:
        known |= provision.grounds
    needs = refused or (partly and request.right is not Right.ERASURE)
    if not (needs or provision.grounds) and not ground:
        return
    if ground not in known:
        said = ", ".join(known) or "none"
        problem = f"is needed, and {step.law} knows for this: {said}"
        raise RequestInputError(field="A ground", problem=problem)


def check_kept(step: Stepping, outcome: Outcome, kept: Mapping[str, str]) -> None:
    """Refuse to keep rows without an exception of the law, or to call that all of it."""
    for name, exception in kept.items():
        datasets.find(step.act.connection, name)
        if exception not in step.provision.exceptions:
            known = ", ".join(step.provision.exceptions) or "none"
            problem = f"are kept only for an exception of {step.law}: {known}"
            raise RequestInputError(field=f"Rows of {name}", problem=problem)
    if kept and outcome is Outcome.FULFILLED:
        problem = "keeps rows, so it is refused in part; the person has to be told"
        raise RequestInputError(field="The decision", problem=problem)
    if outcome is Outcome.REFUSED:
        return
    held = held_by(step.act.connection, step.request, step.act.at.date())
    if open_ := sorted(held.keys() - kept.keys()):
        problem = (
            f"are kept by legal hold {held[open_[0]].id}; decide to keep them for an exception, "
            "or have the hold lifted first"
        )
        raise RequestInputError(field=f"Rows of {', '.join(open_)}", problem=problem)


def notify_by(step: Stepping, deadline: Deadline) -> date:
    """The last day on which the person can be told that it takes longer."""
    found = _due(step, deadline)
    return (found.notify_by or found.base).date()


def _due(step: Stepping, deadline: Deadline) -> Due:
    request = step.request
    return due(
        deadline,
        request.received_on,
        step.act.at,
        country=request.country,
        is_extended=request.extension is not None,
        pauses=request.pauses,
    )


def resumed(request: Request, day: date, reason: str = "") -> tuple[Pause, ...]:
    """The pauses, with those ended that still stand (for `reason`, where one is named)."""
    return tuple(
        replace(one, until=max(day, one.since))
        if one.until is None and reason in ("", one.reason)
        else one
        for one in request.pauses
    )


def counted(count: int, noun: str, nouns: str = "") -> str:
    """So many of something, in words for the history."""
    return f"{count:,} {noun if count == 1 else nouns or noun + 's'}"
