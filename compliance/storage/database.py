"""The database behind the desk: one writer at a time, migrations, and nothing half-written."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import msgspec
import sqlalchemy
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from compliance.errors import WorkspaceError
from compliance.storage.servers import WAIT_S, WRITTEN_TO, opened, reason_of

HEAD_REVISION = "0010"
_MIGRATIONS = Path(__file__).parent / "migrations"


class Database:
    """The records of one workspace, in SQLite or PostgreSQL.

    Writers wait for one another, readers never wait and see one moment. Safe to share between
    threads; several processes may open the same records, and nothing of them is remembered here.
    """

    def __init__(self, address: str) -> None:
        """Open the records at `address`; they are made where there are none.

        Raises:
            MissingGroupError, WorkspaceError: they cannot be used.
        """
        self._open(address)
        self._migrate()

    @classmethod
    def unopened(cls, address: str) -> Database:
        """The database at `address` as it is, whatever it holds.

        Raises:
            MissingGroupError, WorkspaceError: it cannot be used.
        """
        found = cls.__new__(cls)
        found._open(address)
        return found

    def _open(self, address: str) -> None:
        self._kind, self._engine, self._home = opened(address)
        weakref.finalize(self, self._engine.dispose)  # connections close with their database
        self._one_writes = threading.Lock()
        self._changes = 0

    @property
    def changes(self) -> int:
        """How many changes this process has made; what was read before the last may be old."""
        return self._changes

    @property
    def is_busy(self) -> bool:
        """Whether this process is writing; whoever can wait until later does."""
        return self._one_writes.locked()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection that sees one moment of the records."""
        with self._explained(), self._begun(self._kind.read) as connection:
            yield connection
            connection.exec_driver_sql("ROLLBACK")

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """The only connection that writes until the block ends; an error undoes all of it."""
        with self._explained(), self._turn(), self._begun(self._kind.write) as connection:
            yield connection
            connection.exec_driver_sql("COMMIT")
            self._changes += 1

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """The threads of one process queue here, without a connection.

        So only one of them asks the database for its turn: SQLite lets those who wait try again
        and again, which many threads would do for longer than they may wait.
        """
        if not self._one_writes.acquire(timeout=WAIT_S):
            raise WorkspaceError(home=self._home, reason=WRITTEN_TO)
        try:
            yield
        finally:
            self._one_writes.release()

    @contextmanager
    def _begun(self, beginning: Sequence[str]) -> Iterator[Connection]:
        """A connection after the statements `beginning`; the caller ends what they began."""
        begin, *rest = beginning
        with self._engine.connect() as connection, ExitStack() as undo:
            connection.exec_driver_sql(begin)
            undo.callback(connection.exec_driver_sql, "ROLLBACK")
            for statement in rest:
                connection.exec_driver_sql(statement)
            yield connection
            undo.pop_all()

    def _migrate(self) -> None:
        with self.reading() as connection:
            if revision_of(connection) == HEAD_REVISION:
                return
        with self.writing() as connection:
            if revision_of(connection) != HEAD_REVISION:  # else another process was first
                self._upgrade(connection)

    def _upgrade(self, connection: Connection) -> None:
        try:
            upgrade(connection)
        except LookupError:
            reason = "a newer version of the desk wrote its records; use that version"
            raise WorkspaceError(home=self._home, reason=reason) from None

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """What the database or a damaged record says, as a sentence without any of its words."""
        try:
            yield
        except SQLAlchemyError as error:
            raise WorkspaceError(home=self._home, reason=reason_of(error, self._kind)) from None
        except msgspec.DecodeError:
            reason = "a record was changed from outside; restore the records from their backup"
            raise WorkspaceError(home=self._home, reason=reason) from None


def upgrade(connection: Connection, revision: str = "head") -> None:
    """Bring the records to `revision`, in the transaction of `connection`.

    Raises:
        LookupError: this version of the desk does not know it, or the one that is there.
    """
    from alembic import command  # slow to load; only a new or an older workspace needs it
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, revision)
    except CommandError:
        raise LookupError(revision) from None


def revision_of(connection: Connection) -> str | None:
    """Which version of the records is there; None: there are none."""
    if not sqlalchemy.inspect(connection).has_table("alembic_version"):
        return None
    found = connection.exec_driver_sql("select version_num from alembic_version").scalar()
    return None if found is None else str(found)
