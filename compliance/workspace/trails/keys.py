"""The name and the keys of the desk's own trail, in a file of the workspace folder."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import msgspec
from sqlalchemy import Connection

from compliance.errors import WorkspaceError
from compliance.storage import acts
from compliance.trail import ROTATION, signer
from compliance.trail.nouns import Signer
from compliance.workspace.desk import Desk

FILE = "trail.key"


class _Kept(msgspec.Struct, forbid_unknown_fields=True):
    """What the file holds; the secret is hex."""

    origin: str
    seed: str
    before: tuple[str, ...] = ()


def signer_of(desk: Desk, connection: Connection) -> Signer:
    """Who signs the desk's checkpoints; made at the first time.

    Raises:
        WorkspaceError: the file is damaged, or cannot be made.
    """
    path = desk.settings.home / FILE
    with _explained(path):
        if not path.exists():
            _link(path, _Kept(f"privacy-desk/{secrets.token_hex(8)}", secrets.token_hex(32)))
        _settle(path, connection)
        return _signer(_read(path))


def known_signer(desk: Desk, connection: Connection) -> Signer | None:
    """The same, for those who only read; None where nothing was ever signed here.

    Raises:
        WorkspaceError: the file is damaged.
    """
    is_there = (desk.settings.home / FILE).exists()
    return signer_of(desk, connection) if is_there else None


def prepare(desk: Desk, connection: Connection) -> tuple[Signer, Signer]:
    """The signer until now and the one that will follow, once its key stands in the trail.

    To be called by the only one who writes. `signer_of` puts the new one in its place; a key
    whose entry was never written is forgotten by the next.
    """
    path = desk.settings.home / FILE
    before = signer_of(desk, connection)
    with _explained(path):
        kept = _Kept(before.origin, secrets.token_hex(32), before.keys)
        coming = _coming(path)
        coming.unlink(missing_ok=True)
        _link(coming, kept)
        return before, _signer(kept)


def _settle(path: Path, connection: Connection) -> None:
    """Put the key in force that the trail has handed over to: the desk may have ended between."""
    coming = _coming(path)
    if coming.exists() and acts.is_told(connection, ROTATION, _signer(_read(coming)).key):
        with suppress(FileNotFoundError):  # another was faster
            coming.replace(path)


def _coming(path: Path) -> Path:
    return path.with_suffix(".key.next")


def _read(path: Path) -> _Kept:
    return msgspec.json.decode(path.read_bytes(), type=_Kept)


def _signer(kept: _Kept) -> Signer:
    return signer(kept.origin, bytes.fromhex(kept.seed), kept.before)


def _link(path: Path, kept: _Kept) -> None:
    partial = path.with_suffix(f".{secrets.token_hex(4)}.partial")
    partial.touch(mode=0o600)
    partial.write_bytes(msgspec.json.encode(kept))
    # A link appears whole or not at all, and never replaces the key of a faster process.
    with suppress(FileExistsError):
        path.hardlink_to(partial)
    partial.unlink()


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError:
        reason = f"its {FILE} cannot be read or made; ask for the right to"
        raise WorkspaceError(home=path.parent, reason=reason) from None
    except ValueError:
        reason = f"its {FILE} is damaged; restore the folder from its backup"
        raise WorkspaceError(home=path.parent, reason=reason) from None
