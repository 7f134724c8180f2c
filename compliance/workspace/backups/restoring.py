"""Backups that are checked, and restored: all of one, or nothing.

    marked ─▶ files and records written ─▶ trail verified ─▶ records committed ─▶ mark taken away

While the mark is there nobody opens the folder; whoever restores again begins anew, or ends what
was only left to be ended.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO

from compliance.errors import BackupError, FileMissingError, NotRestoredError
from compliance.settings import Settings
from compliance.storage import records
from compliance.storage.copying import Filling, filling, not_empty
from compliance.trail.nouns import Verification
from compliance.workspace import Workspace
from compliance.workspace.backups.making import Summary, password_in, summary_of
from compliance.workspace.backups.members import (
    FILES,
    MANIFEST,
    ROWS,
    About,
    Manifest,
    Reading,
    fits,
)
from compliance.workspace.backups.sealing import unsealed
from compliance.workspace.desk import RESTORING
from compliance.workspace.trails.checks import Checked


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """A workspace as it is after a backup was restored.

    Attributes:
        summary: what was restored.
        verification: of the whole trail, also against the anchors outside.
    """

    summary: Summary
    verification: Verification


@dataclass(frozen=True, slots=True)
class _Into:
    """Where a backup is read into; without a folder its files are only looked at."""

    address: str
    home: Path | None = None
    may_be_filled: bool = field(default=False, kw_only=True)


def check(path: Path, settings: Settings) -> Summary:
    """Read a whole backup and verify its trail, without touching any workspace.

    Raises:
        FileMissingError, BackupError, NotBackedUpError: it cannot be used.
    """
    with _opened(path) as stream, TemporaryDirectory() as folder:
        return _taken(stream, path.name, settings, _Into(f"sqlite:///{folder}/records.sqlite"))


def restore(path: Path, settings: Settings) -> Restored:
    """Put a backup into an empty workspace folder and empty records; the trail says so.

    Raises:
        FileMissingError, BackupError, NotBackedUpError: it cannot be used; nothing was restored.
        NotRestoredError, WorkspaceError: the folder or the database is not empty or cannot be
            written; nothing was restored.
    """
    password_in(settings)
    with _opened(path) as stream, _folder(settings.home) as was_stopped:
        into = _Into(settings.database_url, settings.home, may_be_filled=was_stopped)
        summary = _taken(stream, path.name, settings, into)
    workspace = Workspace(settings)
    with workspace._desk.act("backup.restore", summary.id) as act:
        act.facts |= {"made_at": summary.made_at.isoformat(), "entries": summary.entries}
    return Restored(summary=summary, verification=workspace.verify_trail())


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    try:
        stream = path.open("rb")
    except OSError:
        raise FileMissingError(name=path.name) from None
    with stream:
        yield stream


@contextmanager
def _folder(home: Path) -> Iterator[bool]:
    """The empty folder `home` under a mark; on an error it is as it was.

    Yields whether somebody was stopped who restored into it.
    """
    was_there, mark = home.is_dir(), home / RESTORING
    try:
        was_stopped = mark.exists()
        if was_there and not was_stopped and any(home.iterdir()):
            raise NotRestoredError(reason=f"the folder {home} is not empty; name a new one")
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        mark.touch(mode=0o600)
        _empty(home, but=RESTORING)
    except OSError:
        raise _unwritable(home) from None
    with ExitStack() as undo:
        undo.callback(_undo, home, was_there=was_there)
        yield was_stopped
        undo.pop_all()
    mark.unlink()
    _sync(home)


def _undo(home: Path, *, was_there: bool) -> None:
    _empty(home)
    if not was_there:
        home.rmdir()


def _empty(home: Path, but: str = "") -> None:
    for path in home.iterdir():
        if path.name == but:
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()


def _taken(stream: BinaryIO, name: str, settings: Settings, into: _Into) -> Summary:
    """Read a backup into records, and its files into a folder where one is given."""
    reading = Reading(unsealed(stream, password_in(settings), name), name)
    about = reading.about()
    with filling(into.address, may_be_filled=into.may_be_filled) as rows:
        rows.begin(about.revision, about.columns, name)
        manifest = _read(reading, rows, into.home)
        rows.end()
        _verify(rows, about, manifest, name)
        if into.home is not None:
            _sync_all(into.home)
    return summary_of(about, manifest)


def _read(reading: Reading, rows: Filling, home: Path | None) -> Manifest:
    for member, size, parts in reading.each():
        if member == MANIFEST:
            return reading.manifest(size, parts)
        if member.startswith(ROWS):
            table = member.removeprefix(ROWS).partition("/")[0]
            rows.add(table, reading.rows(reading.text(size, parts)), reading.name)
        elif member.startswith(FILES):
            _write(parts, None if home is None else home / member.removeprefix(FILES), home)
        else:
            raise reading.foreign()
    raise reading.foreign()


def _write(parts: Iterator[bytes], path: Path | None, home: Path | None) -> None:
    if path is None or home is None:
        for _ in parts:
            pass
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
        with os.fdopen(os.open(path, flags, 0o600), "wb") as file:
            for part in parts:
                file.write(part)
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        raise _unwritable(home) from None


def _verify(rows: Filling, about: About, manifest: Manifest, name: str) -> None:
    """Whether what was read is what the manifest says, and the trail vouches for it.

    Raises:
        BackupError: it is not.
        NotRestoredError: the database was filled before, and not by this backup.
    """
    found = Checked().read_on(rows.connection)
    head = records.head_of(rows.connection)
    ends = (found.entries, found.root, head.entries, head.hash)
    wanted = (manifest.entries, manifest.root, manifest.entries, manifest.head)
    if rows.is_filled and ends != wanted:
        raise not_empty()
    if not fits(rows.counts, manifest) or ends != wanted or found.problems:
        raise BackupError(name=name, reason="the trail in it does not verify; take another")
    told = records.line(rows.connection, about.entry)
    if told is None or f'"{about.id}"' not in told.body:
        raise BackupError(name=name, reason="the trail in it does not tell of it; take another")


def _unwritable(home: Path) -> NotRestoredError:
    reason = f"the folder {home} cannot be written; check its rights and the free space"
    return NotRestoredError(reason=reason)


def _sync_all(home: Path) -> None:
    for folder in (home, *(path for path in home.rglob("*") if path.is_dir())):
        _sync(folder)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
