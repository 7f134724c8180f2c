"""Keyed digests of texts that every engine has under one name."""

from __future__ import annotations

import hashlib


class Digests:
    """Keyed digests as 32 hexadecimal digits: what lots are, and what texts are told apart by.

    MD5 is what all engines have under one name. Nothing here rests on its strength: see decision
    0049.
    """

    def __init__(self, key: str) -> None:
        """Digests under `key`, which is hexadecimal digits."""
        self.key = key

    def here(self, use: str, text: str) -> str:
        """The digest of a text; digests of different uses, each one letter, are unrelated."""
        said = f"{self.key}{use}{text}".encode()
        return hashlib.md5(said, usedforsecurity=False).hexdigest()
