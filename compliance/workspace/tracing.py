"""Looking for one person everywhere, as the workspace offers it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from sqlalchemy import Connection

from compliance.rights.nouns import Identifier, Trace
from compliance.workspace.desk import Desk

Versions = Literal["newest", "all"]


class Index:
    """All that is searched, gathered once: many people are found in it quickly.

    It holds what was stored when it was made; make a new one after anything was written.
    """

    def __init__(self, desk: Desk, connection: Connection, versions: Versions = "all") -> None:
        self._desk = desk
        self._searched: dict[str, int] = {}

    def trace(
        self, identifiers: Sequence[Identifier], decided: Mapping[str, bool] | None = None
    ) -> Trace:
        """Where the person with `identifiers` is found."""
        return Trace(matches=(), mentions=(), searched=self._searched, decided=decided or {})


def trace(
    desk: Desk,
    connection: Connection,
    identifiers: Sequence[Identifier],
    *,
    versions: Versions = "all",
    decided: Mapping[str, bool] | None = None,
) -> Trace:
    """Where the person with `identifiers` is found; nothing is stored.

    Args:
        versions: of each dataset, the newest only, or all that are stored.
        decided: by a doubtful match's id, what an officer said of it.
    """
    return Index(desk, connection, versions).trace(identifiers, decided)


class Tracing:
    """Where one person is found, in every version of every dataset."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
