"""Self-audits, and attacks that were tried."""

from __future__ import annotations

from compliance.storage.migrations.growing import create_growing_table

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_growing_table("self_audit", ("id",))
    create_growing_table("trial", ("id", "dataset_id"))
