"""Bounds by a private look: quantiles over round candidates, with a little of the budget.

How many groups and rows people have, and where a column's values lie, is chosen by noise among
1, 2, 5, 10 … Nothing is read from the data in silence: the look is paid for like a release, and
what it found is public from then on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from typing import Literal

import numpy as np
import numpy.typing as npt

from compliance.dataset.nouns import Column, ColumnName, ColumnType
from compliance.errors import NotANumberColumnError, UnknownColumnError
from compliance.privacy.aggregates import to_ratio
from compliance.privacy.bounding import bound
from compliance.privacy.calibration import divisible, selection
from compliance.privacy.conditions import matching
from compliance.privacy.grouping import coarse_codes, groups_of
from compliance.privacy.nouns import Budget, SelectionEvent
from compliance.privacy.nouns.planning import Range
from compliance.privacy.nouns.question import Mechanism, Query
from compliance.privacy.release import Noise
from compliance.privacy.rows import Rows

_Ints = npt.NDArray[np.int64]
CENTS = 100  # values are looked at in hundredths
_OF_PEOPLE = Decimal("0.95")
_LOW, _HIGH = Decimal("0.02"), Decimal("0.98")
_COUNTS = np.array([d * 10**k for k in range(6) for d in (1, 2, 3, 5)] + [10**6])
_SIZES = np.array([d * 10**k for k in range(12) for d in (1, 2, 5)])
_VALUES = np.concatenate([-_SIZES[::-1], [0], _SIZES])


class Sought(StrEnum):
    """What is looked for."""

    PERIODS = "stretches of time per person"
    GROUPS = "groups per person"
    ROWS = "rows per person and group"
    LOWER = "lower bound"
    UPPER = "upper bound"


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One choice among round candidates.

    Attributes:
        sought: what is looked for.
        column: of which column; None for what people have.
        at: the quantile.
        candidates: what may be proposed, ascending; values in hundredths.
    """

    sought: Sought
    column: ColumnName | None
    at: Decimal
    candidates: _Ints

    @property
    def name(self) -> str:
        return f"{self.sought} of {self.column}" if self.column else str(self.sought)

    @property
    def sensitivity(self) -> int:
        """The most that one person, with one value, can change any score."""
        return max(to_ratio(self.at))


def looks(query: Query, columns: Sequence[ColumnName]) -> tuple[Look, ...]:
    """What to look for: contributions, and the values of `columns`. From the query alone."""
    people = [Sought.ROWS]
    if query.by:
        people.insert(0, Sought.GROUPS)
    if query.period:
        people.insert(0, Sought.PERIODS)
    found = [Look(sought=s, column=None, at=_OF_PEOPLE, candidates=_COUNTS) for s in people]
    for column in columns:
        for sought, at in ((Sought.LOWER, _LOW), (Sought.UPPER, _HIGH)):
            found.append(
                Look(
                    sought=sought,
                    column=column,
                    at=at,
                    candidates=_VALUES,
                )
            )
    return tuple(found)


def check_columns(columns: Sequence[ColumnName], known: Sequence[Column]) -> None:
    """Refuse columns that have no bounds. Only names and types are looked at.

    Raises:
        UnknownColumnError, NotANumberColumnError: see there.
    """
    types = {column.name: column.type for column in known}
    for column in columns:
        if column not in types:
            listed = ", ".join(list(types)[:12])
            raise UnknownColumnError(column=column[:80], dataset="this dataset", known=listed)
        if types[column] not in (ColumnType.INTEGER, ColumnType.NUMBER):
            raise NotANumberColumnError(
                statistic="A pair of bounds", column=column, type=types[column]
            )


def look_events(query: Query, sought: Sequence[Look], asked: Budget) -> tuple[SelectionEvent, ...]:
    """The least noise with which all looks together keep within `asked`; evenly divided.

    Raises:
        PrivacyParameterError: δ is 0 under Gaussian accounting.
    """
    blank = [
        SelectionEvent(statistic=f"{look.name}:choice", sensitivity=look.sensitivity, scale=1)
        for look in sought
    ]
    ways = []
    for mechanism in dict.fromkeys((query.mechanism, Mechanism.LAPLACE)):
        # A choice is pure as well; a few of them are cheaper by plain addition of ε.
        share = divisible(replace(_whole(query), mechanism=mechanism), asked) // len(sought)
        ways.append(tuple(selection(event, mechanism, max(share, 1)) for event in blank))
    return min(ways, key=lambda events: events[0].scale)


def take_looks(
    table: Rows,
    query: Query,
    columns: Sequence[Column],
    sought: Sequence[Look],
    events: Sequence[SelectionEvent],
    key: bytes,
    noise: Noise,
) -> tuple[int, ...]:
    """What noise chose for each look: a candidate. Every call is a new look and must be paid for.

    Values are looked at in one row of each person; see `bound` for `key`.
    """
    contributions = _contributions(table, query, columns)
    rows = bound(table, _whole(query), columns, key).rows
    chosen = []
    for look, event in zip(sought, events, strict=True):
        values = (
            contributions[look.sought] if look.column is None else _values(table, look.column, rows)
        )
        (place,) = noise.choose(_scores(values, look), event)
        chosen.append(int(look.candidates[place]))
    return tuple(chosen)


