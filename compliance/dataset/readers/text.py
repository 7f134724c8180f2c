"""Bytes to text: the encoding is made out from the bytes alone."""

from __future__ import annotations

import codecs

from compliance.errors import UndecodableTextError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16: its mark begins with the other's
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# With less than this the detector's guesses among single-byte encodings are a coin flip.
_SURE = 0.02
_TELLING_BYTES = 8
_MULTIBYTE = frozenset(
    {"gb18030", "gb2312", "gbk", "big5", "cp932", "shift_jis", "euc-jp", "cp949", "euc-kr"}
)
_LATIN = frozenset({"windows-1250", "windows-1252", "windows-1254", "windows-1257", "windows-1258"})


def decode(name: str, data: bytes) -> tuple[str, str]:
    """The text in `data` and the encoding it was read with.

    Byte-order marks are honoured and removed; then UTF-8 is tried, UTF-16 without a mark, and
    last what the bytes look like (East Asian, Greek, Cyrillic … and Western encodings).

    Raises:
        UndecodableTextError: no encoding fits.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _decoded(name, data[len(mark) :], encoding), encoding
    wide = _unmarked_utf16(data)
    for encoding in ([wide] if wide else []) + ["utf-8"]:
        try:
            return data.decode(encoding), encoding
        except UnicodeDecodeError:
            continue
    encoding = _guess(data)
    return _decoded(name, data, encoding), encoding


def _decoded(name: str, data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        raise UndecodableTextError(name=name) from None


def _unmarked_utf16(data: bytes) -> str | None:
    head = data[:4096]
    if head.count(0) < len(head) // 4:
        return None
    return "utf-16-le" if head[1::2].count(0) > head[0::2].count(0) else "utf-16-be"


def _guess(data: bytes) -> str:
    """An encoding that decodes `data`; Western where the evidence is thin."""
    import chardet  # only texts that are not UTF-8 need it

    telling = b"\n".join(line for line in data[:4_000_000].splitlines() if not line.isascii())
    found = chardet.detect(telling[:200_000], encoding_era=chardet.EncodingEra.MODERN_WEB)
    encoding = (found["encoding"] or "windows-1252").lower()
    is_thin = sum(byte > 127 for byte in telling) < _TELLING_BYTES
    if encoding not in _MULTIBYTE and (
        is_thin or (encoding in _LATIN and found["confidence"] < _SURE)
    ):
        encoding = "windows-1252"
    for candidate in (encoding, "windows-1252"):
        try:
            data.decode(candidate)
        except (UnicodeDecodeError, LookupError):
            continue
        return candidate
    return "latin-1"
