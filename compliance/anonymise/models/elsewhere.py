"""How well a table that is kept elsewhere protects people: classes counted where it lies.

All rows count. What comes back is how many classes there are of each size, and how many people.
Importing this module loads ibis.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import ibis
import numpy as np
import pyarrow as pa

from compliance.anonymise.models.measuring import measured
from compliance.anonymise.nouns import Classes, Measures
from compliance.dataset.kept.cells import Cell, CellDigests, Cells
from compliance.dataset.nouns import ColumnName, ColumnType

_Ask = Callable[[Cell], pa.Table]


def measure_elsewhere(
    cells: Cells,
    quasi: Sequence[ColumnName],
    key: str,
    ask: _Ask,
    *,
    unit: ColumnName | None = None,
    sampling_fraction: float | None = None,
) -> Measures:
    """What `measure_table` finds without sensitive columns.

    Args:
        key: hexadecimal digits; texts are told apart by digests under it.
        unit, sampling_fraction: as there.
    """
    digests = CellDigests(key)
    parts = {f"part_{i}": _told(cells, name, digests) for i, name in enumerate(quasi)}
    who = {} if unit is None else {"who": _told(cells, unit, digests)}
    rows = cells.table.select(**parts, **who, one=ibis.literal(1))
    if unit is None:
        sizes = ask(_sizes(rows.group_by(list(parts)).agg(size=_count())))
        return measured(Classes(sizes=_spread(sizes)), sampling_fraction=sampling_fraction)
    once = rows.group_by([*parts, "who"]).agg(rows=_count())
    of_class = once.mutate(size=ibis._.count().over(group_by=[once[part] for part in parts]))
    classes = ask(_sizes(once.group_by(list(parts)).agg(size=_count())))
    people = ask(_sizes(of_class.group_by("who").agg(size=ibis._["size"].min())))
    sizes = _spread(classes)
    return measured(
        Classes(sizes=sizes),
        sampling_fraction=sampling_fraction,
        easiest=_easiest(sizes, people),
        rows=int(ask(rows.aggregate(rows=_count())).column("rows")[0].as_py()),
    )


def _told(cells: Cells, name: ColumnName, digests: CellDigests) -> Cell:
    """What tells values of a column apart within one engine."""
    type_ = cells.type_of(name)
    if type_ is ColumnType.TEXT:
        text = cells.text(name)
        return ibis.ifelse(text.isnull(), "", digests.of("q", text))
    return cells.number(name) if type_ is ColumnType.NUMBER else cells.table[name]


def _sizes(classes: Cell) -> Cell:
    """How many there are of each size, small ones first."""
    return classes.group_by("size").agg(many=_count()).order_by("size")


def _count() -> Cell:
    return ibis._.count().cast("int64")


def _spread(counted: pa.Table) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    size, many = (counted.column(name).to_numpy() for name in ("size", "many"))
    return np.repeat(size.astype(np.int64), many.astype(np.int64))


def _easiest(
    sizes: np.ndarray[tuple[int], np.dtype[np.int64]], people: pa.Table
) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """People by the smallest class that they stand in, all in the first class of its size."""
    found = np.zeros(len(sizes), dtype=np.int64)
    first = np.searchsorted(sizes, people.column("size").to_numpy())
    found[first] = people.column("many").to_numpy()
    return found
