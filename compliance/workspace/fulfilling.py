"""Access, portability, rectification, restriction, objection, opt-out, on the data itself.

Each function checks that it comes next, does it, and moves the request on, in one act. What the
person gets is handed out once as bytes; nothing of it is stored.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import date

from sqlalchemy import Connection

from compliance.errors import FulfilmentError, TellingError
from compliance.register import kind_of
from compliance.report import build_package
from compliance.rights.fulfilling import (
    concerned_systems,
    not_told,
    questions,
    to_tell,
    told_on,
    zipped,
)
from compliance.rights.nouns import (
    Barrier,
    Corrected,
    Correction,
    Event,
    Handed,
    Identifier,
    Letter,
    LetterKind,
    Outcome,
    Package,
    Question,
    Request,
    RequestLog,
    Reviewed,
    Right,
    Seen,
    Step,
    ToTell,
)
from compliance.rights.requests import Action, check
from compliance.workspace import fulfilling_correcting as correcting
from compliance.workspace import fulfilling_gathering as gathering
from compliance.workspace import fulfilling_letters as letters
from compliance.workspace import sealing, usage
from compliance.workspace.desk import Act, Desk
from compliance.workspace.registers import register_in
from compliance.workspace.requested import advance, check_may_carry_out, one, store

TOLD = "recipients_told"  # the fact of a request that holds who was told
REVIEW = "review"
MARKETING = "direct_marketing"
_LONGEST = 400
_PACKAGES = (Right.ACCESS, Right.PORTABILITY)
_AGAIN = (Step.CARRIED_OUT, Step.ANSWERED)


class Fulfilling:
    """What people ask for, done on the data: all but erasing."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    # What the person gets

    def outline(self, id_: str, *, shown: gathering.Shown = ()) -> Package:
        """What the package would hold, for the officer to look at before it is made; not an act.

        It holds values of the person: show counts, columns and elements, and not the values.

        Args:
            shown: datasets and columns that an officer decided to be the person's own.

        Raises:
            UnknownRequestError, SealedError, FulfilmentError: there is nothing to look at.
        """
        with self._desk.database.reading() as connection:
            request = self._of(connection, id_, _PACKAGES)
            case = gathering.case_of(self._desk, connection, request)
            return gathering.package_of(self._desk, connection, case, shown)

    def package(self, id_: str, *, shown: gathering.Shown = ()) -> Handed:
        """The package of an access or portability request as one ZIP, and the request moved on.

        It is handed out once and not stored; made again, it is another act. The trail holds
        counts and the manifest's hash.

        Raises:
            UnknownRequestError, SealedError, RequestStepError: it cannot be made now.
            FulfilmentError: the right is another one, or a doubtful match is undecided.
        """
        with self._desk.database.reading() as connection:
            request = self._of(connection, id_, _PACKAGES)
            self._check_package(connection, request)
            case = gathering.case_of(self._desk, connection, request)
            self._check_settled(request, case)
            package = gathering.package_of(self._desk, connection, case, shown)
        handed = zipped(package, build_package(package).pdf)
        with self._desk.act("request.package", id_) as act:
            request = one(act.connection, id_)
            act.facts |= {
                "datasets": handed.datasets,
                "rows": handed.rows,
                "left_out": handed.withheld,
                "doubtful": sum(package.doubtful.values()),
                "elements": len(package.told),
                "missing": len(handed.missing),
                "manifest": handed.sha256,
            }
            self._move(act, request, _package_facts(package), "the package was handed out")
        return handed

    # What is changed

    def seen(self, id_: str) -> tuple[Seen, ...]:
        """Every value of the person in the newest versions, to be corrected; not an act.

        Raises:
            UnknownRequestError, SealedError, FulfilmentError: there is nothing to look at.
        """
        with self._desk.database.reading() as connection:
            request = self._of(connection, id_, (Right.RECTIFICATION,))
            case = gathering.case_of(self._desk, connection, request)
            return correcting.seen(case, sealing.salt_of(self._desk, id_))

    def rectify(self, id_: str, corrections: Sequence[Correction]) -> Corrected:
        """Put wrong values right in a new version of every dataset concerned; all or nothing.

        Raises:
            UnknownRequestError, SealedError, RequestStepError: it cannot be done now.
            FulfilmentError: the right is another one, or a doubtful match is undecided.
            CorrectionError, UnknownColumnError: a value cannot be corrected so.
        """
        with self._desk.database.reading() as connection:
            request = self._of(connection, id_, (Right.RECTIFICATION,))
            check_may_carry_out(connection, request, self._desk.clock().date())
            case = gathering.case_of(self._desk, connection, request)
            self._check_settled(request, case)
        salt = sealing.salt_of(self._desk, id_)
        with ExitStack() as undo:
            with self._desk.act("request.rectify", id_) as act:
                done = correcting.correct(self._desk, act, case, corrections, salt, undo)
                facts = {"before_after_hash": f"{done.before} → {done.after}"}
                names = [made.rpartition("@")[0] for made in done.made]
                act.facts |= {
                    "made": list(done.made),
                    "cells": sum(done.cells.values()),
                    "texts": sum(done.texts.values()),
                    "columns": sorted({f"{c.dataset}.{c.column}" for c in corrections}),
                }
                self._advance(
                    act,
                    request,
                    facts,
                    f"corrected in {len(names)} datasets",
                    names,
                    changed=done.made,
                )
            undo.pop_all()
        return done

    # What may be used

    def restrict(self, id_: str) -> Request:
        """Leave the person's rows out of everything but storage.

        Raises:
            RightsError: it cannot be done now.
        """
        return self._bar(id_, Right.RESTRICTION, {"restriction_flag_set": True}, ())

    def object_to(self, id_: str, purpose_type: str = "") -> Request:
        """Stop using the person's rows for what was objected to.

        To direct marketing it is absolute: nothing is weighed (GDPR Art. 21(3)).

        Args:
            purpose_type: a kind of purpose of the register; empty: the one that the request names.

        Raises:
            RightsError: it cannot be done now, or there is no such kind of purpose.
        """
        with self._desk.database.reading() as connection:
            purpose = purpose_type or one(connection, id_).purpose
        field = kind_of("request").field("purpose_type")
        if purpose_type and field is not None and purpose_type not in field.choices:
            known = ", ".join(field.choices)
            raise FulfilmentError(request=id_, reason=f"kinds of purpose are: {known}")
        facts: dict[str, object] = {"processing_stopped_or_grounds": True}
        if field is not None and purpose in field.choices:
            facts["purpose_type"] = purpose
        if is_marketing(purpose):
            facts |= {
                "purpose_type": MARKETING,
                "marketing_suppressed": True,
                "marketing_events_after": 0,
            }
        return self._bar(id_, Right.OBJECTION, facts, (purpose,) if purpose else ())

    def opt_out(self, id_: str, effective_on: date | None = None) -> Request:
        """Keep the person's rows out of sale, sharing and whatever else hands them on.

        Args:
            effective_on: since when nothing is sold or shared any more; None: today.

        Raises:
            RightsError: it cannot be done now, or the day cannot be.
        """
        today = self._desk.clock().date()
        day = effective_on or today
        with self._desk.database.reading() as connection:
            request = self._of(connection, id_, (Right.OPT_OUT,))
        if not request.received_on <= day <= max(today, request.received_on):
            reason = "the day on which it took effect lies before the receipt or in the future"
            raise FulfilmentError(request=id_, reason=reason)
        purposes = (request.purpose,) if request.purpose else ()
        facts = {"effective_at": day.isoformat(), "sharing_events_after_effective": 0}
        return self._bar(id_, Right.OPT_OUT, facts, purposes)

    def lift(self, id_: str, told_on: date) -> Request:
        """End what a restriction, objection or opt-out stands against; the person was told before.

        Args:
            told_on: when the person was told that it ends (GDPR Art. 18(3)).

        Raises:
            FulfilmentError: nothing stands, or nobody was told before.
        """
        with self._desk.act("request.lift", id_) as act:
            request = one(act.connection, id_)
            wishes = [w for w in usage.wishes(act.connection) if w.request == id_]
            if not wishes:
                raise FulfilmentError(request=id_, reason="nothing stands because of it")
            since = max(wish.since.date() for wish in wishes)
            if not since <= told_on <= act.at.date():
                reason = (
                    "the person has to be told before it ends, on a day between its beginning "
                    "and today"
                )
                raise FulfilmentError(request=id_, reason=reason)
            ended = usage.lift(act, id_)
            act.facts |= {"lifted": len(ended), "told_on": told_on.isoformat()}
            what = f"lifted; the person was told on {told_on.isoformat()}"
            event = Event(at=act.at, by=act.actor, what=what, step=request.step)
            facts = {**request.facts, "lift_notice_before_lift": True}
            after = replace(request, facts=facts, history=(*request.history, event))
            store(act, after)
        return after

    # Who else is told

    def recipients(self, id_: str) -> tuple[ToTell, ...]:
        """Who has the data too and has to be told, each with whether that was done.

        Raises:
            UnknownRequestError: there is none.
        """
        with self._desk.database.reading() as connection:
            request = one(connection, id_)
            return self._to_tell(connection, request, ())

    def tell(self, id_: str, who: str, on: date | None = None, *, why_not: str = "") -> Request:
        """Mark that somebody was told, or why that is impossible or out of proportion.

        Args:
            who: the id of one of `recipients`.
            on: the day; None: today.
            why_not: in words without names; empty: they were told.

        Raises:
            RequestStepError: it does not come next.
            TellingError: there is nobody of that id, or the day cannot be.
        """
        with self._desk.act("request.tell", id_) as act:
            request = one(act.connection, id_)
            check(request, Action.TELL)
            rows = self._to_tell(act.connection, request, ())
            day = on or act.at.date()
            if who not in {row.id for row in rows}:
                known = f"it is one of: {', '.join(row.id for row in rows) or 'nobody'}"
                raise TellingError(who=who[:80], reason=known)
            if not request.received_on <= day <= act.at.date():
                raise TellingError(
                    who=who, reason="the day lies before the receipt or in the future"
                )
            said = " ".join(why_not.split())[:_LONGEST]
            marks = {**_marks(request), who: not_told(said) if said else told_on(day)}
            rows = self._to_tell(act.connection, replace(request, facts={TOLD: marks}), ())
            settled = sum(row.is_settled for row in rows)
            act.facts |= {"told": settled, "recipients": len(rows)}
            return advance(
                act,
                request,
                Action.TELL,
                f"{settled} of {len(rows)} recipients told",
                told_recipients=settled,
                recipients=len(rows),
                facts={TOLD: marks},
            )

    # Automated decisions

    def systems(self, id_: str) -> tuple[Reviewed, ...]:
        """The automated decision systems that a request for review concerns.

        Raises:
            UnknownRequestError, FulfilmentError: it is none.
        """
        with self._desk.database.reading() as connection:
            request = self._of(connection, id_, (Right.REVIEW,))
            register = register_in(self._desk, connection, self._desk.clock())
            names = sorted({found.rpartition("@")[0] for found in request.found})
            kind = kind_of("adm_system")
            return concerned_systems(
                register,
                names,
                lambda record, field: gathering.words_in(register, record, field),
                lambda field: found.label if (found := kind.field(field)) else field,
            )

    def questions(self) -> tuple[Question, ...]:
        """What whoever looks at a decision again answers."""
        return questions()

    def review(self, id_: str, system: str, answers: Mapping[str, str]) -> Request:
        """Record what came of looking at a decision again.

        Args:
            system: the id of one of `systems`.
            answers: by question, one of its choices.

        Raises:
            RightsError: it cannot be done now, or an answer is missing or says that it was none.
        """
        if system not in {one_.id for one_ in self.systems(id_)}:
            raise FulfilmentError(request=id_, reason="the register has no such decision system")
        for question in questions():
            if answers.get(question.id) not in question.choices:
                raise FulfilmentError(request=id_, reason=f"“{question.asks}” is not answered")
        if answers["reviewer_may_change"] == "no":
            reason = "whoever reviews has to be able to change the decision"
            raise FulfilmentError(request=id_, reason=reason)
        if answers["all_looked_at"] == "no":
            raise FulfilmentError(request=id_, reason="all that matters has to be looked at first")
        kept = {q.id: answers[q.id] for q in questions()}
        with self._desk.act("request.review", id_) as act:
            request = one(act.connection, id_)
            act.facts |= {"system": system, "outcome": kept["outcome"]}
            facts = {REVIEW: kept, "review_outcome": kept["outcome"]}
            what = f"a decision was looked at again: {kept['outcome']}"
            return advance(act, request, Action.CARRY_OUT, what, facts=facts)

    # Letters and the log

    def letter(self, id_: str, kind: LetterKind = LetterKind.ANSWER) -> Letter:
        """A letter to the person, to be looked at; it names the request and nobody.

        Raises:
            UnknownRequestError, LetterError: it cannot be written yet.
        """
        with self._desk.database.reading() as connection:
            return letters.letter_on(self._desk, connection, one(connection, id_), kind)

    def log(self, months: int = letters.LOG_MONTHS) -> RequestLog:
        """The log of the requests of the last months, without anything about anybody."""
        with self._desk.database.reading() as connection:
            return letters.log_in(connection, self._desk.clock().date(), months)

    # Inside

    def _of(self, connection: Connection, id_: str, rights: Sequence[Right]) -> Request:
        request = one(connection, id_)
        if request.right not in rights:
            reason = f"it asks for {request.right.value}"
            raise FulfilmentError(request=id_, reason=reason)
        return request

    def _check_package(self, connection: Connection, request: Request) -> None:
        if request.step in _AGAIN and not request.is_refused:
            return
        check_may_carry_out(connection, request, self._desk.clock().date())

    def _check_settled(self, request: Request, case: gathering.Case) -> None:
        if count := len(case.trace.open_doubts):
            reason = f"{count} doubtful matches are not decided yet"
            raise FulfilmentError(request=request.id, reason=reason)

    def _move(self, act: Act, request: Request, facts: Mapping[str, object], what: str) -> None:
        if request.step is Step.DECIDED:
            advance(act, request, Action.CARRY_OUT, what, facts=facts)
            return
        event = Event(at=act.at, by=act.actor, what=f"{what} again", step=request.step)
        merged = {**request.facts, **facts}
        store(act, replace(request, facts=merged, history=(*request.history, event)))

    def _advance(
        self,
        act: Act,
        request: Request,
        facts: Mapping[str, object],
        what: str,
        names: Sequence[str],
        **changes: object,
    ) -> Request:
        rows = self._to_tell(act.connection, request, names)
        act.facts["recipients"] = len(rows)
        return advance(
            act,
            request,
            Action.CARRY_OUT,
            what,
            facts=facts,
            recipients=len(rows),
            told_recipients=sum(row.is_settled for row in rows),
            **changes,
        )

    def _bar(
        self, id_: str, right: Right, facts: Mapping[str, object], purposes: Sequence[str]
    ) -> Request:
        barrier = _BARRIERS[right]
        with self._desk.database.reading() as connection:
            request = self._of(connection, id_, (right,))
            check_may_carry_out(connection, request, self._desk.clock().date())
            case = gathering.case_of(self._desk, connection, request)
            self._check_settled(request, case)
            people = self._people(connection, case)
        if not people:
            reason = "nothing that the person is known by is in the data or can be kept as a hash"
            raise FulfilmentError(request=id_, reason=reason)
        names = gathering.names_of(case)
        with self._desk.act(f"request.{_ACTS[right]}", id_) as act:
            usage.bar(act, id_, people, barrier, purposes)
            rows = sum(len(case.rows(one_.dataset.id)) for one_ in case.newest)
            act.facts |= {"barrier": barrier.value, "rows": rows, "datasets": len(names)}
            what = f"{rows:,} rows of {len(names)} datasets are left out: {barrier.value}"
            return self._advance(act, request, facts, what, names)

    def _people(self, connection: Connection, case: gathering.Case) -> tuple[str, ...]:
        found = dict.fromkeys(usage.people_of(self._desk, connection, case.identifiers))
        by: dict[str, list[Identifier]] = {}
        for population, identifier in gathering.keys_of(case):
            by.setdefault(population, []).append(identifier)
        for population, known in by.items():
            found |= dict.fromkeys(usage.people_of(self._desk, connection, known, (population,)))
        return tuple(found)

    def _to_tell(
        self, connection: Connection, request: Request, names: Sequence[str]
    ) -> tuple[ToTell, ...]:
        register = register_in(self._desk, connection, self._desk.clock())
        concerned = gathering.concerned(connection, request, names)
        return to_tell(register, concerned, _marks(request))


