"""Looking for one person everywhere, as the workspace offers it."""

from __future__ import annotations

from compliance.workspace.desk import Desk


class Tracing:
    """Where one person is found, in every version of every dataset."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
