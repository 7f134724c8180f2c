"""One table and one plan as integer codes, and the equivalence classes that they fall into."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

import numpy as np
import numpy.typing as npt

from compliance.anonymise.nouns.plan import Criterion, LossKind
from compliance.dataset.nouns import ColumnName

Ints = npt.NDArray[np.int64]
Codes32 = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ladder:
    """A quasi-identifier of one table with its hierarchy, in codes.

    Leaves are the values of the hierarchy, also those that the table does not hold, and one more
    for missing values where the table has any. Level 0 is the values themselves.

    Attributes:
        column: which.
        codes: the leaf of each row.
        maps: per level, the group of each leaf; groups are numbered from 0, `maps[0]` counts up.
        names: per level, the name of each group; None for missing values, which are a group of
            their own until a level has one group only.
        shares: per level, the share of the leaves that each group stands for (0–1]; missing
            values are not counted as leaves, and stand for what one leaf does.
        lowest, highest: the levels that may be used.
        weight: how much its loss counts.
    """

    column: ColumnName
    codes: Codes32
    maps: tuple[Codes32, ...]
    names: tuple[tuple[str | None, ...], ...]
    shares: tuple[Floats, ...]
    lowest: int = 0
    highest: int = 0
    weight: float = 1.0

    @property
    def sizes(self) -> tuple[int, ...]:
        """How many groups each level has."""
        return tuple(len(names) for names in self.names)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sensitive:
    """A sensitive column of one table.

    Attributes:
        column: which.
        codes: per row, the rank of its value among the distinct ones in their natural order;
            missing values come last as a value of their own.
        values: how many distinct values there are.
        maps: per level of its hierarchy, the group of each value; () without a hierarchy.
    """

    column: ColumnName
    codes: Codes32
    values: int
    maps: tuple[Codes32, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Histogram:
    """How often each sensitive value stands in each class: sparse, by class, then by value.

    Attributes:
        classes, values, counts: one entry per pair that occurs, in that order; counts are above 0,
            and every class has an entry.
        whole: per value, how often it stands in the whole table, before anything is suppressed.
        maps: the hierarchy of the sensitive column, as `Sensitive.maps`; () without one.
    """

    classes: Ints
    values: Ints
    counts: Ints
    whole: Ints
    maps: tuple[Codes32, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Classes:
    """The equivalence classes of one recoding, all rows in them.

    Attributes:
        sizes: rows per class; above 0.
        histograms: by sensitive column.
        population: people of the population in the same cells; None without a population.
        elsewhere: people of the population in cells that no row is in.
    """

    sizes: Ints
    histograms: Mapping[ColumnName, Histogram] = field(default_factory=dict)
    population: Ints | None = None
    elsewhere: int = 0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Problem:
    """What a search works on.

    Attributes:
        ladders: the quasi-identifiers, in the plan's order.
        sensitive: those columns that a criterion names.
        criteria: what must hold.
        suppression_limit: 0–1, as in the plan; at most floor(limit × rows) rows may go.
        loss: what is made as small as can be.
        population: the same quasi-identifiers for the population's people, or ().
    """

    ladders: tuple[Ladder, ...]
    sensitive: tuple[Sensitive, ...]
    criteria: tuple[Criterion, ...]
    suppression_limit: float
    loss: LossKind
    population: tuple[Ladder, ...] = ()

    @property
    def rows(self) -> int:
        return len(self.ladders[0].codes)

    @property
    def spare(self) -> int:
        """How many rows may be suppressed: 29 of 100 at 0.29, as it is written.

        A product of floats would allow 28, and a tolerance 5 of 10 at a little less than a half.
        """
        return int(Decimal(str(self.suppression_limit)) * self.rows)

    @property
    def nodes(self) -> int:
        """How many ways there are to choose a level for each quasi-identifier."""
        count = 1
        for ladder in self.ladders:
            count *= ladder.highest - ladder.lowest + 1
        return count


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Recoding:
    """What each row shows afterwards.

    Attributes:
        columns: the quasi-identifiers.
        codes: per column, for each row a position in `names`; what a suppressed row has there
            does not count.
        names: per column, the names in use; None stands for a missing value. Two positions never
            hold the same name.
        shares: per column, the share of the column's values that each name stands for (0–1].
        suppressed: which rows are not in the output.
        levels: the level of each column; None where it differs from cell to cell.
    """

    columns: tuple[ColumnName, ...]
    codes: tuple[Codes32, ...]
    names: tuple[tuple[str | None, ...], ...]
    shares: tuple[Floats, ...]
    suppressed: Bools
    levels: tuple[int, ...] | None
