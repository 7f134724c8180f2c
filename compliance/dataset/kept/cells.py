"""The cells of a table in an engine, written alike on every engine.

Engines differ in how they write a number or a moment as text, round, order and compare texts, and
treat NaN. So a cell becomes one of four things that all of them agree on: a text by its own
characters, a whole or a floating-point number, a moment in UTC. Anything that decides is a digest
of such texts: digests are compared alike whatever the collation of the column is.

Importing this module loads ibis.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import ibis

from compliance.dataset.kept.digests import Digests
from compliance.dataset.nouns import Column, ColumnName, ColumnType
from compliance.dataset.table import NO_VALUE
from compliance.errors import UnknownColumnError

Cell = Any  # an expression of ibis; its classes say less than the names here
_TO_SECONDS = len("2024-01-31 23:59:59")
_FIRST_YEAR, _LAST_YEAR = 1, 9999  # what all engines and all files can hold
_WHOLE_STEPS = 1.5 * 2.0**52
_MOST_64 = 2**63 - 1
_MOST_EXACT_DIGITS = 18  # of a whole decimal that fits 64 bits


@ibis.udf.scalar.builtin(name="md5")  # type: ignore[untyped-decorator]
def _md5(text: str) -> str:
    """Of the text's UTF-8 bytes, as 32 hexadecimal digits; each engine has its own."""
    raise NotImplementedError


class Cells:
    """The columns of one table in an engine."""

    def __init__(self, table: Cell, columns: Sequence[Column]) -> None:
        self.table, self.columns = table, tuple(columns)
        self._types = {column.name: column.type for column in columns}

    def type_of(self, name: ColumnName) -> ColumnType:
        """What the values of a column are.

        Raises:
            UnknownColumnError: there is no such column.
        """
        if name not in self._types:
            known = ", ".join(list(self._types)[:12])
            raise UnknownColumnError(column=name[:80], dataset="this dataset", known=known)
        return self._types[name]

    def text(self, name: ColumnName) -> Cell:
        """As the desk writes the value; null where there is none."""
        type_ = self.type_of(name)
        if type_ is ColumnType.TEXT:
            return self.table[name].cast("string")
        if type_ is ColumnType.INTEGER:
            raw = self.table[name]
            return (raw.cast("int64") if raw.type().is_decimal() else raw).cast("string")
        if type_ is ColumnType.BOOLEAN:
            raw = self.table[name]
            return ibis.cases((raw, "True"), (~raw, "False"), else_=ibis.null("string"))
        if type_ is ColumnType.NUMBER:
            # Millionths, for telling rows apart: every engine writes floating-point numbers anew.
            return Exact.half_even(Exact.within(self.number(name), -(10**9), 10**9) * 1e6).cast(
                "string"
            )
        if type_ is ColumnType.DATE:
            return self.calendar(name, "day")
        # All write a moment so, and then fractions of a second in ways of their own.
        return self.moment(name).cast("string").left(_TO_SECONDS)

    def named(self, name: ColumnName) -> Cell:
        """As the desk writes the value, or the words for “no value”."""
        return self.text(name).coalesce(NO_VALUE)

    def named_stretch(self, name: ColumnName, per: str) -> Cell:
        """The stretch of time that a moment lies in, or the words for “no value”."""
        return self.calendar(name, per).coalesce(NO_VALUE)

    @staticmethod
    def named_text(text: Cell) -> Cell:
        """A text, or the words for “no value”."""
        return text.coalesce(NO_VALUE)

    def calendar(self, name: ColumnName, per: str) -> Cell:
        """The day, month, quarter or year of a moment as the desk writes it; null without one."""
        moment = self.moment(name)
        if per == "quarter":
            return _whole_text(moment.year()) + "-Q" + _whole_text(moment.quarter())
        return moment.cast("date").cast("string").left({"year": 4, "month": 7, "day": 10}[per])

    def number(self, name: ColumnName) -> Cell:
        """As a 64-bit float, or a whole number of the column's own size; null where there is none.

        NaN is no value.
        """
        type_, raw = self.type_of(name), self.table[name]
        if type_ is ColumnType.BOOLEAN:
            return ibis.cases((raw, 1), (~raw, 0), else_=ibis.null("int64")).cast("int64")
        if type_ is ColumnType.INTEGER:
            return _in_64_bits(raw)
        value = raw.cast("float64")
        return ibis.ifelse(value.isnan(), ibis.null("float64"), value)

    def moment(self, name: ColumnName) -> Cell:
        """As a moment in UTC; null where there is none, or in years that files cannot hold."""
        raw = self.table[name]
        # Infinite moments of PostgreSQL have a year that is no whole number.
        is_usual = raw.year().cast("float64").between(_FIRST_YEAR, _LAST_YEAR)
        return ibis.ifelse(is_usual, raw, ibis.null(raw.type())).cast("timestamp")


