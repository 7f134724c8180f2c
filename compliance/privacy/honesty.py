"""All of the error, not the noise alone: what bounds take away is told beside it.

Clamping moves values to the bounds, truncation leaves rows out; both shift a number the same way
at every release, so no margin of noise shows them. They are measured on a stand-in: a table
invented from what is commonly known, or a public one. On the real rows only where the officer
asks for it, and then for the officer's eyes alone.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from compliance.dataset import Table
from compliance.dataset.nouns import Column, ColumnName
from compliance.errors import PrivacyParameterError
from compliance.i18n import mark
from compliance.privacy.aggregates import Aggregate, add_up
from compliance.privacy.bounding import Bounded, bound
from compliance.privacy.calibration import calibrate
from compliance.privacy.conditions import matching
from compliance.privacy.grouping import groups_of
from compliance.privacy.nouns import Budget, Dropped
from compliance.privacy.nouns.question import Query, Statistic, StatisticKind
from compliance.privacy.preview import exact_answers, shown_groups
from compliance.privacy.rows import Rows

MOST_PEOPLE = 200_000
MOST_SIMULATED = 2_000_000
INVENTED = mark("group {n}")  # what a group of an invented table is called
_Z95 = 1.959963984540054
_TAIL_Z = 1.6448536269514722  # the 95th percentile of a standard normal
_BOUNDED = (
    StatisticKind.SUM,
    StatisticKind.MEAN,
    StatisticKind.VARIANCE,
    StatisticKind.STANDARD_DEVIATION,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupError:
    """How wrong one number will be, and why.

    Attributes:
        keys: the group.
        statistic: its name.
        cell: of a histogram, which bar.
        truth: the number without bounds and noise.
        clipping: what clamping of values changes it by.
        dropping: what leaving rows out changes it by.
        margin: the noise is within ± this with 95 % probability.
    """

    keys: tuple[str, ...]
    statistic: str
    cell: str
    truth: float
    clipping: float
    dropping: float
    margin: float

    @property
    def bias(self) -> float:
        return self.clipping + self.dropping

    @property
    def total(self) -> float:
        """The error stays below this with at least 95 % probability."""
        return abs(self.bias) + self.margin

    @property
    def root_mean_square(self) -> float:
        return math.hypot(self.bias, self.margin / _Z95)


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers:
    """What is commonly known about a number: a usual one, and one that 5 % exceed."""

    usual: Decimal
    high: Decimal

    def __post_init__(self) -> None:
        if not (self.usual.is_finite() and self.high.is_finite() and 0 < self.usual < self.high):
            raise PrivacyParameterError(
                name=mark("What is usual"),
                given=f"{self.usual} to {self.high}"[:40],
                reason="a usual number lies above 0 and below the high one",
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumptions:
    """What is known without looking, from which a stand-in is invented.

    Attributes:
        people: how many.
        rows: how many rows people have.
        values: per column that is computed with, its values.
        groups: how many groups there are; the n-th is half as likely as the one before, but
            none less than a hundredth of the first.
    """

    people: int
    rows: Numbers
    values: Mapping[ColumnName, Numbers]
    groups: int = 5

    def __post_init__(self) -> None:
        if not 1 <= self.people <= MOST_PEOPLE or not 1 <= self.groups <= 1_000:
            reason = f"a stand-in has 1 to {MOST_PEOPLE:,} people in 1 to 1,000 groups"
            raise PrivacyParameterError(
                name="The stand-in", given=f"{self.people:,} in {self.groups:,}", reason=reason
            )


def errors(
    table: Rows, query: Query, columns: Sequence[Column], asked: Budget, key: bytes
) -> tuple[GroupError, ...]:
    """How wrong each number of `query` would be on `table`, group by group.

    Nothing is drawn. The largest groups (a rank) and quantiles have no clipping bias of their own
    kind; rankings are left out.
    """
    calibration = calibrate(query, asked)
    events = {part.name: event for part, event in calibration.parts}
    everything = _everything(table, query, columns)
    unclipped = _answers(add_up(table, _wide(table, query), everything), _wide(table, query))
    clipped = _answers(add_up(table, query, everything), query)
    exact = add_up(table, query, bound(table, query, columns, key))
    shown = shown_groups(exact, calibration)
    found = []
    for group in shown:
        for statistic in query.statistics:
            if statistic.kind is StatisticKind.TOP:
                continue
            place = exact.keys[group], statistic.name
            for n, answer in enumerate(exact_answers(exact, statistic, events, group, shown)):
                whole = clipped[place][n]
                truth = unclipped[place][n] if statistic.kind in _BOUNDED else whole
                found.append(
                    GroupError(
                        keys=exact.keys[group],
                        statistic=statistic.name,
                        cell=answer.cell,
                        truth=truth,
                        clipping=whole - truth,
                        dropping=answer.value - whole,
                        margin=answer.margin,
                    )
                )
    return tuple(found)


def simulate(query: Query, assumptions: Assumptions, seed: int) -> Table:
    """An invented table with the columns of `query`, drawn from `assumptions` alone.

    Rows per person and values are log-normal: many small, a few large.

    Raises:
        PrivacyParameterError: nothing is assumed of a column, or there would be too many rows.
    """
    if missing := [c for c in _computed(query) if c not in assumptions.values]:
        reason = "say what is usual for it"
        raise PrivacyParameterError(
            name="The stand-in", given=f"without “{missing[0][:60]}”", reason=reason
        )
    draw = np.random.default_rng(seed)  # invents rows; no noise on real ones comes from here
    per_person = np.maximum(np.rint(_drawn(draw, assumptions.rows, assumptions.people)), 1)
    if per_person.sum() > MOST_SIMULATED:
        reason = f"it would have more than {MOST_SIMULATED:,} rows; assume fewer"
        raise PrivacyParameterError(name="The stand-in", given="so large", reason=reason)
    person = np.repeat(np.arange(assumptions.people), per_person.astype(np.int64))
    shares = np.maximum(0.5 ** np.arange(assumptions.groups), 0.01)
    content: dict[str, object] = {str(query.unit): person}
    for column in query.by:
        names = query.public_keys.get(column) or tuple(
            INVENTED.format(n=n + 1) for n in range(assumptions.groups)
        )
        weights = np.resize(shares, len(names))
        # People stay in their group, as they do in their country.
        picked = draw.choice(len(names), size=assumptions.people, p=weights / weights.sum())
        content[str(column)] = np.array(names, dtype=object)[picked[person]]
    for column in _computed(query):
        content[str(column)] = np.round(_drawn(draw, assumptions.values[column], len(person)), 2)
    return Table.in_memory(pa.table(content))


def simulated_question(query: Query) -> Query:
    """`query` as a simulated table can be asked: without filter, calendar and joins."""
    return replace(query, where=(), period=None, join=(), coarse={})


def _drawn(draw: np.random.Generator, numbers: Numbers, size: int) -> npt.NDArray[np.float64]:
    spread = math.log(numbers.high / numbers.usual) / _TAIL_Z
    return np.exp(draw.normal(math.log(numbers.usual), spread, size))


def _computed(query: Query) -> list[ColumnName]:
    return list(dict.fromkeys(s.column for s in query.statistics if s.column))


def _everything(table: Rows, query: Query, columns: Sequence[Column]) -> Bounded:
    """All rows of the groups, without any bound, those that name no person included."""
    groups, units = groups_of(table, query), table.codes(query.unit).codes
    rows = np.flatnonzero(matching(table, query.where, columns) & (groups.numbers >= 0))
    group = groups.numbers[rows]
    named = units[rows] >= 0
    pairs = np.unique(group[named] * (len(table.codes(query.unit).labels) + 1) + units[rows][named])
    counted = pairs // (len(table.codes(query.unit).labels) + 1)
    return Bounded(
        rows=rows,
        groups=group,
        keys=groups.keys,
        units=np.bincount(counted, minlength=len(groups.keys)),
        dropped=Dropped(rows=0, units=0, rows_without_unit=0),
    )


def _wide(table: Rows, query: Query) -> Query:
    """`query` with bounds that clamp nothing on this table."""
    return replace(query, statistics=tuple(_unbounded(table, s) for s in query.statistics))


def _unbounded(table: Rows, statistic: Statistic) -> Statistic:
    if statistic.column is None or statistic.kind not in _BOUNDED:
        return statistic
    numbers = table.numbers(statistic.column)
    values = numbers.values[numbers.present]
    lower, upper = statistic.lower, statistic.upper
    if not len(values) or lower is None or upper is None:
        return statistic
    least, most = Decimal(math.floor(values.min())), Decimal(math.ceil(values.max()))
    return replace(statistic, lower=min(lower, least), upper=max(upper, most))


def _answers(exact: Aggregate, query: Query) -> dict[tuple[tuple[str, ...], str], list[float]]:
    """Per group and statistic, its numbers without noise."""
    silent = {
        part.name: event
        for part, event in calibrate(
            query, Budget(epsilon=Decimal(100), delta=Decimal("0.5"))
        ).parts
    }
    groups = range(len(exact.keys))
    return {
        (exact.keys[group], statistic.name): [
            answer.value for answer in exact_answers(exact, statistic, silent, group, groups)
        ]
        for group in groups
        for statistic in query.statistics
        if statistic.kind is not StatisticKind.TOP
    }
