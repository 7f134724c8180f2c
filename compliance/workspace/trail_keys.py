"""The name and the keys of the desk's own trail, in a file of the workspace folder."""

from __future__ import annotations

import secrets
from contextlib import suppress
from pathlib import Path

import msgspec

from compliance.errors import WorkspaceError
from compliance.trail import signer
from compliance.trail.nouns import Signer
from compliance.workspace.desk import Desk

FILE = "trail.key"


class _Kept(msgspec.Struct, forbid_unknown_fields=True):
    """What the file holds; the secret is hex."""

    origin: str
    seed: str
    before: tuple[str, ...] = ()


def signer_of(desk: Desk) -> Signer:
    """Who signs the desk's checkpoints; made at the first time.

    Raises:
        WorkspaceError: the file is damaged, or cannot be made.
    """
    path = desk.settings.home / FILE
    try:
        if not path.exists():
            _make(path, _Kept(f"privacy-desk/{secrets.token_hex(8)}", secrets.token_hex(32)))
        kept = msgspec.json.decode(path.read_bytes(), type=_Kept)
        return signer(kept.origin, bytes.fromhex(kept.seed), kept.before)
    except OSError:
        reason = f"its {FILE} cannot be read or made; ask for the right to"
        raise WorkspaceError(home=path.parent, reason=reason) from None
    except ValueError:
        reason = f"its {FILE} is damaged; restore the folder from its backup"
        raise WorkspaceError(home=path.parent, reason=reason) from None


def _make(path: Path, kept: _Kept) -> None:
    partial = path.with_suffix(f".{secrets.token_hex(4)}.partial")
    partial.touch(mode=0o600)
    partial.write_bytes(msgspec.json.encode(kept))
    # A link appears whole or not at all, and never replaces the key of a faster process.
    with suppress(FileExistsError):
        path.hardlink_to(partial)
    partial.unlink()
