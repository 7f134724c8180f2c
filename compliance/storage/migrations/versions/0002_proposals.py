"""Bounds proposed by a private look, and datasets of invented rows."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("proposal", "synthesis"):
        op.create_table(
            name,
            sa.Column("position", sa.Integer, primary_key=True),
            sa.Column("id", sa.String(200), nullable=False),
            sa.Column("dataset_id", sa.String(200), nullable=False),
            sa.Column("record", sa.Text, nullable=False),
            sa.Column(
                "entry",
                sa.Integer,
                sa.ForeignKey("trail.number", deferrable=True, initially="DEFERRED"),
                nullable=False,
            ),
        )
        for key in ("id", "dataset_id"):
            op.create_index(f"ix_{name}_{key}", name, [key])
        for change in ("update", "delete"):
            op.execute(
                f"create trigger {name}_refuses_{change} before {change} on {name}"
                f" begin select raise(abort, '{name} only grows'); end"
            )
