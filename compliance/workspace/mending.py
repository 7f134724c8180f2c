"""Findings and their remedies, as the workspace offers them."""

from __future__ import annotations

from compliance.workspace.desk import Desk


class Mending:
    """What is wrong, who mends it, what would mend it, and what did."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
