"""Which characters the report can show, and what stands in for the others.

A PDF/A file must not hold a character without a glyph, so everything else is replaced by a
visible sign before typesetting; the attached evidence keeps the names as they are.
"""

from __future__ import annotations

import struct
import unicodedata
from bisect import bisect_right
from functools import cache
from importlib.resources import files
from typing import Any

MISSING = "□"
_WIDEST_FONT = "NotoSansSC-Regular.ttf"

# The letters that the typesetter's own fonts add, in both weights: Hebrew, Arabic, Persian, Urdu.
# Their vowel signs are left out: a sign must come from the same font as what it stands on.
_ADDED = (
    *((0x05D0, 0x05EA), (0x060C, 0x060C), (0x061F, 0x061F), (0x0621, 0x063A), (0x0640, 0x064A)),
    *((0x0660, 0x066D), (0x0679, 0x067B), (0x067E, 0x0680), (0x0686, 0x0687)),
    *((0x0691, 0x0691), (0x0698, 0x0698), (0x06A4, 0x06A4), (0x06A9, 0x06A9), (0x06AF, 0x06AF)),
    *((0x06BE, 0x06BE), (0x06CC, 0x06CC), (0x06F0, 0x06F9)),
)
_BLANKS = frozenset("\t\n\r\v\f\x85\u2028\u2029")
_SUBTABLE_FULL = 12  # the cmap format that covers all of Unicode


def printable(text: str) -> str:
    """`text` with a box for each character that has no glyph, and blanks for line ends.

    Characters that are invisible or turn the reading direction become boxes too: they could
    make one name look like another.
    """
    if text.isascii() and text.isprintable():
        return text
    shown: list[str] = []
    for sign in unicodedata.normalize("NFC", text):
        shown.append(_shown(sign, after=shown[-1] if shown else ""))
    return "".join(shown)


def printable_all(plain: Any) -> Any:
    """Plain values with every text in them made printable; keys stay as they are."""
    if isinstance(plain, str):
        return printable(plain)
    if isinstance(plain, dict):
        return {key: printable_all(value) for key, value in plain.items()}
    if isinstance(plain, list | tuple):
        return [printable_all(value) for value in plain]
    return plain


def has_glyph(character: str) -> bool:
    """Whether the report's fonts can show `character`, visibly."""
    if unicodedata.category(character) in {"Cc", "Cf", "Co", "Cn", "Cs"}:
        return False
    point = ord(character)
    starts, ends = _coverage()
    at = bisect_right(starts, point) - 1
    return at >= 0 and point <= ends[at]


def _shown(sign: str, *, after: str) -> str:
    if sign in _BLANKS:
        return " "
    stands_on_added = unicodedata.category(sign).startswith("M") and _is_added(after)
    return MISSING if stands_on_added or not has_glyph(sign) else sign


def _is_added(sign: str) -> bool:
    return any(first <= ord(sign) <= last for first, last in _ADDED) if sign else False


@cache
def _coverage() -> tuple[tuple[int, ...], tuple[int, ...]]:
    # What the bold weight lacks, the typesetter takes from this one.
    data = (files(__package__) / "fonts" / _WIDEST_FONT).read_bytes()
    ranges = sorted((*_full_ranges(data, _table(data, b"cmap")), *_ADDED))
    return tuple(start for start, _ in ranges), tuple(end for _, end in ranges)


def _table(font: bytes, tag: bytes) -> int:
    tables = struct.unpack_from(">H", font, 4)[0]
    for index in range(tables):
        name, _, offset, _ = struct.unpack_from(">4sIII", font, 12 + 16 * index)
        if name == tag:
            return int(offset)
    raise ValueError(f"the font has no table {tag!r}")


def _full_ranges(font: bytes, cmap: int) -> list[tuple[int, int]]:
    """The character ranges of the font's cmap (OpenType specification, “cmap”, format 12)."""
    subtables = struct.unpack_from(">H", font, cmap + 2)[0]
    for index in range(subtables):
        _, _, offset = struct.unpack_from(">HHI", font, cmap + 4 + 8 * index)
        if struct.unpack_from(">H", font, cmap + offset)[0] == _SUBTABLE_FULL:
            groups = struct.unpack_from(">I", font, cmap + offset + 12)[0]
            rows = struct.iter_unpack(
                ">III", font[cmap + offset + 16 : cmap + offset + 16 + 12 * groups]
            )
            return [(start, end) for start, end, _ in rows]
    raise ValueError("the font has no full character map")
