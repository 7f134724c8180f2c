"""The tree in tiles of 256 hashes: what a large trail's heads and proofs are read from.

A tile of level 0 holds 256 leaves in a row, one of level 1 the roots of 256 such tiles, and so on.
Idea: https://c2sp.org/tlog-tiles; here only full tiles are kept, each with its own root beside it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from compliance.trail.verify_trail import parent_of

WIDTH, HEIGHT = 256, 8


class Tile(NamedTuple):
    """A full tile: which one of its level, from 0; its root; its 256 hashes behind one another."""

    level: int
    place: int
    root: bytes
    hashes: bytes

    @property
    def pyramid(self) -> Pyramid:
        """Its nodes."""
        return Pyramid([self.hashes[at : at + 32] for at in range(0, len(self.hashes), 32)])


class Pyramid:
    """Hashes in a row, and above them the nodes of every perfect subtree."""

    def __init__(self, hashes: Sequence[bytes]) -> None:
        self._levels = [list(hashes)]
        while len(row := self._levels[-1]) > 1:
            pairs = zip(row[::2], row[1::2], strict=False)
            self._levels.append([parent_of(left, right) for left, right in pairs])

    def node(self, height: int, place: int) -> bytes:
        """The root of the `place`-th perfect subtree over 2^height of the hashes."""
        return self._levels[height][place]


class Tiling:
    """Leaves that come one by one, as the tiles that they complete."""

    def __init__(self, size: int = 0, open_: Sequence[Sequence[bytes]] = ()) -> None:
        """Go on after `size` leaves; `open_`: per level the hashes that no full tile holds yet."""
        self._size = size
        self._open = [list(hashes) for hashes in open_]

    def add(self, leaf: bytes) -> Iterator[Tile]:
        """The tiles that `leaf` completes, lowest first."""
        self._size += 1
        node, level, count = leaf, 0, self._size
        while True:
            if level == len(self._open):
                self._open.append([])
            self._open[level].append(node)
            if count % WIDTH:
                return
            hashes, self._open[level] = self._open[level], []
            node, count = Pyramid(hashes).node(HEIGHT, 0), count // WIDTH
            yield Tile(level, count - 1, node, b"".join(hashes))
            level += 1
