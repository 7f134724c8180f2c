"""Reports: signed, in every format, and checked."""

from __future__ import annotations

from pathlib import Path

from compliance.report.signatures import Checked
from compliance.workspace import signing
from compliance.workspace.desk import Desk


class Reporting:
    """Reports: signed, in every format, and checked."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def verify(self, path: Path, trusted: Path | None = None) -> Checked:
        """Whether signature, evidence and trail of the report at `path` agree.

        Args:
            trusted: certificates (PEM) that may vouch for a signer whom this desk does not know.

        Raises:
            FileMissingError, NotAReportError, SignerError: it cannot be read.
        """
        return signing.check(self._desk, path, trusted)
