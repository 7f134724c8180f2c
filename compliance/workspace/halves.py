"""Files that were begun and never finished: whoever wrote them was stopped."""

from __future__ import annotations

import time
from contextlib import suppress

from compliance.workspace.desk import Desk
from compliance.workspace.erasing.files import destroy

_HOUR_S = 3_600.0  # nobody writes one file for so long


def sweep(desk: Desk) -> None:
    """Destroy them; what another process writes just now is younger and stays."""
    home = desk.settings.home
    before = time.time() - _HOUR_S
    for folder in (home, *(path for path in home.iterdir() if path.is_dir())):
        for path in folder.glob("*.partial"):
            with suppress(OSError):
                if path.stat().st_mtime < before:
                    destroy(path)
