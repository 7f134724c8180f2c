"""Masks: long streams of uniform 64-bit words out of short keys.

The stream is ChaCha20's; who lacks its key cannot tell it from coins. One key makes one mask, so
the nonce is zero. Adding is modulo 2^64.

Source: RFC 8439.
"""

from __future__ import annotations

import numpy as np
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import ChaCha20

from compliance.federated.secure.nouns import WordArray

_WORDS_AT_ONCE = 2**13  # a piece stays in the processor's cache while it is added
_ZEROS = bytes(8 * _WORDS_AT_ONCE)


def add_mask(words: WordArray, key: bytes, *, negative: bool = False) -> None:
    """Add the mask of `key` to `words` in place, or take it away.

    Args:
        words: one dimension.
        key: 32 bytes; never used for another mask.
        negative: take away.
    """
    stream = Cipher(ChaCha20(key, nonce=bytes(16)), mode=None).encryptor()
    drawn = bytearray(len(_ZEROS))
    mask = np.frombuffer(drawn, dtype="<u8")
    combine = np.subtract if negative else np.add
    for first in range(0, len(words), _WORDS_AT_ONCE):
        piece = words[first : first + _WORDS_AT_ONCE]
        stream.update_into(_ZEROS[: 8 * len(piece)], drawn)
        combine(piece, mask[: len(piece)], out=piece)


def is_added_by(site: int, other: int) -> bool:
    """Of a pair, the site counted first adds the common mask and the other takes it away."""
    return site < other
