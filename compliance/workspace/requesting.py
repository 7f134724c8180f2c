"""Requests, as the workspace offers them."""

from __future__ import annotations

from compliance.workspace.desk import Desk


class Requesting:
    """Requests from intake to answer, holds, and the board of what is due."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
