"""What can be asked about a dataset: its columns, and those of datasets about the same people."""

from __future__ import annotations

from dataclasses import dataclass

from babel.numbers import get_territory_currencies

from compliance.dataset.nouns import Column, ColumnType, Dataset
from compliance.discovery.nouns import Discovery, IdentifierClass
from compliance.privacy import Preset, joined_columns, presets_for
from compliance.workspace import Workspace

MOMENTS = (ColumnType.DATE, ColumnType.TIMESTAMP)
NUMBERS = (ColumnType.INTEGER, ColumnType.NUMBER, ColumnType.BOOLEAN)
_MOST_GROUPS = 20_000
_MOST_LOOKED_UP = 1_000  # groups of a column of another dataset
_PLACES = ("country", "country_code", "region", "region_code")
_AMOUNTS = ("amount", "price", "total", "value")


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """A dataset with what is known of it, and the datasets about the same people.

    Attributes:
        dataset: what is asked about.
        discovery: its labels, if somebody looked.
        beside: the other datasets of its population; their columns are asked as
            `dataset.column`, and proposed where it is on record who tells people apart there.
        direct: the columns that identify people directly, by the name under which they are asked.
    """

    dataset: Dataset
    discovery: Discovery | None
    beside: tuple[Dataset, ...]
    direct: tuple[str, ...]

    @property
    def columns(self) -> dict[str, Column]:
        """Every column that may be named, by the name under which it is asked."""
        own = {str(column.name): column for column in self.dataset.columns}
        for other in self.beside:
            found = joined_columns(other.name, other.columns)
            own |= {str(column.name): column for column in found}
        return own

    @property
    def unit(self) -> str | None:
        """The column that tells people apart, as recorded or else as discovery saw it."""
        said = self.dataset.description.unit
        return str(said) if said else next(iter(self.direct), None)

    def group_columns(self) -> list[str]:
        """Columns by which grouping makes sense: not too many values, and nobody's name."""
        unknown = [f"{other.name}." for other in self.beside if not other.description.unit]
        units = {f"{other.name}.{other.description.unit}" for other in self.beside}
        without = {self.unit, *units, *self.direct}
        return [
            name
            for name, column in self.columns.items()
            if name not in without
            and not name.startswith(tuple(unknown))
            and (column.type in MOMENTS or 1 < column.distinct <= self._most_groups(name))
        ]

    def number_columns(self) -> list[str]:
        """Columns that can be summed."""
        without = {self.unit, *self.direct}
        return [
            str(column.name)
            for column in self.dataset.columns
            if column.type in NUMBERS and column.name not in without
        ]

    def presets(self, column: str) -> tuple[Preset, ...]:
        """Bounds for a column from public knowledge, in the currency of the dataset's region."""
        return presets_for(self._meaning(column), self._currency())

    def usual_groups(self) -> list[str]:
        """A place, where there is one: the most usual question is one by country."""
        own = [name for name in self.group_columns() if name in self.dataset.column_names]
        places = [name for name in own if self._meaning(name) in _PLACES]
        named = [name for name in own if name.lower() in ("country", "region", "site")]
        return (places or named)[:1]

    def usual_amount(self) -> str | None:
        """The column that people most often ask the sum of, where bounds for it are known."""
        for name in self.number_columns():
            if any(word in name.lower() for word in _AMOUNTS) and self.presets(name):
                return name
        return None

    def _most_groups(self, name: str) -> int:
        return _MOST_GROUPS if name in self.dataset.column_names else _MOST_LOOKED_UP

    def _meaning(self, name: str) -> str:
        """What a column's values mean: as labelled, else as its type or its name suggests."""
        column = self.columns[name]
        if column.type is ColumnType.BOOLEAN:
            return "boolean"
        label = self.discovery.label(name) if self.discovery else None
        if label is None and any(word in name.lower() for word in _AMOUNTS):
            return "money_amount"
        return label.semantic_type if label else ""

    def _currency(self) -> str:
        region = self.dataset.description.region
        return next(iter(get_territory_currencies(region)), "") if region else ""


def scope_of(workspace: Workspace, dataset: Dataset) -> Scope:
    """What can be asked about `dataset`."""
    beside = [
        other
        for other in workspace.datasets()
        if other.name != dataset.name and other.population == dataset.population
    ]
    found = workspace.discovery(dataset.name)
    direct = [*_direct(found), *(f"{o.name}.{c}" for o in beside for c in _direct_in(workspace, o))]
    return Scope(dataset=dataset, discovery=found, beside=tuple(beside), direct=tuple(direct))


def _direct_in(workspace: Workspace, other: Dataset) -> list[str]:
    return _direct(workspace.discovery(other.name))


def _direct(found: Discovery | None) -> list[str]:
    return [str(name) for name in found.columns_of(IdentifierClass.DIRECT)] if found else []
