"""Accounts: who may sign in, and with which roles."""

from __future__ import annotations

from compliance.workspace.desk import Desk


class Accounts:
    """Who may sign in."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
