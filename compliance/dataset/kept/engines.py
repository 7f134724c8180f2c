"""Opens the place where a table is kept, tells what lies there, and computes on it.

Whatever is asked is one expression of ibis; which engine answers is decided here alone. Engines
are asked for aggregates, or for samples of a set size. Importing this module loads ibis.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import ibis
import pyarrow as pa
from ibis.common.exceptions import IbisError, TableNotFound

from compliance.dataset.kept.cells import Cell, Cells, columns_in
from compliance.dataset.kept.places import Warehouse, is_parquet, parquet_files, warehouse_of
from compliance.dataset.nouns import Engine, Place, Sha256
from compliance.errors import ComplianceError, NoEngineError, TooManyColumnsError, WarehouseError
from compliance.settings import MAX_COLUMNS

_ONE_EMBEDDED = threading.Lock()  # several at once would each take the memory that is allowed
_ONE_SPARK = threading.Lock()  # a process has one session
_PARTS_SPARK = 4  # of a shuffle on one machine; the usual 200 cost seconds on small tables
_CONNECT_S = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """What the embedded engine may take of this machine.

    Attributes:
        folder: where it puts what does not fit into memory; emptied afterwards.
        memory_gb: how much memory.
    """

    folder: Path
    memory_gb: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A table in its engine, for as long as the block lasts.

    Attributes:
        cells: its columns.
        unused: the names of columns of kinds that the desk has no use for, such as lists.
        sha256: of what was found there: the columns, and of files their names, sizes and times.
        ask: computes an expression; what comes back is small, see the module.
    """

    cells: Cells
    unused: tuple[str, ...]
    sha256: Sha256
    ask: Callable[[Cell], pa.Table]


@contextmanager
def opened(place: Place, warehouses: Mapping[str, Warehouse], room: Room) -> Iterator[Opened]:
    """The table at `place`; nothing is ever written there.

    Raises:
        UnknownWarehouseError, FileMissingError, NoEngineError: it cannot be reached.
        WarehouseError: it does not answer, refuses, or has no such table; also later, when asked.
        TooManyColumnsError: see there.
    """
    with _in_words(place), _table_of(place, warehouses, room) as (table, ask):
        columns, unused = columns_in(table.schema())
        if len(table.columns) > MAX_COLUMNS:
            raise TooManyColumnsError(
                name=place.title, columns=len(table.columns), limit=MAX_COLUMNS
            )
        yield Opened(
            cells=Cells(table, columns),
            unused=unused,
            sha256=_told(place, table),
            ask=ask,
        )


_Reached = tuple[Cell, Callable[[Cell], pa.Table]]


def _table_of(
    place: Place, warehouses: Mapping[str, Warehouse], room: Room
) -> AbstractContextManager[_Reached]:
    if place.engine is Engine.DUCKDB:
        return _embedded(place, room)
    warehouse = warehouse_of(place.warehouse, warehouses)
    if warehouse.engine is not place.engine:
        reason = f"the settings say that it is {warehouse.engine} now, not {place.engine}"
        raise WarehouseError(place=place.title, reason=reason)
    reach = _postgresql if place.engine is Engine.POSTGRESQL else _spark
    return reach(place, warehouse)


@contextmanager
def _embedded(place: Place, room: Room) -> Iterator[_Reached]:
    """DuckDB over Parquet files, with a limit of memory and a folder for what does not fit."""
    files = parquet_files(Path(place.table))
    with _ONE_EMBEDDED, _spilling(room.folder) as folder:
        engine = ibis.duckdb.connect(
            memory_limit=f"{room.memory_gb}GB",
            temp_directory=str(folder),
            preserve_insertion_order=False,
            autoinstall_known_extensions=False,
            autoload_known_extensions=False,
        )
        try:
            # It turns “the first k of each person” into lists held in memory, which do not spill.
            engine.raw_sql("set disabled_optimizers = 'top_n_window_elimination'")
            yield engine.read_parquet([str(file) for file in files]), engine.to_pyarrow
        finally:
            engine.disconnect()


