"""Keyed pseudonyms, and the vault behind them.

    value ──normalised──▶ HMAC-SHA-256(key, type, value) ──▶ pseudonym, the same in every table
                             └─ AES-SIV(vault's key, value; type, pseudonym) ──▶ the vault's row

Never a bare hash: whoever can list all customer numbers could hash them all and look them up.

Sources: RFC 2104 (HMAC), RFC 5297 (AES-SIV).
"""

from __future__ import annotations

import base64
import hmac
import unicodedata
from collections.abc import Mapping, Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from compliance.anonymise.nouns import VaultRows
from compliance.anonymise.treatments.job import Job, Outcome, texts_of
from compliance.anonymise.treatments.masking import caseless, unspaced
from compliance.errors import VaultError
from compliance.i18n import mark

_PURPOSE = b"privacy desk pseudonym 1"
_FORM = b"1"  # the first byte of every sealed text; AES-SIV seals nothing empty


def pseudonymised(job: Job) -> Outcome:
    """Each value's pseudonym.

    Raises:
        TreatmentError: two values would share one, or the key is missing.
    """
    texts = texts_of(job.arrays[0])
    codes = _pseudonyms(job, texts.texts)
    return Outcome(arrays=(texts.replaced(codes),), remark=_merged(texts.texts, codes))


def vaulted(job: Job) -> Outcome:
    """Each value's pseudonym, and the rows that the vault keeps.

    Raises:
        TreatmentError: two values would share a pseudonym, or a key is missing.
    """
    texts = texts_of(job.arrays[0])
    codes = _pseudonyms(job, texts.texts)
    rows = to_vault(dict(zip(texts.texts, codes, strict=True)), type_of(job), job.key("vault"))
    return Outcome(arrays=(texts.replaced(codes),), remark=_merged(texts.texts, codes), vault=rows)


def pseudonym(value: str, semantic_type: str, key: bytes, length: int = 20) -> str:
    """The pseudonym of `value`: `length` characters of a–z and 2–7, 5 bits each.

    It depends on the normalised value, its type and the key alone, so it is the same in every
    table; without the key it cannot be made or undone.
    """
    what = semantic_type.encode()
    told_apart = _PURPOSE + len(what).to_bytes(4, "big") + what
    message = told_apart + normalised(value, semantic_type).encode()
    digest = hmac.digest(key, message, "sha256")
    return base64.b32encode(digest).decode("ascii").lower()[:length]


def normalised(value: str, semantic_type: str) -> str:
    """`value` in the one form that stands for all its spellings.

    Compatible characters are made one (NFKC), the ends trimmed; case is dropped for types that do
    not know it, such as e-mail addresses, and separators for those such as card numbers.
    """
    text = unicodedata.normalize("NFKC", value).strip()
    if semantic_type in unspaced():
        text = "".join(char for char in text if char.isalnum() or char == "+") or text
    return text.casefold() if semantic_type in caseless() else text


def to_vault(pseudonyms: Mapping[str, str], semantic_type: str, key: bytes) -> VaultRows:
    """The sealed originals; of several spellings of one value the first in order is kept.

    Args:
        pseudonyms: by original.
        key: the vault's, of at least 32 bytes.
    """
    originals: dict[str, str] = {}
    for original in sorted(pseudonyms, reverse=True):
        originals[pseudonyms[original]] = original
    codes = tuple(sorted(originals))
    cipher = _cipher(key)
    sealed = tuple(
        cipher.encrypt(_FORM + originals[code].encode(), _context(semantic_type, code))
        for code in codes
    )
    return VaultRows(type=semantic_type, pseudonyms=codes, sealed=sealed)


def open_vault(rows: VaultRows, pseudonyms: Sequence[str], key: bytes) -> dict[str, str]:
    """The originals behind `pseudonyms`. Whoever calls this enters the access in the trail.

    Raises:
        VaultError: a pseudonym is not in the vault, or the key or a row is not the right one.
    """
    places = {code: at for at, code in enumerate(rows.pseudonyms)}
    unknown = sum(code not in places for code in pseudonyms)
    if unknown:
        raise VaultError(reason=f"{unknown} of {len(pseudonyms)} pseudonyms are not in it")
    cipher = _cipher(key)
    try:
        opened = {
            code: cipher.decrypt(rows.sealed[places[code]], _context(rows.type, code))
            for code in pseudonyms
        }
    except InvalidTag:
        reason = "the key is not the one that it was sealed with, or a row was altered"
        raise VaultError(reason=reason) from None
    return {code: text.removeprefix(_FORM).decode() for code, text in opened.items()}


def _pseudonyms(job: Job, texts: Sequence[str]) -> list[str]:
    """The pseudonym of each text, with the prefix; two values never share one."""
    key, kind, length = job.key("pseudonyms"), type_of(job), job.settings["length"]
    codes = [pseudonym(text, kind, key, length) for text in texts]
    values = {normalised(text, kind) for text in texts}
    if len(set(codes)) < len(values):
        reason = f"two values would share a pseudonym of {length} characters; ask for longer ones"
        raise job.refusal(reason)
    return [job.settings["prefix"] + code for code in codes]


def type_of(job: Job) -> str:
    """The semantic type; the column's name where none is said."""
    return str(job.settings["type"] or job.name)


def _merged(texts: Sequence[str], codes: Sequence[str]) -> str:
    more = len(texts) - len(set(codes))
    said = mark("Other spellings of a value that is there already: {n:,}.")
    return said.format(n=more) if more else ""


def _context(semantic_type: str, code: str) -> list[bytes]:
    return [semantic_type.encode(), code.encode()]


def _cipher(key: bytes) -> AESSIV:
    """AES-SIV under 64 bytes that follow from `key`.

    The same value under the same pseudonym gives the same row, so nothing has to be drawn.
    """
    return AESSIV(hmac.digest(key, b"privacy desk vault 1", "sha512"))