def ranges(sought: Sequence[Look], chosen: Sequence[int]) -> tuple[Range, ...]:
    """The bounds of each column; a lower one that is not below the upper gives way."""
    found: dict[ColumnName, dict[Sought, int]] = {}
    for look, value in zip(sought, chosen, strict=True):
        if look.column is not None:
            found.setdefault(look.column, {})[look.sought] = value
    return tuple(_range(column, ends) for column, ends in found.items())


def _range(column: ColumnName, ends: Mapping[Sought, int]) -> Range:
    lower, upper = sorted((ends[Sought.LOWER], ends[Sought.UPPER]))
    if lower == upper:
        place = int(np.searchsorted(_VALUES, upper))
        upper = int(_VALUES[min(place + 1, len(_VALUES) - 1)])
        lower = int(_VALUES[max(place - 1, 0)]) if lower == upper else lower
    return Range(column=column, lower=Decimal(lower) / CENTS, upper=Decimal(upper) / CENTS)


def _whole(query: Query) -> Query:
    """One row of each of the same people, without groups: what is looked at for values."""
    return replace(
        query,
        by=(),
        coarse={},
        public_keys={},
        period=None,
        max_groups=1,
        max_rows_per_group=1,
        shares={},
    )


def _contributions(table: Rows, query: Query, columns: Sequence[Column]) -> dict[Sought, _Ints]:
    """Per person how many stretches, groups and rows there are, before any bound."""
    units, groups = table.codes(query.unit).codes, groups_of(table, query).numbers
    counts = matching(table, query.where, columns) & (units >= 0) & (groups >= 0)
    stretch = np.zeros(len(units), dtype=np.int64)
    if query.period:
        moments = table.codes(query.period.column)
        stretch += coarse_codes(moments, query.coarse[query.period.column])[0]
        counts &= stretch >= 0
    rows = np.flatnonzero(counts)
    order = rows[np.lexsort((groups[rows], stretch[rows], units[rows]))]
    persons = _starts(units[order])
    stretches = persons | _starts(stretch[order])
    pairs = stretches | _starts(groups[order])
    return {
        Sought.PERIODS: _counted(stretches, persons),
        Sought.GROUPS: _most(_counted(pairs, stretches), persons[stretches]),
        Sought.ROWS: _most(_counted(np.ones(len(order), dtype=np.bool_), pairs), persons[pairs]),
    }


def _starts(values: npt.NDArray[np.generic]) -> npt.NDArray[np.bool_]:
    """Where a value differs from the one before."""
    differs = np.ones(len(values), dtype=np.bool_)
    differs[1:] = values[1:] != values[:-1]
    return differs


def _counted(parts: npt.NDArray[np.bool_], wholes: npt.NDArray[np.bool_]) -> _Ints:
    """Per whole, how many parts begin in it."""
    return _reduced(np.add, parts.astype(np.int64), wholes)


def _most(numbers: _Ints, persons: npt.NDArray[np.bool_]) -> _Ints:
    """Per person the largest number."""
    return _reduced(np.maximum, numbers, persons)


def _reduced(how: np.ufunc, numbers: _Ints, begins: npt.NDArray[np.bool_]) -> _Ints:
    if not len(numbers):
        return numbers
    return np.asarray(how.reduceat(numbers, np.flatnonzero(begins)), dtype=np.int64)


def _values(table: Rows, column: ColumnName, rows: _Ints) -> _Ints:
    """The column's values in hundredths, as far as candidates reach."""
    numbers = table.numbers(column)
    values = numbers.values[rows][numbers.present[rows]]
    reach = int(_SIZES[-1])
    if values.dtype.kind == "f":
        return np.rint(np.clip(values * CENTS, -reach, reach)).astype(np.int64)
    return np.asarray(np.clip(values, -reach // CENTS, reach // CENTS) * CENTS, dtype=np.int64)


def _scores(values: _Ints, look: Look) -> _Ints:
    """Per candidate, how far the share sought lies from what the candidate holds; 0 is best.

    An upper bound is best where the share sought lies between what the next smaller candidate
    holds and what it holds itself, so the smallest that is enough; a lower bound mirrors it.
    Adding one value moves each side by at most the larger part of the ratio.
    """
    ordered, is_lower = np.sort(values), look.sought is Sought.LOWER
    below_share, above_share = to_ratio(look.at)
    side: Literal["left", "right"] = "left" if is_lower else "right"
    below = np.searchsorted(ordered, look.candidates, side=side)
    excess = above_share * below - below_share * (len(ordered) - below)
    if is_lower:
        following = np.append(excess[1:], above_share * len(ordered))
        return np.asarray(-np.maximum(np.maximum(excess, -following), 0))
    previous = np.append(-below_share * len(ordered), excess[:-1])
    return np.asarray(-np.maximum(np.maximum(previous, -excess), 0))
