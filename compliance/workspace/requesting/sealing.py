"""Who a request is about, sealed under a key of its own; without the key nobody can read it."""

from __future__ import annotations

import hmac
import os
import secrets
from collections.abc import Collection, Sequence
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from compliance.errors import SealedError, WorkspaceError
from compliance.plain import from_json, to_json
from compliance.rights.nouns import Identifier
from compliance.workspace.desk import Desk

_KEY_BYTES = 32
_NONCE_BYTES = 12


def seal(desk: Desk, request: str, identifiers: Sequence[Identifier]) -> None:
    """Keep `identifiers` for `request`, sealed anew; what was sealed for it before is gone."""
    key, nonce = AESGCM.generate_key(8 * _KEY_BYTES), secrets.token_bytes(_NONCE_BYTES)
    plain = to_json(tuple(identifiers)).encode()
    _write(_box(desk, request), nonce + AESGCM(key).encrypt(nonce, plain, request.encode()))
    _write(_key(desk, request), key)


def unseal(desk: Desk, request: str) -> tuple[Identifier, ...]:
    """Who `request` is about.

    Raises:
        SealedError: the key was destroyed, or a file is missing or damaged.
    """
    try:
        key, sealed = _key(desk, request).read_bytes(), _box(desk, request).read_bytes()
        plain = AESGCM(key).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], request.encode())
    except (OSError, InvalidTag, ValueError):
        raise SealedError(request=request) from None
    return from_json(tuple[Identifier, ...], plain.decode())


def salt_of(desk: Desk, request: str) -> bytes:
    """What hashes of the person's values are salted with; it is gone with the key.

    Raises:
        SealedError: the key was destroyed.
    """
    try:
        return hmac.digest(_key(desk, request).read_bytes(), b"salt", "sha256")
    except OSError:
        raise SealedError(request=request) from None


def is_sealed(desk: Desk, request: str) -> bool:
    """Whether it can still be read who `request` is about."""
    return _key(desk, request).exists()


def readable(desk: Desk) -> tuple[str, ...]:
    """The requests of which it can still be read who they are about."""
    return tuple(path.stem for path in (desk.settings.home / "sealed").glob("*.key"))


def destroy(desk: Desk, request: str) -> None:
    """Make it unreadable for ever; done twice it is done."""
    path = _key(desk, request)
    if path.exists():
        _write(path, secrets.token_bytes(_KEY_BYTES))  # over the key, before its name goes
        path.unlink()
    _box(desk, request).unlink(missing_ok=True)
    _marks(desk, request).unlink(missing_ok=True)


def sweep(desk: Desk, known: Collection[str]) -> None:
    """Destroy what was sealed for requests that never came to be: whoever took them in was stopped.

    To be called within an act: requests are sealed within one, and only one is under way.

    Args:
        known: the requests on record.
    """
    folder = desk.settings.home / "sealed"
    for request in {path.stem for path in folder.glob("*.*")} - set(known):
        destroy(desk, request)


def mark(desk: Desk, request: str, by: Sequence[str]) -> None:
    """Keep by what a later request of the same person is recognised, until `destroy`."""
    _write(_marks(desk, request), "\n".join(by).encode())


def marks(desk: Desk) -> dict[str, set[str]]:
    """The requests of each mark, as far as they are still known."""
    folder = desk.settings.home / "sealed"
    found: dict[str, set[str]] = {}
    for path in folder.glob("*.marks"):
        for one in path.read_text().split():
            found.setdefault(one, set()).add(path.stem)
    return found


def _key(desk: Desk, request: str) -> Path:
    return desk.settings.home / "sealed" / f"{request}.key"


def _box(desk: Desk, request: str) -> Path:
    return desk.settings.home / "sealed" / f"{request}.bin"


def _marks(desk: Desk, request: str) -> Path:
    return desk.settings.home / "sealed" / f"{request}.marks"


def _write(path: Path, data: bytes) -> None:
    try:
        path.parent.mkdir(mode=0o700, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as stream:
            stream.write(data)
            stream.truncate()
            stream.flush()
            os.fsync(stream.fileno())
    except OSError:
        reason = "who a request is about could not be written; check the free space"
        raise WorkspaceError(home=path.parent.parent, reason=reason) from None
