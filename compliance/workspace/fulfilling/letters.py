"""What letters, the log and certificates stand on; none of it is about anybody."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Connection

from compliance import __version__
from compliance.errors import LetterError
from compliance.report.nouns import CertificateEvidence, LetterEvidence, LogEvidence
from compliance.rights.fulfilling import Matter, letter, log_of
from compliance.rights.nouns import (
    Erasure,
    Letter,
    LetterKind,
    Outcome,
    Request,
    RequestLog,
    Right,
    Stage,
)
from compliance.rights.requests import provision_of
from compliance.storage import records, tables
from compliance.workspace.desk import Desk
from compliance.workspace.fulfilling.gathering import sender_of
from compliance.workspace.fulfilling.steps import told_by
from compliance.workspace.governing import packs
from compliance.workspace.governing.registers import organisation_in
from compliance.workspace.lineage import edges as lineage_edges
from compliance.workspace.requesting.clocks import clocked
from compliance.workspace.requesting.requested import every
from compliance.workspace.trails import trails

LOG_MONTHS = 24  # 11 CCR 7101(a)
_DONE = (Stage.SWITCHED, Stage.PROVED)


def letter_on(desk: Desk, connection: Connection, request: Request, kind: LetterKind) -> Letter:
    """The letter of that kind on a request.

    Raises:
        LetterError: it cannot be written yet.
    """
    at = desk.clock()
    return letter(kind, request, _matter(desk, connection, request, at), at.date())


def _matter(desk: Desk, connection: Connection, request: Request, at: datetime) -> Matter:
    provision, pack = provision_of(request.law, request.right), packs.in_force(connection)
    decision = request.decision
    found = provision.refusals.get(decision.ground) if decision else None
    clock = clocked(request, pack, at).due
    kept = decision.kept if decision else {}
    rows = told_by(desk, connection, request)
    return Matter(
        law=pack.law_name(request.law),
        title=provision.title,
        article=provision.article,
        sender=sender_of(connection),
        ground=found.words if found else "",
        ground_article=found.article if found else "",
        kept={
            name: provision.exceptions[id_].words if id_ in provision.exceptions else id_
            for name, id_ in kept.items()
        },
        has_appeal=provision.has_appeal,
        due=clock.effective.date() if clock else None,
        recipients=len(rows),
        told=sum(row.is_settled for row in rows),
        rows=None if request.searched_on is None else sum(request.found.values()),
    )


def log_in(connection: Connection, today: date, months: int) -> RequestLog:
    """The log of the requests received in the last months."""
    from dateutil.relativedelta import relativedelta

    requests = every(connection)
    since: date = today - relativedelta(months=months)
    grounds = {one.id: words for one in requests if (words := _ground(one))}
    return log_of(requests, since, today, grounds)


def _ground(request: Request) -> str:
    decision = request.decision
    if decision is None or decision.outcome is Outcome.FULFILLED:
        return ""
    found = provision_of(request.law, request.right).refusals.get(decision.ground)
    return f"{found.words} ({found.article})" if found else decision.ground


def letter_evidence(
    desk: Desk, connection: Connection, request: Request, kind: LetterKind
) -> LetterEvidence:
    """What the report on a letter says."""
    at = desk.clock().replace(microsecond=0)
    return LetterEvidence(
        organisation=organisation_in(connection),
        letter=letter_on(desk, connection, request, kind),
        right=request.right,
        outcome=request.decision.outcome if request.decision else None,
        trail=trails.verify_signed(desk, connection, at),
        desk_version=__version__,
        gathered_at=at,
    )


def log_evidence(desk: Desk, connection: Connection, months: int = LOG_MONTHS) -> LogEvidence:
    """What the log of requests says."""
    at = desk.clock().replace(microsecond=0)
    laws = packs.in_force(connection).laws
    return LogEvidence(
        organisation=organisation_in(connection),
        log=log_in(connection, at.date(), months),
        laws={id_: law.short for id_, law in laws.items()},
        trail=trails.verify_signed(desk, connection, at),
        desk_version=__version__,
        gathered_at=at,
    )


def certificate_evidence(
    desk: Desk, connection: Connection, request: Request
) -> CertificateEvidence:
    """What the certificate of an erasure says.

    Raises:
        LetterError: nothing was erased.
    """
    at = desk.clock().replace(microsecond=0)
    found = [
        one
        for one in records.newest_by(connection, tables.ERASURE, Erasure, "id").values()
        if request.id in one.requests and one.stage in _DONE
    ]
    if request.right is not Right.ERASURE or not found:
        reason = "nothing was erased for it"
        raise LetterError(letter="certificate of erasure", request=request.id, reason=reason)
    erasure = found[-1]
    touched = set(erasure.touched.get(request.id, ())) or {
        one.dataset_id for one in erasure.rewritings
    }
    return CertificateEvidence(
        organisation=organisation_in(connection),
        request=request.id,
        erasure=erasure,
        lineage=lineage_edges.around(lineage_edges.every(connection), touched),
        trail=trails.verify_signed(desk, connection, at),
        desk_version=__version__,
        gathered_at=at,
    )
