"""Self-audits, and attacks that were tried."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name, keys in (("self_audit", ("id",)), ("trial", ("id", "dataset_id"))):
        op.create_table(
            name,
            sa.Column("position", sa.Integer, primary_key=True),
            *(sa.Column(key, sa.String(200), nullable=False) for key in keys),
            sa.Column("record", sa.Text, nullable=False),
            sa.Column(
                "entry",
                sa.Integer,
                sa.ForeignKey("trail.number", deferrable=True, initially="DEFERRED"),
                nullable=False,
            ),
        )
        for key in keys:
            op.create_index(f"ix_{name}_{key}", name, [key])
        for change in ("update", "delete"):
            op.execute(
                f"create trigger {name}_refuses_{change} before {change} on {name}"
                f" begin select raise(abort, '{name} only grows'); end"
            )
