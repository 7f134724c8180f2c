"""The lineage as rows: every edge with both ends and the columns that it joins."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from compliance.lineage.nouns import Edge
from compliance.plain import csv_bytes

HEADER = (
    *("from_kind", "from_id", "from", "from_column", "step", "to_kind", "to_id", "to", "to_column"),
    *("kind", "subkind", "masking", "how", "entry", "at", "actor", "code"),
)


def to_csv(edges: Iterable[Edge]) -> bytes:
    """The rows as CSV that spreadsheets open as text; no cell is a formula."""
    return csv_bytes([HEADER, *rows_of(edges)])


def rows_of(edges: Iterable[Edge]) -> Iterator[tuple[str, ...]]:
    """One row for each pair of columns; one without columns for an edge that tells none.

    An empty column is the whole of the thing.
    """
    for edge in edges:
        origin = (str(edge.origin.kind), edge.origin.id, edge.origin.title)
        made = (str(edge.made.kind), edge.made.id, edge.made.title)
        act = (str(edge.entry), edge.at.isoformat(), edge.actor, edge.code)
        if not edge.columns:
            yield (*origin, "", edge.step, *made, "", "", "", "", "", *act)
        for one in edge.columns:
            told = (str(one.kind), str(one.subkind), "yes" if one.masking else "no", one.how)
            yield (*origin, one.origin, edge.step, *made, one.made, *told, *act)
