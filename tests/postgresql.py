"""A PostgreSQL of the tests' own, and how to reach records past the desk on either database.

The server starts with the first test of a session that asks for it, and ends with the session.
"""

from __future__ import annotations

import itertools
import os
import pwd
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pytest
import sqlalchemy

from compliance.settings import Settings

_INSTALLED = Path("/usr/lib/postgresql")  # where Debian's packages put every version
_START_S = 60
_ROOM_BYTES = 2 * 2**30
# Nothing here has to survive a power cut, and no database lives long enough to be tidied.
_FAST = (
    *("fsync=off", "full_page_writes=off", "autovacuum=off", "jit=off"),
    *("wal_level=minimal", "max_wal_senders=0", "max_connections=200", "shared_buffers=32MB"),
)


@dataclass(frozen=True, kw_only=True)
class Server:
    """A running server that listens on a socket in `folder` alone; `postgres` may do anything."""

    folder: Path
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    def new_database(self, template: str = "template0", **options: str) -> str:
        """The name of a fresh database, a copy of `template`."""
        name = f"desk_{next(self._numbers)}"
        said = " ".join(f"{option} {value}" for option, value in options.items())
        with self.connection("postgres") as connection:
            connection.execute(f"create database {name} template {template} {said}")  # type: ignore[arg-type]
        return name

    def connection(self, name: str) -> psycopg.Connection:
        """Database `name` past the desk, every statement a transaction of its own."""
        return psycopg.connect(host=str(self.folder), user="postgres", dbname=name, autocommit=True)

    def address(self, name: str) -> str:
        """What `PRIVACY_DESK_DATABASE_URL` says to keep the records in database `name`."""
        return f"postgresql+psycopg://postgres@/{name}?host={self.folder}"


@contextmanager
def running(*, is_large: bool = False) -> Iterator[Server]:
    """A server with an empty cluster in a temporary folder, until the block ends.

    Args:
        is_large: more will be kept than memory has room for.
    """
    with restartable(is_large=is_large) as one:
        yield one.server


class Restartable:
    """A server that can be stopped in the middle of whatever it does, and started again."""

    def __init__(self, programs: Path, folder: Path) -> None:
        self.server = Server(folder=folder)
        self._program, self._folder = programs / "postgres", folder
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        settings = ["listen_addresses=", f"unix_socket_directories={self._folder}", *_FAST]
        options = [part for setting in settings for part in ("-c", setting)]
        command = _as_postgres([self._program, "-D", self._folder / "data", *options])
        with (self._folder / "log").open("a") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log, cwd=self._folder)
        _wait_for(self.server, self._process)

    def stop(self) -> None:
        """At once, whoever is in the middle of what."""
        if self._process is None:
            return
        self._process.send_signal(signal.SIGQUIT)
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


@contextmanager
def restartable(*, is_large: bool = False) -> Iterator[Restartable]:
    """The same as `running`, in the hand of a test that stops it."""
    programs = _programs()
    place = None if is_large else _roomy_memory()
    folder = Path(tempfile.mkdtemp(prefix="desk-pg-", dir=place))
    one = Restartable(programs, folder)
    try:
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres", "postgres")
        initdb = [programs / "initdb", "-D", folder / "data", "-U", "postgres", "-A", "trust", "-N"]
        settle = ["-E", "UTF8", "--locale=C.UTF-8", "--no-instructions"]
        subprocess.run(_as_postgres([*initdb, *settle]), check=True, capture_output=True)
        one.start()
        yield one
    finally:
        one.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _roomy_memory() -> Path | None:
    """A folder in memory, where thousands of small files come and go at once; None without room."""
    memory = Path("/dev/shm")  # noqa: S108
    has_room = memory.is_dir() and shutil.disk_usage(memory).free > _ROOM_BYTES
    return memory if has_room else None


def _programs() -> Path:
    """Where the newest server installed here lies."""
    found = sorted(_INSTALLED.glob("*/bin/postgres"), key=lambda path: int(path.parts[-3]))
    assert found, "the tests need PostgreSQL; install it (apt: postgresql) or run make test"
    return found[-1].parent


def _as_postgres(command: list[str | Path]) -> list[str]:
    """`command` as an ordinary user, ending at once when the tests do, however they do."""
    user = []
    if os.geteuid() == 0:  # whom the server refuses
        postgres = pwd.getpwnam("postgres")
        user = [f"--reuid={postgres.pw_uid}", f"--regid={postgres.pw_gid}", "--clear-groups"]
    return ["setpriv", *user, "--pdeathsig", "QUIT", *(str(part) for part in command)]


def _wait_for(server: Server, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + _START_S
    while True:
        try:
            return server.connection("postgres").close()
        except psycopg.OperationalError:
            assert process.poll() is None, (server.folder / "log").read_text()
            assert time.monotonic() < end, "PostgreSQL did not start in time"
            time.sleep(0.05)


# Asks for the fixture `settings` on each kind of database that keeps records.
on_both = pytest.mark.parametrize("settings", ["sqlite", "postgresql"], indirect=True)


def past_the_desk(settings: Settings) -> sqlite3.Connection | psycopg.Connection:
    """The records as somebody with the file or the server in hand has them; to be committed."""
    from tests.redirected import address_of

    url = sqlalchemy.make_url(address_of(settings.database_url))
    if url.drivername == "sqlite":
        connection = sqlite3.connect(str(url.database))
        connection.execute("PRAGMA recursive_triggers=ON")
        connection.execute("PRAGMA foreign_keys=ON")
        return connection
    return psycopg.connect(host=str(url.query["host"]), user=url.username, dbname=url.database)


def without_triggers(connection: sqlite3.Connection | psycopg.Connection) -> None:
    """Take from the database what refuses changes: what an administrator could do."""
    if isinstance(connection, psycopg.Connection):
        connection.execute("set session_replication_role = replica")
        return
    connection.execute("PRAGMA foreign_keys=OFF")
    found = connection.execute("select name from sqlite_master where type = 'trigger'")
    for (name,) in found.fetchall():
        connection.execute(f"drop trigger {name}")
