"""Rows that stayed behind when what is used was made into something else, put back into it.

Leaving out columns or rows works on what is used, so restricted rows do not go through it. They
come back with the columns that are left. Into values that were changed, masked ones say, no plain
rows are put: they stay where they are kept, and that is said.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import pyarrow as pa
from sqlalchemy import Connection

from compliance.dataset.nouns import Dataset
from compliance.lineage.nouns import Edge
from compliance.storage import records, tables
from compliance.workspace import datasets
from compliance.workspace.desk import Desk
from compliance.workspace.usage_rows import restricted

RETURNED = "rows put back"
_Row = tuple[object, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Behind:
    """Rows that stayed behind and may be used again.

    Attributes:
        kept: the version that they are in.
        content: all rows, theirs at the end; None where they cannot be put back.
    """

    kept: Dataset
    content: pa.Table | None


def behind(desk: Desk, connection: Connection, dataset: Dataset) -> Behind | None:
    """What is missing from a version that was made of one with fewer rows; None: nothing is.

    Args:
        dataset: one out of which no rows were moved itself; see `datasets.whole`.
    """
    for less in _before(connection, dataset):
        kept = datasets.whole(connection, less)
        if kept is less:
            continue
        all_, used = desk.table(kept).whole(), desk.table(less).whole()
        places = _missing(all_, used)
        is_out = restricted(desk, connection, kept)
        if is_out is None or all(is_out[place] for place in places):
            return None
        now = desk.table(dataset).whole()
        is_fit = len(places) == kept.rows - less.rows and _is_part(now, used)
        content = None
        if is_fit:
            rows = all_.take(places).select(now.column_names).cast(now.schema)
            content = pa.concat_tables([now, rows]).combine_chunks()
        return Behind(kept=kept, content=content)
    return None


def _before(connection: Connection, dataset: Dataset) -> Iterator[Dataset]:
    """The versions that this one was made of, until a file took their place or rows came back."""
    at = dataset
    while True:
        node = datasets.dataset_node(at)
        edges = records.every(connection, tables.EDGE, Edge, made=f"{node.kind}:{node.id}")
        own = [e for e in edges if e.origin.id.rpartition("@")[0] == dataset.name]
        if not own or own[0].step in (RETURNED, datasets.RESTRICTED, datasets.LIFTED):
            return
        at = datasets.version(connection, own[0].origin.id)
        yield at


def _missing(all_: pa.Table, some: pa.Table) -> list[int]:
    """The places of rows that are in the one and not in the other."""
    left = Counter(_rows(some))
    found = []
    for place, row in enumerate(_rows(all_)):
        if left[row]:
            left[row] -= 1
        else:
            found.append(place)
    return found


def _is_part(part: pa.Table, whole: pa.Table) -> bool:
    """Whether a table holds nothing but rows of another, with all or some of its columns."""
    names = part.column_names
    if not set(names) <= set(whole.column_names):
        return False
    if any(part.schema.field(name).type != whole.schema.field(name).type for name in names):
        return False
    return not Counter(_rows(part)) - Counter(_rows(whole.select(names)))


def _rows(table: pa.Table) -> Iterator[_Row]:
    return zip(*(column.to_pylist() for column in table.columns), strict=True)
