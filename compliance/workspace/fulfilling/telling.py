"""Recipients marked as told, and automated decisions looked at again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from compliance.errors import FulfilmentError, TellingError
from compliance.i18n import mark
from compliance.register import kind_of
from compliance.rights.fulfilling import concerned_systems, not_told, questions, told_on
from compliance.rights.nouns import Request, Reviewed, Right
from compliance.rights.requests import Action, check, check_text, check_unsaid
from compliance.workspace.desk import Desk
from compliance.workspace.fulfilling.gathering import words_in
from compliance.workspace.fulfilling.steps import TOLD, marks, of_right, told_by
from compliance.workspace.governing.registers import register_in
from compliance.workspace.requesting import sealing
from compliance.workspace.requesting.requested import advance, one

REVIEW, REVIEWED = "review", "review_outcome"
_MUST = {
    "reviewer_may_change": "whoever reviews has to be able to change the decision",
    "all_looked_at": "all that matters has to be looked at first",
}


def tell(desk: Desk, id_: str, who: str, on: date | None, why_not: str) -> Request:
    """Mark that somebody was told, or why that is impossible or out of proportion."""
    with desk.act("request.tell", id_) as act:
        request = one(act.connection, id_)
        check(request, Action.TELL)
        rows = told_by(desk, act.connection, request)
        day = on or act.at.date()
        if who not in {row.id for row in rows}:
            known = f"it is one of: {', '.join(row.id for row in rows) or 'nobody'}"
            raise TellingError(who=who[:80], reason=known)
        if not request.received_on <= day <= act.at.date():
            raise TellingError(who=who, reason="the day lies before the receipt or in the future")
        said = " ".join(check_text("Why it is not possible", why_not, is_needed=False).split())
        about = sealing.unseal(desk, id_) if sealing.is_sealed(desk, id_) else ()
        check_unsaid("Why it is not possible", said, about)
        told = {**marks(request), who: not_told(said) if said else told_on(day)}
        rows = told_by(desk, act.connection, request, told=told)
        settled = sum(row.is_settled for row in rows)
        act.facts |= {"told": settled, "recipients": len(rows)}
        return advance(
            act,
            request,
            Action.TELL,
            mark("{n} of {m} recipients told").format(n=settled, m=len(rows)),
            told_recipients=settled,
            recipients=len(rows),
            facts={TOLD: told},
        )


def systems(desk: Desk, id_: str) -> tuple[Reviewed, ...]:
    """The automated decision systems that a request for review concerns."""
    with desk.database.reading() as connection:
        request = of_right(connection, id_, (Right.REVIEW,))
        register = register_in(desk, connection, desk.clock())
    names = sorted({found.rpartition("@")[0] for found in request.found})
    kind = kind_of("adm_system")
    return concerned_systems(
        register,
        names,
        lambda record, field: words_in(register, record, field),
        lambda field: found.label if (found := kind.field(field)) else field,
    )


def review(desk: Desk, id_: str, system: str, answers: Mapping[str, str]) -> Request:
    """Record what came of looking at a decision again."""
    if system not in {found.id for found in systems(desk, id_)}:
        raise FulfilmentError(request=id_, reason="the register has no such decision system")
    for question in questions():
        if answers.get(question.id) not in question.choices:
            raise FulfilmentError(request=id_, reason=f"“{question.asks}” is not answered")
        if answers[question.id] == "no":
            raise FulfilmentError(request=id_, reason=_MUST[question.id])
    kept = {question.id: answers[question.id] for question in questions()}
    with desk.act("request.review", id_) as act:
        request = one(act.connection, id_)
        act.facts |= {"system": system, "outcome": kept["outcome"]}
        facts = {REVIEW: kept, REVIEWED: kept["outcome"]}
        what = f"a decision was looked at again: {kept['outcome']}"
        return advance(act, request, Action.CARRY_OUT, what, facts=facts)
