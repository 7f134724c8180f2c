"""What is attacked: the original, what was released of it, and what the attacker knows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from compliance.anonymise.attacks.facets import Facet, named, named_by_ladder, numeric
from compliance.anonymise.nouns import Hierarchy, Problem, Recoding
from compliance.anonymise.nouns.problem import Bools, Codes32, Floats, Ints
from compliance.dataset.nouns import ColumnName
from compliance.dataset.table import Codes, Table
from compliance.errors import AttackError
from compliance.i18n import mark

_NUMBERS = "iufM"
_BANDS = 20


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Secret:
    """A sensitive column on both sides.

    Attributes:
        column: which.
        original, released: per row, a code of its value, the same on both sides; −1 for none.
        values: how many codes there are.
        bands: codes are bands of numbers, of which each holds about a twentieth of the people.
    """

    column: ColumnName
    original: Ints
    released: Ints
    values: int
    bands: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Scene:
    """One release and one attacker; each row is taken for a person.

    Attributes:
        facets: the columns that the attacker knows of a person; at least one.
        rows: per released row, the original row that it was made from; None where rows are
            invented, or nobody knows.
        secrets: the columns that the attacker wants to know.
        held_out: original rows that the release was not made from: the control group.
    """

    facets: tuple[Facet, ...]
    rows: Ints | None
    secrets: tuple[Secret, ...] = ()
    held_out: Bools | None = field(default=None)

    def __post_init__(self) -> None:
        if not self.facets:
            raise AttackError(reason=mark("the attacker must know at least one column"))
        if self.original_rows == 0 or self.released_rows == 0:
            raise AttackError(reason=mark("there are no rows to attack"))

    @property
    def original_rows(self) -> int:
        return len(self.facets[0].original)

    @property
    def released_rows(self) -> int:
        return len(self.facets[0].released)

    @property
    def known(self) -> tuple[ColumnName, ...]:
        """What the attacker knows."""
        return tuple(facet.column for facet in self.facets)

    @property
    def members(self) -> Ints:
        """The original rows that the release was made from, also suppressed ones."""
        if self.held_out is None:
            return np.arange(self.original_rows)
        return np.flatnonzero(~self.held_out)

    def released_row(self) -> Ints:
        """Per original row, its released row; −1 where it has none.

        Raises:
            AttackError: nobody knows.
        """
        if self.rows is None:
            raise AttackError(
                reason=mark("released rows belong to no person, for they are invented")
            )
        places = np.full(self.original_rows, -1, dtype=np.int64)
        places[self.rows] = np.arange(len(self.rows))
        return places


def scene_of_tables(
    original: Table,
    released: Table,
    known: Sequence[ColumnName],
    *,
    sensitive: Sequence[ColumnName] = (),
    hierarchies: Mapping[ColumnName, Hierarchy] | None = None,
    rows: Ints | None = None,
    held_out: Bools | None = None,
) -> Scene:
    """A scene from two tables, such as a written output or an invented one.

    Args:
        original: one row per person.
        released: what the attacker sees.
        known: columns of both.
        sensitive: columns of both; cells that were made coarser count as wrong values.
        hierarchies: what generalised names stand for, also those of masked values.
        rows: see `Scene`.
        held_out: see `Scene`.

    Raises:
        AttackError: a column is not in both tables, or there is nothing to attack.
    """
    there = set(original.column_names) & set(released.column_names)
    if absent := [name for name in (*known, *sensitive) if name not in there]:
        raise AttackError(reason=f"both tables must have a column “{absent[0]}”")
    named_by = hierarchies or {}
    return Scene(
        facets=tuple(
            _facet(original, released, name, named_by.get(name), len(known)) for name in known
        ),
        rows=rows,
        secrets=tuple(secret_of(original, released, name) for name in sensitive),
        held_out=held_out,
    )


def scene_of_recoding(problem: Problem, recoding: Recoding) -> Scene:
    """A scene from a recoding of the whole table; the attacker knows all quasi-identifiers.

    The sensitive columns stay as they are.
    """
    rows = np.flatnonzero(~recoding.suppressed)
    ladders = {ladder.column: ladder for ladder in problem.ladders}
    shown = zip(recoding.columns, recoding.codes, recoding.names, strict=True)
    return Scene(
        facets=tuple(
            named_by_ladder(ladders[column], codes, names, rows, len(recoding.columns))
            for column, codes, names in shown
        ),
        rows=rows,
        secrets=tuple(
            Secret(
                column=each.column,
                original=each.codes.astype(np.int64),
                released=each.codes[rows].astype(np.int64),
                values=each.values,
            )
            for each in problem.sensitive
        ),
    )


def _facet(
    original: Table, released: Table, name: ColumnName, hierarchy: Hierarchy | None, facets: int
) -> Facet:
    sides = original.codes(name), released.codes(name)
    if hierarchy is None and all(side.labels.dtype.kind in _NUMBERS for side in sides):
        kinds = {"M" if side.labels.dtype.kind == "M" else "number" for side in sides}
        if len(kinds) == 1:
            first, second = (_numbers(side.codes, side.labels) for side in sides)
            return numeric(name, first, second)
    first_names, second_names = ((side.codes, side.texts()) for side in sides)
    return named(name, first_names, second_names, hierarchy, facets)


def _numbers(codes: Codes32, labels: npt.NDArray[np.generic]) -> tuple[Floats, Bools]:
    if labels.dtype.kind == "M":
        labels = labels.astype("datetime64[s]").astype(np.int64)
    padded = np.append(labels.astype(np.float64), 0.0)
    return padded[codes], codes >= 0


def secret_of(original: Table, released: Table, name: ColumnName) -> Secret:
    """A column of both tables in codes; many numbers become bands."""
    first, second = original.codes(name), released.codes(name)
    numbers = all(side.labels.dtype.kind in "iuf" for side in (first, second))
    if numbers and len(first.labels) > _BANDS:
        return _banded(first, second, name)
    sides = [(side.codes, side.texts()) for side in (first, second)]
    places: dict[str, int] = {}
    coded = []
    for codes, names in sides:
        of_name = [places.setdefault(text, len(places)) for text in names]
        coded.append(np.array([*of_name, -1], dtype=np.int64)[codes])
    return Secret(column=name, original=coded[0], released=coded[1], values=len(places))


def _banded(original: Codes, released: Codes, name: ColumnName) -> Secret:
    """Many numbers as bands that hold about as many people each."""
    (values, present), (shown, there) = (_numbers(x.codes, x.labels) for x in (original, released))
    edges = np.unique(np.quantile(values[present], np.arange(1, _BANDS) / _BANDS))
    return Secret(
        column=name,
        original=np.where(present, np.searchsorted(edges, values, side="right"), -1),
        released=np.where(there, np.searchsorted(edges, shown, side="right"), -1),
        values=len(edges) + 1,
        bands=True,
    )
