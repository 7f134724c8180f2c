"""The trail of the desk's own records: read, verified, taken outside."""

from __future__ import annotations

from pathlib import Path

import msgspec
from sqlalchemy import Connection

from compliance.errors import FileMissingError, TrailError
from compliance.storage import records
from compliance.trail import read_checkpoint, to_checkpoint, to_entry, to_export
from compliance.trail import verify as verify_lines
from compliance.trail.nouns import Entry, Verification
from compliance.workspace.desk import Desk


def newest(connection: Connection, count: int) -> tuple[Entry, ...]:
    """The last `count` entries, newest first."""
    return tuple(to_entry(line) for line in records.lines_of(connection, newest=count))


def verify(connection: Connection, checkpoint: Path | None = None) -> Verification:
    """Whether the trail is whole and, with a checkpoint, still holds what that saw.

    Raises:
        FileMissingError, TrailError: the checkpoint cannot be read.
    """
    seen = None
    if checkpoint is not None:
        try:
            text = checkpoint.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            raise TrailError(name=checkpoint.name, kind="checkpoint") from None
        except (OSError, ValueError):
            raise FileMissingError(name=checkpoint.name) from None
        seen = read_checkpoint(checkpoint.name, text)
    return verify_lines(records.lines_of(connection), records.head_of(connection), seen)


def checkpoint(desk: Desk) -> str:
    """A checkpoint of the trail, including the entry that says it was taken, as JSON."""
    with desk.act("trail.checkpoint", "trail"):
        pass
    with desk.database.reading() as connection:
        found = to_checkpoint(verify(connection), desk.clock())
    return msgspec.json.format(msgspec.json.encode(found)).decode() + "\n"


def export(desk: Desk) -> str:
    """The whole trail as JSON lines, including the entry that says it was exported."""
    with desk.act("trail.export", "trail"):
        pass
    with desk.database.reading() as connection:
        return to_export(records.lines_of(connection))
