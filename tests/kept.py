"""Folders that take long to fill: filled once for all workers, then copied."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable, Hashable
from pathlib import Path

# Where they lie while the tests run; conftest.py says it.
place: Path | None = None


def copied(home: Path, fill: Callable[..., object], *said: Hashable) -> Path:
    """`home` as `fill(home, *said)` leaves it."""
    return Path(shutil.copytree(once(fill, *said), home, dirs_exist_ok=True))


def once(fill: Callable[..., object], *said: Hashable) -> Path:
    """A folder as `fill(folder, *said)` leaves it; copied, never used.

    Args:
        fill: a function of a module; by its name the next test finds what it filled.
    """
    name = "-".join([fill.__module__, fill.__qualname__, *map(str, said)])
    return named(name.replace("/", "_"), lambda folder: fill(folder, *said))


def named(name: str, fill: Callable[[Path], object]) -> Path:
    """The folder `name` as `fill(folder)` leaves it.

    It is filled while the umask lets everybody read, as on a careless machine.
    """
    assert place is not None
    folder = place / f"once-{name}"
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "made").exists():
            before = os.umask(0)
            try:
                fill(folder / "desk")
            finally:
                os.umask(before)
            (folder / "made").touch()
    return folder / "desk"
