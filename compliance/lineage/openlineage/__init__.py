"""Lineage as other systems tell it: events of OpenLineage, written and read."""

from compliance.lineage.openlineage.joining import join
from compliance.lineage.openlineage.reading import read_events
from compliance.lineage.openlineage.writing import to_events, to_lines

__all__ = ["join", "read_events", "to_events", "to_lines"]
