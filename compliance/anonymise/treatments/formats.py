"""Values encrypted in their own format: FF1 of NIST SP 800-38G, by the optional library libffx.

A value is a number in a mixed radix: 10 possibilities for a digit, 26 for a small or capital
letter, at the same places before and after. FF3 and FF3-1 were withdrawn and are not offered.
"""

from __future__ import annotations

import importlib
import math
import unicodedata
from typing import Any

from compliance.anonymise.treatments.job import Job, Outcome, texts_of
from compliance.anonymise.treatments.masking import MASK
from compliance.anonymise.treatments.pseudonyms import type_of
from compliance.errors import MissingGroupError
from compliance.i18n import mark

_ALPHABETS = ("0123456789", "abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ")
_LEAST_DOMAIN = 1_000_000  # NIST SP 800-38G Rev. 1, second public draft, 2025
_LONGEST = 200


def encrypted(job: Job) -> Outcome:
    """Digits become other digits and letters other letters; separators stay.

    Values of fewer than a million possibilities, or with other letters, become asterisks.

    Raises:
        MissingGroupError: the cipher is not installed.
        TreatmentError: the key is missing.
    """
    cipher, tweak = cipher_of(job.key("formats")), type_of(job).encode()
    texts = texts_of(job.arrays[0])
    new = [in_format(text, cipher.encrypt_int, tweak) for text in texts.texts]
    short = sum(text == MASK for text in new)
    remark = mark(
        "Different values that cannot be encrypted safely, and are masked: {n:,}."
    ).format(n=short)
    return Outcome(arrays=(texts.replaced(new),), remark=remark if short else "")


def cipher_of(key: bytes) -> Any:
    """FF1 under the first 32 bytes of `key`.

    Raises:
        MissingGroupError: the library is not installed.
    """
    try:
        return importlib.import_module("ffx").FF1(key[:32])
    except ImportError:
        what = "Encryption in the same format"
        raise MissingGroupError(what=what, group="formats") from None


def in_format(text: str, crypt: Any, tweak: bytes) -> str:
    """`text` through `crypt`, FF1's `encrypt_int` or `decrypt_int`; or a mask."""
    chars = list(unicodedata.normalize("NFKC", text).strip())
    found = [next((a for a in _ALPHABETS if char in a), "") for char in chars]
    is_foreign = any(c.isalnum() and not a for c, a in zip(chars, found, strict=True))
    domain = math.prod(len(alphabet) for alphabet in found if alphabet)
    if is_foreign or domain < _LEAST_DOMAIN or len(chars) > _LONGEST:
        return MASK
    number = 0
    for char, alphabet in zip(chars, found, strict=True):
        if alphabet:
            number = number * len(alphabet) + alphabet.index(char)
    number = crypt(number, domain=domain, tweak=tweak)
    for at in reversed(range(len(chars))):
        if found[at]:
            number, digit = divmod(number, len(found[at]))
            chars[at] = found[at][digit]
    return "".join(chars)
