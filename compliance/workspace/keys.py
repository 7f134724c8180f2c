"""The secrets of the workspace that are kept in files of their own, apart from all data."""

from __future__ import annotations

import hashlib
import hmac
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


def cookie_key(home: Path) -> str:
    """What the cookies of everybody who signs in to the desk at `home` are signed with.

    It comes from the desk's own secret, so every process on the folder knows it, none has to be
    told, and it is never weak.

    Raises:
        WorkspaceError: the folder cannot be used.
    """
    try:
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError:
        reason = "it cannot be written; choose another folder or ask for the right to write"
        raise WorkspaceError(home=home, reason=reason) from None
    return hmac.new(key_in(home / "secret.key"), b"cookies", hashlib.sha256).hexdigest()


def _make(path: Path) -> None:
    partial = path.with_suffix(f".{secrets.token_hex(4)}.partial")
    partial.touch(mode=0o600)
    partial.write_bytes(secrets.token_bytes(KEY_BYTES))
    # A link appears whole or not at all, and never replaces the key of a faster process.
    with suppress(FileExistsError):
        path.hardlink_to(partial)
    partial.unlink()
