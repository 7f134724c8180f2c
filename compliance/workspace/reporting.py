"""Reports: signed, in every format, and checked."""

from __future__ import annotations

from pathlib import Path

from compliance.report.signatures import Checked
from compliance.workspace import signing_checks
from compliance.workspace.desk import Desk


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
        return signing_checks.check(self._desk, path, trusted)
