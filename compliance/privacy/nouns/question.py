"""What is asked: of whom, which numbers, in which groups, within which bounds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from compliance.dataset.nouns import ColumnName
from compliance.i18n import mark


class Mechanism(StrEnum):
    """Which noise: Gaussian (zCDP inside, needs δ), Laplace (pure ε where keys are public), or
    each person's answer changed by chance before anything is counted (local privacy).
    """

    GAUSSIAN = "gaussian"
    LAPLACE = "laplace"
    RANDOMISED_RESPONSE = "randomised_response"


class StatisticKind(StrEnum):
    """What can be asked of each group."""

    COUNT_ROWS = "count_rows"
    COUNT_UNITS = "count_units"
    SUM = "sum"
    MEAN = "mean"
    VARIANCE = "variance"
    STANDARD_DEVIATION = "standard_deviation"
    QUANTILE = "quantile"
    HISTOGRAM = "histogram"
    TOP = "top"


class Granularity(StrEnum):
    """The smallest step of a sum: noise is added to whole numbers of it."""

    WHOLE = "whole"
    CENTS = "cents"

    @property
    def per_one(self) -> int:
        return 100 if self is Granularity.CENTS else 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistic:
    """One number per group, several for a histogram, or the groups that have the most.

    Attributes:
        kind: which.
        column: what it is about; None for counts and the largest groups.
        lower, upper: each row's value is clamped to these first; in the column's own unit, known
            without looking at the data.
        granularity: the step of the values.
        at: of a quantile: the share of rows below it, 0–1.
        step: of a quantile: the distance between the values that it can take.
        edges: of a histogram: where its bars begin and the last one ends, ascending.
        largest: how many of the largest groups.
        of_units: whether the largest groups are those of the most people, not rows.
    """

    kind: StatisticKind
    column: ColumnName | None = None
    lower: Decimal | None = None
    upper: Decimal | None = None
    granularity: Granularity = Granularity.WHOLE
    at: Decimal | None = None
    step: Decimal | None = None
    edges: tuple[Decimal, ...] = ()
    largest: int | None = None
    of_units: bool = False

    @property
    def name(self) -> str:
        if self.kind is StatisticKind.TOP:
            return f"top_{self.largest}_{'units' if self.of_units else 'rows'}"
        if self.kind is StatisticKind.QUANTILE:
            return f"{self._quantile}_{self.column}"
        return f"{self.kind}_{self.column}" if self.column else str(self.kind)

    @property
    def title(self) -> str:
        words = {
            StatisticKind.COUNT_ROWS: mark("number of rows"),
            StatisticKind.COUNT_UNITS: mark("number of people"),
            StatisticKind.SUM: mark("sum of {column}"),
            StatisticKind.MEAN: mark("mean of {column}"),
            StatisticKind.VARIANCE: mark("variance of {column}"),
            StatisticKind.STANDARD_DEVIATION: mark("standard deviation of {column}"),
            StatisticKind.QUANTILE: mark("quantile {at} of {column}"),
            StatisticKind.HISTOGRAM: mark("histogram of {column}"),
            StatisticKind.TOP: mark("the {n} groups with the most rows"),
        }
        said = words[self.kind]
        if self.kind is StatisticKind.QUANTILE and self.at == Decimal("0.5"):
            said = mark("median of {column}")
        if self.kind is StatisticKind.TOP and self.of_units:
            said = mark("the {n} groups with the most people")
        return said.format(column=self.column, at=self.at, n=self.largest)

    @property
    def _quantile(self) -> str:
        return "median" if self.at == Decimal("0.5") else f"quantile_{self.at}"


class Per(StrEnum):
    """How finely moments are told apart."""

    DAY = "day"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


@dataclass(frozen=True, slots=True, kw_only=True)
class Coarsening:
    """How the values of a group column become fewer groups: by calendar, or by edges.

    Attributes:
        per: a moment becomes its day, month, quarter or year.
        edges: a number becomes the bar it lies in; values outside belong to the outer bars.
    """

    per: Per | None = None
    edges: tuple[Decimal, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """One person in one stretch of time, as the guarantee is worded.

    Attributes:
        column: the moment of a row; grouped by, per the same stretch.
        per: the stretch.
        most: in how many stretches one person may count; the rest is dropped.
    """

    column: ColumnName
    per: Per
    most: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Join:
    """Columns of another dataset about the same people, named `dataset.column`.

    A person with several values there counts with one of them, in each column with one of that
    column: the same every time.

    Attributes:
        dataset: the other one's name.
        unit: the column over there that tells one person from another.
    """

    dataset: str
    unit: ColumnName


class Comparison(StrEnum):
    """How a condition compares."""

    EQUAL = "="
    NOT_EQUAL = "!="
    LESS = "<"
    LESS_OR_EQUAL = "<="
    GREATER = ">"
    GREATER_OR_EQUAL = ">="


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """Rows count only where this holds; a missing value never does."""

    column: ColumnName
    comparison: Comparison
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A statistical question, with the bounds that make its privacy loss finite.

    Attributes:
        unit: the column that tells one person from another.
        max_groups: in how many groups one person may count; the rest is dropped. With a period:
            in how many groups of each stretch of time.
        max_rows_per_group: how many rows of one person may count in one group.
        by: the columns whose values make the groups; none means one total.
        coarse: how the values of a column of `by` become fewer groups.
        public_keys: per column of `by`, the values that may be published whatever the data say.
        statistics: what is computed per group; at least one.
        mechanism: the noise.
        where: conditions that all must hold.
        period: where the guarantee is worded for one person in one stretch of time.
        join: other datasets whose columns are used.
        shares: per name of a statistic, which share of the loss it gets (0–1); the others divide
            what is left.
    """

    unit: ColumnName
    statistics: tuple[Statistic, ...]
    max_groups: int = 1
    max_rows_per_group: int = 1
    by: tuple[ColumnName, ...] = ()
    coarse: Mapping[ColumnName, Coarsening] = field(default_factory=dict)
    public_keys: Mapping[ColumnName, tuple[str, ...]] = field(default_factory=dict)
    mechanism: Mechanism = Mechanism.GAUSSIAN
    where: tuple[Condition, ...] = ()
    period: Period | None = None
    join: tuple[Join, ...] = ()
    shares: Mapping[str, Decimal] = field(default_factory=dict)

    @property
    def has_public_keys(self) -> bool:
        """Whether no group can be revealed by being there: all keys typed, or no groups at all."""
        return all(column in self.public_keys for column in self.by)

    @property
    def groups_per_period(self) -> int:
        """In how many groups one person may count, in one stretch of time if there is a period."""
        return self.max_groups if self.by else 1

    @property
    def groups_per_unit(self) -> int:
        """In how many groups one person may count altogether."""
        return self.groups_per_period * (self.period.most if self.period else 1)
