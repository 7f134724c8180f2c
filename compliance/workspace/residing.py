"""Residency, as the workspace offers it."""

from __future__ import annotations

from compliance.workspace.desk import Desk


class Residing:
    """Where data lie and go, and whether they may."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
