"""The tree of the trail, read from few rows: full tiles, and what no tile holds yet."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, insert, select

from compliance.errors import BrokenTrailError
from compliance.storage.tables import TRAIL, TRAIL_TILE
from compliance.trail import HEIGHT, WIDTH, Line, Node, Pyramid, Tile, Tiling

LEVELS = 8  # more than any trail that numbers can count


def grow(connection: Connection, size: int, lines: Sequence[Line]) -> None:
    """Keep the tiles that `lines` complete, which follow on `size` entries and are stored.

    Where older rows or tiles are missing none is made: to verify the trail says which.
    """
    if size // WIDTH == (size + len(lines)) // WIDTH:
        return
    try:
        tiling = tiling_at(connection, size)
    except BrokenTrailError:
        return
    full = [tile for line in lines for tile in tiling.add(line.leaf)]
    rows = [tile._asdict() for tile in full]
    connection.execute(insert(TRAIL_TILE), rows)


def tiling_at(connection: Connection, size: int) -> Tiling:
    """The tiling of the first `size` entries, to go on with.

    Raises:
        BrokenTrailError: rows are missing.
    """
    return Tiling(size, [_open(connection, level, size) for level in range(LEVELS)])


def kept(connection: Connection, level: int, place: int) -> Tile | None:
    """A full tile."""
    query = select(TRAIL_TILE.c.root, TRAIL_TILE.c.hashes).where(
        TRAIL_TILE.c.level == level, TRAIL_TILE.c.place == place
    )
    row = connection.execute(query).first()
    return None if row is None else Tile(level, place, bytes(row.root), bytes(row.hashes))


def node_in(connection: Connection, size: int) -> Node:
    """The nodes of the tree over the first `size` entries; what was read stays for the next.

    A node raises BrokenTrailError where rows are missing that it is read from.
    """
    read: dict[tuple[int, int], Pyramid] = {}

    def node(height: int, place: int) -> bytes:
        level, above = divmod(height, HEIGHT)
        tile, start = divmod(place << above, WIDTH)
        if (level, tile) not in read:
            read[level, tile] = _pyramid(connection, level, tile, size)
        return read[level, tile].node(above, start >> above)

    return node


def _pyramid(connection: Connection, level: int, place: int, size: int) -> Pyramid:
    """A tile, or as much of it as the first `size` entries fill."""
    there = size >> HEIGHT * level
    if there < (place + 1) * WIDTH:
        return Pyramid(_open(connection, level, size))
    tile = kept(connection, level, place)
    if tile is None or len(tile.hashes) != 32 * WIDTH:
        raise BrokenTrailError()
    return tile.pyramid


def _open(connection: Connection, level: int, size: int) -> list[bytes]:
    """The hashes of the first `size` entries that no full tile of the level holds."""
    end = size >> HEIGHT * level
    start = end - end % WIDTH
    if start == end:
        return []
    if level == 0:
        query = (
            select(TRAIL.c.number, TRAIL.c.body, TRAIL.c.hash)
            .where(TRAIL.c.number > start, TRAIL.c.number <= end)
            .order_by(TRAIL.c.number)
        )
        found = [Line(*row).leaf for row in connection.execute(query)]
    else:
        query = (
            select(TRAIL_TILE.c.root)
            .where(
                TRAIL_TILE.c.level == level - 1,
                TRAIL_TILE.c.place >= start,
                TRAIL_TILE.c.place < end,
            )
            .order_by(TRAIL_TILE.c.place)
        )
        found = [bytes(root) for root in connection.scalars(query)]
    if len(found) != end - start:
        raise BrokenTrailError()
    return found
