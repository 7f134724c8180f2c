"""Impact assessments, as the workspace offers them."""

from __future__ import annotations

from compliance.workspace.desk import Desk


class Impacts:
    """Data-protection impact and legitimate-interest assessments."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
