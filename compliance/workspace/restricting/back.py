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
from compliance.i18n import mark
from compliance.lineage.nouns import Edge
from compliance.storage import records, tables
from compliance.workspace.data import datasets
from compliance.workspace.desk import Desk
from compliance.workspace.restricting.rows import Places, missing

RETURNED = mark("rows put back")


@dataclass(frozen=True, slots=True, kw_only=True)
class Behind:
    """Rows that stayed behind.

    Attributes:
        kept: the version that they are in.
        less: the version out of which they were moved.
        places: where they are in it.
    """

    kept: Dataset
    less: Dataset
    places: Places


def behind(desk: Desk, connection: Connection, dataset: Dataset) -> Behind | None:
    """What is missing from a version that was made of one with fewer rows; None: nothing is.

    Args:
        dataset: one out of which no rows were moved itself; see `datasets.whole`.
    """
    for less in _before(connection, dataset):
        kept = datasets.whole(connection, less)
        if kept is not less:
            found = missing(desk.table(kept).whole(), desk.table(less).whole())
            return Behind(kept=kept, less=less, places=found)
    return None


def with_them(desk: Desk, dataset: Dataset, found: Behind) -> pa.Table | None:
    """All rows, those that stayed behind at the end; None where they cannot be put back."""
    less, now = desk.table(found.less).whole(), desk.table(dataset).whole()
    if len(found.places) != found.kept.rows - found.less.rows or not _is_part(now, less):
        return None
    rows = desk.table(found.kept).whole().take(found.places).select(now.column_names)
    return pa.concat_tables([now, rows.cast(now.schema)]).combine_chunks()


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


def _is_part(part: pa.Table, whole: pa.Table) -> bool:
    """Whether a table holds nothing but rows of another, with all or some of its columns."""
    names = part.column_names
    if not set(names) <= set(whole.column_names):
        return False
    if any(part.schema.field(name).type != whole.schema.field(name).type for name in names):
        return False
    return not Counter(_rows(part)) - Counter(_rows(whole.select(names)))


def _rows(table: pa.Table) -> Iterator[tuple[object, ...]]:
    return zip(*(column.to_pylist() for column in table.columns), strict=True)
