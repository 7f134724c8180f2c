"""Accounts, their visits, and acts that a second person approves."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from compliance.storage.migrations.growing import create_growing_table, index_entries

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_NEW = {
    "account": ("id",),
    "visit": ("id", "account"),
    "four_eyes": (),
    "approval": ("id", "digest"),
}


def upgrade() -> None:
    for name, keys in _NEW.items():
        create_growing_table(name, keys)
        index_entries(name)
    op.create_table(
        "visit_seen",
        sa.Column("visit", sa.String(64), primary_key=True),
        sa.Column("at", sa.Integer, nullable=False),
    )
