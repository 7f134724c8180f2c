"""Rows of a table that is kept elsewhere, chosen by their content: the same ones each time.

Rows are drawn by a keyed digest of what they hold; rows that hold the same are numbered first, so
that each of them has a lot of its own. Importing this module loads ibis.
"""

from __future__ import annotations

from collections.abc import Callable

import ibis
import pyarrow as pa

from compliance.dataset.arrow import ARROW_TYPES
from compliance.dataset.kept.cells import Cell, CellDigests, Cells
from compliance.dataset.nouns import Column, ColumnName, ColumnType


def drawn(cells: Cells, rows: int, key: str, ask: Callable[[Cell], pa.Table]) -> pa.Table:
    """At most `rows` rows, with the desk's own types.

    Args:
        key: hexadecimal digits; which rows are drawn depends on it.
    """
    digests = CellDigests(key)
    names = {f"value_{i}": column.name for i, column in enumerate(cells.columns)}
    texts = [_told(cells, name, digests) + "," for name in names.values()]
    held = cells.table.select(
        **{short: _value(cells, name) for short, name in names.items()},
        content=digests.of("c", *texts),
    )
    number = ibis.row_number().over(group_by=held.content, order_by=held.content)
    numbered = held.mutate(number=number.cast("string"))
    lot = digests.of("n", numbered.content, numbered.number)
    least = numbered.mutate(lot=lot).order_by("lot").limit(rows).drop("content", "number", "lot")
    found = ask(least)
    types = [ARROW_TYPES[column.type] for column in cells.columns]
    arrays = [found.column(short).cast(kind) for short, kind in zip(names, types, strict=True)]
    return pa.table(dict(zip(names.values(), arrays, strict=True)))


def counted(cells: Cells, ask: Callable[[Cell], pa.Table]) -> tuple[int, tuple[Column, ...]]:
    """How many rows there are, and per column how many hold no value, and how many different ones
    there are; the latter is an estimate where the engine has one.
    """
    asked = {"rows": cells.table.count().cast("int64")}
    for i, column in enumerate(cells.columns):
        value = _value(cells, column.name)
        asked[f"present_{i}"] = value.count().cast("int64")
        asked[f"distinct_{i}"] = value.approx_nunique().cast("int64")
    (found,) = ask(cells.table.aggregate(**asked)).to_pylist()
    rows = int(found["rows"])
    columns = tuple(
        Column(
            name=column.name,
            type=column.type,
            missing=rows - found[f"present_{i}"],
            distinct=min(found[f"distinct_{i}"], found[f"present_{i}"]),
        )
        for i, column in enumerate(cells.columns)
    )
    return rows, columns


def _told(cells: Cells, name: ColumnName, digests: CellDigests) -> Cell:
    """What tells the values of a column apart, without a comma in it."""
    text = cells.text(name)
    if cells.type_of(name) is not ColumnType.TEXT:
        return text.coalesce("")
    return ibis.ifelse(text.isnull(), "", digests.of("v", text))


def _value(cells: Cells, name: ColumnName) -> Cell:
    """The value of a column in the desk's own type."""
    type_ = cells.type_of(name)
    if type_ is ColumnType.TEXT:
        return cells.text(name)
    if type_ is ColumnType.BOOLEAN:
        return cells.table[name]
    if type_ in (ColumnType.INTEGER, ColumnType.NUMBER):
        return cells.number(name)
    moment = cells.moment(name)
    return moment.cast("date") if type_ is ColumnType.DATE else moment
