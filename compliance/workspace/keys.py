"""The secrets of the workspace that are kept in files of their own, apart from all data."""

from __future__ import annotations

import secrets
from contextlib import suppress
from pathlib import Path

from compliance.errors import WorkspaceError

KEY_BYTES = 32


def key_in(path: Path) -> bytes:
    """The secret at `path`, made when there is none.

    Raises:
        WorkspaceError: it is damaged, or cannot be made.
    """
    try:
        if not path.exists():
            _make(path)
        key = path.read_bytes()
    except OSError:
        reason = f"its {path.name} cannot be read or made; ask for the right to"
        raise WorkspaceError(home=path.parent, reason=reason) from None
    if len(key) != KEY_BYTES:
        reason = f"its {path.name} is damaged; restore the folder from its backup"
        raise WorkspaceError(home=path.parent, reason=reason)
    return key


def _make(path: Path) -> None:
    partial = path.with_suffix(f".{secrets.token_hex(4)}.partial")
    partial.touch(mode=0o600)
    partial.write_bytes(secrets.token_bytes(KEY_BYTES))
    # A link appears whole or not at all, and never replaces the key of a faster process.
    with suppress(FileExistsError):
        path.hardlink_to(partial)
    partial.unlink()
