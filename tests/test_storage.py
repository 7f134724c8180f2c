"""The records only grow; nobody changes them in passing, and two writers never meet."""

from __future__ import annotations

import itertools
import multiprocessing
import sqlite3
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from compliance.errors import WorkspaceError
from compliance.report.nouns import Organisation
from compliance.settings import Settings
from compliance.storage import records
from compliance.storage.tables import METADATA, RECORDS, TRAIL
from compliance.workspace.desk import Desk
from tests.postgresql import on_both, past_the_desk

REFUSED = (sqlite3.IntegrityError, psycopg.IntegrityError)


@pytest.fixture
def desk(settings: Settings) -> Desk:
    return Desk(settings)


@pytest.fixture
def connection(desk: Desk) -> Iterator[sqlite3.Connection | psycopg.Connection]:
    """The records past the desk, as somebody with the file or the server in hand has them."""
    with closing(past_the_desk(desk.settings)) as connection:
        yield connection


def fill(desk: Desk) -> None:
    from compliance.storage import tables

    with desk.act("organisation.describe", "x") as act:
        act.store(tables.ORGANISATION, Organisation(name="x"))


CHANGES = [
    "update trail set body = 'x'",
    "delete from trail",
    "insert into trail values (1, 'x', 'y') on conflict (number) do update set body = 'x'",
    "update organisation set record = '{}'",
    "delete from organisation",
    "delete from trail_head",
]
ON_SQLITE = ["insert or replace into trail values (1, 'x', 'y')"]
ON_POSTGRESQL = [
    "truncate trail cascade",
    "truncate organisation",
    "truncate trail_head",
    "merge into trail using trail_head on true when matched then delete",
]


@pytest.mark.parametrize(
    ("settings", "statement"),
    [
        *itertools.product(["sqlite"], CHANGES + ON_SQLITE),
        *itertools.product(["postgresql"], CHANGES + ON_POSTGRESQL),
    ],
    indirect=["settings"],
)
def test_the_database_refuses_to_change_what_was_written(
    desk: Desk, connection: sqlite3.Connection, statement: str
) -> None:
    fill(desk)

    with pytest.raises(REFUSED, match=r"only grows|stays"):
        connection.execute(statement)


def triggers_of(connection: sqlite3.Connection | psycopg.Connection) -> dict[str, set[str]]:
    """The names of the triggers of each table."""
    found: dict[str, set[str]] = defaultdict(set)
    query = "select tbl_name, name from sqlite_master where type = 'trigger'"
    if isinstance(connection, psycopg.Connection):
        query = "select tgrelid::regclass::text, tgname from pg_trigger where not tgisinternal"
    for table, name in connection.execute(query):
        found[table].add(name)
    return found


@pytest.mark.parametrize(
    ("settings", "changes"),
    [("sqlite", ["update", "delete"]), ("postgresql", ["update", "delete", "truncate"])],
    indirect=["settings"],
)
def test_every_table_of_records_has_its_triggers(
    connection: sqlite3.Connection, changes: list[str]
) -> None:
    found = triggers_of(connection)

    assert found.pop("trail_head") >= {"trail_head_stays"}
    assert found == {
        table: {f"{table}_refuses_{change}" for change in changes}
        for table in ("trail", *(table.name for table in RECORDS))
    }


@on_both
def test_the_migrations_make_the_tables_that_the_code_knows(desk: Desk) -> None:
    with desk.database.reading() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), METADATA)

    assert differences == []


@on_both
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


@on_both
def test_a_record_cannot_be_stored_without_its_entry(connection: sqlite3.Connection) -> None:
    connection.execute("insert into organisation (record, entry) values ('{}', 99)")

    with pytest.raises(REFUSED):
        connection.commit()


def _write_many(settings: Settings, times: int) -> None:
    desk = Desk(settings)
    for _ in range(times):
        fill(desk)


@on_both
def test_several_processes_make_one_home_and_write_one_unbroken_trail(settings: Settings) -> None:
    from compliance.workspace import trails

    start = multiprocessing.get_context("spawn")
    writers = [start.Process(target=_write_many, args=(settings, 12)) for _ in range(3)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()

    with Desk(settings).database.reading() as connection:
        verification = trails.verify(connection)
    assert [writer.exitcode for writer in writers] == [0, 0, 0]
    assert (verification.entries, verification.problems) == (36, ())


def test_a_folder_that_cannot_be_made_is_refused_in_a_sentence(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way")

    with pytest.raises(WorkspaceError, match="cannot be written"):
        Desk(Settings.from_environment({}, home=blocked))


def test_records_that_are_no_database_are_refused_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "records.sqlite").write_bytes(b"not a database at all" * 100)

    with pytest.raises(WorkspaceError, match="records cannot be opened"):
        Desk(Settings.from_environment({}, home=tmp_path))


def test_the_secret_is_made_once_and_kept_from_others(settings: Settings) -> None:
    first, second = Desk(settings), Desk(settings)

    assert first.key == second.key
    assert len(first.key) == 32
    assert (settings.home / "secret.key").stat().st_mode & 0o077 == 0
