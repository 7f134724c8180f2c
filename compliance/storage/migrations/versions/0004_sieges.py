"""Attacks on federated runs."""

from __future__ import annotations

from compliance.storage.migrations.growing import create_growing_table

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_growing_table("siege", ("id", "dataset_id"))
