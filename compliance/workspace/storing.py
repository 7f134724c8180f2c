"""Files in the workspace folder: whole or not there."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from compliance.errors import WorkspaceError


def store_bytes(path: Path, data: bytes) -> None:
    """Write `data` to `path` at once or not at all; what is named by its hash is written once."""
    if path.exists():
        return
    partial = path.with_suffix(f".{secrets.token_hex(4)}.partial")
    try:
        with partial.open("xb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        partial.replace(path)
    except OSError:
        partial.unlink(missing_ok=True)
        reason = "the file could not be written; check the free space"
        raise WorkspaceError(home=path.parent.parent, reason=reason) from None
