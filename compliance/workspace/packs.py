"""Packs of rules, as the workspace offers them."""

from __future__ import annotations

from compliance.workspace.desk import Desk


class Packs:
    """The rules in force: look, check, bring in one's own, go back."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
