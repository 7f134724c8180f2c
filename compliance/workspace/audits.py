"""Audits that run by themselves, as the workspace offers them."""

from __future__ import annotations

from compliance.workspace.desk import Desk


class Audits:
    """Audit now or on a schedule, and say what changed."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
