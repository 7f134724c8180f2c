"""Dataset versions as they are searched: what fits in which rows, and whose these are."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

import numpy as np

from compliance.dataset import Table
from compliance.dataset.nouns import ColumnName, Dataset
from compliance.rights.nouns import IdentifierKind
from compliance.rights.tracing.columns import NONE, Column, Rows, read_column
from compliance.rights.tracing.layout import Holder, Layout, plain_name
from compliance.rights.tracing.prose import Prose, is_composed, is_list

Kept = Callable[[tuple[str, ...], Callable[[], Column | Prose]], Column | Prose]
_FOUND_KEPT = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """How a dataset version was made from another one, as far as single people are concerned.

    Attributes:
        origin: the version that it was made from.
        altered: the columns that do not hold what they held there.
        pseudonyms: by column, what makes a value's pseudonym.
        kinds: by column with pseudonyms, what these stand for.
    """

    origin: str
    altered: frozenset[ColumnName] = frozenset()
    pseudonyms: Mapping[ColumnName, Callable[[str], str]] = field(default_factory=dict)
    kinds: Mapping[ColumnName, IdentifierKind] = field(default_factory=dict)


class View:
    """One dataset version, to be searched.

    Args:
        kept: keeps what was worked out of a column under a name; the table's hash is part of it.
        regions: in whose telephone networks its numbers are dialled.
    """

    def __init__(
        self,
        dataset: Dataset,
        table: Table,
        layout: Layout,
        kept: Kept,
        regions: tuple[str, ...] = (),
        copy: Copy | None = None,
    ) -> None:
        self.dataset, self.layout, self.copy, self.regions = dataset, layout, copy, regions
        self._table, self._kept = table, kept
        self._pointed: tuple[ColumnName, Column] | None = None
        self._held: dict[tuple[str, ...], Column | Prose] = {}
        self._found: dict[tuple[IdentifierKind, str], list[tuple[Holder, Rows]]] = {}

    @property
    def id(self) -> str:
        return self.dataset.id

    @property
    def space(self) -> str:
        """Within what a person's key means the same person."""
        return self.dataset.population

    @property
    def searched(self) -> int:
        """How many columns are looked into."""
        layout = self.layout
        named = {column for holder in layout.holders for column in holder.columns}
        named |= {*layout.texts, *layout.references, *layout.records}
        return len(named | ({layout.key} if layout.key else set()))

    def column(self, columns: tuple[ColumnName, ...], kind: IdentifierKind) -> Column:
        """The columns as one."""
        is_name = kind is IdentifierKind.NAME
        name = (self.dataset.sha256, "name" if is_name else "", *columns)
        return self.worked_out(name, lambda: read_column(self._table, columns, is_name=is_name))

    def worked_out(self, name: tuple[str, ...], make: Callable[[], Column]) -> Column:
        """What was worked out under `name`, now where it was not."""
        found = self._hold(name, make)
        assert isinstance(found, Column)  # noqa: S101 - for mypy
        return found

    def prose(self, column: ColumnName) -> Prose:
        """The texts of a column."""
        reads = None if column not in self.layout.singles else is_composed
        if any(column in holder.columns for holder in self.layout.of(IdentifierKind.EMAIL)):
            reads = is_list
        name = (self.dataset.sha256, "prose", column, reads.__name__ if reads else "all")

        def read() -> Prose:
            texts = self.column((column,), IdentifierKind.OTHER).texts
            return Prose(texts, reads)

        found = self._hold(name, read)
        assert isinstance(found, Prose)  # noqa: S101 - for mypy
        return found

    def _hold(self, name: tuple[str, ...], make: Callable[[], Column | Prose]) -> Column | Prose:
        if name not in self._held:
            self._held[name] = self._kept(name, make)
        return self._held[name]

    @property
    def owners(self) -> Column | None:
        """Per row, the key of the person whose row it is; None where no column tells that."""
        if self.layout.key is None:
            return self._pointed[1] if self._pointed else None
        return self.column((self.layout.key,), IdentifierKind.PERSON_KEY)

    def owner(self, row: int) -> str:
        """The key of the person whose `row` it is; "" where none is known."""
        owners = self.owners
        code = -1 if owners is None else int(owners.codes[row])
        return "" if owners is None or code < 0 else owners.keys[code]

    @property
    def owner_title(self) -> ColumnName:
        """The column that says whose a row is, or the one that points to where it is said."""
        column = self._pointed[0] if self._pointed else self.layout.key
        assert column is not None  # noqa: S101 - for mypy; asked only where there are owners
        return column

    def point(self, column: ColumnName, owners: Column) -> None:
        """Say by which column rows point to others, and whose they are therefore."""
        self._pointed = (column, owners)

    @functools.cached_property
    def is_of_people(self) -> bool:
        """Whether each person has about one row, so that a row is a person's record."""
        owners = self.owners
        if owners is None or self.layout.key is None or not self.dataset.rows:
            return False
        return len(owners.texts) >= 0.9 * int((owners.codes >= 0).sum())

    def of_person(self, key: str) -> Rows:
        """The rows of the person with `key`."""
        owners = self.owners
        if owners is None:
            return NONE
        return owners.rows(owners.by(IdentifierKind.PERSON_KEY).get(key, ()))

    def people(self, rows: Rows) -> list[str]:
        """The keys of the people whose `rows` these are."""
        owners = self.owners
        if owners is None:
            return []
        return [owners.keys[code] for code in owners.codes_at(rows)]

    def ownerless(self, rows: Rows) -> Rows:
        """Those of `rows` of which no key tells whose they are."""
        owners = self.owners
        return rows if owners is None else rows[owners.codes[rows] < 0]

    def fitting(self, kind: IdentifierKind, value: str) -> list[tuple[Holder, Rows]]:
        """The rows in which `value` stands, per place where it does."""
        if (kind, value) not in self._found:
            if len(self._found) > _FOUND_KEPT:
                self._found.clear()
            self._found[(kind, value)] = self._fitting(kind, value)
        return self._found[(kind, value)]

    def _fitting(self, kind: IdentifierKind, value: str) -> list[tuple[Holder, Rows]]:
        found = []
        for holder in self._places(kind):
            column = self.column(holder.columns, kind)
            rows = column.rows(column.holding(kind, value, self.regions))
            if len(rows):
                found.append((holder, rows))
        return found

    def values(self, kind: IdentifierKind, rows: Rows) -> list[str]:
        """What stands in `rows` of that kind."""
        return [
            text
            for holder in self._places(kind)
            for text in self.column(holder.columns, kind).texts_at(rows)
        ]

    def _places(self, kind: IdentifierKind) -> Sequence[Holder]:
        if kind is IdentifierKind.PERSON_KEY:
            key = self.layout.key
            return () if key is None else (Holder(kind=kind, columns=(key,)),)
        if kind is IdentifierKind.OTHER:
            return [Holder(kind=kind, columns=(name,)) for name in self.layout.records]
        return self.layout.of(kind)