def columns_in(schema: Any) -> tuple[tuple[Column, ...], tuple[str, ...]]:
    """The columns that the desk can use, without counts, and the names of the others."""
    kinds = {str(name): _type_of(kind) for name, kind in schema.items()}
    used = tuple(Column(name=ColumnName(n), type=kind) for n, kind in kinds.items() if kind)
    return used, tuple(name for name, kind in kinds.items() if not kind)


def _type_of(kind: Any) -> ColumnType | None:
    is_whole = kind.is_decimal() and kind.scale == 0 and kind.precision is not None
    ways = (
        (kind.is_string() or kind.is_uuid(), ColumnType.TEXT),
        (kind.is_boolean(), ColumnType.BOOLEAN),
        (kind.is_integer(), ColumnType.INTEGER),
        (is_whole and kind.precision <= _MOST_EXACT_DIGITS, ColumnType.INTEGER),
        (kind.is_floating() or kind.is_decimal(), ColumnType.NUMBER),
        (kind.is_date(), ColumnType.DATE),
        (kind.is_timestamp(), ColumnType.TIMESTAMP),
    )
    return next((type_ for holds, type_ in ways if holds), None)


class CellDigests(Digests):
    """Keyed digests that the engine computes, too."""

    def of(self, use: str, *texts: Cell) -> Cell:
        """The digest of texts put together, in the engine.

        Args:
            texts: none of them null; of several, all but the last are of one length.
        """
        said = ibis.literal(self.key + use)
        for text in texts:
            said = said + text
        return _md5(said)


class Exact:
    """Arithmetic that every engine does alike."""

    @staticmethod
    def within(value: Cell, lower: int, upper: int) -> Cell:
        """A number moved to the nearest bound, if it lies outside; null stays null."""
        # Not by LEAST and GREATEST: those of PostgreSQL pass over null.
        return ibis.cases((value < lower, lower), (value > upper, upper), else_=value)

    @staticmethod
    def half_even(value: Cell) -> Cell:
        """A floating-point number below 2**51 to the nearest whole one, halves to the even one.

        Engines round halves in different ways, but all add as IEEE 754 says: beside a number so
        large that whole ones are its smallest steps, a sum is rounded to a whole one, half to even.
        """
        return (value + _WHOLE_STEPS - _WHOLE_STEPS).cast("int64")

    @staticmethod
    def quotient(value: Cell, divisor: int) -> Cell:
        """A whole number, not below 0, divided by another and rounded down."""
        # Engines divide as floating-point numbers; with no rest, the nearest whole one is right.
        return ((value - value % divisor) / divisor + 0.5).floor().cast("int64")


def _in_64_bits(whole: Cell) -> Cell:
    """A whole number as one of 64 bits with a sign; the few beyond become its largest."""
    if whole.type().is_unsigned_integer() and whole.type().nbytes == 8:
        whole = ibis.ifelse(whole > _MOST_64, _MOST_64, whole)
    return whole.cast("int64")


def _whole_text(number: Cell) -> Cell:
    return number.cast("int64").cast("string")
