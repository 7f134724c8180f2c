"""What may be done with a request where it stands; no step is skipped and none is taken back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from compliance.errors import RequestStepError
from compliance.rights.nouns import Event, Outcome, Rejection, Request, Right, Step
from compliance.rights.requests.laws import Provision, provision_of


class Action(StrEnum):
    """What can be done with a request; the value reads well after “cannot be”."""

    CONFIRM = "confirmed"
    ASK_IDENTITY = "asked for proof of identity"
    REJECT_PROOF = "given a rejected proof"
    IDENTIFY = "identified"
    EXTEND = "extended"
    PAUSE = "paused"
    RESUME = "resumed"
    SEARCH = "searched"
    DOUBT = "told what a doubtful match is"
    DECIDE = "decided"
    CARRY_OUT = "carried out"
    TELL = "marked as told to recipients"
    ANSWER = "answered"
    APPEAL = "appealed"
    ANSWER_APPEAL = "answered on appeal"
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
_OPEN = _BEFORE | {Step.IDENTIFIED, Step.SEARCHED, Step.DECIDED, Step.CARRIED_OUT}

MOVES: Mapping[Action, Move] = {
    Action.CONFIRM: Move(from_=_OPEN),
    Action.ASK_IDENTITY: Move(from_=_BEFORE, to=Step.IDENTITY_ASKED),
    Action.REJECT_PROOF: Move(from_=_BEFORE, to=Step.IDENTITY_ASKED),
    Action.IDENTIFY: Move(from_=_BEFORE, to=Step.IDENTIFIED),
    Action.EXTEND: Move(from_=_OPEN),
    Action.PAUSE: Move(from_=_OPEN),
    Action.RESUME: Move(from_=_OPEN),
    # Who needs no identity is searched for at once; see `_missing`.
    Action.SEARCH: Move(
        from_=frozenset({Step.RECEIVED, Step.IDENTIFIED, Step.SEARCHED}), to=Step.SEARCHED
    ),
    Action.DOUBT: Move(from_=frozenset({Step.SEARCHED})),
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
        RequestStepError: the action does not come next.
    """
    asked: Request = replace(request, **_added(request, changes))  # type: ignore[arg-type]
    check(asked, action)
    step = MOVES[action].to or request.step
    event = Event(at=at, by=by, what=what, step=step)
    return replace(asked, step=step, history=(*request.history, event))


def check(request: Request, action: Action) -> None:
    """Refuse `action` where it does not come next; what it changes stands in `request` already.

    Raises:
        RequestStepError: with why.
    """
    reason = missing(request, action)
    if reason:
        raise RequestStepError(request=request.id, wanted=action.value, reason=reason)


def possible(request: Request) -> tuple[Action, ...]:
    """What may be done now, as far as the step says; the choices made there are checked then."""
    return tuple(action for action in Action if not missing(request, action, is_asking=True))


def missing(request: Request, action: Action, *, is_asking: bool = False) -> str:
    """Why `action` cannot come now; empty: it can.

    Args:
        is_asking: what the action would bring (a decision, an identity) is not there yet.
    """
    if request.step not in MOVES[action].from_:
        return f"it is {request.step.value}"
    return _missing(request, action, provision_of(request.law, request.right), is_asking)


def _missing(request: Request, action: Action, provision: Provision, is_asking: bool) -> str:  # noqa: FBT001
    """What the step does not tell."""
    is_known = request.identity is not None or not provision.needs_identity
    match action:
        case Action.ASK_IDENTITY | Action.REJECT_PROOF if not provision.needs_identity:
            return "the law lets nobody ask who sends it"
        case Action.IDENTIFY if is_forged(request):
            return "a forged proof is on record; refuse it, or let the person ask anew"
        case Action.IDENTIFY if not is_asking and request.identity is None:
            return "nobody was identified"
        case Action.SEARCH if not is_known:
            return "it is not clear who asks; identify the person first"
        case Action.DOUBT if is_asking and not request.doubts:
            return "no match is doubtful"
        case Action.DECIDE:
            return _not_to_decide(request, provision, is_known, is_asking)
        case Action.CARRY_OUT if request.is_refused:
            return "it was refused; answer it"
        case Action.ANSWER if request.step is Step.DECIDED and not request.is_refused:
            return "it was not carried out yet"
        case Action.RESUME if is_asking and not is_paused(request):
            return "it is not paused"
        case Action.EXTEND if is_asking and request.extension is not None:
            return "it was extended already"
        case Action.PAUSE if is_asking and is_paused(request):
            return "it is paused already"
        case Action.CONFIRM if is_asking and request.confirmed_on is not None:
            return "it was confirmed already"
        case Action.APPEAL if is_asking and "appeal_received_at" in request.facts:
            return "an appeal is on record already"
        case Action.APPEAL if not provision.has_appeal:
            return "the law knows no appeal to the controller"
        case Action.APPEAL if request.decision and request.decision.outcome is Outcome.FULFILLED:
            return "nothing was refused"
        case Action.ANSWER_APPEAL if "appeal_received_at" not in request.facts:
            return "nobody appealed"
        case Action.ANSWER_APPEAL if is_asking and "appeal_answered_at" in request.facts:
            return "the appeal was answered already"
        case Action.CLOSE if has_open_appeal(request):
            return "an appeal is not answered yet"
    return ""


def _not_to_decide(
    request: Request,
    provision: Provision,
    is_known: bool,  # noqa: FBT001
    is_asking: bool,  # noqa: FBT001
) -> str:
    decision = request.decision
    if is_asking:
        return ""  # a refusal is always possible
    if decision is None:
        return "nothing was decided"
    refused = decision.outcome is Outcome.REFUSED
    unproven = provision.unproven
    if refused and decision.ground == unproven:
        return "the person was identified" if request.identity is not None else ""
    if not is_known:
        return "it is not clear who asks; only a refusal for want of proof is possible"
    if refused:
        return ""
    if provision.needs_search and request.step is not Step.SEARCHED:
        return "nobody has searched yet"
    if request.open_doubts:
        return "doubtful matches are open; decide them first"
    return ""


def is_forged(request: Request) -> bool:
    """Whether a forged proof of identity is on record."""
    return any(one.why is Rejection.FORGED for one in request.rejected)


def is_paused(request: Request) -> bool:
    return any(pause.until is None for pause in request.pauses)


def has_open_appeal(request: Request) -> bool:
    return "appeal_received_at" in request.facts and "appeal_answered_at" not in request.facts


def needs_sealed(request: Request) -> bool:
    """Whether it is still needed to know who it is about."""
    return request.step is not Step.CLOSED or request.right is not Right.ERASURE


def _added(request: Request, changes: Mapping[str, object]) -> dict[str, object]:
    facts = changes.get("facts")
    added = dict(changes)
    if isinstance(facts, Mapping):
        added["facts"] = {**request.facts, **facts}
    return added
