"""Reports on requests: letters, the log, certificates of erasure; none of them names anybody."""

from __future__ import annotations

from compliance.errors import ReportChoiceError, RequestInputError
from compliance.report import build
from compliance.report.nouns import Document, ReportKind
from compliance.rights.nouns import LetterKind
from compliance.workspace.desk import Desk
from compliance.workspace.fulfilling import letters
from compliance.workspace.reporting import files as report_files
from compliance.workspace.requesting.requested import one

KINDS = (ReportKind.REQUEST, ReportKind.REQUEST_LOG, ReportKind.ERASURE)


def built(
    desk: Desk,
    kind: ReportKind,
    about: str | None,
    letter: LetterKind = LetterKind.ANSWER,
    months: int = letters.LOG_MONTHS,
) -> tuple[Document, str]:
    """The report of that kind, and what its entry in the trail is about.

    Args:
        about: the request; None for the log.
        letter: which, for a letter.
        months: how many, for the log.

    Raises:
        UnknownRequestError, LetterError, RequestInputError: there is nothing to write.
        ReportChoiceError: a request is named, but the log is of all.
    """
    report_files.check_may_see(desk, kind)
    with desk.database.reading() as connection:
        if kind is ReportKind.REQUEST_LOG:
            if about is not None:
                raise ReportChoiceError(kind=kind)
            evidence = letters.log_evidence(desk, connection, months)
            return build(kind, evidence), f"requests of {months} months"
        if not about:
            raise RequestInputError(field="The request", problem="is missing; give its number")
        request = one(connection, about)
        if kind is ReportKind.REQUEST:
            said = letters.letter_evidence(desk, connection, request, letter)
            return build(kind, said), f"{letter} on {request.id}"
        found = letters.certificate_evidence(desk, connection, request)
        return build(kind, found), f"erasure of {request.id}"
