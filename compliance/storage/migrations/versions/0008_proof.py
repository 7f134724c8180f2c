"""Tiles of the trail's tree, anchors, verifications, foreign lineage events, signatures.

And every record is found by its entry, every entry by its act.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

from compliance.storage.migrations.growing import (
    create_growing_table,
    index_acts,
    index_entries,
    refuse_changes,
)

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_WIDTH = 256
_BEFORE = (
    *("organisation", "dataset", "description", "discovery", "budget", "spend"),
    *("release", "run", "assessment", "edge", "report", "proposal"),
    *("synthesis", "self_audit", "trial", "siege", "anonymised", "baskets"),
    *("recipe", "vault", "register", "standing", "finding", "remedied"),
    *("pack", "alarm", "schedule", "audit", "impact", "request"),
    *("hold", "erasure", "rewriting", "purpose", "consents", "barrier"),
    "used",
)
_NEW = {"anchor": "id", "verified": "at", "event": "run", "signature": "report"}


def upgrade() -> None:
    tiles = op.create_table(
        "trail_tile",
        sa.Column("level", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("place", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("root", sa.LargeBinary, nullable=False),
        sa.Column("hashes", sa.LargeBinary, nullable=False),
    )
    _fill(tiles)
    refuse_changes("trail_tile")
    for name, key in _NEW.items():
        create_growing_table(name, (key,))
    for name in (*_BEFORE, *_NEW):
        index_entries(name)
    index_acts()


def _fill(tiles: sa.Table) -> None:
    """The tiles of the entries that are there already, up to the first that is missing."""
    level, roots = 0, _leaves()
    while True:
        above: list[bytes] = []
        for place, hashes in enumerate(_in_tiles(roots)):
            root = _root(hashes)
            row = {"level": level, "place": place, "root": root, "hashes": b"".join(hashes)}
            op.get_bind().execute(sa.insert(tiles), row)
            above.append(root)
        if len(above) < _WIDTH:
            return
        level, roots = level + 1, iter(above)


def _leaves() -> Iterator[bytes]:
    query = "select number, body from trail where number > {0} and number <= {0} + 10000"
    last = 0
    while rows := op.get_bind().exec_driver_sql(query.format(last) + " order by number").all():
        for number, body in rows:
            if number != last + 1:
                return
            last = number
            yield hashlib.sha256(b"\x00" + body.encode("utf-8", "surrogatepass")).digest()


def _in_tiles(hashes: Iterator[bytes]) -> Iterator[list[bytes]]:
    tile: list[bytes] = []
    for each in hashes:
        tile.append(each)
        if len(tile) == _WIDTH:
            yield tile
            tile = []


def _root(nodes: list[bytes]) -> bytes:
    while len(nodes) > 1:
        pairs = zip(nodes[::2], nodes[1::2], strict=True)
        nodes = [hashlib.sha256(b"\x01" + left + right).digest() for left, right in pairs]
    return nodes[0]
