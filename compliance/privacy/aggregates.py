"""Whole numbers per group, and by how much one person can change them.

Every statistic is made of parts. A part is one whole number per group (several for a histogram):
a count, or a sum of clamped values in cents or wholes. A quantile's parts are choices among
candidate values, each with a whole score. Nothing else ever reaches a noise mechanism.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_EVEN, Decimal
from enum import StrEnum
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from compliance.dataset.nouns import Column
from compliance.errors import BadBoundsError
from compliance.privacy.bounding import Bounded, bound
from compliance.privacy.grouping import bars_of
from compliance.privacy.nouns import Dropped
from compliance.privacy.nouns.question import Query, Statistic, StatisticKind
from compliance.privacy.rows import Rows

KEYS_PART = "keys"
_Ints = npt.NDArray[np.int64]
MOST_TOTAL = 2**62  # a total stays below this, whatever the rows hold
_FINEST_SQUARE = 2**15  # distances are squared in steps of this part of the reach
_FULL, _HALF = 4, 2  # weights of parts when a loss is divided


class Role(StrEnum):
    """What a part is in its statistic."""

    VALUE = "value"  # the number itself
    CENTRED_SUM = "centred_sum"  # the sum of distances from the middle of the bounds
    CENTRED_SQUARES = "centred_squares"  # of a variance: the sum of their squares
    PRESENT_ROWS = "present_rows"  # rows that hold a value
    CHOICE = "choice"  # of a quantile: the value chosen; of the largest groups: which
    CHOICE_LOW = "choice_low"  # of a quantile: where its 95 % interval begins
    CHOICE_HIGH = "choice_high"  # and where it ends


CHOICES = (Role.CHOICE, Role.CHOICE_LOW, Role.CHOICE_HIGH)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One whole number per group, or one choice.

    Attributes:
        statistic: what it is a part of.
        role: which part.
        per_row: the most that one row can change it, or any score of a choice.
        per_group: the most that one person can change it in one group.
        groups: the most groups in which one person can.
        weight: of its share when a loss is divided over the parts.
    """

    statistic: Statistic
    role: Role
    per_row: int
    per_group: int
    groups: int
    weight: int = _FULL

    @property
    def name(self) -> str:
        return part_name(self.statistic, self.role)

    @property
    def l1(self) -> int:
        """Sensitivity in the L1 norm to adding or removing one person."""
        return self.groups * self.per_group

    @property
    def l2_squared(self) -> int:
        """The square of the sensitivity in the L2 norm."""
        return self.groups * self.per_group**2


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """The clamped values of each group in ascending order, in steps of the granularity.

    Group g has `values[starts[g]:starts[g + 1]]`.
    """

    values: _Ints
    starts: _Ints

    def of(self, group: int) -> _Ints:
        return self.values[self.starts[group] : self.starts[group + 1]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Aggregate:
    """The exact parts of a query's answer. Secret: only noisy versions may leave.

    Attributes:
        keys: per group, one text per column of `by`.
        units: per group, how many people count in it.
        parts: by the part's name, one whole number per group; of a histogram one row of
            numbers per group, one per bar.
        dropped: what bounding left out.
        ranked: by the statistic's name, what a quantile is chosen from.
        people: how many people there are, in published groups or not.
    """

    keys: tuple[tuple[str, ...], ...]
    units: _Ints
    parts: dict[str, _Ints]
    dropped: Dropped
    ranked: dict[str, Ranked] = field(default_factory=dict)
    people: int = 0


def part_name(statistic: Statistic, role: Role) -> str:
    """The name of a part."""
    return part_names(statistic)[role]


@lru_cache(maxsize=256)
def part_names(statistic: Statistic) -> Mapping[Role, str]:
    """The names that parts of a statistic have; asked for in every group, so made once."""
    return {role: f"{statistic.name}:{role}" for role in Role}


def parts_of(query: Query) -> tuple[Part, ...]:
    """The parts that `query` needs. They depend on the query alone, never on data."""
    return tuple(part for statistic in query.statistics for part in _parts(statistic, query))


def aggregate(table: Rows, query: Query, columns: Sequence[Column], key: bytes) -> Aggregate:
    """The exact answer to `query` on the bounded rows of `table`; see `bound` and `add_up`."""
    return add_up(table, query, bound(table, query, columns, key))


def add_up(table: Rows, query: Query, bounded: Bounded) -> Aggregate:
    """The exact answer to `query` on the rows of `table` that count.

    Args:
        bounded: made for `query`, or for one of the same choice; see `choice_of`.

    Raises:
        BadBoundsError: with so many rows, sums between these bounds do not fit 64 bits.
    """
    check_totals(query, table.rows)
    quantiles = [s for s in query.statistics if s.kind is StatisticKind.QUANTILE]
    return Aggregate(
        keys=bounded.keys,
        units=bounded.units,
        parts={
            part.name: _part(table, part, bounded)
            for part in parts_of(query)
            if part.statistic not in quantiles
        },
        dropped=bounded.dropped,
        ranked={s.name: _ranked(table, s, bounded) for s in quantiles},
        people=int(table.codes(query.unit).labels.size),
    )


def check_totals(query: Query, rows: int) -> None:
    """Refuse bounds between which sums over so many rows may not fit 64 bits.

    Raises:
        BadBoundsError: they may not.
    """
    for part in parts_of(query):
        if part.per_row * max(rows, 1) >= MOST_TOTAL:
            reason = "the bounds are too wide for a table of this size; narrow them"
            raise BadBoundsError(statistic=part.statistic.title, reason=reason)


def middle(statistic: Statistic) -> int:
    """The middle of the bounds in steps of the granularity: public, so sums are centred on it."""
    lower, upper = steps(statistic)
    return (lower + upper) // 2


def reach(statistic: Statistic) -> int:
    """How far from the middle a value can lie, in steps of the granularity; at least 1."""
    lower, upper = steps(statistic)
    return max(upper - middle(statistic), middle(statistic) - lower, 1)


def square_step(statistic: Statistic) -> int:
    """In how many steps of the granularity distances are counted before they are squared.

    Squares of cents would not fit 64 bits; a 32,768th of the reach is fine enough.
    """
    return -(-reach(statistic) // _FINEST_SQUARE)


def steps(statistic: Statistic) -> tuple[int, int]:
    """The lower and upper bound in steps of the granularity (cents or wholes)."""
    if statistic.lower is None or statistic.upper is None:
        raise ValueError(f"{statistic.name} has no bounds")
    return to_steps(statistic.lower, statistic), to_steps(statistic.upper, statistic)


def to_steps(value: Decimal, statistic: Statistic) -> int:
    """`value` in steps of the granularity."""
    return int((value * statistic.granularity.per_one).to_integral_value(ROUND_HALF_EVEN))


def clamped(values: npt.NDArray[np.int64] | npt.NDArray[np.float64], statistic: Statistic) -> _Ints:
    """Values in whole steps of the granularity, within the bounds."""
    lower, upper = steps(statistic)
    per_one = statistic.granularity.per_one
    # Clamped twice: a huge value times a hundred would be none.
    inner = np.clip(values, lower // per_one - 1, upper // per_one + 1) * per_one
    if inner.dtype.kind == "f":
        inner = np.rint(inner).astype(np.int64)
    return np.clip(inner, lower, upper)


def _parts(statistic: Statistic, query: Query) -> list[Part]:
    rows, groups = query.max_rows_per_group, query.groups_per_unit

    def part(role: Role, per_row: int, weight: int = _FULL, *, once: bool = False) -> Part:
        return Part(
            statistic=statistic,
            role=role,
            per_row=per_row,
            per_group=per_row * (1 if once else rows),
            groups=groups,
            weight=weight,
        )

    match statistic.kind:
        case StatisticKind.COUNT_ROWS | StatisticKind.HISTOGRAM:
            return [part(Role.VALUE, 1)]
        case StatisticKind.COUNT_UNITS:
            return [part(Role.VALUE, 1, once=True)]
        case StatisticKind.TOP:
            return [part(Role.CHOICE, 1, once=statistic.of_units)]
        case StatisticKind.SUM:
            return [part(Role.VALUE, max(*map(abs, steps(statistic)), 1))]
        case StatisticKind.QUANTILE:
            per_row = max(to_ratio(statistic.at))
            return [
                part(Role.CHOICE, per_row),
                part(Role.CHOICE_LOW, per_row, _HALF),
                part(Role.CHOICE_HIGH, per_row, _HALF),
            ]
        case StatisticKind.MEAN:
            return [part(Role.CENTRED_SUM, reach(statistic)), part(Role.PRESENT_ROWS, 1)]
        case StatisticKind.VARIANCE | StatisticKind.STANDARD_DEVIATION:
            farthest = -(-reach(statistic) // square_step(statistic))
            return [
                part(Role.CENTRED_SQUARES, farthest**2),
                part(Role.CENTRED_SUM, farthest),
                part(Role.PRESENT_ROWS, 1),
            ]


def to_ratio(at: Decimal | None) -> tuple[int, int]:
    """A share as how many parts lie below and above: 0.9 is 9 to 1."""
    if at is None:
        raise ValueError("a quantile needs a share")
    below, all_ = at.as_integer_ratio()
    return below, all_ - below


def _part(table: Rows, part: Part, bounded: Bounded) -> _Ints:
    statistic, size = part.statistic, len(bounded.keys)
    if statistic.kind is StatisticKind.COUNT_UNITS or statistic.of_units:
        return bounded.units
    if statistic.column is None:
        return _totals(bounded.groups, None, size)
    if statistic.kind is StatisticKind.HISTOGRAM:
        return _bars(table, statistic, bounded)
    groups, values = _clamped(table, statistic, bounded)
    if part.role is Role.PRESENT_ROWS:
        return _totals(groups, None, size)
    if part.role is Role.VALUE:
        return _totals(groups, values, size)
    distances = values - middle(statistic)
    if statistic.kind is not StatisticKind.MEAN:
        distances = _rounded_quotient(distances, square_step(statistic))
    is_squared = part.role is Role.CENTRED_SQUARES
    return _totals(groups, distances**2 if is_squared else distances, size)


def _bars(table: Rows, statistic: Statistic, bounded: Bounded) -> _Ints:
    """Per group, how many values lie in each bar; bars hold their lower edge, not their upper."""
    # Of the values as they are: rounded to steps, they could cross an edge.
    groups, values = _present(table, statistic, bounded)
    size, count = len(bounded.keys), len(statistic.edges) - 1
    cells = groups * count + bars_of(values, statistic.edges)
    return _totals(cells, None, size * count).reshape(size, count)


def _ranked(table: Rows, statistic: Statistic, bounded: Bounded) -> Ranked:
    groups, values = _clamped(table, statistic, bounded)
    order = np.lexsort((values, groups))
    starts = np.searchsorted(groups[order], np.arange(len(bounded.keys) + 1))
    return Ranked(values=values[order], starts=starts.astype(np.int64))


def _clamped(table: Rows, statistic: Statistic, bounded: Bounded) -> tuple[_Ints, _Ints]:
    """Per row that holds a value, its group, and the value in whole steps within the bounds."""
    groups, values = _present(table, statistic, bounded)
    return groups, clamped(values, statistic)


def _present(
    table: Rows, statistic: Statistic, bounded: Bounded
) -> tuple[_Ints, npt.NDArray[np.int64] | npt.NDArray[np.float64]]:
    """Per row that holds a value, its group, and the value as it is."""
    if statistic.column is None:
        raise ValueError(f"{statistic.name} has no column")
    numbers = table.numbers(statistic.column)
    rows, groups = bounded.rows, bounded.groups
    present = numbers.present[rows]
    if not present.all():
        # Positions: picking by truth values takes many times as long.
        holding = np.flatnonzero(present)
        rows, groups = rows[holding], groups[holding]
    return groups, numbers.values[rows]


def _rounded_quotient(values: _Ints, step: int) -> _Ints:
    """`values` in larger steps, to the nearest, halves upwards; integers throughout."""
    return values if step == 1 else (2 * values + step) // (2 * step)


def _totals(groups: _Ints, values: _Ints | None, size: int) -> _Ints:
    """Sums per group in whole numbers: no floating-point sum stands between data and noise."""
    if values is None:
        return np.bincount(groups, minlength=size).astype(np.int64)
    totals = np.zeros(size, dtype=np.int64)
    np.add.at(totals, groups, values)
    return totals
