"""The first records: trail, datasets, labels, ledger, releases, runs, lineage, reports.

A migration stands for itself: later changes of `tables.py` do not change it.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from compliance.storage.migrations.growing import (
    create_growing_table,
    prepare_refusals,
    refuse_changes,
    refuse_removal,
)

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_RECORDS: dict[str, tuple[str, ...]] = {
    "organisation": (),
    "dataset": ("id", "name", "sha256"),
    "description": ("name",),
    "discovery": ("dataset_id",),
    "budget": ("population",),
    "spend": ("id", "population"),
    "release": ("id", "dataset_id"),
    "run": ("id", "dataset_id"),
    "assessment": ("scope",),
    "edge": ("origin", "made"),
    "report": ("id",),
}


def upgrade() -> None:
    prepare_refusals()
    op.create_table(
        "trail",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
    )
    op.create_table(
        "trail_head",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("entries", sa.Integer, nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
    )
    refuse_changes("trail")
    refuse_removal("trail_head", trigger="trail_head_stays", said="the head of the trail stays")
    for name, keys in _RECORDS.items():
        create_growing_table(name, keys)
