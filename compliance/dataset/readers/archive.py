"""Compressed files: a ZIP with one or more tables, or one gzipped table."""

from __future__ import annotations

import gzip
import io
import zipfile
import zlib
from pathlib import PurePosixPath
from typing import IO

from compliance.dataset.readers.choice import chosen
from compliance.errors import FileTooLargeError, NotATableError
from compliance.settings import MAX_FILE_BYTES

_TABLE_SUFFIXES = frozenset(
    [
        ".csv",
        ".tsv",
        ".txt",
        ".xlsx",
        ".xls",
        ".ods",
        ".parquet",
        ".json",
        ".jsonl",
        ".ndjson",
        ".sqlite",
        ".db",
        ".gz",
    ]
)
_LIMIT = f"{MAX_FILE_BYTES // 2**30} GB"


def member_of(name: str, data: bytes, member: str | None) -> tuple[str, bytes]:
    """The name and bytes of `member`, or of the only table in the archive.

    What macOS and editors add (`__MACOSX`, dot files) does not count.

    Raises:
        ChooseTableError, UnknownTableError: which table is not clear.
        NotATableError, FileTooLargeError: the archive is damaged, encrypted or too large.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            tables = [entry.filename for entry in archive.infolist() if _is_table(entry)]
            wanted = chosen(name, tables, member)
            with archive.open(wanted) as stream:
                return PurePosixPath(wanted).name, _read(name, stream)
    except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, OSError, EOFError):
        raise NotATableError(name=name, reason="the archive is damaged or encrypted") from None


def unzipped(name: str, data: bytes) -> tuple[str, bytes]:
    """The name and bytes inside a gzip file.

    Raises:
        NotATableError, FileTooLargeError: it is damaged or too large.
    """
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as stream:
            return name.removesuffix(".gz"), _read(name, stream)
    except (OSError, EOFError, zlib.error):
        raise NotATableError(name=name, reason="the gzip file is damaged") from None


def _is_table(entry: zipfile.ZipInfo) -> bool:
    path = PurePosixPath(entry.filename)
    hidden = any(part.startswith((".", "__MACOSX")) for part in path.parts)
    return not entry.is_dir() and not hidden and path.suffix.lower() in _TABLE_SUFFIXES


def _read(name: str, stream: IO[bytes] | gzip.GzipFile) -> bytes:
    inside = stream.read(MAX_FILE_BYTES + 1)
    if len(inside) > MAX_FILE_BYTES:
        raise FileTooLargeError(name=name, limit=_LIMIT)
    return inside
