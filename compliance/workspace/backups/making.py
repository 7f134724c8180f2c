"""Backups: one moment of the whole workspace in one sealed file, and back.

A backup is made while the desk works. For a moment nobody writes, so that keys and records are of
one moment; what is named by its hash never changes and is copied afterwards. Nobody erases until
the end, or files that the records name would be gone.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection

from compliance import __version__
from compliance.errors import NotBackedUpError, WorkspaceError
from compliance.settings import Settings
from compliance.storage import copying, records
from compliance.storage.database import HEAD_REVISION
from compliance.storage.tiles import node_in
from compliance.trail import root_of
from compliance.workspace.backups.members import (
    ABOUT,
    FILES,
    MANIFEST,
    ROWS,
    About,
    Manifest,
    Writing,
    is_plain,
    is_taken,
)
from compliance.workspace.backups.sealing import CHUNK_BYTES, sealed
from compliance.workspace.desk import Desk
from compliance.workspace.erasing.files import alone
from compliance.workspace.guarding import guarded

SHORTEST_PASSWORD = 12
_WAIT_S = 60.0
# Named by the hash of what they hold, or of what they were made from: written once.
_WRITTEN_ONCE = re.compile(r"\w+/[0-9a-f]{64}\.\w+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What a backup holds.

    Attributes:
        id: as in the trail entry that says that it was made.
        made_at: the moment that it shows.
        version: of the desk that made it.
        entries, root: where the trail in it ends, and the root of the tree over it.
        records, files: how many there are.
        file_bytes: of all files together.
    """

    id: str
    made_at: datetime
    version: str
    entries: int
    root: str
    records: int
    files: int
    file_bytes: int


@guarded
class Backups:
    """Copies of the whole workspace."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def make(self) -> Iterator[bytes]:
        """A backup, part by part; who made it is in the trail, and that entry is in the backup.

        Raises:
            NotBackedUpError: there is no good password, or a file has a name of its own.
            ErasingBusyError: somebody is erasing people.
        """
        return sealed(self._members(), password_in(self._desk.settings))

    def _members(self) -> Iterator[bytes]:
        desk, id_ = self._desk, f"backup-{secrets.token_hex(6)}"
        with ExitStack() as until_the_end:
            until_the_end.enter_context(alone(desk, _WAIT_S))
            with desk.act("backup.make", id_) as act:
                entry, at = act.entry, act.at
            with desk.database.writing():  # nobody else does; nothing is written here
                connection = until_the_end.enter_context(desk.database.reading())
                head = records.head_of(connection)  # from here on it sees this moment
                files = _files_of(desk.settings)
                writing = Writing()
                yield from writing.small(ABOUT, _about(id_, entry, at))
                for path in files:
                    if not _WRITTEN_ONCE.fullmatch(path):
                        yield from _file(writing, desk.settings.home, path)
            rows: dict[str, int] = {}
            for table in copying.EVERY:
                yield from _rows(writing, connection, str(table.name), rows)
            for path in files:
                if _WRITTEN_ONCE.fullmatch(path):
                    yield from _file(writing, desk.settings.home, path)
            root = root_of(head.entries, node_in(connection, head.entries)).hex()
            manifest = Manifest(
                members=dict(writing.members),
                rows=rows,
                entries=head.entries,
                head=head.hash,
                root=root,
            )
            yield from writing.small(MANIFEST, manifest)


def summary_of(about: About, manifest: Manifest) -> Summary:
    """What is told of a backup."""
    files = [size for name, (size, _) in manifest.members.items() if name.startswith(FILES)]
    kept = sum(n for name, n in manifest.rows.items() if not name.startswith("trail"))
    return Summary(
        id=about.id,
        made_at=about.made_at,
        version=about.version,
        entries=manifest.entries,
        root=manifest.root,
        records=kept,
        files=len(files),
        file_bytes=sum(files),
    )


def password_in(settings: Settings) -> str:
    """What backups are sealed with.

    Raises:
        NotBackedUpError: nobody said so, or it is too short.
    """
    if len(settings.backup_password) < SHORTEST_PASSWORD:
        reason = (
            f"set PRIVACY_DESK_BACKUP_PASSWORD to {SHORTEST_PASSWORD} characters or more; a backup "
            "holds personal data and keys, and is only ever sealed"
        )
        raise NotBackedUpError(reason=reason)
    return settings.backup_password


def _about(id_: str, entry: int, at: datetime) -> About:
    columns = {str(table.name): tuple(map(str, table.c.keys())) for table in copying.EVERY}
    return About(
        id=id_,
        entry=entry,
        made_at=at,
        version=__version__,
        revision=HEAD_REVISION,
        columns=columns,
    )


def _files_of(settings: Settings) -> list[str]:
    """The files of the workspace folder, by their paths in it."""
    home = settings.home
    every = sorted(path for path in home.rglob("*") if path.is_file() and not path.is_symlink())
    found = [path.relative_to(home).as_posix() for path in every]
    taken = [path for path in found if is_taken(path)]
    if strange := [path for path in taken if not is_plain(path)]:
        reason = (
            f"{len(strange)} files in the workspace folder are not the desk’s; put them elsewhere"
        )
        raise NotBackedUpError(reason=reason)
    return taken


def _file(writing: Writing, home: Path, path: str) -> Iterator[bytes]:
    try:
        with (home / path).open("rb") as stream:
            size = stream.seek(0, 2)
            stream.seek(0)
            parts = iter(lambda: stream.read(CHUNK_BYTES), b"")
            yield from writing.member(FILES + path, size, parts)
    except OSError:
        raise WorkspaceError(home=home, reason="a file in it cannot be read") from None


def _rows(
    writing: Writing, connection: Connection, name: str, counts: dict[str, int]
) -> Iterator[bytes]:
    (table,) = (one for one in copying.EVERY if one.name == name)
    counts[name] = 0
    for place, (data, count) in enumerate(copying.rows_of(connection, table)):
        counts[name] += count
        yield from writing.member(f"{ROWS}{name}/{place}", len(data), [data])
