"""Ways through the lineage: back to the source files, forward to all that was made."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Mapping

from compliance.lineage.nouns import Edge, Hop, Node, Place


def upstream(edges: Iterable[Edge], node: str) -> tuple[Edge, ...]:
    """All that a thing was made from, and what that was made from, nearest first.

    Args:
        node: its key, see `Node.key`.
    """
    return _walked(edges, node, lambda edge: edge.made, lambda edge: edge.origin)


def downstream(edges: Iterable[Edge], node: str) -> tuple[Edge, ...]:
    """All that was made from a thing, and what was made from that, nearest first."""
    return _walked(edges, node, lambda edge: edge.origin, lambda edge: edge.made)


def column_path(edges: Iterable[Edge], place: Place) -> tuple[Hop, ...]:
    """Every step by which values came to a column, nearest first, back to the source files.

    What has no columns of its own, such as a report, tells the columns of what it is on; so an
    edge that does not tell columns leads to the column of the same name. A place without a column
    is the whole: all that any of its columns came from.
    """
    by_made = _by(edges, lambda edge: edge.made)
    return _followed(place, by_made, _hops, lambda hop: hop.origin)


def column_onward(edges: Iterable[Edge], place: Place) -> tuple[Hop, ...]:
    """Every step by which values of a column, or the choice by it, went on; nearest first.

    What only hangs on a column as a whole goes on to what was made of it without telling columns,
    such as reports.
    """
    by_origin = _by(edges, lambda edge: edge.origin)
    return _followed(place, by_origin, _hops_on, lambda hop: hop.made)


def _by(edges: Iterable[Edge], end: Callable[[Edge], Node]) -> Mapping[str, list[Edge]]:
    found: dict[str, list[Edge]] = defaultdict(list)
    for edge in edges:
        found[end(edge).key].append(edge)
    return found


def _followed(
    place: Place,
    edges: Mapping[str, list[Edge]],
    hops: Callable[[Edge, Place], list[Hop]],
    to: Callable[[Hop], Place],
) -> tuple[Hop, ...]:
    """Every hop from `place` on, each once, nearest first.

    Args:
        edges: by the thing that they are met at.
        hops: of an edge, those from a place.
        to: where a hop leads.
    """
    found: dict[tuple[int, Place, Place], Hop] = {}
    seen, ahead = {place}, deque([place])
    while ahead:
        here = ahead.popleft()
        for hop in (hop for edge in edges.get(here.node, ()) for hop in hops(edge, here)):
            found.setdefault((hop.edge.entry, hop.origin, hop.made), hop)
            if to(hop) not in seen:
                seen.add(to(hop))
                ahead.append(to(hop))
    return tuple(found.values())


def _hops_on(edge: Edge, here: Place) -> list[Hop]:
    if not edge.columns:
        on = Place(edge.made.key, here.column)
        return [Hop(edge=edge, column=None, origin=here, made=on)]
    return [
        Hop(edge=edge, column=column, origin=here, made=Place(edge.made.key, column.made))
        for column in edge.columns
        if column.origin == here.column
    ]


def _hops(edge: Edge, here: Place) -> list[Hop]:
    if not edge.columns:
        back = Place(edge.origin.key, here.column)
        return [Hop(edge=edge, column=None, origin=back, made=here)]
    return [
        Hop(edge=edge, column=column, origin=Place(edge.origin.key, column.origin), made=here)
        for column in edge.columns
        if not here.column or column.made in (here.column, "")
    ]


def _walked(
    edges: Iterable[Edge],
    node: str,
    near: Callable[[Edge], Node],
    far: Callable[[Edge], Node],
) -> tuple[Edge, ...]:
    beside = _by(edges, near)
    found: list[Edge] = []
    seen, ahead = {node}, deque([node])
    while ahead:
        for edge in beside.get(ahead.popleft(), ()):
            found.append(edge)
            if (there := far(edge).key) not in seen:
                seen.add(there)
                ahead.append(there)
    return tuple(found)
