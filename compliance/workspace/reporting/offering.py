"""Reports: signed, in every format, and checked."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from compliance.report.nouns import Format, Report
from compliance.report.nouns.signatures import Checked, Signature
from compliance.storage import records, tables
from compliance.workspace.desk import Desk
from compliance.workspace.guarding import guarded
from compliance.workspace.reporting import checks
from compliance.workspace.reporting import files as report_files


@guarded
class Reporting:
    """Reports: signed, in every format, and checked."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def verify(self, path: Path, trusted: Path | None = None) -> Checked:
        """Whether signatures, evidence, pages and trail of the report at `path` agree.

        Args:
            trusted: certificates (PEM) that may vouch for signers and time-stamp authorities.

        Raises:
            FileMissingError, NotAReportError, SignerError: it cannot be read.
        """
        return checks.check(self._desk, path, trusted)

    def verify_bytes(self, data: bytes, name: str) -> Checked:
        """As `verify`, for a file that was handed over; nothing of it is kept.

        Raises:
            NotAReportError: it cannot be read.
        """
        return checks.check_bytes(self._desk, data, name)

    def signatures(self) -> Mapping[str, Signature]:
        """Who signed each report, by its id."""
        with self._desk.database.reading() as connection:
            return records.newest_by(connection, tables.SIGNATURE, Signature, "report")

    def formats(self, report: Report) -> tuple[Format, ...]:
        """The formats that a report can be had in."""
        return report_files.formats_of(report)

    def export(self, report: Report, shape: Format) -> bytes:
        """A report in one of its formats; the same report gives the same bytes.

        JSON is the evidence that is attached to the PDF, ZIP every table as CSV. Only the PDF is
        signed.

        Raises:
            NoSuchFormatError: it was built before there were other formats.
            WorkspaceError: what is stored of it was changed.
        """
        return report_files.in_format(self._desk, report, shape)

    def hand_out(self, report: Report, shape: Format = Format.PDF) -> bytes:
        """The same for somebody who takes it away; that is in the trail.

        Raises:
            NoSuchFormatError, WorkspaceError: see `export`.
        """
        data = self.export(report, shape)
        with self._desk.act("report.export", report.id) as act:
            act.facts |= {"kind": str(report.kind), "format": str(shape), "sha256": report.sha256}
        return data

    def was_read(self, report: Report) -> None:
        """Note that somebody looked at a report that is about one person."""
        with self._desk.act("report.read", report.id) as act:
            act.facts |= {"kind": str(report.kind), "sha256": report.sha256}
