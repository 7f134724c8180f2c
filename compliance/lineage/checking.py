"""Whether the lineage names only what is there."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from compliance.lineage.nouns import Dangling, Edge, NodeKind, Place

_OUTSIDE = frozenset({NodeKind.SOURCE, NodeKind.FOREIGN, NodeKind.DISCLOSURE})


def dangling(edges: Iterable[Edge], columns: Mapping[str, Collection[str]]) -> tuple[Dangling, ...]:
    """Ends of edges, and columns of them, that are not there; each once per entry.

    Args:
        columns: those of every thing that is there, by its key; what has none is there with ().
            Files, tables of other systems and what was handed out are outside: nobody here knows
            theirs.
    """
    return tuple(dict.fromkeys(one for edge in edges for one in _of(edge, columns)))


def _of(edge: Edge, columns: Mapping[str, Collection[str]]) -> Iterator[Dangling]:
    ends = ((edge.origin, "origin"), (edge.made, "made"))
    for node, end in ends:
        if node.kind in _OUTSIDE:
            continue
        if node.key not in columns:
            yield Dangling(entry=edge.entry, place=Place(node.key, ""))
            continue
        for column in edge.columns:
            name = column.origin if end == "origin" else column.made
            if name and name not in columns[node.key]:
                yield Dangling(entry=edge.entry, place=Place(node.key, name))
