"""Compressed files: a ZIP with one or more tables, or one gzipped table."""

from __future__ import annotations

import gzip
import io
import lzma
import struct
import zipfile
import zlib
from pathlib import PurePosixPath

from compliance.dataset.readers.choice import chosen
from compliance.dataset.readers.unfolding import inflated
from compliance.errors import NotATableError

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
# What zipfile and its packings say of damage. A seek behind the beginning and a name in no encoding
# are ValueErrors.
_DAMAGE = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, RuntimeError, NotImplementedError),
    *(OSError, EOFError, ValueError, LookupError, struct.error),
)


def member_of(name: str, data: bytes, member: str | None) -> tuple[str, bytes]:
    """The name and bytes of `member`, or of the only table in the archive.

    What macOS and editors add (`__MACOSX`, dot files) does not count.

    Raises:
        ChooseTableError, UnknownTableError: which table is not clear.
        NotATableError, UnfoldsError, FileTooLargeError: it is damaged, encrypted or too large.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            tables = [entry.filename for entry in archive.infolist() if _is_table(entry)]
            wanted = chosen(name, tables, member)
            with archive.open(wanted) as stream:
                packed = archive.getinfo(wanted).compress_size
                return PurePosixPath(wanted).name, inflated(name, stream, packed)
    except _DAMAGE:
        raise NotATableError(name=name, reason="the archive is damaged or encrypted") from None


def unzipped(name: str, data: bytes) -> tuple[str, bytes]:
    """The name and bytes inside a gzip file.

    Raises:
        NotATableError, UnfoldsError, FileTooLargeError: it is damaged or too large.
    """
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as stream:
            return name.removesuffix(".gz"), inflated(name, stream, len(data))
    except (OSError, EOFError, zlib.error):
        raise NotATableError(name=name, reason="the gzip file is damaged") from None


def _is_table(entry: zipfile.ZipInfo) -> bool:
    path = PurePosixPath(entry.filename)
    hidden = any(part.startswith((".", "__MACOSX")) for part in path.parts)
    return not entry.is_dir() and not hidden and path.suffix.lower() in _TABLE_SUFFIXES
