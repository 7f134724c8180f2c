"""Lineage: what was made from what, and where personal data went."""

from __future__ import annotations

from compliance.workspace.desk import Desk


class Lineages:
    """Lineage: what was made from what, and where personal data went."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
