"""Replacements that follow from a key: the same value has the same one wherever it stands."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Iterator, Sequence

from stdnum import iban, luhn

SHORTEST_KEY = 16
_DIGITS = "0123456789"
_SMALL = "abcdefghijkmnopqrstuvwxyz"
_CAPITAL = _SMALL.upper()


def keyed_number(key: bytes, *parts: str) -> int:
    """A number of 256 bits that follows from `key` and `parts` by HMAC-SHA-256 (RFC 2104)."""
    return int.from_bytes(
        hmac.new(key, "\0".join(parts).encode("utf-8", "replace"), hashlib.sha256).digest(), "big"
    )


def chosen(options: Sequence[str], number: int) -> str:
    """The one of `options` that `number` falls on."""
    return options[number % len(options)]


def in_same_form(value: str, key: bytes, kind: str, *, kept: int = 0) -> str:
    """`value` with every digit and Latin letter after the first `kept` characters replaced.

    Digits become digits, small letters small ones, capitals capitals; all else stays in place.
    A first digit that is not zero does not become zero. The same letters and digits give the same
    replacement however they are grouped.
    """
    bare = "".join(c for c in value if c.isalnum()).upper()
    signs = _signs(key, kind, bare)
    return value[:kept] + "".join(_sign_like(c, signs) for c in value[kept:])


def not_valid(number: str, is_valid: Callable[[str], bool]) -> str:
    """`number` with its last digit raised until `is_valid` denies it."""
    for _ in _DIGITS:
        if not is_valid(number):
            break
        place = max(n for n, c in enumerate(number) if c in _DIGITS)
        number = number[:place] + str((int(number[place]) + 1) % 10) + number[place + 1 :]
    return number


def card_like(value: str, key: bytes) -> str:
    """A card number in the same grouping that begins with the same digit and fails Luhn's check.

    It fails on purpose: no surrogate can be somebody's card.
    """
    new = in_same_form(value, key, "credit_card", kept=1)
    return not_valid(new, lambda n: bool(luhn.is_valid(n.replace(" ", "").replace("-", ""))))


def iban_like(value: str, key: bytes) -> str:
    """An account of the same country with the check digits 00, which no account has."""
    new = in_same_form(value, key, "iban", kept=2)
    places = [n for n, c in enumerate(new) if c.isalnum()][2:4]
    new = "".join("0" if n in places else c for n, c in enumerate(new))
    return not_valid(new, lambda n: bool(iban.is_valid(n)))


def _signs(key: bytes, kind: str, bare: str) -> Iterator[int]:
    count = 0
    while True:
        yield from keyed_number(key, kind, bare, str(count)).to_bytes(32, "big")
        count += 1


def _sign_like(sign: str, signs: Iterator[int]) -> str:
    for alphabet in (_DIGITS, _SMALL, _CAPITAL):
        if sign in alphabet or (sign in "lL" and alphabet is (_SMALL if sign == "l" else _CAPITAL)):
            others = [c for c in alphabet if c != sign and (c != "0" or sign == "0")]
            return others[next(signs) % len(others)]
    return sign
