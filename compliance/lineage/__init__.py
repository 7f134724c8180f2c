"""Lineage: what was made from what, column by column, and how far personal data went with it."""

from compliance.lineage.checking import dangling
from compliance.lineage.columns import (
    aggregated,
    as_it_was,
    carried,
    changed,
    chosen_by,
    how,
    hung_on,
)
from compliance.lineage.paths import column_onward, column_path, downstream, upstream
from compliance.lineage.tags import propagate

__all__ = [
    "aggregated",
    "as_it_was",
    "carried",
    "changed",
    "chosen_by",
    "column_onward",
    "column_path",
    "dangling",
    "downstream",
    "how",
    "hung_on",
    "propagate",
    "upstream",
]
