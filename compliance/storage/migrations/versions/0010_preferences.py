"""What each person likes: no records, so they change and go."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from compliance.storage.migrations.growing import KEY

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "preference",
        sa.Column("person", KEY, primary_key=True),
        sa.Column("name", sa.String(64), primary_key=True),
        sa.Column("value", sa.Text, nullable=False),
    )