def point_to_each_other(views: Sequence[View]) -> None:
    """Let tables without a person's key take it from the table that they point to.

    An invoice's lines name the invoice, and the invoice its customer. Both columns are named alike,
    are in one population, and in the table pointed to each row has its own value.
    """
    for view in views:
        if view.layout.key is not None or view.copy is not None:
            continue
        others = [
            other
            for other in views
            if other.space == view.space
            and other.layout.key is not None
            and other.dataset.name != view.dataset.name
        ]
        _point(view, others)


def _point(view: View, others: Sequence[View]) -> None:
    """Take owners from the tables with a record key that is named like a column here."""
    for column in view.dataset.column_names:
        pairs = [
            (other, record)
            for other in others  # the oldest version first: the newest has the last word
            for record in other.layout.records
            if plain_name(record) == plain_name(column)
        ]
        if pairs:
            hashes = (other.dataset.sha256 for other, _ in pairs)
            name = (view.dataset.sha256, "owners", column, *hashes)
            view.point(column, view.worked_out(name, partial(_taken_over, view, column, pairs)))
            return


def _owners_of(asked: Iterable[str], other: View, record: ColumnName) -> dict[str, str]:
    """By a record's key, the owner of the row of `other` with that key."""
    column, owners = other.column((record,), IdentifierKind.OTHER), other.owners
    assert owners is not None  # noqa: S101 - it has a key
    places = column.by(IdentifierKind.OTHER).first
    row_of = np.zeros(len(column.texts), dtype=np.intp)
    row_of[column.codes] = np.arange(len(column.codes))
    shared = [form for form in asked if form in places]
    codes = owners.codes[row_of[[places[form] for form in shared]]].tolist() if shared else []
    return {f: owners.texts[code] for f, code in zip(shared, codes, strict=True) if code >= 0}


def _taken_over(
    view: View, pointing: ColumnName, pairs: Iterable[tuple[View, ColumnName]]
) -> Column:
    """Per row of `view`, the owner of the row that it points to."""
    here = view.column((pointing,), IdentifierKind.OTHER)
    asked = here.by(IdentifierKind.OTHER)
    owners: dict[str, str] = {}
    for other, record in pairs:
        owners |= _owners_of(asked.first, other, record)
    texts = list(dict.fromkeys(owners.values()))
    place = {text: code for code, text in enumerate(texts)}
    by_code = np.full(len(here.texts) + 1, -1, dtype=np.int32)
    for form, code in asked.first.items():
        if form in owners:
            by_code[code] = place[owners[form]]
    for form, codes in asked.more.items():
        if form in owners:
            by_code[list(codes)] = place[owners[form]]
    return Column(by_code[here.codes], texts)
