"""Bounds proposed by a private look, and datasets of invented rows."""

from __future__ import annotations

from compliance.storage.migrations.growing import create_growing_table

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("proposal", "synthesis"):
        create_growing_table(name, ("id", "dataset_id"))
