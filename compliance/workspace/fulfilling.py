"""Carrying requests out, as the workspace offers it."""

from __future__ import annotations

from compliance.workspace.desk import Desk


class Fulfilling:
    """Access, portability, rectification, restriction, objection, opt-out."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
