"""Anonymised tables, the recipes that make them, and vaults."""

from __future__ import annotations

from compliance.storage.migrations.growing import create_growing_table

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_growing_table("anonymised", ("id", "dataset_id", "made"))
    create_growing_table("baskets", ("id", "dataset_id"))
    create_growing_table("recipe", ("name",))
    create_growing_table("vault", ("id", "dataset_id"))
