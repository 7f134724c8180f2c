"""Acts that a second person approves before they are done."""

from __future__ import annotations

from compliance.access.nouns import FourEyes, Matter
from compliance.storage import records, tables
from compliance.workspace.desk import Act, Desk


class Approving:
    """The four-eyes principle where an officer asked for it."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def required(self) -> FourEyes:
        """What needs a second person."""
        with self._desk.database.reading() as connection:
            return records.latest(connection, tables.FOUR_EYES, FourEyes) or FourEyes()


def use(act: Act, matter: Matter, subject: str, digest: str) -> None:
    """Within `act`: use the approval that it needs, if it needs one.

    Args:
        digest: SHA-256 of all that the act depends on.

    Raises:
        ApprovalNeededError: it needs one, and there is none that is still good.
    """
