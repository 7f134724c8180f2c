"""Access, portability, rectification, restriction, objection, opt-out, on the data itself.

Each function checks that it comes next, does it, and moves the request on, in one act. What the
person gets is handed out once as bytes; nothing of it is stored.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from datetime import date

from compliance.i18n import mark, speaking
from compliance.report import build_package
from compliance.report.nouns import Report, ReportKind
from compliance.rights.fulfilling import questions, zipped
from compliance.rights.nouns import (
    Barred,
    Corrected,
    Correction,
    Handed,
    Letter,
    LetterKind,
    Package,
    Question,
    Request,
    RequestLog,
    Reviewed,
    Right,
    Seen,
    ToTell,
)
from compliance.workspace.desk import Desk
from compliance.workspace.fulfilling import barring, correcting, gathering, letters, telling
from compliance.workspace.fulfilling.steps import (
    AGAIN,
    check_known,
    check_settled,
    finished,
    handed_out,
    of_right,
    told_by,
)
from compliance.workspace.guarding import guarded
from compliance.workspace.reporting import files as report_files
from compliance.workspace.reporting import requests
from compliance.workspace.requesting import sealing
from compliance.workspace.requesting.requested import check_may_carry_out, one
from compliance.workspace.requesting.step import counted
from compliance.workspace.usage import usable

_PACKAGES = (Right.ACCESS, Right.PORTABILITY)


@guarded
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
            request = of_right(connection, id_, _PACKAGES)
            check_known(request)
            case = gathering.case_of(self._desk, connection, request)
            return gathering.package_of(self._desk, connection, case, shown)

    def package(self, id_: str, *, shown: gathering.Shown = ()) -> Handed:
        """The package of an access or portability request as one ZIP, and the request moved on.

        It is handed out once and not stored; made again, it is another act. The trail holds
        counts and the manifest's hash.

        Args:
            shown: see `outline`.

        Raises:
            UnknownRequestError, SealedError, RequestStepError: it cannot be made now.
            FulfilmentError: the right is another one, or a doubtful match is undecided.
        """
        with self._desk.database.reading() as connection:
            request = of_right(connection, id_, _PACKAGES)
            if request.step not in AGAIN or request.is_refused:
                check_may_carry_out(connection, request, self._desk.clock().date())
            case = gathering.case_of(self._desk, connection, request)
            check_settled(request, case)
            package = gathering.package_of(self._desk, connection, case, shown)
        handed = zipped(package, build_package(package).pdf)
        with self._desk.act("request.package", id_) as act:
            act.facts |= {
                "datasets": handed.datasets,
                "rows": handed.rows,
                "left_out": handed.withheld,
                "doubtful": sum(package.doubtful.values()),
                "elements": len(package.told),
                "missing": len(handed.missing),
                "manifest": handed.sha256,
            }
            now = one(act.connection, id_)
            handed_out(act, now, _package_facts(package), "the package was handed out")
        return handed

    # What is changed

    def seen(self, id_: str) -> tuple[Seen, ...]:
        """Every value of the person in the newest versions, to be corrected; not an act.

        Raises:
            UnknownRequestError, SealedError, FulfilmentError: there is nothing to look at.
        """
        with self._desk.database.reading() as connection:
            request = of_right(connection, id_, (Right.RECTIFICATION,))
            check_known(request)
            case = gathering.case_of(self._desk, connection, request)
            return correcting.seen(case, sealing.salt_of(self._desk, id_))

    def rectify(self, id_: str, corrections: Sequence[Correction]) -> Corrected:
        """Put wrong values right in a new version of every dataset concerned; all or nothing.

        Raises:
            UnknownRequestError, SealedError, RequestStepError: it cannot be done now.
            FulfilmentError: the right is another one, or a doubtful match is undecided.
            CorrectionError, UnknownColumnError: a value cannot be corrected so.
        """
        desk = self._desk
        with desk.database.reading() as connection:
            request = of_right(connection, id_, (Right.RECTIFICATION,))
            check_may_carry_out(connection, request, desk.clock().date())
            case = gathering.case_of(desk, connection, request)
            check_settled(request, case)
        salt = sealing.salt_of(desk, id_)
        with ExitStack() as undo:
            with desk.act("request.rectify", id_) as act:
                done = correcting.correct(desk, act, case, corrections, salt, undo)
                names = sorted({made.rpartition("@")[0] for made in done.made})
                act.facts |= {
                    "made": list(done.made),
                    "cells": sum(done.cells.values()),
                    "texts": sum(done.texts.values()),
                    "columns": sorted({f"{c.dataset}.{c.column}" for c in corrections}),
                }
                facts = {"before_after_hash": f"{done.before} → {done.after}"}
                what = mark("corrected {cells} of {sets}").format(
                    cells=counted(sum(done.cells.values()), "cell"),
                    sets=counted(len(names), "dataset"),
                )
                now = one(act.connection, id_)
                finished(desk, act, now, facts, what, names, changed=done.made)
            undo.pop_all()
        return done

    # What may be used

    def restrict(self, id_: str) -> Request:
        """Move the person's rows out of the newest version of every dataset that has some.

        The version before keeps them; they are only stored from then on, and so are rows of the
        person that come with a newer file. The request names the versions that were made.

        Raises:
            RightsError: it cannot be done now.
        """
        return barring.restrict(self._desk, id_)

    def object_to(self, id_: str, purpose_type: str = "") -> Request:
        """Stop using the person's rows for what was objected to.

        To direct marketing it is absolute: nothing is weighed (GDPR Art. 21(3)).

        Args:
            purpose_type: a kind of purpose of the register; empty: what the request names, or all.

        Raises:
            RightsError: it cannot be done now, or there is no such kind of purpose.
        """
        return barring.object_to(self._desk, id_, purpose_type)

    def opt_out(self, id_: str, effective_on: date | None = None) -> Request:
        """Keep the person's rows out of sale, sharing and whatever else hands them on.

        Args:
            effective_on: since when nothing is sold or shared any more; None: today.

        Raises:
            RightsError: it cannot be done now, or the day cannot be.
        """
        return barring.opt_out(self._desk, id_, effective_on)

    def stands(self, id_: str) -> Barred | None:
        """What keeps the person's rows out of uses because of a request; None where nothing does.

        Raises:
            UnknownRequestError: there is none.
        """
        with self._desk.database.reading() as connection:
            request = one(connection, id_)
            found = (wish for wish in usable.wishes(connection) if wish.request == request.id)
            return next(found, None)

    def lift(self, id_: str, told_on: date) -> Request:
        """End what a restriction, objection or opt-out stands against.

        Rows that a restriction moved out come back in a new version of each dataset.

        Args:
            told_on: when the person was told that it ends (GDPR Art. 18(3)).

        Raises:
            FulfilmentError: nothing stands, or nobody was told before.
        """
        return barring.lift(self._desk, id_, told_on)

    # Who else is told

    def recipients(self, id_: str) -> tuple[ToTell, ...]:
        """Who has the data too and has to be told, each with whether that was done.

        Raises:
            UnknownRequestError: there is none.
        """
        with self._desk.database.reading() as connection:
            return told_by(self._desk, connection, one(connection, id_))

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
        return telling.tell(self._desk, id_, who, on, why_not)

    # Automated decisions

    def systems(self, id_: str) -> tuple[Reviewed, ...]:
        """The automated decision systems that a request for review concerns.

        Raises:
            UnknownRequestError, FulfilmentError: it is none.
        """
        return telling.systems(self._desk, id_)

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
        return telling.review(self._desk, id_, system, answers)

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

    def report(
        self,
        kind: ReportKind,
        id_: str | None = None,
        letter: LetterKind = LetterKind.ANSWER,
        months: int = letters.LOG_MONTHS,
        *,
        language: str = "",
    ) -> Report:
        """A letter, the log or a certificate of erasure as PDF, stored: none of them names anybody.

        Args:
            id_: the request; None for the log.
            letter: which, for a letter.
            months: how many, for the log.
            language: of the report, by itself that of the session.

        Raises:
            RightsError, ReportChoiceError: there is nothing to write.
            KeyError: there is no such language.
        """
        with speaking(language):
            document, subject = requests.built(self._desk, kind, id_, letter, months)
            return report_files.store(self._desk, kind, document, (), (), subject)


def _package_facts(package: Package) -> dict[str, object]:
    told: dict[str, object] = {"package_elements": package.told} if package.elements else {}
    if package.right is Right.PORTABILITY:
        told |= {"export_format": "json", "basis_of_exported_data": package.bases}
    return told
