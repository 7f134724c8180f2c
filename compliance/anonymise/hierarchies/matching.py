"""Which value of a hierarchy a text of a table is, however either of them is written."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from decimal import Decimal

_PLAIN = re.compile(r"[1-9]\d*")
_NUMBER = re.compile(r"[+-]?(0|[1-9]\d*)(\.\d*)?")  # with a zero in front it is a code: 01234


def leaves_of(values: Sequence[str], texts: Sequence[str]) -> list[int]:
    """For each text, the position of its value in `values`; -1 where there is none.

    As written first; then without blanks around, then as a number (“39” and “39.0”), and last
    without regard to case and width of letters. A way of reading by which two values are the same
    does not count for these.
    """
    found = [-1] * len(texts)
    for read in (_as_written, str.strip, as_number, _folded):
        open_places = [place for place, leaf in enumerate(found) if leaf < 0]
        if not open_places:
            break
        known = _by(read, values)
        for place in open_places:
            found[place] = known.get(read(texts[place]), -1)
    return found


def as_number(text: str) -> str:
    """`text` as the shortest way to write its number; as it is where it is none."""
    stripped = text.strip()
    if _PLAIN.fullmatch(stripped) or not _NUMBER.fullmatch(stripped):
        return stripped
    number = Decimal(stripped.rstrip("."))
    return "0" if not number else f"{number.normalize():f}"


def _as_written(text: str) -> str:
    return text


def _folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _by(read: Callable[[str], str], values: Sequence[str]) -> dict[str, int]:
    """The values by what `read` makes of them, without those that it makes the same."""
    known: dict[str, int] = {}
    for leaf, value in enumerate(values):
        key = read(value)
        known[key] = -1 if key in known else leaf
    return known
