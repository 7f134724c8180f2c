"""The trail of the desk's own records: read, verified, taken outside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import Connection

from compliance.errors import BrokenTrailError, FileMissingError, TrailError
from compliance.storage import records, tiles
from compliance.trail import (
    Line,
    commitment,
    hash_of,
    read_checkpoint,
    root_of,
    sign,
    to_checkpoint,
    to_entry,
    to_export,
)
from compliance.trail import verify as verify_lines
from compliance.trail.nouns import Checkpoint, Entry, Verification
from compliance.workspace import trail_keys
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
    lines = records.lines_of(connection)
    found = verify_lines(lines, records.head_of(connection), seen)
    return replace(found, problems=found.problems + _changed_records(connection, lines))


def _changed_records(connection: Connection, lines: Sequence[Line]) -> tuple[str, ...]:
    """What untouched entries no longer vouch for: records changed, removed or added behind them."""
    stored = records.hashes(connection)
    problems = []
    for line in lines:
        kept = stored.pop(line.place, None)
        if hash_of(line.body) != line.hash:
            continue  # that has been told
        said = msgspec.json.decode(line.body, type=dict[str, Any]).get("facts", {}).get("records")
        if said != (commitment(kept) if kept else None):
            problems.append(f"What entry {line.place} stored was changed: it no longer fits it.")
    problems += [f"A record was inserted: it names entry {n}, which is not there." for n in stored]
    return tuple(problems)


def signed(desk: Desk, connection: Connection, at: datetime | None = None) -> Checkpoint:
    """Where the trail ends, signed; read from few rows, however long the trail is.

    It says nothing of whether the entries are as they were written: that is for `verify`. Where
    rows are missing that the tree is read from, the checkpoint is of the last hash alone and not
    signed.

    Args:
        at: the moment to sign; else now.
    """
    head, by = records.head_of(connection), trail_keys.signer_of(desk)
    moment = desk.clock() if at is None else at
    try:
        root = root_of(head.entries, tiles.node_in(connection, head.entries)).hex()
    except BrokenTrailError:
        whose = {"origin": by.origin, "key": by.key, "note": ""}
        return Checkpoint(entries=head.entries, root="", head=head.hash, at=moment, **whose)
    return sign(by, entries=head.entries, root=root, head=head.hash, at=moment)


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
