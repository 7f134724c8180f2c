"""Checkpoints signed with Ed25519, in the form of signed notes. Source: https://c2sp.org."""

from __future__ import annotations

from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from compliance.trail.nouns import Checkpoint, Signer
from compliance.trail.verify_trail import key_text, rotation_text, signature_line, text_of


def public_of(seed: bytes) -> bytes:
    """The public key of a secret of 32 bytes."""
    return Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()


def signer(origin: str, seed: bytes, before: tuple[str, ...] = ()) -> Signer:
    """The signer whose newest secret is `seed`; `before`: its public keys until now."""
    return Signer(origin=origin, keys=(*before, key_text(origin, public_of(seed))), seed=seed)


def sign(by: Signer, *, entries: int, root: str, head: str, at: datetime) -> Checkpoint:
    """A signed checkpoint; the same bytes for the same state and time."""
    text = text_of(by.origin, entries, root, at.isoformat(), head)
    signature = Ed25519PrivateKey.from_private_bytes(by.seed).sign(text.encode())
    note = text + "\n" + signature_line(by.origin, public_of(by.seed), signature)
    return Checkpoint(
        entries=entries, root=root, head=head, at=at, origin=by.origin, key=by.key, note=note
    )


def hand_over(by: Signer, key: str) -> str:
    """What the key that goes says of the one that comes: a signature, in hex."""
    text = rotation_text(by.origin, by.key, key)
    return Ed25519PrivateKey.from_private_bytes(by.seed).sign(text.encode()).hex()