@contextmanager
def _postgresql(place: Place, warehouse: Warehouse) -> Iterator[_Reached]:
    """PostgreSQL in one transaction that reads: all is computed on the rows of one moment."""
    try:
        import psycopg
    except ModuleNotFoundError:
        raise NoEngineError(package="psycopg") from None
    address = warehouse.address.replace("postgresql+psycopg://", "postgresql://", 1)
    schema, _, name = place.table.rpartition(".")
    try:
        connection = psycopg.connect(
            address,
            connect_timeout=_CONNECT_S,
            autocommit=True,
            application_name="privacy-desk",
        )
    except psycopg.Error:
        reason = "it does not answer or refuses the address in the settings"
        raise WarehouseError(place=place.title, reason=reason) from None
    with connection, _psycopg_in_words(place):
        connection.execute("set default_transaction_read_only = on")
        (encoding,) = connection.execute("show server_encoding").fetchone() or ("",)
        if encoding != "UTF8":
            reason = "its database does not store texts as UTF-8, so they would be told apart anew"
            raise WarehouseError(place=place.title, reason=reason)
        engine = ibis.postgres.from_connection(connection)

        def ask(expression: Cell) -> pa.Table:
            rows = connection.execute(engine.compile(expression)).fetchall()
            schema = expression.schema().to_pyarrow()
            columns = list(zip(*rows, strict=True)) or [()] * len(schema)
            arrays = [pa.array(c, f.type) for c, f in zip(columns, schema, strict=True)]
            return pa.Table.from_arrays(arrays, schema=schema)

        with connection.transaction():
            connection.execute("set transaction isolation level repeatable read, read only")
            yield engine.table(name, database=schema or None), ask


@contextmanager
def _psycopg_in_words(place: Place) -> Iterator[None]:
    import psycopg

    try:
        yield
    except psycopg.Error:
        reason = "PostgreSQL refuses; ask its administrator for the right to read the table"
        raise WarehouseError(place=place.title, reason=reason) from None


@contextmanager
def _spark(place: Place, warehouse: Warehouse) -> Iterator[_Reached]:
    """A session of Spark, started with the first question and kept for the next ones."""
    try:
        from py4j.protocol import Py4JError
        from pyspark.errors import PySparkException
    except ModuleNotFoundError:
        raise NoEngineError(package="pyspark") from None
    try:
        with _ONE_SPARK:
            session = _session(place, warehouse.address)
            engine = ibis.pyspark.connect(session)

            def ask(expression: Cell) -> pa.Table:
                return session.sql(engine.compile(expression)).toArrow()

            if is_parquet(place.table):
                yield engine.read_parquet(place.table), ask
            else:
                schema, _, name = place.table.rpartition(".")
                yield engine.table(name, database=schema or None), ask
    except (PySparkException, Py4JError):
        reason = "Spark refuses, or has no such table; its own log says why"
        raise WarehouseError(place=place.title, reason=reason) from None


def _session(place: Place, master: str) -> Any:
    from pyspark.sql import SparkSession

    running = SparkSession.getActiveSession()
    if running is not None and running.sparkContext.master != master:
        reason = "another Spark is in use, and a process can use one; restart the desk to change"
        raise WarehouseError(place=place.title, reason=reason)
    settings = {
        "spark.app.name": "privacy-desk",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.caseSensitive": "true",
        "spark.sql.ansi.enabled": "true",  # a sum that does not fit is an error, not a wrong number
        "spark.sql.execution.arrow.pyspark.enabled": "true",
    }
    if master.startswith("local"):
        settings |= {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}
        settings["spark.sql.shuffle.partitions"] = str(_PARTS_SPARK)
    builder = SparkSession.builder.master(master)
    for name, value in settings.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("OFF")  # what fails may be a value; we say it in our words
    return session


@contextmanager
def _in_words(place: Place) -> Iterator[None]:
    """What an engine says may hold a value of the data, so none of it is repeated."""
    try:
        yield
    except ComplianceError:
        raise
    except TableNotFound:
        reason = "there is no table of that name, or it may not be seen"
        raise WarehouseError(place=place.title, reason=reason) from None
    except duckdb.OutOfMemoryException:
        reason = (
            "the embedded engine needs more memory, or more space for what does not fit "
            "(PRIVACY_DESK_ENGINE_MEMORY_GB)"
        )
        raise WarehouseError(place=place.title, reason=reason) from None
    except duckdb.Error:
        reason = "the files are damaged, changed while they were read, or are of different columns"
        raise WarehouseError(place=place.title, reason=reason) from None
    except IbisError:
        reason = "the engine cannot compute this"
        raise WarehouseError(place=place.title, reason=reason) from None


@contextmanager
def _spilling(folder: Path) -> Iterator[Path]:
    """A folder of one's own below `folder`, thrown away afterwards."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        own = Path(tempfile.mkdtemp(dir=folder))
    except OSError:
        reason = "what does not fit into memory cannot be written; check the free space"
        raise WarehouseError(place="The embedded engine", reason=reason) from None
    try:
        yield own
    finally:
        shutil.rmtree(own, ignore_errors=True)


def _told(place: Place, table: Cell) -> Sha256:
    said = hashlib.sha256(f"kept\n{place.engine}\n{place.warehouse}\n{place.table}\n".encode())
    for name, kind in table.schema().items():
        said.update(f"{name}\n{kind}\n".encode())
    if place.engine is Engine.DUCKDB:
        for file in parquet_files(Path(place.table)):
            found = file.stat()
            said.update(f"{file}\n{found.st_size}\n{found.st_mtime_ns}\n".encode())
    return Sha256(said.hexdigest())
