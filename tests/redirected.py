"""Empty records are copied, not made anew; with `pytest --records postgresql`, in PostgreSQL.

Making them takes twenty times as long, and thousands of tests begin with some. On PostgreSQL lies,
where `records.sqlite` would be made, a note that names a database instead, a fresh copy of an empty
one. A folder that is copied takes its note along, and gets a copy of that database once it is
opened. A file that is there already and is no note stays what it is.
"""

from __future__ import annotations

import atexit
import fcntl
import functools
import json
import os
import secrets
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import psycopg
import sqlalchemy
from sqlalchemy import Engine
from sqlalchemy.exc import ArgumentError

from compliance.storage import Database, database, servers
from tests.postgresql import Server

# Where the server listens, for processes that tests start.
VARIABLE = "DESK_TESTS_SERVER"
_EMPTY = "desk_empty"
_SIGN = "records are kept elsewhere"
_MOST_OPEN = 8
_open: dict[tuple[int, str], tuple[servers.Kind, Engine, str]] = {}


def copy_records(folder: Path) -> None:
    """From now on, records in an SQLite file begin as a copy of empty ones, made once in `folder`.

    Processes started from here make their own.
    """
    made = folder / "records.sqlite"
    Database(f"sqlite:///{made}")
    really = Database.__init__

    def open_copy(self: Database, address: str) -> None:
        if (path := _file_at(address)) is not None and not path.exists():
            _copy(made, path)
        really(self, address)

    Database.__init__ = open_copy  # type: ignore[method-assign]


def _copy(made: Path, path: Path) -> None:
    """At once, whoever else begins there; where nobody may write, the desk says so itself."""
    whole = path.with_name(f"{path.name}.{secrets.token_hex(6)}")
    with suppress(OSError):
        whole.write_bytes(made.read_bytes())
        with suppress(FileExistsError):
            path.hardlink_to(whole)
        whole.unlink()


def redirect(server: Server) -> None:
    """From now on, here and in processes started from here, addresses of files are redirected."""
    os.environ[VARIABLE] = str(server.folder)
    with _alone(server):
        if not _has(server, _EMPTY):
            _create(server, f"{_EMPTY}_new", "template0")
            Database(server.address(f"{_EMPTY}_new"))
            _do(server, _end_of(f"{_EMPTY}_new"))
            _do(server, f"alter database {_EMPTY}_new rename to {_EMPTY}")
    _patch(server)


def redirect_child() -> None:
    """The same in a process that was started by one whose addresses are redirected."""
    if folder := os.environ.get(VARIABLE):
        _patch(Server(folder=Path(folder)))


def address_of(address: str) -> str:
    """Where the records are really kept that are asked for at `address`."""
    folder, note = os.environ.get(VARIABLE), _file_at(address)
    if folder is None or note is None:
        return address
    server = Server(folder=Path(folder))
    if not note.exists() or note.stat().st_size == 0:
        return server.address(_noted(server, note, _EMPTY))
    said = _read(note)
    if said is None:
        return address
    if said["path"] != str(note):
        return server.address(_noted(server, note, said["database"]))
    return server.address(said["database"])


def _file_at(address: str) -> Path | None:
    """The SQLite file that an address names."""
    try:
        url = sqlalchemy.make_url(address)
    except (ArgumentError, ValueError):
        return None
    is_file = url.drivername == "sqlite" and url.database not in (None, "", ":memory:")
    return Path(str(url.database)) if is_file else None


def forget(folder: Path) -> None:
    """Drop the databases of all notes below `folder`; who is in one is put out."""
    server = Server(folder=Path(os.environ[VARIABLE]))
    for note in folder.rglob("*.sqlite"):
        said = _read(note)
        if said is not None and said["path"] == str(note):
            if (key := (os.getpid(), server.address(said["database"]))) in _open:
                _close(key)
            _do(server, f"drop database if exists {said['database']} with (force)")


def _patch(server: Server) -> None:
    really, one_opens = servers.opened, threading.Lock()

    def opened(address: str) -> tuple[servers.Kind, Engine, str]:
        where = address_of(address)
        if where == address:
            return really(address)
        with one_opens:
            return _kept_open(where, really)

    database.opened = opened  # type: ignore[attr-defined]
    atexit.register(_close_all)


def _kept_open(
    where: str, really: Callable[[str], tuple[servers.Kind, Engine, str]]
) -> tuple[servers.Kind, Engine, str]:
    """What was opened last stays so: a test opens its records again and again, one line to them.

    To connect and ask a server what it is takes as long as to do something.
    """
    key = os.getpid(), where
    if key not in _open:
        while len(_open) >= _MOST_OPEN:
            _close(next(iter(_open)))
        _open[key] = really(where)
        _open[key][1].dispose = _later  # type: ignore[method-assign]
    _open[key] = _open.pop(key)
    return _open[key]


def _close(key: tuple[int, str]) -> None:
    _, engine, _ = _open.pop(key)
    if key[0] == os.getpid():  # else it is the line of whom this process was forked from
        Engine.dispose(engine)


def _close_all() -> None:
    for key in [*_open]:
        _close(key)


def _later(close: bool = True) -> None:
    """Whoever opened it has let go of it."""


def _noted(server: Server, note: Path, template: str) -> str:
    name = f"desk_{secrets.token_hex(6)}"
    text = json.dumps({"said": _SIGN, "path": str(note), "database": name})
    note.write_text(text)  # first: where nobody may write, no records are made
    with _alone(server):  # two copies of one template at once are refused
        if template != _EMPTY:
            _do(server, _end_of(template))
        _create(server, name, template)
    return name


def _read(note: Path) -> dict[str, str] | None:
    try:
        found = json.loads(note.read_text())
    except (ValueError, OSError):
        return None
    return found if isinstance(found, dict) and found.get("said") == _SIGN else None


def _create(server: Server, name: str, template: str) -> None:
    _do(server, f"create database {name} template {template} strategy file_copy")


def _end_of(name: str) -> str:
    return f"select pg_terminate_backend(pid) from pg_stat_activity where datname = '{name}'"  # noqa: S608


def _has(server: Server, name: str) -> bool:
    with server.connection("postgres") as connection:
        found = connection.execute("select 1 from pg_database where datname = %s", (name,))
        return found.fetchone() is not None


def _do(server: Server, statement: str) -> None:
    _line(server.folder, os.getpid()).execute(statement)  # type: ignore[arg-type]


@functools.cache
def _line(folder: Path, _: int) -> psycopg.Connection:
    """One line to the server for as long as this process lives: each begins a process there."""
    line = Server(folder=folder).connection("postgres")
    atexit.register(line.close)
    return line


def _alone(server: Server) -> _Lock:
    return _Lock(server.folder / "copying")


class _Lock:
    """One process and one thread at a time."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> None:
        self._file = self._path.open("a")
        fcntl.flock(self._file, fcntl.LOCK_EX)

    def __exit__(self, *_: object) -> None:
        self._file.close()
