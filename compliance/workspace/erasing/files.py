"""Files of an erasure: a journal that survives a crash, one erasure at a time, and no old bytes.

    journal begun ─▶ each new file named, then written ─▶ records switched ─▶ old files destroyed
                                                                            ─▶ journal ended

Whoever opens the workspace afterwards and finds a journal of nobody who still runs, forgets or
finishes that erasure; see `compliance.workspace.erasing.erasures`.
"""

from __future__ import annotations

import fcntl
import os
import re
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from compliance.errors import ErasingBusyError, WorkspaceError
from compliance.workspace.desk import Desk
from compliance.workspace.storing import store_bytes

_MADE, _GONE = "made", "gone"
_BLOCK = 2**20
_SLEEP_S = 0.05
_OWN_NAME = re.compile(r"[0-9a-f]{64}\.(?:(?:parquet|csv)|[0-9a-f]{8}\.partial)")


@contextmanager
def alone(desk: Desk, wait_s: float) -> Iterator[None]:
    """Nobody else erases in this workspace meanwhile, in whichever process.

    The lock is the operating system's and ends with the process that holds it, however it ends.

    Raises:
        ErasingBusyError: somebody else is at it for longer than `wait_s` seconds.
    """
    folder = _folder(desk)
    folder.mkdir(mode=0o700, exist_ok=True)
    with (folder / "lock").open("wb") as file:
        until = time.monotonic() + wait_s
        while not _locked(file.fileno()):
            if time.monotonic() >= until:
                raise ErasingBusyError
            time.sleep(_SLEEP_S)
        yield


def unfinished(desk: Desk) -> tuple[str, ...]:
    """The erasures that have a journal: under way, or stopped."""
    return tuple(sorted(path.stem for path in _folder(desk).glob("*.journal")))


class Journal:
    """What an erasure wrote and is to destroy: names of files by their hashes, nothing else."""

    def __init__(self, desk: Desk, erasure: str) -> None:
        self._home = desk.settings.home
        self._path = _folder(desk) / f"{erasure}.journal"

    def begin(self) -> None:
        """Lay it down; from now on the erasure is finished or forgotten by whoever comes."""
        self._path.parent.mkdir(mode=0o700, exist_ok=True)
        self._append("")

    def write(self, path: Path, data: bytes) -> None:
        """Store a new file, named in the journal before it is there."""
        if not path.exists():
            self._append(f"{_MADE} {path.relative_to(self._home)}\n")
            store_bytes(path, data)

    def condemn(self, path: Path) -> None:
        """Name a file that is to be destroyed once nothing needs it any more."""
        self._append(f"{_GONE} {path.relative_to(self._home)}\n")

    @property
    def made(self) -> tuple[Path, ...]:
        return self._named(_MADE)

    @property
    def gone(self) -> tuple[Path, ...]:
        return self._named(_GONE)

    def end(self) -> None:
        """Nothing is left to do."""
        self._path.unlink(missing_ok=True)

    def _append(self, line: str) -> None:
        try:
            with self._path.open("a", encoding="utf-8") as file:
                file.write(line)
                file.flush()
                os.fsync(file.fileno())
        except OSError:
            reason = "the journal of an erasure cannot be written; check the free space"
            raise WorkspaceError(home=self._home, reason=reason) from None

    def _named(self, what: str) -> tuple[Path, ...]:
        """Whole lines only: of a torn one nothing was done yet."""
        text = self._path.read_text(encoding="utf-8") if self._path.exists() else ""
        whole = text[: text.rfind("\n") + 1].splitlines()
        marked = f"{what} "
        return tuple(
            self._home / line.removeprefix(marked) for line in whole if line.startswith(marked)
        )


def destroy(path: Path) -> None:
    """Write over a file and take its name away; done twice it is done.

    Where a file system writes elsewhere (copy on write, flash memory), the old bytes lie there
    until they are used for something else; see docs/erasure.md.
    """
    try:
        size = path.stat().st_size
        with path.open("r+b") as file:
            for start in range(0, size, _BLOCK):
                file.write(b"\0" * min(_BLOCK, size - start))
            file.flush()
            os.fsync(file.fileno())
    except FileNotFoundError:
        return
    except OSError:
        pass  # not to be written over; its name goes all the same
    path.unlink(missing_ok=True)


def leftovers(desk: Desk, used: Collection[Path]) -> tuple[Path, ...]:
    """Files with rows of people that no record knows: whoever wrote them was stopped.

    To be asked within an act: files of rows are written by acts, and only one is under way.
    """
    folders = (
        *(desk.datasets_folder, desk.outputs_folder),
        *(desk.hierarchies_folder, desk.vaults_folder),
    )
    return tuple(
        path
        for folder in folders
        for path in sorted(folder.iterdir())
        if path not in used and _OWN_NAME.fullmatch(path.name)
    )


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _folder(desk: Desk) -> Path:
    return desk.settings.home / "erasing"
