"""Which column came from which: edges between columns, held against both ends before they count."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from types import MappingProxyType

from compliance.lineage.nouns import (
    ColumnEdge,
    ColumnSubkind,
    How,
    Parameter,
)

_NOTHING: Mapping[str, Parameter] = MappingProxyType({})


def how(
    edges: Iterable[ColumnEdge],
    origin: Collection[str],
    made: Collection[str],
    parameters: Mapping[str, Parameter] = _NOTHING,
) -> How:
    """What an act tells of one step, once every edge joins columns that are there.

    Args:
        origin, made: the columns of both ends.

    Raises:
        ValueError: an edge names a column that is not there; a slip of who calls, not of who
            uses the desk.
    """
    columns = tuple(dict.fromkeys(edges))
    for edge in columns:
        if edge.origin not in origin:
            raise ValueError(f"the origin has no column “{edge.origin}”")
        if edge.made and edge.made not in made:
            raise ValueError(f"what was made has no column “{edge.made}”")
    return How(columns=columns, parameters=dict(parameters))


def as_it_was(column: str, made: str = "") -> ColumnEdge:
    """The values of a column, unchanged."""
    return _edge(column, made or column, ColumnSubkind.IDENTITY)


def changed(column: str, says: str, made: str = "", *, masking: bool = False) -> ColumnEdge:
    """Values made of those of a column, one by one."""
    subkind = ColumnSubkind.TRANSFORMATION
    return _edge(column, made or column, subkind, says, masking=masking)


def aggregated(column: str, made: str, says: str, *, masking: bool = False) -> ColumnEdge:
    """Values made of many of those of a column together."""
    return _edge(column, made, ColumnSubkind.AGGREGATION, says, masking=masking)


def hung_on(
    column: str, subkind: ColumnSubkind, says: str, made: str = "", *, masking: bool = False
) -> ColumnEdge:
    """What was made (a column of it, or the whole) hangs on a column without holding its values."""
    return _edge(column, made, subkind, says, masking=masking)


def chosen_by(columns: Iterable[str], says: str) -> tuple[ColumnEdge, ...]:
    """Rows stayed or went by the values of some columns."""
    return tuple(hung_on(column, ColumnSubkind.FILTER, says) for column in columns)


def carried(
    columns: Iterable[str], altered: Mapping[str, str], *, masking: bool = False
) -> tuple[ColumnEdge, ...]:
    """A table of the same columns as before: those altered, and the others as they were.

    Args:
        columns: those of what was made.
        altered: what happened to a column, in words.
        masking: that hides its values.
    """
    return tuple(
        changed(column, altered[column], masking=masking)
        if column in altered
        else as_it_was(column)
        for column in columns
    )


def _edge(
    origin: str, made: str, subkind: ColumnSubkind, says: str = "", *, masking: bool = False
) -> ColumnEdge:
    return ColumnEdge(
        origin=str(origin),
        made=str(made),
        kind=subkind.kind,
        subkind=subkind,
        masking=masking,
        how=says,
    )
