"""Visits: from sign-in to sign-out."""

from __future__ import annotations

from compliance.workspace.desk import Desk


class Visits:
    """Who is signed in, since when, and until when."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
