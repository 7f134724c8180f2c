"""Finished reports: signed, stored under the hash of their file, and told in the trail."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence

from compliance.dataset.nouns import Dataset
from compliance.errors import NoSuchFormatError, WorkspaceError
from compliance.i18n import mark, speaking
from compliance.lineage.nouns import How, Node, NodeKind
from compliance.register.nouns import Organisation
from compliance.report.examining import attached_to
from compliance.report.formats import write
from compliance.report.nouns import Document, Format, Report, ReportKind
from compliance.report.reading import read
from compliance.storage import records, tables
from compliance.workspace.data import datasets
from compliance.workspace.desk import Desk
from compliance.workspace.reporting import signing
from compliance.workspace.storing import store_bytes

NEEDS = {ReportKind.REQUEST: "request.see", ReportKind.REQUEST_LOG: "request.log"}
_TITLES = {ReportKind.DPIA: mark("Impact assessment report")}


def store(
    desk: Desk,
    kind: ReportKind,
    document: Document,
    wanted: Sequence[Dataset],
    origins: Sequence[Node],
    subject: str = "",
) -> Report:
    """Store a finished report with its entry.

    Args:
        origins: what it is on beside the datasets.
        subject: what the entry is about; empty: the datasets.
    """
    with desk.database.reading() as connection:
        organisation = records.latest(connection, tables.ORGANISATION, Organisation)
    pdf, signature = signing.signed(desk, document.pdf, organisation or Organisation())
    each = (pdf, document.pdf, document.plain)
    sha256, unsigned, plain = (hashlib.sha256(one).hexdigest() for one in each)
    store_bytes(desk.reports_folder / f"{sha256}.pdf", pdf)
    store_bytes(desk.reports_folder / f"{plain}.html", document.plain)
    with desk.act("report.build", subject or ", ".join(d.name for d in wanted)) as act:
        report = Report(
            id=f"report-{secrets.token_hex(6)}",
            kind=kind,
            datasets=tuple(str(dataset.name) for dataset in wanted),
            sha256=sha256,
            pages=document.pages,
            size_bytes=len(pdf),
            built_at=act.at,
            actor=act.actor,
            unsigned=unsigned,
            signer=signature.fingerprint,
            language=document.language,
            plain=plain,
        )
        act.store(tables.REPORT, report, id=report.id)
        act.store(tables.SIGNATURE, signature, report=report.id)
        node = Node(
            kind=NodeKind.REPORT,
            id=report.id,
            title=_TITLES.get(kind, f"{kind.capitalize()} report"),
        )
        how = How(parameters={"kind": str(kind), "sha256": sha256, "pages": report.pages})
        for origin in (*map(datasets.dataset_node, wanted), *origins):
            act.link(origin, node, mark("reported"), how)
        act.facts |= {
            "report": report.id,
            "sha256": sha256,
            "unsigned": unsigned,
            "plain": plain,
            "evidence": hashlib.sha256(document.attached["evidence"]).hexdigest(),
            "signer": signature.fingerprint,
            "pages": report.pages,
        }
    return report


def pdf_of(desk: Desk, report: Report) -> bytes:
    """The stored PDF.

    Raises:
        NotPermittedError: see `check_may_see`.
    """
    check_may_see(desk, report.kind)
    return (desk.reports_folder / f"{report.sha256}.pdf").read_bytes()


def check_may_see(desk: Desk, kind: ReportKind) -> None:
    """Whether whoever acts may see reports of that kind: letters are about a person.

    Raises:
        NotPermittedError: they may not.
    """
    if kind in NEEDS:
        desk.permit(NEEDS[kind])


def formats_of(report: Report) -> tuple[Format, ...]:
    """The formats that a report can be had in; those of before there were others have two."""
    return tuple(Format) if report.plain else (Format.PDF, Format.JSON)


def in_format(desk: Desk, report: Report, shape: Format) -> bytes:
    """A stored report in one of its formats; the same report gives the same bytes.

    Raises:
        NotPermittedError: see `check_may_see`.
        NoSuchFormatError: it was built before there were other formats.
        WorkspaceError: what is stored of it was changed.
    """
    check_may_see(desk, report.kind)
    if shape is Format.PDF:
        return pdf_of(desk, report)
    if shape is Format.JSON:
        return attached_to(pdf_of(desk, report))["evidence.json"]
    if not report.plain:
        raise NoSuchFormatError(shape=shape)
    plain = (desk.reports_folder / f"{report.plain}.html").read_bytes()
    if hashlib.sha256(plain).hexdigest() != report.plain:
        raise WorkspaceError(home=desk.settings.home, reason="a stored report was changed")
    with speaking(report.language):
        return write(read(plain), shape)
