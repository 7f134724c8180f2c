"""The steps of a request, one act each; what a law does not let is refused in one sentence."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, timedelta

from compliance.errors import RequestInputError, RequestStepError
from compliance.i18n import mark
from compliance.rights.fulfilling import check_absolute
from compliance.rights.nouns import (
    Decision,
    Extension,
    Identity,
    IdentityLevel,
    Outcome,
    Rejected,
    Rejection,
    Request,
    Right,
    Step,
)
from compliance.rights.requests import Action, check, is_paused, provision_of
from compliance.rules.nouns import Pause
from compliance.workspace.desk import Desk
from compliance.workspace.guarding import guarded
from compliance.workspace.requesting import sealing
from compliance.workspace.requesting.doubts import doubted, rows_of, told_apart
from compliance.workspace.requesting.requested import one
from compliance.workspace.requesting.step import (
    Stepping,
    check_ground,
    check_kept,
    check_level,
    counted,
    notify_by,
    resumed,
)
from compliance.workspace.standing import is_erased, key_destroyed
from compliance.workspace.tracing.persons import decided, trace

BY_PEOPLE = (Right.COMPLAINT, Right.REVIEW)  # the rest the desk carries out on the data itself
AWAITED = "identity_awaited"  # what laws that let a clock stand still for it call it
_LAST_ON_EARTH = timedelta(hours=12)  # where a day begins last
PAUSES = {
    AWAITED: "Waiting for proof of identity",
    "clarification_awaited": "Waiting for the person to say what is asked for",
}


@guarded
class Steps:
    """What is done with a request, step by step."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    @contextmanager
    def _step(self, verb: str, id_: str, action: Action) -> Iterator[Stepping]:
        with self._desk.act(f"request.{verb}", id_[:80]) as act:
            request = one(act.connection, id_)
            check(request, action)
            provision = provision_of(request.law, request.right)
            yield Stepping(desk=self._desk, act=act, request=request, provision=provision)

    def confirm(self, id_: str, on: date | None = None) -> Request:
        """Note that the person was told that the request came in.

        Raises:
            RightsError: it does not come next, or the day cannot be.
        """
        with self._step("confirm", id_, Action.CONFIRM) as step:
            day = step.day("The day of the confirmation", on)
            what = f"receipt was confirmed on {day.isoformat()}"
            return step.advance(Action.CONFIRM, what, confirmed_on=day)

    def ask_identity(self, id_: str, doubt: str) -> Request:
        """Ask for more proof of who asks; the clock stands still only where the law lets it.

        Args:
            doubt: why it is not clear who asks (GDPR Art. 12(6)).

        Raises:
            RightsError: it does not come next, or there is no reason.
        """
        with self._step("ask_identity", id_, Action.ASK_IDENTITY) as step:
            why = step.text("The reason for the doubt", doubt)
            day, last = step.day("", None), step.last_day()
            lets = step.lets_pause(AWAITED) and not is_paused(step.request)
            lets = lets and last is not None and day <= last
            pauses = step.request.pauses
            if lets:
                pauses += (Pause(since=day, until=None, reason=AWAITED),)
            stands = "the clock stands still" if lets else "the clock goes on"
            return step.advance(
                Action.ASK_IDENTITY,
                f"more proof of identity was asked for; {stands}",
                pauses=pauses,
                facts={"identity_doubt_reason": why},
            )

    def reject_proof(self, id_: str, level: IdentityLevel, why: Rejection) -> Request:
        """Note that a proof of identity was not taken; after a forged one it cannot go on.

        Raises:
            RightsError: it does not come next.
        """
        with self._step("reject_proof", id_, Action.REJECT_PROOF) as step:
            act = step.act
            rejected = Rejected(level=level, why=why, by=act.actor, at=act.at)
            return step.advance(
                Action.REJECT_PROOF,
                f"a proof of identity was not taken: {why.value}",
                rejected=(*step.request.rejected, rejected),
            )

    def identify(self, id_: str, level: IdentityLevel, checked: str, *, agent: str = "") -> Request:
        """Note how it was checked who asks; what was shown is never kept.

        Args:
            checked: what was compared, in words without values.
            agent: how an agent showed on whose behalf the request is made.

        Raises:
            RightsError: it does not come next, the level is not enough, or proof is missing.
        """
        with self._step("identify", id_, Action.IDENTIFY) as step:
            request, act = step.request, step.act
            what = step.text("What was checked", checked)
            on_behalf = step.text("The proof of the agent", agent, is_needed=False)
            check_level(request, step.provision, level)
            if request.channel == "agent" and not on_behalf:
                problem = (
                    "is missing: an agent asks for another person’s data only with a signed "
                    "permission or a power of attorney"
                )
                raise RequestInputError(field="The proof of the agent", problem=problem)
            identity = Identity(
                level=level,
                checked=what,
                by=act.actor,
                at=act.at,
                doubt=str(request.facts.get("identity_doubt_reason", "")),
                agent=on_behalf,
            )
            return step.advance(
                Action.IDENTIFY,
                f"identified: {level.value}{', through an agent with proof' if agent else ''}",
                identity=identity,
                pauses=resumed(request, act.at.date(), AWAITED),
            )

    def extend(self, id_: str, reason: str, told_on: date | None = None) -> Request:
        """Take the longer time that the law gives; the person was told why, in time.

        Raises:
            RightsError: the law gives none, nobody was told, or not in time.
        """
        with self._step("extend", id_, Action.EXTEND) as step:
            deadline = step.deadline()
            if deadline is None or deadline.extension is None:
                problem = f"is not possible: {step.law} gives none for this right"
                raise RequestInputError(field="A longer time", problem=problem)
            why = step.text("The reason for the longer time", reason)
            told = step.day("The day on which the person was told", told_on)
            by = notify_by(step, deadline)
            if told > by:
                problem = f"would have been to be told by {by.isoformat()}; it is too late for that"
                raise RequestInputError(field="The longer time", problem=problem)
            what = f"extended; the person was told on {told.isoformat()}"
            return step.advance(Action.EXTEND, what, extension=Extension(reason=why, told_at=told))

    def pause(self, id_: str, reason: str, since: date | None = None) -> Request:
        """Let the clock stand still, for a reason that the law names.

        Raises:
            RightsError: the law names none such.
        """
        with self._step("pause", id_, Action.PAUSE) as step:
            if not step.lets_pause(reason):
                deadline = step.deadline()
                known = ", ".join(deadline.pause) if deadline and deadline.pause else "none"
                problem = f"does not let the clock stand still for that; its reasons: {known}"
                raise RequestInputError(field=f"The law {step.law}", problem=problem)
            day, last = step.day("The first day of the pause", since), step.last_day()
            if last is not None and day > last:
                problem = f"cannot be: the time for the answer ran out on {last.isoformat()}"
                raise RequestInputError(field="A pause", problem=problem)
            pause = Pause(since=day, until=None, reason=reason)
            why = PAUSES.get(reason, reason).lower()
            what = f"the clock stands still since {day.isoformat()}: {why}"
            return step.advance(Action.PAUSE, what, pauses=(*step.request.pauses, pause))

    def resume(self, id_: str, until: date | None = None) -> Request:
        """Let the clock go on.

        Raises:
            RightsError: it does not stand still.
        """
        with self._step("resume", id_, Action.RESUME) as step:
            day = step.day("The day on which the clock goes on", until)
            if any(one.until is None and day < one.since for one in step.request.pauses):
                problem = "lies before the pause began"
                raise RequestInputError(field="The day on which the clock goes on", problem=problem)
            what = f"the clock goes on since {day.isoformat()}"
            return step.advance(Action.RESUME, what, pauses=resumed(step.request, day))

    def search(self, id_: str) -> Request:
        """Look for the person in every version of every dataset; only counts are recorded.

        Raises:
            RightsError: it is not clear who asks, or who it is about was destroyed.
        """
        with self._step("search", id_, Action.SEARCH) as step:
            who = sealing.unseal(self._desk, id_)
            said = decided(step.request)
            found = trace(self._desk, step.act.connection, who, decided=said)
            rows = rows_of(found)
            doubts, mentions = doubted(found, said)
            step.act.facts |= {
                "searched": len(found.searched),
                "skipped": len(found.skipped),
                "found_rows": sum(rows.values()),
                "mentions": len(found.mentions),
                "doubtful": len(doubts),
                "doubtful_mentions": len(mentions),
            }
            return step.advance(
                Action.SEARCH,
                mark(
                    "searched {versions}: {rows} and {mentions} found, {matches}, {doubtful}"
                ).format(
                    versions=counted(len(found.searched), "dataset version"),
                    rows=counted(sum(rows.values()), "row"),
                    mentions=counted(len(found.mentions), "mention"),
                    matches=counted(len(doubts), "doubtful match", "doubtful matches"),
                    doubtful=counted(len(mentions), "doubtful mention"),
                ),
                searched_on=step.act.at.date(),
                found=rows,
                doubts=doubts,
                mentions=mentions,
            )

    def doubts(self, id_: str, said: Mapping[str, bool | None]) -> Request:
        """Say of doubtful matches and mentions whether they are the person.

        Of a match it holds in all datasets; of a mention wherever the same text stands.

        Args:
            said: by the id of a match or mention; None takes back what was said.

        Raises:
            RightsError: nothing is doubtful, there is no such match or mention, too many people
                fit, or it was decided and a match is told otherwise than then.
        """
        with self._step("doubt", id_, Action.DOUBT) as step:
            return told_apart(step, said)

    def decide(
        self,
        id_: str,
        outcome: Outcome,
        *,
        ground: str = "",
        reason: str = "",
        kept: Mapping[str, str] | None = None,
    ) -> Request:
        """Decide to fulfil it, in part or whole, or to refuse it on a ground of the law.

        Args:
            ground: for a refusal one of the law's; for erasing why it may be asked for.
            reason: in words; never about the person.
            kept: dataset → the exception for which its rows are kept.

        Raises:
            RightsError: it does not come next, or the law knows no such ground.
        """
        with self._step("decide", id_, Action.DECIDE) as step:
            kept = dict(kept or {})
            why = step.text("The reason", reason, is_needed=outcome is not Outcome.FULFILLED)
            check_ground(step, outcome, ground)
            check_absolute(step.request, outcome)
            check_kept(step, outcome, kept)
            decision = Decision(
                outcome=outcome,
                ground=ground,
                reason=why,
                kept=kept,
                by=step.act.actor,
                at=step.act.at,
            )
            step.act.facts |= {"outcome": outcome.value, "ground": ground, "kept": len(kept)}
            what = f"decided: {outcome.value}{f' ({ground})' if ground else ''}"
            return step.advance(Action.DECIDE, what, decision=decision)

    def carry_out(self, id_: str, what: str) -> Request:
        """Note that it was carried out by people: a review, a complaint looked into.

        Raises:
            RightsError: it does not come next, or the desk does it on the data itself.
        """
        with self._step("carry_out", id_, Action.CARRY_OUT) as step:
            if step.request.right not in BY_PEOPLE:
                raise RequestStepError(
                    request=id_,
                    wanted="noted as carried out",
                    reason="the desk carries it out on the data itself",
                )
            said = step.text("What was done", what)
            return step.advance(Action.CARRY_OUT, f"carried out: {said}")

    def answer(self, id_: str, on: date | None = None, *, told: Collection[str] = ()) -> Request:
        """Note that the answer left.

        Args:
            told: what a refusal told, by id; it has to tell all that the law asks for.

        Raises:
            RightsError: it does not come next, or a refusal leaves something untold.
        """
        with self._step("answer", id_, Action.ANSWER) as step:
            day = step.day("The day of the answer", on, _carried_out_on(step.request))
            decision = step.request.decision
            is_refusal = decision is not None and decision.outcome is not Outcome.FULFILLED
            untold = [o for k, o in step.provision.tells.items() if k not in told]
            if is_refusal and untold:
                words = "; ".join(f"{duty.words} ({duty.article})" for duty in untold)
                raise RequestInputError(field="A refusal", problem=f"has to tell {words}")
            facts = {o.fact: True for o in step.provision.tells.values() if o.fact and is_refusal}
            what = mark("answered on {day}").format(day=day.isoformat())
            return step.advance(Action.ANSWER, what, answered_on=day, facts=facts)

    def appeal(self, id_: str, on: date | None = None) -> Request:
        """Note that the person appealed against a refusal.

        Raises:
            RightsError: the law knows no appeal, or nothing was refused.
        """
        with self._step("appeal", id_, Action.APPEAL) as step:
            day = step.day("The day of the appeal", on, step.request.answered_on).isoformat()
            facts = {"appeal_received_at": day}
            return step.advance(Action.APPEAL, f"an appeal came in on {day}", facts=facts)

    def answer_appeal(self, id_: str, on: date | None = None, *, is_granted: bool) -> Request:
        """Note that the appeal was answered; what was granted is asked for by a new request.

        Raises:
            RightsError: nobody appealed.
        """
        with self._step("answer_appeal", id_, Action.ANSWER_APPEAL) as step:
            came = date.fromisoformat(str(step.request.facts["appeal_received_at"]))
            day = step.day("The day of the answer to the appeal", on, came).isoformat()
            facts = {"appeal_answered_at": day}
            said = mark("granted, by a new request") if is_granted else mark("denied")
            what = f"the appeal was answered on {day}: {said}"
            return step.advance(Action.ANSWER_APPEAL, what, facts=facts)

    def withdraw(self, id_: str) -> Request:
        """Note that the person took the request back.

        Raises:
            RightsError: it was carried out or answered already.
        """
        with self._step("withdraw", id_, Action.WITHDRAW) as step:
            if is_erased(step.act.connection, id_):
                reason = "rows of the person went already; erase it to the end"
                raise RequestStepError(request=id_, wanted="withdrawn", reason=reason)
            pauses = resumed(step.request, step.act.at.date())
            what = "the person took it back"
            return step.advance(Action.WITHDRAW, what, pauses=pauses)

    def close(self, id_: str) -> Request:
        """Close it; after an erasure it cannot be read any more who it was about.

        Raises:
            RightsError: it is not answered yet.
        """
        with self._step("close", id_, Action.CLOSE) as step:
            is_answered = step.request.step is Step.ANSWERED
            is_erasure = step.request.right is Right.ERASURE
            destroys = is_erasure and is_answered and not step.request.is_refused
            what = "closed"
            if destroys:
                what += "; it cannot be read any more who it was about"
            step.act.facts["destroyed"] = destroys
            closed = step.advance(Action.CLOSE, what)
            if destroys:  # before it is on record, so that no crash leaves the key behind
                key_destroyed(step.act, id_)
                sealing.destroy(self._desk, id_)
            return closed


def _carried_out_on(request: Request) -> date | None:
    """The first day on which an answer can say that the desk did it; None: people did."""
    if request.right in BY_PEOPLE:
        return None
    done = [event.at for event in request.history if event.step is Step.CARRIED_OUT]
    return (done[0] - _LAST_ON_EARTH).date() if done else None
