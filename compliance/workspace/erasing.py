"""Erasure, as the workspace offers it."""

from __future__ import annotations

from compliance.workspace.desk import Desk


class Erasing:
    """One person, or many, out of every version and derived copy; and the proof."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
