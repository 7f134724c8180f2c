"""The records only grow; nobody changes them in passing, and two writers never meet."""

from __future__ import annotations

import multiprocessing
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from compliance.errors import WorkspaceError
from compliance.report.nouns import Organisation
from compliance.settings import Settings
from compliance.storage import Database, records
from compliance.storage.tables import METADATA, RECORDS, TRAIL
from compliance.workspace.desk import Desk


def settings_for(home: Path) -> Settings:
    return Settings.from_environment({}, home=home)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(settings_for(tmp_path / "desk"))


@pytest.fixture
def connection(desk: Desk) -> Iterator[sqlite3.Connection]:
    """The records past the desk, as somebody with the file in hand has them."""
    with closing(sqlite3.connect(desk.settings.home / "records.sqlite")) as connection:
        connection.execute("PRAGMA recursive_triggers=ON")
        yield connection


def fill(desk: Desk) -> None:
    from compliance.storage import tables

    with desk.act("organisation.describe", "x") as act:
        act.store(tables.ORGANISATION, Organisation(name="x"))


CHANGES = [
    "update trail set body = 'x'",
    "delete from trail",
    "insert or replace into trail values (1, 'x', 'y')",
    "update organisation set record = '{}'",
    "delete from organisation",
    "delete from trail_head",
]


@pytest.mark.parametrize("statement", CHANGES)
def test_the_database_refuses_to_change_what_was_written(
    desk: Desk, connection: sqlite3.Connection, statement: str
) -> None:
    fill(desk)

    with pytest.raises(sqlite3.IntegrityError, match=r"only grows|stays"):
        connection.execute(statement)


@pytest.mark.parametrize("table", ["trail", *(table.name for table in RECORDS)])
def test_every_table_of_records_has_both_triggers(
    connection: sqlite3.Connection, table: str
) -> None:
    found = connection.execute(
        "select name from sqlite_master where type = 'trigger' and tbl_name = ?", (table,)
    )

    assert {row[0] for row in found} == {f"{table}_refuses_update", f"{table}_refuses_delete"}


def test_the_migrations_make_the_tables_that_the_code_knows(desk: Desk) -> None:
    with desk.database.reading() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), METADATA)

    assert differences == []


def test_an_act_that_fails_leaves_nothing_behind(desk: Desk) -> None:
    from compliance.storage import tables

    def fail() -> None:
        with desk.act("organisation.describe", "x") as act:
            act.store(tables.ORGANISATION, Organisation(name="x"))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    with desk.database.reading() as connection:
        assert records.count(connection, tables.ORGANISATION) == 0
        assert records.count(connection, TRAIL) == 0


def test_a_record_cannot_be_stored_without_its_entry(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute("insert into organisation (record, entry) values ('{}', 99)")

    with pytest.raises(sqlite3.IntegrityError):
        connection.commit()


def _write_many(home: str, times: int) -> None:
    desk = Desk(settings_for(Path(home)))
    for _ in range(times):
        fill(desk)


def test_several_processes_write_one_unbroken_trail(tmp_path: Path) -> None:
    from compliance.workspace import trails

    home = tmp_path / "desk"
    start = multiprocessing.get_context("spawn")
    writers = [start.Process(target=_write_many, args=(str(home), 12)) for _ in range(3)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()

    with Desk(settings_for(home)).database.reading() as connection:
        verification = trails.verify(connection)
    assert [writer.exitcode for writer in writers] == [0, 0, 0]
    assert (verification.entries, verification.problems) == (36, ())


def test_another_kind_of_database_is_refused_in_a_sentence() -> None:
    with pytest.raises(WorkspaceError, match="SQLite"):
        Database("postgresql+psycopg://somewhere/desk")


def test_a_folder_that_cannot_be_made_is_refused_in_a_sentence(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way")

    with pytest.raises(WorkspaceError, match="cannot be written"):
        Desk(settings_for(blocked / "desk"))


def test_records_that_are_no_database_are_refused_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "records.sqlite").write_bytes(b"not a database at all" * 100)

    with pytest.raises(WorkspaceError, match="records cannot be opened"):
        Desk(settings_for(tmp_path))


def test_the_secret_is_made_once_and_kept_from_others(tmp_path: Path) -> None:
    first, second = Desk(settings_for(tmp_path)), Desk(settings_for(tmp_path))

    assert first.key == second.key
    assert len(first.key) == 32
    assert (tmp_path / "secret.key").stat().st_mode & 0o077 == 0
