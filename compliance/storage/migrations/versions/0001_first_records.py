"""The first records: trail, datasets, labels, ledger, releases, runs, lineage, reports.

A migration stands for itself: later changes of `tables.py` do not change it.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

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
    for name, keys in _RECORDS.items():
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
    for name in ("trail", *_RECORDS):
        _refuse_changes(name)
    op.execute(
        "create trigger trail_head_stays before delete on trail_head"
        " begin select raise(abort, 'the head of the trail stays'); end"
    )


def _refuse_changes(name: str) -> None:
    for change in ("update", "delete"):
        op.execute(
            f"create trigger {name}_refuses_{change} before {change} on {name}"
            f" begin select raise(abort, '{name} only grows'); end"
        )
