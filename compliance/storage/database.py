"""The database behind the desk: one writer at a time, migrations, and nothing half-written."""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import msgspec
import sqlalchemy
from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import SQLAlchemyError

from compliance.errors import WorkspaceError

HEAD_REVISION = "0003"
_MIGRATIONS = Path(__file__).parent / "migrations"
_BUSY_MS = 30_000


class Database:
    """The records of one workspace.

    Writers wait for one another (`BEGIN IMMEDIATE`), readers never wait. Safe to share between
    threads; several processes may open the same file.
    """

    def __init__(self, url: str) -> None:
        self._home = url.removeprefix("sqlite:///")
        if self._home in (url, ""):
            reason = "this release keeps its records in SQLite; leave the database address empty"
            raise WorkspaceError(home="the database address", reason=reason)
        self._engine = sqlalchemy.create_engine(url, pool_size=8, max_overflow=24)
        weakref.finalize(self, self._engine.dispose)  # connections close with their database
        _configure(self._engine)
        self._migrate()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection that sees one moment of the records."""
        with self._explained(), self._engine.connect() as connection:
            connection.exec_driver_sql("BEGIN")
            yield connection
            connection.exec_driver_sql("ROLLBACK")

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """The only connection that writes until the block ends; an error undoes all of it."""
        with self._explained(), self._engine.connect() as connection:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            with ExitStack() as undo:
                undo.callback(connection.exec_driver_sql, "ROLLBACK")
                yield connection
                undo.pop_all()
            connection.exec_driver_sql("COMMIT")

    def _migrate(self) -> None:
        with self.reading() as connection:
            if _revision(connection) == HEAD_REVISION:
                return
        with self.writing() as connection:
            if _revision(connection) != HEAD_REVISION:  # else another process was first
                self._upgrade(connection)

    def _upgrade(self, connection: Connection) -> None:
        from alembic import command  # slow to load; only a new or an older workspace needs it
        from alembic.config import Config
        from alembic.util import CommandError

        config = Config()
        config.set_main_option("script_location", str(_MIGRATIONS))
        config.attributes["connection"] = connection
        try:
            command.upgrade(config, "head")
        except CommandError:
            reason = "a newer version of the desk wrote its records; use that version"
            raise WorkspaceError(home=self._home, reason=reason) from None

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """What the database or a damaged record says, as a sentence without any of its words."""
        try:
            yield
        except SQLAlchemyError:
            reason = (
                "its records cannot be opened or changed; check the folder's rights and free "
                "space, verify the trail, or restore the folder from its backup"
            )
            raise WorkspaceError(home=self._home, reason=reason) from None
        except msgspec.DecodeError:
            reason = "a record was changed from outside; restore the folder from its backup"
            raise WorkspaceError(home=self._home, reason=reason) from None


def _revision(connection: Connection) -> str | None:
    has_versions = connection.exec_driver_sql(
        "select 1 from sqlite_master where name = 'alembic_version'"
    ).first()
    if has_versions is None:
        return None
    found = connection.exec_driver_sql("select version_num from alembic_version").scalar()
    return None if found is None else str(found)


def _configure(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _: object) -> None:
        connection.isolation_level = None  # transactions begin and end where this module says
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "recursive_triggers=ON",  # else INSERT OR REPLACE slips past the delete trigger
            f"busy_timeout={_BUSY_MS}",
        ):
            connection.execute(f"PRAGMA {pragma}")
