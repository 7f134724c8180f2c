"""Datasets whose rows stay where they are: registered, and looked at where they lie."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection

from compliance.dataset.kept.places import parquet_files, to_place, to_warehouses
from compliance.dataset.nouns import (
    CleaningStep,
    ColumnName,
    Dataset,
    DatasetName,
    Description,
    Engine,
    Place,
    Sha256,
    Source,
    check_dataset_name,
)
from compliance.errors import AlreadyStoredError, NoRowsError, TakenNameError
from compliance.i18n import mark
from compliance.lineage.nouns import Node, NodeKind
from compliance.storage import records, tables
from compliance.workspace.data import datasets, elsewhere
from compliance.workspace.desk import Desk
from compliance.workspace.guarding import guarded
from compliance.workspace.lineage import steps as lineage_steps

_LEFT_OUT = mark("Column left out: the desk has no use for values of its kind")


@guarded
class Keeping:
    """Tables that are kept elsewhere, as the workspace offers them."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def warehouses(self) -> dict[str, Engine]:
        """The warehouses that the settings name, without their addresses.

        Raises:
            WarehouseError: the setting cannot be read.
        """
        found = to_warehouses(self._desk.settings.warehouses)
        return {name: warehouse.engine for name, warehouse in found.items()}

    def add(self, typed: str, name: str, description: Description | None = None) -> Dataset:
        """Register the table at `typed` as the next version of dataset `name`; no row is copied.

        Args:
            typed: `WAREHOUSE:TABLE`, or the path of a Parquet file or a folder of them.

        Raises:
            KeptError, FileError, NamingError, SecondBudgetError: nothing was registered.
        """
        desk = self._desk
        check_dataset_name(name)
        place = to_place(typed, to_warehouses(desk.settings.warehouses))
        sha256, rows, columns, unused = elsewhere.counted(place, desk.settings)
        if not rows or not columns:
            raise NoRowsError(name=place.title)
        source = Source(name=place.title, sha256=Sha256(sha256), size_bytes=_size(place))
        with desk.database.reading() as connection:
            known = _known(connection, sha256, name)
        if known is not None and known.rows == rows:
            return known if description is None else datasets.describe(desk, name, description)
        with desk.act("dataset.keep", name) as act:
            versions = records.every(act.connection, tables.DATASET, Dataset, name=name)
            before = datasets.find(act.connection, name) if versions else None
            dataset = Dataset(
                id=f"{name}@{len(versions) + 1}",
                name=DatasetName(name),
                version=len(versions) + 1,
                sha256=Sha256(sha256),
                rows=rows,
                columns=columns,
                cleaning=tuple(
                    CleaningStep(step=_LEFT_OUT, rows_changed=0, column=ColumnName(one))
                    for one in unused
                ),
                sources=(source,),
                description=description or (before.description if before else Description()),
                added_at=act.at,
                kept=place,
            )
            datasets.check_described(act, before, dataset)
            act.store(tables.DATASET, dataset, id=dataset.id, name=name, sha256=dataset.sha256)
            act.store(tables.DESCRIPTION, dataset.description, name=name)
            node = Node(kind=NodeKind.SOURCE, id=source.sha256, title=source.name)
            how = lineage_steps.added(dataset)
            act.link(node, datasets.dataset_node(dataset), mark("registered"), how)
            act.facts |= {
                "version": dataset.version,
                "rows": dataset.rows,
                "columns": len(dataset.columns),
                "sha256": dataset.sha256,
                "engine": place.engine,
                "warehouse": place.warehouse,
            }
        return dataset


def _known(connection: Connection, sha256: str, name: str) -> Dataset | None:
    """The newest version of `name`, if it is of the same place.

    Raises:
        AlreadyStoredError: the place is registered under another name.
        TakenNameError: the name is that of a dataset that the desk holds.
    """
    for stored in records.every(connection, tables.DATASET, Dataset, sha256=sha256):
        if stored.name != name:
            raise AlreadyStoredError(name=stored.name)
    found = records.latest(connection, tables.DATASET, Dataset, name=name)
    if found is not None and found.kept is None:
        raise TakenNameError(name=name)
    return found if found is not None and found.sha256 == sha256 else None


def _size(place: Place) -> int:
    """Bytes of its files; 0 where an engine holds them."""
    if place.engine is not Engine.DUCKDB:
        return 0
    return sum(file.stat().st_size for file in parquet_files(Path(place.table)))
