"""What a backup holds, one member after another, and the manifest that ends it.

    {"name": "about", "size": …}⏎ bytes │ {"name": "files/secret.key", …}⏎ bytes │ … │ manifest

Nothing is compressed and no member links to another, so that a file takes no more room than it
has bytes. Names are checked before anything is made of them.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

import msgspec

from compliance.errors import BackupError

ABOUT, MANIFEST, FILES, ROWS = "about", "manifest", "files/", "rows/"

_TOP_BYTES = 4_096
_SMALL_BYTES = 2**30  # of what is read at once: about, a part of rows, the manifest
_MOST_MEMBERS = 1_000_000
_PART = re.compile(r"(?!\.)[\w.@ -]{1,200}(?<![. ])")  # of a path: no “..”, no sign of a shell
_DEPTH = 6
_Kind = TypeVar("_Kind")

_LEFT_OUT = re.compile(
    r"records\.sqlite.*|restoring|presenting/.*|erasing/lock|.*\.partial", re.DOTALL
)


class About(msgspec.Struct, frozen=True, kw_only=True):
    """What is said first: of which moment it is, and in which form its rows are."""

    id: str
    entry: int  # of the trail, which tells that it was made
    made_at: datetime
    version: str
    revision: str
    columns: dict[str, tuple[str, ...]]


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What is said last: what came before it, and where the trail in it ends."""

    members: dict[str, tuple[int, str]]  # bytes and SHA-256, by name
    rows: dict[str, int]
    entries: int
    head: str
    root: str


def is_taken(path: str) -> bool:
    """Whether a file of the workspace folder belongs into a backup."""
    return _LEFT_OUT.fullmatch(path) is None


@dataclass(slots=True)
class Writing:
    """Members on their way into a backup."""

    members: dict[str, tuple[int, str]] = field(default_factory=dict)

    def member(self, name: str, size: int, parts: Iterable[bytes]) -> Iterator[bytes]:
        """The bytes of one member, of which there are exactly `size`."""
        yield msgspec.json.encode({"name": name, "size": size}) + b"\n"
        hash_ = hashlib.sha256()
        for part in parts:
            hash_.update(part)
            yield part
        self.members[name] = (size, hash_.hexdigest())

    def small(self, name: str, noun: object) -> Iterator[bytes]:
        """A member that is one JSON document."""
        data = msgspec.json.encode(noun)
        yield from self.member(name, len(data), [data])


class _Top(msgspec.Struct, forbid_unknown_fields=True):
    name: str
    size: int


class Reading:
    """Members on their way out of a backup, of which nothing is believed before it is checked."""

    def __init__(self, parts: Iterator[bytes], name: str) -> None:
        self.name = name
        self._parts, self._held = parts, bytearray()
        self.members: dict[str, tuple[int, str]] = {}

    def about(self) -> About:
        """The first member.

        Raises:
            BackupError: it is another.
        """
        top = self._top()
        if top is None or top.name != ABOUT:
            raise self.foreign()
        return self._read(self._document(top), About)

    def each(self) -> Iterator[tuple[str, int, Iterator[bytes]]]:
        """Name, size and bytes of every member up to the manifest; the bytes are to be read.

        Raises:
            BackupError: a name or a size that no desk writes.
        """
        while (top := self._top()) is not None:
            yield top.name, top.size, self._member(top)
        raise self.foreign()

    def text(self, size: int, parts: Iterable[bytes]) -> bytes:
        """A member that is small, whole."""
        if size > _SMALL_BYTES:
            raise self.foreign()
        return b"".join(parts)

    def manifest(self, size: int, parts: Iterable[bytes]) -> Manifest:
        """The last member, after which nothing comes, compared with what came before.

        Raises:
            BackupError: it does not fit.
        """
        before = dict(self.members)
        found = self._read(self.text(size, parts), Manifest)
        if self._more() or found.members != before:
            raise self.foreign()
        return found

    def foreign(self) -> BackupError:
        """What cannot have been written by the desk."""
        reason = "it holds what no desk writes; take one that the desk made"
        return BackupError(name=self.name, reason=reason)

    def rows(self, data: bytes) -> list[list[object]]:
        """Rows of one table."""
        try:
            return [msgspec.json.decode(line, type=list[object]) for line in data.splitlines()]
        except (msgspec.DecodeError, RecursionError):
            raise self.foreign() from None

    def _read(self, data: bytes, kind: type[_Kind]) -> _Kind:
        try:
            return msgspec.json.decode(data, type=kind)
        except (msgspec.DecodeError, RecursionError):
            raise self.foreign() from None

    def _document(self, top: _Top) -> bytes:
        return self.text(top.size, self._member(top))

    def _member(self, top: _Top) -> Iterator[bytes]:
        left, hash_ = top.size, hashlib.sha256()
        while left:
            if not self._held and not self._more():
                raise self.foreign()
            part = bytes(self._held[:left])
            del self._held[: len(part)]
            left -= len(part)
            hash_.update(part)
            yield part
        self.members[top.name] = (top.size, hash_.hexdigest())

    def _top(self) -> _Top | None:
        """The line before a member; None: nothing comes any more."""
        while (end := self._held.find(b"\n", 0, _TOP_BYTES)) < 0:
            if len(self._held) >= _TOP_BYTES or not self._more(is_anew=False):
                if self._held:
                    raise self.foreign()
                return None
        try:
            top = msgspec.json.decode(self._held[:end], type=_Top)
        except (msgspec.DecodeError, RecursionError):
            raise self.foreign() from None
        del self._held[: end + 1]
        if top.size < 0 or not self._is_good(top.name):
            raise self.foreign()
        return top

    def _more(self, *, is_anew: bool = True) -> bool:
        """Whether there is more, which is then held."""
        if is_anew and self._held:
            return True
        for part in self._parts:
            if part:
                self._held += part
                return True
        return False

    def _is_good(self, name: str) -> bool:
        if name in self.members or len(self.members) > _MOST_MEMBERS:
            return False
        if name in (ABOUT, MANIFEST):
            return True
        start = next((one for one in (FILES, ROWS) if name.startswith(one)), None)
        if start is None:
            return False
        path = name.removeprefix(start)
        return is_plain(path) and (start == ROWS or is_taken(path))


def is_plain(path: str) -> bool:
    """Whether a file of that name can be restored."""
    parts = path.split("/")
    return len(parts) <= _DEPTH and all(_PART.fullmatch(one) for one in parts)


def fits(found: Mapping[str, int], manifest: Manifest) -> bool:
    """Whether as many rows came of each table as the manifest says."""
    return dict(found) == manifest.rows
