"""What a file is, told from its bytes; its name only breaks ties."""

from __future__ import annotations

from enum import StrEnum
from pathlib import PurePath

from compliance.errors import ArchiveNamedAsTableError, EmptyFileError, NotATableError

SAMPLE_BYTES = 65_536
CONTROL_SHARE_LIMIT = 0.02

_TABLE_MAGIC = (
    (b"PAR1", "parquet"),
    (b"SQLite format 3\x00", "sqlite"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "spreadsheet"),
    (b"\x1f\x8b", "gzip"),
)
_OTHER_MAGIC = (
    (b"%PDF", "a PDF document"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"II*\x00", "a picture"),
    (b"MM\x00*", "a picture"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a program"),
    (b"7z\xbc\xaf", "a 7-Zip archive"),
    (b"Rar!", "a RAR archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ", "an xz archive"),
)
_SPREADSHEET_SUFFIXES = frozenset([".xlsx", ".xlsm", ".xlsb", ".ods"])
_SPREADSHEET_MEMBERS = (b"xl/", b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet")
_TEXT_CONTROLS = frozenset(b"\t\n\r\x0b\x0c\x00\x1a\x1b")


class Kind(StrEnum):
    """The kinds of file that hold tables."""

    DELIMITED = "delimited"
    SPREADSHEET = "spreadsheet"
    PARQUET = "parquet"
    JSON_LINES = "json_lines"
    SQLITE = "sqlite"
    ARCHIVE = "archive"
    GZIP = "gzip"


def kind_of(name: str, data: bytes) -> Kind:
    """The kind of table that `data` holds.

    Raises:
        EmptyFileError: there is nothing but white space.
        ArchiveNamedAsTableError: a ZIP archive calls itself something else.
        NotATableError: a picture, a document, a program, a web page.
    """
    head = data[:SAMPLE_BYTES]
    if not head.strip(b" \t\r\n\x00\xef\xbb\xbf"):
        raise EmptyFileError(name=name)
    if head.startswith(b"PK\x05\x06"):  # an archive without members
        raise EmptyFileError(name=name)
    if head.startswith(b"PK\x03\x04"):
        return _kind_of_zip(name, data)
    for magic, kind in _TABLE_MAGIC:
        if head.startswith(magic):
            return Kind(kind)
    for magic, what in _OTHER_MAGIC:
        if head.startswith(magic):
            raise NotATableError(name=name, reason=f"it is {what}")
    return _kind_of_text(name, head)


def _kind_of_zip(name: str, data: bytes) -> Kind:
    suffix = PurePath(name).suffix.lower()
    if suffix in _SPREADSHEET_SUFFIXES or any(
        member in data[:4096] or member in data[-SAMPLE_BYTES:] for member in _SPREADSHEET_MEMBERS
    ):
        return Kind.SPREADSHEET
    if suffix == ".zip":
        return Kind.ARCHIVE
    raise ArchiveNamedAsTableError(name=name)


def _kind_of_text(name: str, head: bytes) -> Kind:
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    lowered = start[:200].lower()
    if lowered.startswith((b"<!doctype", b"<html", b"<?xml", b"<svg")):
        raise NotATableError(name=name, reason="it is a web page or XML document")
    if start.startswith(b"{") or PurePath(name).suffix.lower() in {".json", ".jsonl", ".ndjson"}:
        return Kind.JSON_LINES
    is_wide = head.startswith((b"\xff\xfe", b"\xfe\xff")) or head.count(0) > len(head) // 8
    controls = sum(byte < 32 and byte not in _TEXT_CONTROLS for byte in head)
    if not is_wide and controls > CONTROL_SHARE_LIMIT * len(head):
        raise NotATableError(name=name, reason="it holds binary data")
    return Kind.DELIMITED
