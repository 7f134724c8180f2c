"""The two kinds of database that keep records, and how each gives the same guarantees."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy
from sqlalchemy import URL, Engine, event
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError

from compliance.errors import MissingGroupError, WorkspaceError

WAIT_S = 30  # a writer waits so long for the one before it
_CONNECT_S = 10
_WRITER_LOCK = 0x70726976_6465736B  # any number of our own; it locks within one database

WRITTEN_TO = f"somebody has been writing to it for more than {WAIT_S} seconds; try again later"
_POSTGRESQL_HOME = "the address in PRIVACY_DESK_DATABASE_URL"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of database.

    Attributes:
        read: statements that begin a transaction which sees one moment and writes nothing.
        write: statements that begin a transaction after every other writer has ended.
        busy: what the driver says when the writer before does not end.
        advice: what an officer can do when the records cannot be reached.
    """

    read: tuple[str, ...]
    write: tuple[str, ...]
    busy: tuple[str, ...]
    advice: str


SQLITE = Kind(
    read=("BEGIN",),
    write=("BEGIN IMMEDIATE",),
    busy=("SQLITE_BUSY",),
    advice=(
        "its records cannot be opened or changed; check the folder's rights and free "
        "space, verify the trail, or restore the folder from its backup"
    ),
)

# A writer must not see a moment from before it had the lock: READ COMMITTED looks anew with
# every statement, and nobody else writes in between.
POSTGRESQL = Kind(
    read=("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",),
    write=(
        "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE",
        f"SET LOCAL lock_timeout = '{WAIT_S}s'",
        "SET LOCAL synchronous_commit = on",  # what was answered stays, whatever the server's habit
        f"SELECT pg_advisory_xact_lock({_WRITER_LOCK})",
    ),
    busy=("55P03",),  # lock_not_available
    advice=(
        "its records cannot be opened or changed; check that the server runs, and that the "
        "address, the name and the rights are good, or restore the database from its backup"
    ),
)


def opened(address: str) -> tuple[Kind, Engine, str]:
    """The kind of database at `address`, its engine, and how a refusal names the place.

    Nothing is connected yet. A place on PostgreSQL is named by its setting alone: any part of an
    address that was typed wrongly may hold a piece of the password.

    Raises:
        MissingGroupError: the driver of PostgreSQL is not installed.
        WorkspaceError: records cannot be kept at such an address.
    """
    try:
        url = sqlalchemy.make_url(address)
    except (ArgumentError, ValueError):
        raise _unknown_address() from None
    if url.drivername == "sqlite" and url.database not in (None, "", ":memory:"):
        return SQLITE, _sqlite(url), address.removeprefix("sqlite:///")
    if url.drivername in ("postgresql", "postgresql+psycopg"):
        return POSTGRESQL, _postgresql(url), _POSTGRESQL_HOME
    raise _unknown_address()


def reason_of(error: SQLAlchemyError, kind: Kind) -> str:
    """Why the records could not be used, without any word of the driver's."""
    said = error.orig if isinstance(error, DBAPIError) else None
    code = getattr(said, "sqlstate", None) or getattr(said, "sqlite_errorname", None)
    return WRITTEN_TO if code in kind.busy else kind.advice


def _unknown_address() -> WorkspaceError:
    reason = (
        "records are kept in SQLite (leave the address empty) or in PostgreSQL "
        "(postgresql+psycopg://name:password@host/database)"
    )
    return WorkspaceError(home="the database address", reason=reason)


def _sqlite(url: URL) -> Engine:
    engine = sqlalchemy.create_engine(url, pool_size=8, max_overflow=24)

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _: object) -> None:
        connection.isolation_level = None  # transactions begin and end where `Kind` says
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "recursive_triggers=ON",  # else INSERT OR REPLACE slips past the delete trigger
            f"busy_timeout={WAIT_S * 1_000}",
        ):
            connection.execute(f"PRAGMA {pragma}")

    return engine


def _postgresql(url: URL) -> Engine:
    try:
        engine = sqlalchemy.create_engine(
            url.set(drivername="postgresql+psycopg"),
            pool_size=8,
            max_overflow=24,
            pool_pre_ping=True,  # a server may have been restarted since
            isolation_level="AUTOCOMMIT",  # transactions begin and end where `Kind` says
            connect_args={"connect_timeout": _CONNECT_S},
        )
    except ImportError:
        what = "Keeping the records in PostgreSQL"
        raise MissingGroupError(what=what, group="postgresql") from None
    except (SQLAlchemyError, ValueError, TypeError):
        raise _unknown_address() from None

    @event.listens_for(engine, "connect")
    def check(connection: Any, _: object) -> None:
        if connection.info.parameter_status("server_encoding") != "UTF8":
            reason = "its database does not take every script; make one with the encoding UTF8"
            raise WorkspaceError(home=_POSTGRESQL_HOME, reason=reason)

    return engine
