"""The records only grow; nobody changes them in passing, and two writers never meet."""

from __future__ import annotations

import itertools
import sqlite3
import sys
import threading
import time
import traceback
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from compliance.errors import GrantsError, MissingGroupError, WorkspaceError
from compliance.privacy.nouns import Budget
from compliance.register.nouns import Organisation
from compliance.settings import Settings
from compliance.storage import Database, acts, preferences, records, seen, servers
from compliance.storage.grants import grants
from compliance.storage.tables import METADATA, RECORDS, TRAIL
from compliance.trail import Line
from compliance.workspace.desk import Desk
from compliance.workspace.releasing import budgets
from tests.forked import START
from tests.postgresql import Server, on_both, past_the_desk

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
        for table in ("trail", "trail_tile", *(table.name for table in RECORDS))
    }


@on_both
@pytest.mark.filterwarnings("ignore:Skipped unsupported reflection of expression-based index")
def test_the_migrations_make_the_tables_that_the_code_knows(desk: Desk) -> None:
    with desk.database.reading() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), METADATA)

    # An index over an expression is not among the tables: each database has its own words for it.
    assert [one for one in differences if "ix_trail_act" not in repr(one)] == []


@on_both
def test_entries_are_found_by_what_was_done(desk: Desk) -> None:
    for number in range(6):
        with desk.act("dataset.describe" if number % 2 else "dataset.add", f"a “{number}”%") as act:
            act.facts["reason"] = number
    with desk.database.reading() as connection:
        assert [line.place for line in acts.lines_by(connection, ["dataset.describe"])] == [2, 4, 6]
        assert acts.newest_by(connection, "dataset.add").place == 5
        assert acts.newest_by(connection, "dataset") is None
        assert acts.acts_done(connection) == ("dataset.add", "dataset.describe")
        assert [one.place for one in acts.lines_on(connection, ["a “3”%", "a “"])] == [4]
        assert acts.lines_on(connection, []) == []
        assert len(acts.lines_saying(connection, '"reason"')) == 6
        some = acts.found(connection, act="dataset.describe", after=2, until=5, count=9)
        assert [line.place for line in some] == [4]
        assert acts.found(connection, actor="nobody") == []
        assert acts.found(connection, actor=desk.settings.actor, count=2)[0].place == 6


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
    from compliance.workspace.trails import trails

    writers = [START.Process(target=_write_many, args=(settings, 12)) for _ in range(3)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()

    with Desk(settings).database.reading() as connection:
        verification = trails.verify(connection)
    assert [writer.exitcode for writer in writers] == [0, 0, 0]
    assert (verification.entries, verification.problems) == (36, ())


@on_both
def test_a_reader_sees_one_moment_and_waits_for_nobody(desk: Desk) -> None:
    fill(desk)

    with desk.database.reading() as connection:
        before = records.count(connection, TRAIL)
        with desk.database.writing() as writer:
            records.append_line(writer, Line(place=2, body="{}", hash="x"))
            during = records.count(connection, TRAIL)
        after = records.count(connection, TRAIL)
    with desk.database.reading() as connection:
        later = records.count(connection, TRAIL)

    assert [before, during, after, later] == [1, 1, 1, 2]


@on_both
def test_a_reader_writes_nothing(desk: Desk) -> None:
    with suppress(WorkspaceError), desk.database.reading() as connection:
        records.append_line(connection, Line(place=1, body="{}", hash="x"))

    with desk.database.reading() as connection:
        assert records.count(connection, TRAIL) == 0


@on_both
def test_a_writer_sees_what_the_one_before_it_wrote(desk: Desk) -> None:
    """It begins while the other still writes, as two officers do who press at the same time."""
    other = Database(desk.settings.database_url)  # as another process opens it
    begun, seen = threading.Event(), []

    def second() -> None:
        begun.set()
        with other.writing() as connection:
            seen.append(records.count(connection, TRAIL))

    with ThreadPoolExecutor() as pool:
        with desk.database.writing() as connection:
            waiting = pool.submit(second)
            begun.wait()
            time.sleep(0.3)  # long enough to have asked for its turn
            assert not seen
            records.append_line(connection, Line(place=1, body="{}", hash="x"))
        waiting.result()

    assert seen == [1]


def test_many_who_wait_to_write_keep_nobody_from_reading(desk: Desk) -> None:
    with ThreadPoolExecutor(40) as pool:
        with desk.database.writing():
            waiting = [pool.submit(fill, desk) for _ in range(40)]
            time.sleep(0.3)  # long enough to have asked for their turn
            with desk.database.reading() as connection:
                assert records.count(connection, TRAIL) == 0
        for one in waiting:
            one.result()

    with desk.database.reading() as connection:
        assert records.count(connection, TRAIL) == 40


@on_both
def test_a_writer_that_never_ends_is_told_of_in_a_sentence(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    hurried = tuple(s.replace(f"'{servers.WAIT_S}s'", "'50ms'") for s in servers.POSTGRESQL.write)
    monkeypatch.setattr(servers, "POSTGRESQL", replace(servers.POSTGRESQL, write=hurried))
    monkeypatch.setattr(servers, "WAIT_S", 0)
    first, second = Desk(settings), Desk(settings)

    with first.database.writing(), pytest.raises(WorkspaceError, match="somebody has been writing"):
        fill(second)

    fill(second)


@on_both
def test_records_of_a_newer_desk_are_refused_in_a_sentence(
    desk: Desk, connection: sqlite3.Connection
) -> None:
    connection.execute("update alembic_version set version_num = '9999'")
    connection.commit()

    with pytest.raises(WorkspaceError, match="newer version of the desk"):
        Desk(desk.settings)


@on_both
def test_a_key_may_be_long(desk: Desk) -> None:
    population = "the people of a name that goes on and on " * 20
    budget = Budget(epsilon=Decimal(1), delta=Decimal(0))
    budgets.decide(desk, population, budget)

    with desk.database.reading() as connection:
        found = budgets.state(connection, population, desk.clock())
    assert found.total == budget


AS_CLERK = [
    "update trail set body = 'x'",
    "delete from trail",
    "truncate organisation",
    "update organisation set record = '{}'",
    "delete from trail_head",
    "update trail_head set id = 2",
    "alter table trail disable trigger all",
    "drop trigger trail_refuses_delete on trail",
    "drop table trail",
    "create or replace function refuse_change() returns trigger language sql as 'select 1'",
    "set session_replication_role = replica",
    "update visit_seen set visit = 'x'",
    "update preference set person = 'x'",
    "update alembic_version set version_num = '0001'",
]


@pytest.mark.parametrize("settings", ["postgresql"], indirect=True)
def test_the_desk_needs_no_more_rights_than_its_documents_say(
    desk: Desk, connection: psycopg.Connection
) -> None:
    """See docs/databases.md: a role that may look and add, and nothing else."""
    connection.execute("create role clerk login")
    for statement in grants("clerk"):
        connection.execute(statement)  # type: ignore[call-overload]
    connection.commit()
    address = desk.settings.database_url.replace("//postgres@", "//clerk@")

    clerks = Desk(replace(desk.settings, database_url=address))
    fill(clerks)
    with clerks.database.writing() as writer:
        seen.begin(writer, "visit", 1)
        seen.note(writer, {"visit": 2})
        seen.end(writer, "visit")
        preferences.keep(writer, "person", "tour", "1")
        preferences.keep(writer, "person", "tour", "2")
        preferences.forget(writer, "person")

    connection.execute("set role clerk")
    connection.commit()
    for statement in AS_CLERK:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(statement)
        connection.rollback()
    with desk.database.reading() as reader:
        assert records.count(reader, TRAIL) == 1


@pytest.mark.parametrize("role", ["", "a b", "a;drop table trail", 'a"', "Clerk", "x" * 64])
def test_a_role_whose_name_is_more_than_a_name_is_refused(role: str) -> None:
    with pytest.raises(GrantsError):
        grants(role)


PASSWORD = "Xanthippe"  # noqa: S105
UNUSABLE = [
    pytest.param(f"mysql://desk:{PASSWORD}@here/desk", "PostgreSQL", id="another kind"),
    pytest.param(f"postgresql+psycopg://desk:{PASSWORD}@h:port/x", "PostgreSQL", id="a bad port"),
    pytest.param(f"postgresql+asyncpg://desk:{PASSWORD}@h/x", "PostgreSQL", id="another driver"),
    pytest.param(PASSWORD, "PostgreSQL", id="no address"),
    pytest.param("sqlite://", "PostgreSQL", id="no file"),
    pytest.param("sqlite:///:memory:", "PostgreSQL", id="nothing that stays"),
    pytest.param(
        f"postgresql+psycopg://desk:{PASSWORD}@127.0.0.1:1/x", "server runs", id="no server"
    ),
    pytest.param(
        f"postgresql+psycopg://desk:a@{PASSWORD}/{PASSWORD}@127.0.0.1:1/x",
        "server runs",
        id="a password that was not quoted",
    ),
    pytest.param(
        f"postgresql+psycopg://127.0.0.1:1/x?password={PASSWORD}&nonsense={PASSWORD}",
        "server runs",
        id="an unknown option",
    ),
    pytest.param(
        f"postgresql+psycopg://127.0.0.1/x?port={PASSWORD}", "PostgreSQL", id="a bad option"
    ),
]


@pytest.mark.parametrize(("address", "told"), UNUSABLE)
def test_an_address_that_cannot_be_used_is_refused_without_its_password(
    tmp_path: Path, address: str, told: str
) -> None:
    settings = Settings.from_environment({"PRIVACY_DESK_DATABASE_URL": address}, home=tmp_path)

    with pytest.raises(WorkspaceError, match=told) as refusal:
        Desk(settings)

    assert PASSWORD not in "".join(traceback.format_exception(refusal.value))
    assert PASSWORD not in repr(settings)


def test_without_its_driver_postgresql_is_refused_with_the_group_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)

    with pytest.raises(MissingGroupError, match=r"pip install '\.\[postgresql\]'"):
        Database("postgresql+psycopg://desk@here/desk")


def test_a_database_that_cannot_hold_every_script_is_refused(postgresql: Server) -> None:
    name = postgresql.new_database(encoding="'LATIN1'", locale="'C'")

    with pytest.raises(WorkspaceError, match="UTF8"):
        Database(postgresql.address(name))


@pytest.mark.parametrize("settings", ["postgresql"], indirect=True)
def test_the_desk_goes_on_after_its_server_was_restarted(
    desk: Desk, connection: psycopg.Connection
) -> None:
    fill(desk)
    connection.execute(
        "select pg_terminate_backend(pid) from pg_stat_activity"
        " where datname = current_database() and pid <> pg_backend_pid()"
    )

    fill(desk)

    with desk.database.reading() as reader:
        assert records.count(reader, TRAIL) == 2


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
