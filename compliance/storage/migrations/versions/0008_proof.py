"""Tiles of the trail's tree, anchors, verifications, foreign lineage events, signatures."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from compliance.storage.migrations.growing import create_growing_table, refuse_changes

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "trail_tile",
        sa.Column("level", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("place", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("hashes", sa.LargeBinary, nullable=False),
    )
    refuse_changes("trail_tile")
    create_growing_table("anchor", ("id",))
    create_growing_table("verified", ("at",))
    create_growing_table("event", ("run",))
    create_growing_table("signature", ("report",))
