"""A stream of bytes under a password: nobody without it reads, changes, cuts or reorders any of it.

    mark · salt │ chunk 0 │ chunk 1 │ … │ chunk n, marked as the last

Every chunk is sealed on its own (AES-256-GCM) under its place and whether it is the last, as the
STREAM construction has it, so that a long file is checked while it is read. The key comes from
the password by scrypt, with a salt per file.

Source: Hoang, Reyhanitabar, Rogaway, Vizár 2015, doi:10.1007/978-3-662-48000-7_24; RFC 7914.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from compliance.errors import BackupError

_MARK = b"privacy-desk-backup-1\n"
_SALT_BYTES, _KEY_BYTES, _TAG_BYTES = 32, 32, 16
CHUNK_BYTES = 2**20
_COST, _BLOCK, _LANES = 2**17, 8, 1  # 128 MiB and about half a second for each guess


def sealed(parts: Iterable[bytes], password: str) -> Iterator[bytes]:
    """`parts` one after another, sealed; a few chunks are in memory at a time."""
    top = _MARK + secrets.token_bytes(_SALT_BYTES)
    box, number, held = _box(top, password), 0, bytearray()
    yield top
    for part in parts:
        held += part
        while len(held) > CHUNK_BYTES:  # one is always kept back: it may be the last
            yield box.encrypt(_nonce(number), bytes(held[:CHUNK_BYTES]), top)
            del held[:CHUNK_BYTES]
            number += 1
    yield box.encrypt(_nonce(number, is_last=True), bytes(held), top)


def unsealed(stream: BinaryIO, password: str, name: str) -> Iterator[bytes]:
    """What was sealed, chunk by chunk; that it was whole is known when the last one came.

    Args:
        name: what a refusal calls the stream.

    Raises:
        BackupError: it is none, the password is another, or it was cut or changed.
    """
    top = stream.read(len(_MARK) + _SALT_BYTES)
    if len(top) != len(_MARK) + _SALT_BYTES or not top.startswith(_MARK):
        raise BackupError(name=name, reason="it is no backup that this version of the desk made")
    box, number = _box(top, password), 0
    held = stream.read(CHUNK_BYTES + _TAG_BYTES)
    while True:
        coming = stream.read(CHUNK_BYTES + _TAG_BYTES)
        try:
            yield box.decrypt(_nonce(number, is_last=not coming), held, top)
        except (InvalidTag, ValueError):
            reason = "it was cut off or changed" if number else "its password is another, or it was"
            reason += "" if number else " cut off or changed"
            raise BackupError(name=name, reason=f"{reason}; take another copy") from None
        if not coming:
            return
        held, number = coming, number + 1


def _box(top: bytes, password: str) -> AESGCM:
    from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

    kdf = Scrypt(salt=top[len(_MARK) :], length=_KEY_BYTES, n=_COST, r=_BLOCK, p=_LANES)
    return AESGCM(kdf.derive(password.encode()))


def _nonce(number: int, *, is_last: bool = False) -> bytes:
    return number.to_bytes(11, "big") + bytes([is_last])
