"""Requests, holds, erasures with the content that they rewrote, consents and purposes."""

from __future__ import annotations

from compliance.storage.migrations.growing import create_growing_table

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_growing_table("request", ("id",))
    create_growing_table("hold", ("id",))
    create_growing_table("erasure", ("id",))
    create_growing_table("rewriting", ("dataset_id",))
    create_growing_table("purpose", ("id",))
    create_growing_table("consents", ("version",))
    create_growing_table("barrier", ("request",))
    create_growing_table("used", ("made",))
