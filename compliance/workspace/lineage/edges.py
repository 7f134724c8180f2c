"""Edges as they are stored: those around some datasets, or around one thing."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import Connection

from compliance.dataset.nouns import Dataset
from compliance.lineage.nouns import Edge, NodeKind
from compliance.storage import records, tables


def every(connection: Connection, until: int | None = None) -> tuple[Edge, ...]:
    """The whole lineage, oldest first; with `until`, up to that entry of the trail."""
    return records.up_to(connection, tables.EDGE, Edge, until)


def around(edges: Sequence[Edge], ids: Collection[str]) -> tuple[Edge, ...]:
    """The edges that lead to or from some dataset versions, or the rows of them that were used.

    Args:
        ids: of the versions.
    """
    near = {
        *ids,
        *(e.made.id for e in edges if e.made.kind is NodeKind.VIEW and e.origin.id in ids),
    }
    return tuple(edge for edge in edges if edge.origin.id in near or edge.made.id in near)


def of_datasets(connection: Connection, wanted: Sequence[Dataset]) -> tuple[Edge, ...]:
    """The lineage that leads to or from these datasets, oldest first."""
    return around(every(connection), {dataset.id for dataset in wanted})


def of_one(connection: Connection, id_: str) -> tuple[Edge, ...]:
    """The lineage that leads to one thing, one step further back, and from it; oldest first.

    The rows that may be used of a dataset are no step of their own here.
    """
    edges = every(connection)
    made = {id_}
    for _ in range(2):
        made |= {e.origin.id for e in edges if e.made.id in made and _is_near(e, id_)}
    return tuple(edge for edge in edges if edge.made.id in made or edge.origin.id == id_)


def _is_near(edge: Edge, id_: str) -> bool:
    return edge.made.id == id_ or edge.made.kind is NodeKind.VIEW
