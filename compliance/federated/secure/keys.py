"""Keys that two sites agree on, and keys that are derived from a secret for one purpose.

X25519 and HKDF-SHA256 from `cryptography`. Every derived key depends on the number of the round
and on its purpose, so no key ever serves twice.

Source: RFC 7748, RFC 5869.
"""

from __future__ import annotations

from enum import Enum

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32


class Purpose(Enum):
    """What a derived key is for."""

    PAIR_MASK = b"mask of a pair"
    OWN_MASK = b"mask of one's own"
    SEED_PRINT = b"fingerprint of a seed"
    PARCEL = b"sealed parcel"


class KeyPair:
    """A private key, and the public one that belongs to it.

    Args:
        private: 32 secret, uniform bytes.
    """

    def __init__(self, private: bytes) -> None:
        self._private = X25519PrivateKey.from_private_bytes(private)
        self.public = self._private.public_key().public_bytes_raw()

    def agreed(self, other: bytes, purpose: Purpose, round_: int) -> bytes:
        """The key that the owner of the public key `other` derives as well.

        Raises:
            ValueError: `other` is no key, or one of the few that every secret is the same with.
        """
        secret = self._private.exchange(X25519PublicKey.from_public_bytes(other))
        return derived(secret, purpose, round_, b"".join(sorted((self.public, other))))


def derived(secret: bytes, purpose: Purpose, round_: int, parties: bytes = b"") -> bytes:
    """A key of 32 bytes that tells nothing about `secret` or about keys for other purposes."""
    context = b"\x00".join((b"privacy-desk secure sum 1", purpose.value, round_.to_bytes(8)))
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=context + parties).derive(
        secret
    )
