"""Whether the workspace can be worked with, and a few counts of it: for whoever watches a server.

Nothing here names a person, a dataset or a column.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from compliance.errors import ComplianceError
from compliance.storage import records, tables
from compliance.workspace.anchoring.records import newest_verified
from compliance.workspace.desk import Desk
from compliance.workspace.governing import worker
from compliance.workspace.guarding import guarded

_COUNTED = {
    "datasets": tables.DATASET,
    "releases": tables.RELEASE,
    "runs": tables.RUN,
    "reports": tables.REPORT,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How much there is.

    Attributes:
        entries: of the trail.
        stored: how many versions of datasets, releases, runs and reports are on record.
        verified_at: when the whole trail was last verified; None: never.
        is_whole: what came of it; None where it never was.
        worker_seen_at: when a worker last looked for work; None: never.
    """

    entries: int
    stored: dict[str, int]
    verified_at: datetime | None
    is_whole: bool | None
    worker_seen_at: datetime | None


@guarded
class Vitals:
    """The state of the workspace, asked at any time; nothing is recorded of it."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def faults(self) -> tuple[str, ...]:
        """Which of `database`, `trail` and `folder` cannot be used now; empty: all is well."""
        looks: dict[str, Callable[[], None]] = {
            "database": self._reads,
            "trail": self._reads_the_head,
            "folder": self._writes,
        }
        return tuple(name for name, look in looks.items() if not _succeeds(look))

    def counts(self) -> Counts:
        """How much there is, and whether the trail was whole when it was last verified.

        Raises:
            WorkspaceError: the records cannot be read.
        """
        with self._desk.database.reading() as connection:
            verified = newest_verified(connection)
            return Counts(
                entries=records.head_of(connection).entries,
                stored={name: records.count(connection, table) for name, table in _COUNTED.items()},
                verified_at=verified.at if verified else None,
                is_whole=verified.ok if verified else None,
                worker_seen_at=worker.last_seen(self._desk),
            )

    def _reads(self) -> None:
        with self._desk.database.reading():
            pass

    def _reads_the_head(self) -> None:
        with self._desk.database.reading() as connection:
            head = records.head_of(connection)
            line = records.line(connection, head.entries) if head.entries else None
        if head.entries and (line is None or line.hash != head.hash):
            raise OSError

    def _writes(self) -> None:
        path = self._desk.settings.home / f".{secrets.token_hex(8)}.partial"
        path.touch(mode=0o600, exist_ok=False)
        path.unlink()


def _succeeds(look: Callable[[], None]) -> bool:
    try:
        look()
    except (ComplianceError, OSError):
        return False
    return True
