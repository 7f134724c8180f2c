"""What may be done with a request where it stands; no step is skipped and none is taken back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from compliance.errors import RequestStepError
from compliance.i18n import mark
from compliance.rights.nouns import Event, Outcome, Rejection, Request, Right, Step
from compliance.rights.requests.laws import Provision, provision_of


class Action(StrEnum):
    """What can be done with a request; the value reads well after “cannot be”."""

    CONFIRM = "confirmed"
    ASK_IDENTITY = mark("asked for proof of identity")
    REJECT_PROOF = mark("given a rejected proof")
    IDENTIFY = "identified"
    EXTEND = "extended"
    PAUSE = "paused"
    RESUME = "resumed"
    SEARCH = "searched"
    DOUBT = mark("told what a doubtful match is")
    DECIDE = "decided"
    CARRY_OUT = mark("carried out")
    TELL = mark("marked as told to recipients")
    ANSWER = "answered"
    APPEAL = "appealed"
    ANSWER_APPEAL = mark("answered on appeal")
    WITHDRAW = "withdrawn"
    CLOSE = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One row of the table: from where an action is possible, and where it leads.

    Attributes:
        from_: the steps at which it is possible.
        to: the step that it leads to; None: it stays where it is.
    """

    from_: frozenset[Step]
    to: Step | None = None


_BEFORE = frozenset({Step.RECEIVED, Step.IDENTITY_ASKED})
_APPEALED, _HEARD = "appeal_received_at", "appeal_answered_at"
_OPEN = _BEFORE | {Step.IDENTIFIED, Step.SEARCHED, Step.DECIDED, Step.CARRIED_OUT}

MOVES: Mapping[Action, Move] = {
    Action.CONFIRM: Move(from_=_OPEN),
    Action.ASK_IDENTITY: Move(from_=_BEFORE, to=Step.IDENTITY_ASKED),
    Action.REJECT_PROOF: Move(from_=_BEFORE, to=Step.IDENTITY_ASKED),
    Action.IDENTIFY: Move(from_=_BEFORE, to=Step.IDENTIFIED),
    Action.EXTEND: Move(from_=_OPEN),
    Action.PAUSE: Move(from_=_OPEN),
    Action.RESUME: Move(from_=_OPEN),
    # Who has to prove nothing is searched for at once.
    Action.SEARCH: Move(
        from_=frozenset({Step.RECEIVED, Step.IDENTIFIED, Step.SEARCHED}), to=Step.SEARCHED
    ),
    # Data that came after the decision may hold somebody who may be the person.
    Action.DOUBT: Move(from_=frozenset({Step.SEARCHED, Step.DECIDED})),
    # Refusals may come before the search; fulfilling may not.
    Action.DECIDE: Move(from_=_BEFORE | {Step.IDENTIFIED, Step.SEARCHED}, to=Step.DECIDED),
    Action.CARRY_OUT: Move(from_=frozenset({Step.DECIDED}), to=Step.CARRIED_OUT),
    Action.TELL: Move(from_=frozenset({Step.CARRIED_OUT, Step.ANSWERED})),
    Action.ANSWER: Move(from_=frozenset({Step.DECIDED, Step.CARRIED_OUT}), to=Step.ANSWERED),
    Action.APPEAL: Move(from_=frozenset({Step.ANSWERED})),
    Action.ANSWER_APPEAL: Move(from_=frozenset({Step.ANSWERED})),
    Action.WITHDRAW: Move(
        from_=_BEFORE | {Step.IDENTIFIED, Step.SEARCHED, Step.DECIDED}, to=Step.WITHDRAWN
    ),
    Action.CLOSE: Move(from_=frozenset({Step.ANSWERED, Step.WITHDRAWN}), to=Step.CLOSED),
}


def moved(
    request: Request, action: Action, *, at: datetime, by: str, what: str, **changes: object
) -> Request:
    """`request` after `action`, with what happened in its history.

    Args:
        what: what happened, in words without values.
        changes: fields of the request that change with it; `facts` are added to those there are.

    Raises:
        RequestStepError: the action does not come next, or what it brings is not enough.
    """
    check(request, action)
    after: Request = replace(request, **_added(request, changes))  # type: ignore[arg-type]
    _refuse(request, action, _first(_AFTER, after, action))
    step = MOVES[action].to or request.step
    event = Event(at=at, by=by, what=what, step=step)
    return replace(after, step=step, history=(*request.history, event))


def check(request: Request, action: Action) -> None:
    """Refuse `action` where it does not come next.

    Raises:
        RequestStepError: with why.
    """
    _refuse(request, action, missing(request, action))


def possible(request: Request) -> tuple[Action, ...]:
    """What may be done now; what it brings is looked at when it is done."""
    return tuple(action for action in Action if not missing(request, action))


def next_action(request: Request) -> Action | None:
    """What comes next for the answer; None: nothing is left to do."""
    provision = provision_of(request.law, request.right)
    wanted = {
        Action.CONFIRM: bool(provision.confirmation) or provision.until == "confirmed",
        Action.IDENTIFY: not is_known(request),
        Action.SEARCH: provision.needs_search and request.step is not Step.SEARCHED,
        Action.DOUBT: bool(request.open_doubts)
        or (request.right is Right.ERASURE and bool(request.open_mentions)),
        Action.TELL: request.told_recipients < request.recipients,
    }
    usual = (
        *(Action.CONFIRM, Action.IDENTIFY, Action.SEARCH, Action.DOUBT, Action.DECIDE),
        *(Action.CARRY_OUT, Action.ANSWER, Action.TELL, Action.ANSWER_APPEAL, Action.CLOSE),
    )
    can = possible(request)
    return next((one for one in usual if one in can and wanted.get(one, True)), None)


