"""Alarms, as the workspace offers them."""

from __future__ import annotations

from compliance.workspace.desk import Desk


class Watching:
    """What is unusual in what was done."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
