"""Reports: signed, in every format, and checked."""

from __future__ import annotations

from compliance.workspace.desk import Desk


class Reporting:
    """Reports: signed, in every format, and checked."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
