"""Everything that the trail vouches for, read once through: entries, tree, tiles and records."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import groupby
from typing import Any

from sqlalchemy import Connection

from compliance.errors import BrokenTrailError
from compliance.storage import guards, records, tables, tiles
from compliance.storage.records import Stored
from compliance.trail import HEIGHT, WIDTH, Reading, Tiling, Tree, commitment, to_verification
from compliance.trail.nouns import Verification

_MOST_TOLD = 1_000


class Checked:
    """The trail as far as it was read; it reads on where it stopped.

    Memory does not grow with the trail. What was read already is not read again: it is for the
    caller to say how long that is enough.
    """

    def __init__(self, sizes: Collection[int] = ()) -> None:
        """Read from the beginning; `reading.heads` will know the root at each of `sizes`."""
        self.reading = Reading(sizes)
        self._tiling = Tiling()
        self._tiles = 0
        self._positions: dict[str, int] = {}
        self._told: list[str] = []

    @classmethod
    def behind(cls, connection: Connection, entries: int) -> Checked:
        """As if the first `entries` had been read, which others have done; see `trail_memory`.

        Raises:
            BrokenTrailError: rows are missing that the tree over them is read from.
        """
        checked, last = cls(), records.line(connection, entries)
        if last is None:
            raise BrokenTrailError()
        checked.reading.go_on(Tree.of(entries, tiles.node_in(connection, entries)), last.hash)
        checked._tiling = tiles.tiling_at(connection, entries)
        checked._tiles = sum(entries >> HEIGHT * level for level in range(1, tiles.LEVELS))
        checked._positions = records.positions_at(connection, entries)
        return checked

    def read_on(self, connection: Connection) -> Verification:
        """Read what came since, and say what is known of all of it."""
        kept = _Kept(self._read(records.stored_after(connection, dict(self._positions))))
        for line in records.lines_after(connection, self.reading.tree.size):
            self._told += kept.inserted_before(line.place)
            stored = kept.of(line.place)
            said = self.reading.add(line)
            if said is not None and _bound(said) != (commitment(stored) if stored else None):
                self._tell(f"What entry {line.place} stored was changed: it no longer fits it.")
            self._check_tiles(connection)
        self._told += kept.inserted_before(None)
        head = records.head_of(connection)
        problems = self.reading.problems((head.entries, head.hash)) + self._told
        problems += self._tiles_beyond(connection) + _unguarded(connection)
        return to_verification(self.reading, problems)

    def _read(self, stored: Iterator[Stored]) -> Iterator[Stored]:
        """The same rows, with where reading went on noted."""
        for row in stored:
            before = self._positions.get(row.table, -1)
            self._positions[row.table] = max(before, row.position)
            yield row

    def _check_tiles(self, connection: Connection) -> None:
        """Where entries are not whole, that is told and tiles would only say it again."""
        for tile in self._tiling.add(self.reading.leaf):
            self._tiles += 1
            if self.reading.is_whole and tiles.kept(connection, tile.level, tile.place) != tile:
                width = WIDTH ** (tile.level + 1)
                which = f"entries {tile.place * width + 1} to {(tile.place + 1) * width}"
                self._tell(f"The tile of the tree over {which} is missing or was changed.")

    def _tiles_beyond(self, connection: Connection) -> list[str]:
        if not self.reading.is_whole or self._told:
            return []
        more = records.count(connection, tables.TRAIL_TILE) - self._tiles
        return [f"{more} tiles of the tree are over entries that are not there."] if more else []

    def _tell(self, problem: str) -> None:
        if len(self._told) < _MOST_TOLD:
            self._told.append(problem)


class _Kept:
    """What was stored, act by act, in the order of the entries."""

    def __init__(self, rows: Iterator[Stored]) -> None:
        self._groups = groupby(rows, key=lambda row: row.entry)
        self._next = self._take()

    def of(self, entry: int) -> list[str]:
        """The hashes of what the act of `entry` stored."""
        if self._next is None or self._next[0] != entry:
            return []
        _, found = self._next
        self._next = self._take()
        return found

    def inserted_before(self, entry: int | None) -> list[str]:
        """What belongs to no entry before `entry` that is still to be read."""
        told: list[str] = []
        while self._next is not None and (entry is None or self._next[0] < entry):
            number, _ = self._next
            if len(told) < _MOST_TOLD:
                told.append(
                    f"A record was inserted: it names entry {number}, which did not store it."
                )
            self._next = self._take()
        return told

    def _take(self) -> tuple[int, list[str]] | None:
        entry, rows = next(self._groups, (None, ()))
        return None if entry is None else (entry, [row.hash for row in rows])


def _bound(said: dict[str, Any]) -> object:
    facts = said.get("facts")
    return facts.get("records") if isinstance(facts, dict) else None


def _unguarded(connection: Connection) -> list[str]:
    found = guards.unguarded(connection)
    which = ", ".join(found[:3]) + ("" if len(found) <= 3 else f" and {len(found) - 3} more")
    said = "The records no longer refuse to be changed: triggers were removed from"
    return [f"{said} {which}."] if found else []
