"""Workspaces that take long to fill: filled once per process, then copied."""

from __future__ import annotations

import functools
import shutil
import tempfile
from collections.abc import Callable, Hashable
from pathlib import Path


def copied(home: Path, fill: Callable[..., object], *said: Hashable) -> Path:
    """`home` as `fill(home, *said)` leaves it.

    Args:
        fill: a function of a module, so that the next test that asks finds what it filled.
    """
    kept = Path(_filled(fill, said).name) / "desk"
    return Path(shutil.copytree(kept, home, dirs_exist_ok=True))


@functools.cache
def _filled(
    fill: Callable[..., object], said: tuple[Hashable, ...]
) -> tempfile.TemporaryDirectory[str]:
    """It goes with the process."""
    folder = tempfile.TemporaryDirectory()
    fill(Path(folder.name) / "desk", *said)
    return folder
