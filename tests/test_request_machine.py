"""What may be done with a request where it stands: no step is skipped and none is taken back."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.errors import RequestStepError, RightsError
from compliance.rights.nouns import (
    Decision,
    Identity,
    IdentityLevel,
    Outcome,
    Rejected,
    Rejection,
    Request,
    Right,
    Step,
)
from compliance.rights.requests import (
    MOVES,
    Action,
    moved,
    next_action,
    possible,
    provision_of,
    provisions,
)
from compliance.rules.nouns import Pause

AT = datetime(2026, 11, 26, 9, tzinfo=UTC)
ORDER = (*(s for s in Step if s is not Step.CLOSED), Step.CLOSED)
EVERY_RIGHT = [(law, right) for law, found in provisions().items() for right in found]


def request(right: Right = Right.ERASURE, law: str = "EU_GDPR", **changes: object) -> Request:
    blank = Request(
        id="R00001",
        law=law,
        right=right,
        received_on=date(2026, 11, 20),
        channel="form",
        country="DE",
    )
    return replace(blank, **changes)  # type: ignore[arg-type]


IDENTITY = Identity(level=IdentityLevel.DOCUMENT, checked="name compared", by="Ada", at=AT)


def decided(outcome: Outcome, ground: str = "") -> Decision:
    return Decision(outcome=outcome, ground=ground, reason="", by="Ada", at=AT)


def brought(action: Action, found: Request, *, refuses: bool, unproven: bool) -> dict[str, object]:
    """What an action brings along."""
    ground = provision_of(found.law, found.right).unproven if unproven else "excessive"
    outcome = Outcome.REFUSED if refuses else Outcome.FULFILLED
    forged = Rejected(level=IdentityLevel.DOCUMENT, why=Rejection.FORGED, by="Ada", at=AT)
    changes: dict[Action, dict[str, object]] = {
        Action.CONFIRM: {"confirmed_on": AT.date()},
        Action.IDENTIFY: {"identity": IDENTITY},
        Action.REJECT_PROOF: {"rejected": (*found.rejected, forged)},
        Action.SEARCH: {"searched_on": AT.date(), "doubts": {"d:1": None if unproven else True}},
        Action.DOUBT: {"doubts": {"d:1": True}},
        Action.DECIDE: {"decision": decided(outcome, ground if refuses else "")},
        Action.ANSWER: {"answered_on": AT.date()},
        Action.PAUSE: {"pauses": (Pause(since=AT.date(), until=None, reason="x"),)},
        Action.RESUME: {"pauses": (Pause(since=AT.date(), until=AT.date(), reason="x"),)},
        Action.APPEAL: {"facts": {"appeal_received_at": "2026-11-26"}},
        Action.ANSWER_APPEAL: {"facts": {"appeal_answered_at": "2026-11-26"}},
    }
    return changes.get(action, {})


@pytest.mark.parametrize("action", Action)
@pytest.mark.parametrize("step", Step)
def test_an_action_at_a_step_that_it_does_not_follow_is_refused(step: Step, action: Action) -> None:
    before = request(step=step)
    brings = brought(action, before, refuses=False, unproven=False)

    if step in MOVES[action].from_:
        return
    with pytest.raises(RequestStepError, match=rf"R00001 cannot be {action.value} now"):
        moved(before, action, at=AT, by="Ada", what="tried", **brings)


@pytest.mark.parametrize("action", Action)
@pytest.mark.parametrize("step", Step)
def test_what_is_said_to_be_possible_is_what_is_not_refused(step: Step, action: Action) -> None:
    before = request(step=step, identity=IDENTITY if step is not Step.RECEIVED else None)

    brings = brought(action, before, refuses=False, unproven=False)
    try:
        moved(before, action, at=AT, by="Ada", what="tried", **brings)
    except RequestStepError:
        is_done = False
    else:
        is_done = True

    assert not is_done or action in possible(before)


@pytest.mark.parametrize("step", [Step.CLOSED])
def test_nothing_can_be_done_with_what_is_closed(step: Step) -> None:
    assert possible(request(step=step)) == ()
    assert next_action(request(step=step)) is None


acts = st.lists(
    st.tuples(st.sampled_from(Action), st.booleans(), st.booleans()), min_size=1, max_size=25
)


@given(st.sampled_from(EVERY_RIGHT), acts)
def test_no_sequence_of_actions_skips_a_step(
    about: tuple[str, Right], tried: list[tuple[Action, bool, bool]]
) -> None:
    """Answered needs an identity, except where a refusal says that proof was wanting."""
    law, right = about
    provision = provision_of(law, right)
    found = request(right, law)
    seen = [found.step]
    for action, refuses, unproven in tried:
        brings = brought(action, found, refuses=refuses, unproven=unproven)
        try:
            after = moved(found, action, at=AT, by="Ada", what="did it", **brings)
        except RightsError:
            continue
        assert ORDER.index(after.step) >= ORDER.index(found.step)
        assert after.history[:-1] == found.history
        found = after
        seen.append(found.step)

    if Step.ANSWERED in seen:
        decision = found.decision
        assert decision is not None
        is_unproven = found.is_refused and decision.ground == provision.unproven
        assert found.identity is not None or not provision.needs_identity or is_unproven
        assert found.is_refused or Step.CARRIED_OUT in seen
        assert found.is_refused or not provision.needs_search or Step.SEARCHED in seen
    if Step.CLOSED in seen:
        assert Step.ANSWERED in seen or Step.WITHDRAWN in seen


@given(st.sampled_from(EVERY_RIGHT))
def test_what_comes_next_leads_to_an_answer(about: tuple[str, Right]) -> None:
    law, right = about
    found = request(right, law)
    for _ in range(12):
        action = next_action(found)
        if action is None:
            break
        brings = brought(action, found, refuses=False, unproven=False)
        found = moved(found, action, at=AT, by="Ada", what="did it", **brings)

    assert found.step is Step.CLOSED
    assert found.answered_on is not None


def test_a_forged_proof_leaves_only_a_refusal() -> None:
    asked = request()
    brings = brought(Action.REJECT_PROOF, asked, refuses=True, unproven=True)
    forged = moved(asked, Action.REJECT_PROOF, at=AT, by="Ada", what="forged", **brings)

    with pytest.raises(RequestStepError, match="a forged proof is on record"):
        moved(forged, Action.IDENTIFY, at=AT, by="Ada", what="again", identity=IDENTITY)
    with pytest.raises(RequestStepError, match="only a refusal for want of proof"):
        moved(
            forged,
            Action.DECIDE,
            at=AT,
            by="Ada",
            what="fulfil",
            decision=decided(Outcome.REFUSED, "unfounded"),
        )
    refused = moved(
        forged,
        Action.DECIDE,
        at=AT,
        by="Ada",
        what="refuse",
        decision=decided(Outcome.REFUSED, "identity_unproven"),
    )
    assert next_action(refused) is Action.ANSWER


def test_open_doubts_have_to_be_decided_before_it_is_fulfilled() -> None:
    searched = request(step=Step.SEARCHED, identity=IDENTITY, doubts={"d:1": None})

    with pytest.raises(RequestStepError, match="doubtful matches are open"):
        moved(
            searched,
            Action.DECIDE,
            at=AT,
            by="Ada",
            what="fulfil",
            decision=decided(Outcome.FULFILLED, "consent_withdrawn"),
        )
    assert next_action(searched) is Action.DOUBT


def test_somebody_who_was_identified_is_not_refused_for_want_of_proof() -> None:
    with pytest.raises(RequestStepError, match="proof cannot be wanting"):
        moved(
            request(step=Step.SEARCHED, identity=IDENTITY),
            Action.DECIDE,
            at=AT,
            by="Ada",
            what="refuse",
            decision=decided(Outcome.REFUSED, "identity_unproven"),
        )


def test_nobody_is_asked_to_prove_who_sends_an_opt_out() -> None:
    signal = request(Right.OPT_OUT, "CCPA")

    assert Action.ASK_IDENTITY not in possible(signal)
    assert next_action(signal) is Action.DECIDE


def test_only_a_law_that_knows_appeals_lets_one_come_in() -> None:
    refused = {
        "step": Step.ANSWERED,
        "decision": decided(Outcome.REFUSED, "excessive"),
        "answered_on": AT.date(),
    }

    assert Action.APPEAL in possible(request(Right.ACCESS, "US_VA_VCDPA", **refused))
    assert Action.APPEAL not in possible(request(Right.ACCESS, "EU_GDPR", **refused))
    appealed = request(
        Right.ACCESS, "US_VA_VCDPA", facts={"appeal_received_at": "2026-11-26"}, **refused
    )
    assert Action.CLOSE not in possible(appealed)
    assert next_action(appealed) is Action.ANSWER_APPEAL
