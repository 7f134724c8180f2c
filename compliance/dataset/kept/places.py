"""What was typed to a `Place`, and the addresses that the settings name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from compliance.dataset.nouns import Engine, Place
from compliance.errors import FileMissingError, UnknownWarehouseError, WarehouseError

_NAME = re.compile(r"[A-Za-z][\w-]*")
_SPARK = re.compile(r"spark://.+|local(\[\d+\])?")
_POSTGRESQL = ("postgresql://", "postgres://", "postgresql+psycopg://")
_TABLE = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)?")  # a name, or a schema and a name
_PARQUET = (".parquet", ".pq")


@dataclass(frozen=True, slots=True, kw_only=True)
class Warehouse:
    """An engine that the administrator named.

    Attributes:
        name: what officers call it.
        engine: what it is.
        address: how it is reached; may hold a password, so it is not shown.
    """

    name: str
    engine: Engine
    address: str = field(repr=False)


def to_warehouses(said: str) -> dict[str, Warehouse]:
    """The warehouses in `NAME=ADDRESS NAME=ADDRESS …`, by name.

    Raises:
        WarehouseError: an entry is none; nothing of it is repeated.
    """
    found: dict[str, Warehouse] = {}
    for number, entry in enumerate(said.split(), start=1):
        name, sign, address = entry.partition("=")
        if not sign or not _NAME.fullmatch(name) or name in found:
            reason = "each entry is NAME=ADDRESS, with spaces between entries, each name once"
            raise WarehouseError(place=f"Warehouse {number} of the settings", reason=reason)
        found[name] = Warehouse(name=name, engine=_engine_of(name, address), address=address)
    return found


def to_place(typed: str, warehouses: Mapping[str, Warehouse]) -> Place:
    """`WAREHOUSE:TABLE`, or the path of a Parquet file or of a folder of them.

    Raises:
        UnknownWarehouseError: the settings do not name it.
        WarehouseError: no table can be called so.
        FileMissingError: there is no such file, or no Parquet file in the folder.
    """
    name, sign, table = typed.partition(":")
    if sign and _NAME.fullmatch(name) and not table.startswith(("/", "\\")):
        return _table_in(warehouse_of(name, warehouses), table)
    if sign and name in warehouses:
        return _table_in(warehouses[name], table)
    path = Path(typed).expanduser().absolute()
    parquet_files(path)
    return Place(engine=Engine.DUCKDB, table=str(path))


def warehouse_of(name: str, warehouses: Mapping[str, Warehouse]) -> Warehouse:
    """The warehouse of that name.

    Raises:
        UnknownWarehouseError: the settings do not name it.
    """
    if name not in warehouses:
        known = ", ".join(sorted(warehouses)) or "none"
        raise UnknownWarehouseError(name=name[:40], known=known)
    return warehouses[name]


def parquet_files(path: Path) -> list[Path]:
    """The Parquet files at `path`, in the order of their names: itself, or all below the folder.

    Raises:
        FileMissingError: there is none.
    """
    try:
        inside = path.rglob("*") if path.is_dir() else [path]
        found = sorted(p for p in inside if p.suffix.lower() in _PARQUET and p.is_file())
    except OSError:
        found = []
    if not found:
        raise FileMissingError(name=path.name[:80])
    return found


def is_parquet(table: str) -> bool:
    """Whether the name of a table of Spark is where files lie."""
    return "/" in table


def _table_in(warehouse: Warehouse, table: str) -> Place:
    is_files = warehouse.engine is Engine.SPARK and is_parquet(table)
    if not is_files and not _TABLE.fullmatch(table):
        reason = "a table is named as NAME or SCHEMA.NAME"
        raise WarehouseError(place=f"Warehouse {warehouse.name}", reason=reason)
    return Place(engine=warehouse.engine, warehouse=warehouse.name, table=table)


def _engine_of(name: str, address: str) -> Engine:
    if address.startswith(_POSTGRESQL):
        return Engine.POSTGRESQL
    if _SPARK.fullmatch(address):
        return Engine.SPARK
    reason = "its address begins with postgresql:// or spark://, or is local[N] for Spark in here"
    raise WarehouseError(place=f"Warehouse {name}", reason=reason)
