"""Values with parts replaced by asterisks, by what they mean; the patterns are in masks.yaml."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from compliance.anonymise.treatments.job import Job, Outcome, texts_of
from compliance.plain import from_plain
from compliance.shipped import table

MASK = "***"
_WORD = re.compile(r"[^\W_]+")
_HAS_CASE = re.compile(r"[A-Za-z\u00c0-\u024f\u0370-\u03ff\u0400-\u052f]")
_COUNTRY_DIGITS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class MaskRow:
    """How one type is masked; the fields are those of masks.yaml."""

    type: str
    style: str
    source: str
    as_of: str
    first: int = 0
    last: int = 0


@functools.cache
def masks() -> dict[str, MaskRow]:
    """Every pattern, by semantic type."""
    rows = [from_plain(MaskRow, {**raw, "as_of": str(raw["as_of"])}) for raw in _read()["masks"]]
    return {row.type: row for row in rows}


@functools.cache
def caseless() -> frozenset[str]:
    """The semantic types whose values do not change with case."""
    return frozenset(_read()["caseless"])


@functools.cache
def unspaced() -> frozenset[str]:
    """The semantic types of whose values only letters, digits and “+” count."""
    return frozenset(_read()["unspaced"])


def masked(job: Job) -> Outcome:
    """Each value with its mask."""
    settings = job.settings
    first, last = settings["first"], settings["last"]
    if (first, last) != (None, None):
        mask: Callable[[str], str] = functools.partial(ends, first=first or 0, last=last or 0)
    else:
        mask = mask_of(settings["type"])
    texts = texts_of(job.arrays[0])
    return Outcome(arrays=(texts.replaced([mask(text) for text in texts.texts]),))


def mask_of(semantic_type: str) -> Callable[[str], str]:
    """What masks values of that type; the whole value where the type is unknown."""
    row = masks().get(semantic_type)
    if row is None:
        return hidden
    if row.style == "ends":
        return functools.partial(ends, first=row.first, last=row.last)
    styles: dict[str, Callable[[str], str]]
    styles = {"email": email, "phone": phone, "initials": initials}
    return styles[row.style]


def hidden(_: str) -> str:
    """Asterisks, however long the value was."""
    return MASK


def ends(value: str, *, first: int, last: int) -> str:
    """`value` with asterisks for all letters and digits but the first and last so many.

    All of it where half of them or more would stay.
    """
    places = [at for at, char in enumerate(value) if char.isalnum()]
    if first + last == 0 or 2 * (first + last) >= len(places):
        return MASK
    hidden = set(places[first : len(places) - last])
    return "".join("*" if at in hidden else char for at, char in enumerate(value))


def email(value: str) -> str:
    """Asterisks, however long the name was, and the domain."""
    name, at, domain = value.strip().rpartition("@")
    return f"{MASK}@{domain}" if name and at and domain else MASK


def phone(value: str) -> str:
    """The country code where the number says one, and asterisks for the other digits."""
    text = value.strip()
    international = "+" + text[2:] if text.startswith("00") else text
    digits = "".join(char for char in international if char.isdigit())
    if not international.startswith("+") or not digits.isascii():
        return MASK
    code = _country_code(digits)
    return f"+{code} {'*' * (len(digits) - len(code))}" if code else MASK


def initials(value: str) -> str:
    """“A. M.” for “Anna Meier”; the first character alone where a script has no case (“王**”)."""
    words: list[str] = _WORD.findall(value)
    if not words:
        return MASK
    if not _HAS_CASE.match(words[0]):
        return words[0][0] + "**"
    return " ".join(f"{word[0].upper()}." for word in words)


def _country_code(digits: str) -> str:
    from phonenumbers import COUNTRY_CODE_TO_REGION_CODE as KNOWN  # slow to load

    for length in range(1, min(_COUNTRY_DIGITS, len(digits)) + 1):
        if int(digits[:length]) in KNOWN:
            return digits[:length]
    return ""


@functools.cache
def _read() -> dict[str, Any]:
    read: dict[str, Any] = table(__package__, "masks.yaml")
    return read
