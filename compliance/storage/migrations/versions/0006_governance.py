"""The register, findings, remedies, packs of rules, alarms, schedules and impact assessments."""

from __future__ import annotations

from compliance.storage.migrations.growing import create_growing_table

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_growing_table("register", ("kind", "id"))
    create_growing_table("standing", ("scope",))
    create_growing_table("finding", ("id",))
    create_growing_table("remedied", ("finding",))
    create_growing_table("pack", ("id",))
    create_growing_table("alarm", ("id",))
    create_growing_table("schedule", ("name",))
    create_growing_table("audit", ("scope",))
    create_growing_table("impact", ("id",))
