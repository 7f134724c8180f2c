"""Consent, as the workspace offers it."""

from __future__ import annotations

from compliance.workspace.desk import Desk


class Consenting:
    """Who agreed to what, and what may be used for a purpose."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