_BARRIERS = {
    Right.RESTRICTION: Barrier.RESTRICTED,
    Right.OBJECTION: Barrier.OBJECTED,
    Right.OPT_OUT: Barrier.OPTED_OUT,
}
_ACTS = {Right.RESTRICTION: "restrict", Right.OBJECTION: "object", Right.OPT_OUT: "opt_out"}


def is_marketing(purpose: str) -> bool:
    """Whether a purpose is direct marketing, to which an objection cannot be refused."""
    return purpose.strip().casefold().replace(" ", "_") in (MARKETING, "marketing", "newsletter")


def check_absolute(request: Request, outcome: Outcome) -> None:
    """Refuse to refuse an objection to direct marketing; for whoever decides.

    Raises:
        FulfilmentError: it was to be refused.
    """
    if request.right is not Right.OBJECTION or outcome is Outcome.FULFILLED:
        return
    if is_marketing(request.purpose):
        reason = "an objection to direct marketing cannot be refused (GDPR Art. 21(3))"
        raise FulfilmentError(request=request.id, reason=reason)


def _package_facts(package: Package) -> dict[str, object]:
    if package.right is Right.PORTABILITY:
        return {"export_format": "json", "basis_of_exported_data": package.bases}
    return {"package_elements": package.told}


def _marks(request: Request) -> dict[str, str]:
    told = request.facts.get(TOLD)
    return {str(k): str(v) for k, v in told.items()} if isinstance(told, Mapping) else {}
