"""Whether two requests are of one person, told by marks that name nobody."""

from __future__ import annotations

import hashlib
import hmac
import unicodedata
from collections.abc import Sequence

from compliance.rights.nouns import Identifier, IdentifierKind

_ALONE = (
    *(IdentifierKind.EMAIL, IdentifierKind.PHONE, IdentifierKind.PERSON_KEY),
    *(IdentifierKind.USERNAME, IdentifierKind.NATIONAL_ID, IdentifierKind.CARD),
)
_BESIDE_NAME = (IdentifierKind.BIRTH_DATE, IdentifierKind.ADDRESS)
_PHONE_DIGITS = 9  # without what differs between home and abroad


def marks(identifiers: Sequence[Identifier], key: bytes) -> tuple[str, ...]:
    """Keyed hashes by which the person can be recognised, one for each way; sorted.

    An e-mail address, a number or a user name tells a person alone; a name only together with a
    birth date or an address. Two requests with one mark in common are of one person.
    """
    plain = [(one.kind, _plain(one)) for one in identifiers]
    names = [value for kind, value in plain if kind is IdentifierKind.NAME]
    ways = [f"{kind.name}:{value}" for kind, value in plain if kind in _ALONE]
    ways += [
        f"NAME+{kind.name}:{name}|{value}"
        for kind, value in plain
        if kind in _BESIDE_NAME
        for name in names
    ]
    return tuple(sorted({_keyed(way, key) for way in ways}))


def _plain(identifier: Identifier) -> str:
    text = unicodedata.normalize("NFKC", identifier.value).casefold()
    if identifier.kind is IdentifierKind.PHONE:
        return "".join(c for c in text if c.isdigit())[-_PHONE_DIGITS:]
    return "".join(text.split())


def _keyed(way: str, key: bytes) -> str:
    return hmac.new(key, b"request:" + way.encode(), hashlib.sha256).hexdigest()[:32]