def missing(request: Request, action: Action) -> str:
    """Why `action` cannot come now; empty: it can."""
    if request.step not in MOVES[action].from_:
        return f"it is {request.step.value}"
    return _first(_BEFOREHAND, request, action)


def _refuse(request: Request, action: Action, reason: str) -> None:
    if reason:
        raise RequestStepError(request=request.id, wanted=action.value, reason=reason)


def is_known(request: Request) -> bool:
    """Whether it is clear enough who asks."""
    provision = provision_of(request.law, request.right)
    return request.identity is not None or not provision.needs_identity


def is_forged(request: Request) -> bool:
    """Whether a forged proof of identity is on record."""
    return any(one.why is Rejection.FORGED for one in request.rejected)


def ended_on(request: Request) -> date | None:
    """The day since which nothing is owed any more; None: something still is."""
    if request.is_open or (_APPEALED in request.facts and _HEARD not in request.facts):
        return None
    heard = request.facts.get(_HEARD)
    days = [date.fromisoformat(str(heard))] if heard else []
    days += [request.answered_on] if request.answered_on else []
    taken_back = [event.at.date() for event in request.history if event.step is Step.WITHDRAWN]
    return max([*days, *taken_back[:1]], default=None)


def is_paused(request: Request) -> bool:
    return any(pause.until is None for pause in request.pauses)


def _added(request: Request, changes: Mapping[str, object]) -> dict[str, object]:
    facts = changes.get("facts")
    added = dict(changes)
    if isinstance(facts, Mapping):
        added["facts"] = {**request.facts, **facts}
    return added


def _provision(request: Request) -> Provision:
    return provision_of(request.law, request.right)


def _is_unproven(request: Request) -> bool:
    """Whether it was refused for want of proof of identity."""
    return (
        request.is_refused
        and request.decision is not None
        and request.decision.ground == _provision(request).unproven
    )


def _is_to_be_erased(request: Request) -> bool:
    return request.right is Right.ERASURE and not request.is_refused


def _lacks_search(request: Request) -> bool:
    return (
        not request.is_refused
        and _provision(request).needs_search
        and request.step is not Step.SEARCHED
    )


_Reasons = Mapping[Action, tuple[tuple[Callable[[Request], bool], str], ...]]

_NOBODY_PROVES = (
    (lambda r: not _provision(r).needs_identity, mark("the law lets nobody ask who sends it")),
)
# What stands against an action before anybody looks at what it brings.
_BEFOREHAND: _Reasons = {
    Action.CONFIRM: ((lambda r: r.confirmed_on is not None, mark("it was confirmed already")),),
    Action.ASK_IDENTITY: _NOBODY_PROVES,
    Action.REJECT_PROOF: _NOBODY_PROVES,
    Action.IDENTIFY: (
        (is_forged, mark("a forged proof is on record; refuse it, the person may ask anew")),
    ),
    Action.EXTEND: ((lambda r: r.extension is not None, mark("it was extended already")),),
    Action.PAUSE: ((is_paused, mark("it is paused already")),),
    Action.RESUME: ((lambda r: not is_paused(r), mark("it is not paused")),),
    Action.SEARCH: (
        (lambda r: not is_known(r), mark("it is not clear who asks; identify them first")),
    ),
    Action.DOUBT: (
        (lambda r: r.is_refused, mark("it was refused; answer it")),
        (
            lambda r: r.step is Step.SEARCHED and not (r.doubts or r.mentions),
            mark("no match or mention is doubtful"),
        ),
    ),
    Action.CARRY_OUT: ((lambda r: r.is_refused, mark("it was refused; answer it")),),
    Action.ANSWER: (
        (
            lambda r: r.step is Step.DECIDED and not r.is_refused,
            mark("it was decided to fulfil it, and that was not done yet"),
        ),
    ),
    Action.APPEAL: (
        (lambda r: not _provision(r).has_appeal, mark("the law knows no appeal to the controller")),
        (lambda r: _APPEALED in r.facts, mark("an appeal is on record already")),
        (
            lambda r: r.decision is None or r.decision.outcome is Outcome.FULFILLED,
            mark("nothing was refused"),
        ),
    ),
    Action.ANSWER_APPEAL: (
        (lambda r: _APPEALED not in r.facts, mark("nobody appealed")),
        (lambda r: _HEARD in r.facts, mark("the appeal was answered already")),
    ),
    Action.CLOSE: (
        (
            lambda r: _APPEALED in r.facts and _HEARD not in r.facts,
            mark("an appeal is not answered yet"),
        ),
    ),
}
# What stands against it once it is seen what it brings.
_AFTER: _Reasons = {
    Action.IDENTIFY: ((lambda r: r.identity is None, mark("nobody was identified")),),
    Action.DECIDE: (
        (lambda r: r.decision is None, mark("nothing was decided")),
        (
            lambda r: _is_unproven(r) and r.identity is not None,
            mark("the person was identified, so proof cannot be wanting"),
        ),
        (
            lambda r: not is_known(r) and not _is_unproven(r),
            mark("it is not clear who asks; only a refusal for want of proof is possible"),
        ),
        (_lacks_search, mark("nobody has searched yet")),
        (
            lambda r: bool(r.open_doubts) and not r.is_refused,
            mark("doubtful matches are open; decide them first"),
        ),
    ),
}


def _first(reasons: _Reasons, request: Request, action: Action) -> str:
    """The first reason against `action`; empty: there is none."""
    return next((why for holds, why in reasons.get(action, ()) if holds(request)), "")
