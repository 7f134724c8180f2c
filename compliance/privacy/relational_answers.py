"""What an engine answered to a relational plan, as the `Aggregate` that releases take."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from compliance.privacy.aggregates import Aggregate, Part, Ranked, parts_of
from compliance.privacy.nouns import Dropped
from compliance.privacy.nouns.question import Query, Statistic, StatisticKind

_Ints = npt.NDArray[np.int64]
_Keys = tuple[tuple[str, ...], ...]


def key_column(place: int) -> str:
    """What the plan calls the keys of a column of `by`."""
    return f"key_{place}"


def part_column(part: Part) -> str:
    """What the plan calls the sums of a part."""
    return f"sum_{part.name}"


def read_off(
    query: Query, tally: Mapping[str, int], groups: pa.Table, values: Mapping[str, pa.Table]
) -> Aggregate:
    """The exact answer to `query`.

    Args:
        tally, groups, values: as `relational.Plan` has them; values by the statistic's name.
    """
    seen = _keys_of(query, groups)
    keys = _all_keys(query) if query.has_public_keys else tuple(sorted(seen))
    place = {key: i for i, key in enumerate(keys)}
    at = np.array([place[key] for key in seen], dtype=np.int64)

    def spread(column: str) -> _Ints:
        found = np.zeros(len(keys), dtype=np.int64)
        found[at] = _ints(groups, column)
        return found

    units, rows = spread("people"), spread("rows")
    parts, ranked = {}, {}
    for part in parts_of(query):
        statistic = part.statistic
        if statistic.kind is StatisticKind.QUANTILE:
            held = values[statistic.name]
            ranked[statistic.name] = _ranked(held, _at(query, held, place), len(keys))
        elif statistic.kind is StatisticKind.HISTOGRAM:
            held = values[statistic.name]
            parts[part.name] = _bars(held, _at(query, held, place), len(keys), statistic)
        elif statistic.kind is StatisticKind.COUNT_UNITS or statistic.of_units:
            parts[part.name] = units
        else:
            parts[part.name] = rows if statistic.column is None else spread(part_column(part))
    dropped = Dropped(
        rows=tally["may"] - int(rows.sum()) + tally["nobodys"],
        units=tally["losing"],
        rows_without_unit=tally["nobodys"],
    )
    return Aggregate(
        keys=keys,
        units=units,
        parts=parts,
        dropped=dropped,
        ranked=ranked,
        people=tally["people"],
    )


def _keys_of(query: Query, table: pa.Table) -> list[tuple[str, ...]]:
    columns = [table.column(key_column(i)).to_pylist() for i in range(len(query.by))]
    return list(zip(*columns, strict=True)) if columns else [()] * table.num_rows


def _all_keys(query: Query) -> _Keys:
    return tuple(product(*(query.public_keys[column] for column in query.by)))


def _at(query: Query, table: pa.Table, place: Mapping[tuple[str, ...], int]) -> _Ints:
    return np.array([place[key] for key in _keys_of(query, table)], dtype=np.int64)


def _ints(table: pa.Table, column: str) -> _Ints:
    return np.asarray(table.column(column).to_numpy(), dtype=np.int64)


def _bars(held: pa.Table, at: _Ints, groups: int, statistic: Statistic) -> _Ints:
    found = np.zeros((groups, len(statistic.edges) - 1), dtype=np.int64)
    found[at, _ints(held, "value")] = _ints(held, "rows")
    return found


def _ranked(held: pa.Table, at: _Ints, groups: int) -> Ranked:
    values, rows = _ints(held, "value"), _ints(held, "rows")
    order = np.lexsort((values, at))
    sizes = np.zeros(groups, dtype=np.int64)
    np.add.at(sizes, at, rows)
    return Ranked(
        values=np.repeat(values[order], rows[order]),
        starts=np.concatenate(([0], np.cumsum(sizes))).astype(np.int64),
    )
