"""The aggregation under a release as one relational plan, for tables that are kept elsewhere.

What `bounding` and `aggregates` do to a table in memory, written once for every engine: which rows
may count, lots among each person's stretches of time, groups and rows, and whole numbers summed
per group. Only those sums come back.

Lots are digests of the person, the group, and the whole numbers that reach the statistics, under
a key of this question alone. `SharedLots` draws the same in memory, so that both ways can be
compared to the last integer. A group in which nobody counts is not there, unless it was typed.

Importing this module loads ibis.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property, reduce
from operator import and_

import ibis
import pyarrow as pa

from compliance.dataset.kept.cells import Cell, CellDigests, Cells, Exact
from compliance.dataset.nouns import Column, ColumnName, ColumnType
from compliance.errors import MalformedQueryError, TooManyGroupsError
from compliance.privacy.aggregates import (
    Aggregate,
    Part,
    Role,
    check_totals,
    middle,
    parts_of,
    square_step,
    steps,
    to_steps,
)
from compliance.privacy.conditions import comparable
from compliance.privacy.nouns.question import Comparison, Condition, Query, Statistic, StatisticKind
from compliance.privacy.relational_answers import key_column, part_column, read_off
from compliance.privacy.shared_lots import LOT_DIGITS, key_of, looks, same_look
from compliance.privacy.statistics import bars
from compliance.settings import MAX_GROUPS

Ask = Callable[[Cell], pa.Table]

_IN_VALUES = (StatisticKind.HISTOGRAM, StatisticKind.QUANTILE)  # counted per value, not summed
_FAR = 2**16  # distances that are squared lie nearer than so many steps; see `square_step`
_TELLING = (ColumnType.TEXT, ColumnType.INTEGER)


def aggregate_elsewhere(
    cells: Cells, query: Query, columns: Sequence[Column], key: bytes, ask: Ask
) -> Aggregate:
    """The exact answer to `query`, computed where the table lies; see `aggregates.aggregate`.

    Args:
        key: secret of the workspace; what the engine gets is derived from it.
        ask: has the engine compute an expression; what comes back is a row per group, or per
            group and value of a histogram or quantile.

    Raises:
        MalformedQueryError: something in it is not done elsewhere: joins, or persons or groups
            told apart by numbers with decimals.
        BadBoundsError: with so many rows, sums between these bounds do not fit 64 bits.
        TooManyGroupsError: there are more groups than the desk takes.
    """
    plan = Plan(cells, query, columns, key_of(query, key))
    tally = {name: int(n or 0) for name, n in ask(plan.tally).to_pylist()[0].items()}
    check_totals(query, tally["rows"])
    groups = ask(plan.groups.limit(MAX_GROUPS + 1))
    if groups.num_rows > MAX_GROUPS:
        raise TooManyGroupsError(groups=f"more than {MAX_GROUPS:,}", limit=f"{MAX_GROUPS:,}")
    values = {s.name: ask(plan.values(s)) for s in query.statistics if s.kind in _IN_VALUES}
    return read_off(query, tally, groups, values)


class Plan:
    """The expressions that answer a query about a table in an engine."""

    def __init__(self, cells: Cells, query: Query, columns: Sequence[Column], key: str) -> None:
        """Args:
        key: as `key_of` gives it.

        Raises:
            MalformedQueryError: it cannot be put to an engine.
        """
        _check(cells, query)
        self._cells, self._query = cells, query
        self._types = {column.name: column.type for column in columns}
        self._digests = CellDigests(key)
        self._looks = {look: f"value_{i}" for i, look in enumerate(looks(query))}
        self._keys = [key_column(i) for i in range(len(query.by))]

    @property
    def tally(self) -> Cell:
        """One row: rows of the table, people, rows that may count, those that name no person, and
        how many people have more than may count.
        """
        here = ibis._
        of_place = self._rows.group_by("who", "part", "place").agg(
            rows=here.count().cast("int64"), may=_total(here.may), asked=_total(here.is_asked)
        )
        of_part = of_place.group_by("who", "part").agg(
            rows=_sum(here.rows),
            may=_sum(here.may),
            asked=_sum(here.asked),
            places=_total(here.may > 0),
            most=here.may.max(),
        )
        of_person = of_part.group_by("who").agg(
            rows=_sum(here.rows),
            may=_sum(here.may),
            asked=_sum(here.asked),
            parts=_total(here.may > 0),
            places=here.places.max(),
            most=here.most.max(),
        )
        return of_person.agg(
            rows=_sum(here.rows),
            people=_total(here.who.notnull()),
            may=_sum(here.may),
            nobodys=_sum(ibis.ifelse(here.who.isnull(), here.asked, 0)),
            losing=_total(self._has_more()),
        )

    @property
    def groups(self) -> Cell:
        """One row per group seen: its keys, people, rows, and the sums of parts."""
        here = ibis._
        sums = {part_column(p): self._sum(p) for p in parts_of(self._query) if _is_summed(p)}
        found = self._counting.group_by("place").agg(
            **{key: here[key].max() for key in self._keys},
            people=_total(here.row_lot == 0),
            rows=here.count().cast("int64"),
            **sums,
        )
        return found.drop("place")

    def values(self, statistic: Statistic) -> Cell:
        """One row per group and value of a histogram or quantile: how many rows hold it.

        Values of a quantile between the same two candidates are counted as one of them.
        """
        value = ibis._[self._looks[same_look(statistic)]]
        is_quantile = statistic.kind is StatisticKind.QUANTILE
        held = self._counting.filter(value.notnull()).mutate(
            value=_nearest(value, statistic) if is_quantile else value
        )
        counted = held.group_by("place", "value").agg(
            **{key: ibis._[key].max() for key in self._keys}, rows=ibis._.count().cast("int64")
        )
        return counted.drop("place")

    @cached_property
    def _rows(self) -> Cell:
        """Every row: whose it is, whether it is asked about and may count, its keys, its stretch
        of time, its place, and the whole numbers that reach the statistics.
        """
        query, unit = self._query, self._cells.text(self._query.unit)
        asked = [self._holds(condition) for condition in query.where]
        keys = {name: self._key(c) for name, c in zip(self._keys, query.by, strict=True)}
        digested = [self._digests.of("k", key) for key in keys.values()]
        may = [unit.notnull(), *self._among_public(digested)]
        part = ibis.literal("")
        if query.period:
            may.append(self._cells.moment(query.period.column).notnull())
            part = keys[self._keys[query.by.index(query.period.column)]]
        is_asked = reduce(and_, asked, ibis.literal(True))  # noqa: FBT003
        return self._cells.table.select(
            who=ibis.ifelse(unit.isnull(), ibis.null("string"), self._digests.of("u", unit)),
            is_asked=is_asked,
            may=reduce(and_, may, is_asked),
            part=part,
            place=self._digests.of("g", *digested) if digested else ibis.literal(""),
            **keys,
            **{name: self._whole(look) for look, name in self._looks.items()},
        )

    @cached_property
    def _counting(self) -> Cell:
        """The rows that count under the bounds; the first of each place has the row lot 0."""
        query, rows = self._query, self._rows.filter(ibis._.may)
        first = ibis.row_number().over(
            group_by=[rows.who, rows.place], order_by=self._row_lot(rows)
        )
        lots, kept = {"row_lot": first}, [ibis._.row_lot < query.max_rows_per_group]
        whose = [rows.who]
        if query.period:
            lot = self._lot("s", rows.who, rows.part)
            lots["part_lot"] = ibis.dense_rank().over(group_by=whose, order_by=lot)
            kept.append(ibis._.part_lot < query.period.most)
            whose = [rows.who, rows.part]
        if query.by:
            lot = self._lot("p", rows.who, rows.place)
            lots["place_lot"] = ibis.dense_rank().over(group_by=whose, order_by=lot)
            kept.append(ibis._.place_lot < query.groups_per_period)
        return rows.mutate(**lots).filter(*kept)

    def _row_lot(self, rows: Cell) -> Cell:
        """Of what reaches the statistics: rows with the same lot are alike."""
        texts = [rows[name].cast("string").coalesce("") + "," for name in self._looks.values()]
        return self._lot("r", rows.who, *texts) if texts else rows.who

    def _lot(self, use: str, *texts: Cell) -> Cell:
        """A digest to draw by; as many digits of it as `SharedLots` looks at."""
        return self._digests.of(use, *texts).left(LOT_DIGITS)

    def _has_more(self) -> Cell:
        """Per person, whether some of the rows that may count do not."""
        query, here = self._query, ibis._
        more = (here.places > query.groups_per_period) | (here.most > query.max_rows_per_group)
        if query.period:
            more |= here.parts > query.period.most
        return here.who.notnull() & more

    def _key(self, column: ColumnName) -> Cell:
        """What the row's group is called in one column."""
        how = self._query.coarse.get(column)
        if how is None:
            return self._cells.named(column)
        if how.per:
            return self._cells.named_stretch(column, str(how.per))
        bar = _bar(self._cells.number(column), [float(edge) for edge in how.edges[1:-1]])
        names = [(bar == i, name) for i, name in enumerate(bars(how.edges))]
        return self._cells.named_text(ibis.cases(*names, else_=ibis.null("string")))

    def _among_public(self, digested: Sequence[Cell]) -> list[Cell]:
        """That the keys of columns with typed keys are among those."""
        public = [self._query.public_keys.get(column) for column in self._query.by]
        return [
            key.isin([self._digests.here("k", text) for text in texts])
            for key, texts in zip(digested, public, strict=True)
            if texts is not None
        ]

    def _holds(self, condition: Condition) -> Cell:
        """That a condition holds; a missing value never matches."""
        column, type_ = condition.column, self._types[condition.column]
        wanted = comparable(condition, type_)
        if type_ in (ColumnType.INTEGER, ColumnType.NUMBER):
            value = self._cells.number(column).cast("float64")
        elif type_ in (ColumnType.DATE, ColumnType.TIMESTAMP):
            if str(wanted) == "NaT":
                return ibis.literal(False)  # noqa: FBT003
            value = self._cells.moment(column)
            wanted = ibis.literal(str(wanted).replace("T", " ")).cast("timestamp")
        else:
            # Digests, not texts: collations find different texts alike, and logs keep texts.
            text = self._cells.text(column)
            value = ibis.ifelse(text.isnull(), ibis.null("string"), self._digests.of("w", text))
            wanted = self._digests.here("w", str(wanted))
        return _compared(condition.comparison, value, wanted).coalesce(False)

    def _whole(self, statistic: Statistic) -> Cell:
        """What reaches a statistic of a row's value: whole steps within bounds, or its bar."""
        if statistic.column is None:
            raise ValueError(f"{statistic.name} has no column")
        number = self._cells.number(statistic.column)
        if statistic.kind is StatisticKind.HISTOGRAM:
            return _bar(number, [float(edge) for edge in statistic.edges[1:-1]])
        lower, upper = steps(statistic)
        per_one = statistic.granularity.per_one
        # Clamped twice: a huge value times a hundred would be none.
        inner = Exact.within(number, lower // per_one - 1, upper // per_one + 1) * per_one
        if number.type().is_floating():
            inner = Exact.half_even(inner)
        return Exact.within(inner, lower, upper).cast("int64")

    def _sum(self, part: Part) -> Cell:
        statistic = part.statistic
        value = ibis._[self._looks[same_look(statistic)]]
        if part.role is Role.PRESENT_ROWS:
            return _total(value.notnull())
        if part.role is Role.VALUE:
            return _sum(value)
        distance = value - middle(statistic)
        if statistic.kind is not StatisticKind.MEAN:
            distance = _rounded_quotient(distance, square_step(statistic))
        return _sum(distance * distance if part.role is Role.CENTRED_SQUARES else distance)


def _check(cells: Cells, query: Query) -> None:
    """Refuse what is not done elsewhere; only names and types are looked at."""
    if query.join:
        reason = "tables that are kept elsewhere are not joined"
        raise MalformedQueryError(place="join", reason=reason)
    if cells.type_of(query.unit) not in _TELLING:
        reason = "in a table that is kept elsewhere, texts or whole numbers tell people apart"
        raise MalformedQueryError(place="unit", reason=reason)
    for column in query.by:
        if cells.type_of(column) is ColumnType.NUMBER and column not in query.coarse:
            reason = f"column “{column[:40]}” holds numbers with decimals; divide it by edges"
            raise MalformedQueryError(place="by", reason=reason)


def _is_summed(part: Part) -> bool:
    """Whether a part is a sum of values, rather than a number of rows or people."""
    return part.statistic.column is not None and part.statistic.kind not in _IN_VALUES


def _compared(how: Comparison, value: Cell, wanted: object) -> Cell:
    signs: Mapping[Comparison, Callable[[], Cell]] = {
        Comparison.EQUAL: lambda: value == wanted,
        Comparison.NOT_EQUAL: lambda: value != wanted,
        Comparison.LESS: lambda: value < wanted,
        Comparison.LESS_OR_EQUAL: lambda: value <= wanted,
        Comparison.GREATER: lambda: value > wanted,
        Comparison.GREATER_OR_EQUAL: lambda: value >= wanted,
    }
    return signs[how]()


def _bar(number: Cell, inner: Sequence[float]) -> Cell:
    """The number of the bar that a value lies in, from 0; see `grouping.bars_of`."""
    value = number.cast("float64")
    below = [(value < edge, i) for i, edge in enumerate(inner)]
    return ibis.cases((value.isnull(), ibis.null("int64")), *below, else_=len(inner)).cast("int64")


def _nearest(value: Cell, statistic: Statistic) -> Cell:
    """A candidate of a quantile, or the first step after one for all values before the next."""
    if statistic.step is None:
        raise ValueError(f"{statistic.name} has no step")
    lower, upper = steps(statistic)
    rest = (value - lower) % max(to_steps(statistic.step, statistic), 1)
    return ibis.ifelse((rest == 0) | (value == upper), value, value - rest + 1)


def _rounded_quotient(value: Cell, step: int) -> Cell:
    """`value` in larger steps, to the nearest, halves upwards; as `aggregates` does it."""
    if step == 1:
        return value
    return Exact.quotient(2 * value + step + 2 * step * _FAR, 2 * step) - _FAR


def _total(truth: Cell) -> Cell:
    """In how many rows it is true."""
    return ibis.ifelse(truth, 1, 0).sum().coalesce(0).cast("int64")


def _sum(whole: Cell) -> Cell:
    return whole.sum().coalesce(0).cast("int64")
