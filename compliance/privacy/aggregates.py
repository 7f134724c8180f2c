"""Whole numbers per group, and by how much one person can change them.

Every statistic is made of parts. A part is one whole number per group: a count, or a sum of
clamped values in cents or wholes. Nothing but such parts ever reaches a noise mechanism.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from compliance.dataset.nouns import Column
from compliance.dataset.table import Table
from compliance.privacy.bounding import Bounded, bound
from compliance.privacy.nouns import Dropped, Query, Statistic, StatisticKind

KEYS_PART = "keys"
_Ints = npt.NDArray[np.int64]


class Role(StrEnum):
    """What a part is in its statistic."""

    VALUE = "value"  # the number itself
    CENTRED_SUM = "centred_sum"  # of a mean: the sum of distances from the middle of the bounds
    PRESENT_ROWS = "present_rows"  # of a mean: rows that hold a value


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One whole number per group.

    Attributes:
        statistic: what it is a part of.
        role: which part.
        per_row: the most that one row can change it.
        per_group: the most that one person can change it in one group.
        groups: the most groups in which one person can.
    """

    statistic: Statistic
    role: Role
    per_row: int
    per_group: int
    groups: int

    @property
    def name(self) -> str:
        return f"{self.statistic.name}:{self.role}"

    @property
    def l1(self) -> int:
        """Sensitivity in the L1 norm to adding or removing one person."""
        return self.groups * self.per_group

    @property
    def l2_squared(self) -> int:
        """The square of the sensitivity in the L2 norm."""
        return self.groups * self.per_group**2


@dataclass(frozen=True, slots=True, kw_only=True)
class Aggregate:
    """The exact parts of a query's answer. Secret: only noisy versions may leave.

    Attributes:
        keys: per group, one text per column of `by`.
        units: per group, how many people count in it.
        parts: by the part's name, one whole number per group.
        dropped: what bounding left out.
    """

    keys: tuple[tuple[str, ...], ...]
    units: _Ints
    parts: dict[str, _Ints]
    dropped: Dropped


def parts_of(query: Query) -> tuple[Part, ...]:
    """The parts that `query` needs. They depend on the query alone, never on data."""
    return tuple(part for statistic in query.statistics for part in _parts(statistic, query))


def aggregate(table: Table, query: Query, columns: Sequence[Column], key: bytes) -> Aggregate:
    """The exact answer to `query` on the bounded rows of `table`; see `bound` for `key`."""
    bounded = bound(table, query, columns, key)
    size = len(bounded.keys)
    units = _totals(bounded.groups[bounded.is_first_of_unit], None, size)
    parts = {part.name: _part(table, part, bounded, units) for part in parts_of(query)}
    return Aggregate(keys=bounded.keys, units=units, parts=parts, dropped=bounded.dropped)


def middle(statistic: Statistic) -> int:
    """The middle of the bounds in steps of the granularity: public, so sums are centred on it."""
    lower, upper = steps(statistic)
    return (lower + upper) // 2


def steps(statistic: Statistic) -> tuple[int, int]:
    """The lower and upper bound in steps of the granularity (cents or wholes)."""
    if statistic.lower is None or statistic.upper is None:
        raise ValueError(f"{statistic.name} has no bounds")
    per_one = statistic.granularity.per_one
    return tuple(  # type: ignore[return-value]
        int((bound_ * per_one).to_integral_value(ROUND_HALF_EVEN))
        for bound_ in (statistic.lower, statistic.upper)
    )


def _parts(statistic: Statistic, query: Query) -> list[Part]:
    rows, groups = query.max_rows_per_group, query.groups_per_unit

    def part(role: Role, per_row: int, rows_: int = rows) -> Part:
        return Part(
            statistic=statistic,
            role=role,
            per_row=per_row,
            per_group=per_row * rows_,
            groups=groups,
        )

    if statistic.kind is StatisticKind.COUNT_ROWS:
        return [part(Role.VALUE, 1)]
    if statistic.kind is StatisticKind.COUNT_UNITS:
        return [part(Role.VALUE, 1, 1)]
    lower, upper = steps(statistic)
    if statistic.kind is StatisticKind.SUM:
        return [part(Role.VALUE, max(abs(lower), abs(upper), 1))]
    centre = middle(statistic)
    reach = max(upper - centre, centre - lower, 1)
    return [part(Role.CENTRED_SUM, reach), part(Role.PRESENT_ROWS, 1)]


def _part(table: Table, part: Part, bounded: Bounded, units: _Ints) -> _Ints:
    size = len(bounded.keys)
    if part.statistic.kind is StatisticKind.COUNT_UNITS:
        return units
    if part.statistic.kind is StatisticKind.COUNT_ROWS:
        return _totals(bounded.groups, None, size)
    present, values = _clamped(table, part.statistic, bounded.rows)
    groups = bounded.groups[present]
    if part.role is Role.PRESENT_ROWS:
        return _totals(groups, None, size)
    if part.role is Role.CENTRED_SUM:
        values = values - middle(part.statistic)
    return _totals(groups, values[present], size)


def _clamped(
    table: Table, statistic: Statistic, rows: _Ints
) -> tuple[npt.NDArray[np.bool_], _Ints]:
    """Per row, whether it holds a value, and the value in whole steps within the bounds."""
    if statistic.column is None:
        raise ValueError(f"{statistic.name} has no column")
    numbers = table.numbers(statistic.column)
    lower, upper = steps(statistic)
    values, present = numbers.values[rows], numbers.present[rows]
    if values.dtype.kind == "f":
        scaled = np.rint(np.clip(values * statistic.granularity.per_one, lower, upper))
        return present, scaled.astype(np.int64)
    per_one = statistic.granularity.per_one
    inner = np.clip(values, -(-lower // per_one) - 1, upper // per_one + 1)
    return present, np.clip(inner * per_one, lower, upper)


def _totals(groups: _Ints, values: _Ints | None, size: int) -> _Ints:
    """Sums per group in whole numbers: no floating-point sum stands between data and noise."""
    if values is None:
        return np.bincount(groups, minlength=size).astype(np.int64)
    totals = np.zeros(size, dtype=np.int64)
    np.add.at(totals, groups, values)
    return totals


def exact_steps(value: Decimal | float, statistic: Statistic) -> float:
    """`value` in steps of the granularity back in the column's own unit."""
    return float(value) / statistic.granularity.per_one
