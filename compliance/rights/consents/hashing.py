"""Keyed hashes in place of people: the same person gives the same hash, and no hash gives a person.

BLAKE2b with a key is a message authentication code by itself (RFC 7693); 16 bytes of it, so that
two of a million people share one with a probability below 10⁻²⁶.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable

import pyarrow as pa

from compliance.rights.nouns import IdentifierKind

HASH_BYTES = 16
HASH = pa.binary(HASH_BYTES)

_SEPARATOR = b"\x1f"
_NOT_DIGITS = re.compile(r"[^0-9]+")
_LEAST_DIGITS = 5
_NUMBER = re.compile(r"-?[0-9]+\.0+")


def normalised(kind: IdentifierKind, value: str, dialling: str = "") -> str:
    """`value` as it is compared; empty where it is nothing that a person is known by.

    E-mail addresses in small letters, telephone numbers as digits with the country's code, keys of
    people without blanks around them.

    Args:
        dialling: the country's code (“49”) for telephone numbers that are written without one.
    """
    text = unicodedata.normalize("NFKC", value).strip()
    if kind is IdentifierKind.EMAIL:
        return text.casefold() if "@" in text else ""
    if kind is IdentifierKind.PHONE:
        return _digits(text, dialling)
    if kind is IdentifierKind.PERSON_KEY:
        return text.partition(".")[0] if _NUMBER.fullmatch(text) else text
    return text.casefold()


def hash_of(
    key: bytes, kind: IdentifierKind, value: str, population: str = "", dialling: str = ""
) -> bytes | None:
    """The keyed hash of one identifier; None where `value` names nobody.

    Args:
        population: of a person's key, among whom it is one; other identifiers are one everywhere.
    """
    return next(iter(hashes_in(key, kind, (value,), population, dialling)))


def hashes_in(
    key: bytes,
    kind: IdentifierKind,
    values: Iterable[str],
    population: str = "",
    dialling: str = "",
) -> list[bytes | None]:
    """As `hash_of`, for many."""
    where = population if kind is IdentifierKind.PERSON_KEY else ""
    begun = hashlib.blake2b(
        _SEPARATOR.join((kind.value.encode(), where.encode(), b"")),
        key=key,
        digest_size=HASH_BYTES,
    )
    found: list[bytes | None] = []
    for value in values:
        text = normalised(kind, value, dialling)
        one = begun.copy()
        one.update(text.encode("utf-8", "surrogatepass"))
        found.append(one.digest() if text else None)
    return found


def hashes_of(
    key: bytes,
    kind: IdentifierKind,
    values: Iterable[str],
    population: str = "",
    dialling: str = "",
) -> pa.Array:
    """As `hashes_in`, as an Arrow array of `HASH`."""
    return pa.array(hashes_in(key, kind, values, population, dialling), HASH)


def _digits(text: str, dialling: str) -> str:
    plain = text.replace("(0)", "")
    digits = _NOT_DIGITS.sub("", plain)
    if len(digits) < _LEAST_DIGITS:
        return ""
    if plain.startswith("+"):
        return digits
    if digits.startswith("00"):
        return digits[2:]
    if digits.startswith("0") and dialling:
        return dialling + digits[1:]
    return digits
