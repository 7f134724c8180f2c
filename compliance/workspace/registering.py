"""The register, as the workspace offers it."""

from __future__ import annotations

from compliance.workspace.desk import Desk


class Registering:
    """What only people know: look it up, record it, bring it in, take it out."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
