"""Records as older versions of the desk wrote them open in this one, with every row.

`golden/upgrades/<revision>.jsonl` holds what the last version of the desk with that schema wrote:
a dataset in two versions, labels, a budget, three releases, an assessment, and a checkpoint of
its trail. 0007 has more than a tile of entries, 0009 an account.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path
from types import FrameType
from typing import Any, NamedTuple

import pytest
import sqlalchemy
from sqlalchemy import Connection, text

from compliance.errors import WorkspaceError
from compliance.register.nouns import Organisation
from compliance.settings import Settings
from compliance.storage import Database, guards, tables
from compliance.storage.database import HEAD_REVISION, revision_of, upgrade
from compliance.storage.tiles import node_in
from compliance.trail import root_of
from compliance.workspace import Workspace
from tests.conftest import ROOT

# The children that are killed touch the desk alone, whatever else this process has loaded.
pytestmark = pytest.mark.filterwarnings(r"ignore:os\.fork\(\) was called")

GOLDEN = Path(__file__).parent / "golden" / "upgrades"
VERSIONS = ROOT / "compliance" / "storage" / "migrations" / "versions"
EVERY = sorted(path.stem for path in GOLDEN.glob("*.jsonl"))
KINDS = ["sqlite", "postgresql"]
POINTS = 5

_Rows = dict[str, list[dict[str, Any]]]


class Old(NamedTuple):
    """What an older desk left."""

    checkpoint: dict[str, Any]
    rows: _Rows


def old_of(revision: str) -> Old:
    top, *lines = (GOLDEN / f"{revision}.jsonl").read_text("utf-8").splitlines()
    rows: _Rows = {}
    for line in lines:
        row = json.loads(line)
        rows.setdefault(row.pop("table"), []).append(row)
    return Old(json.loads(top)["checkpoint"], rows)


def write(settings: Settings, revision: str) -> Old:
    """Lay down what the older desk left."""
    old = old_of(revision)
    settings.home.mkdir(parents=True)
    with Database.unopened(settings.database_url).writing() as connection:
        upgrade(connection, revision)
        for name, rows in old.rows.items():
            names = list(rows[0])
            said = ", ".join(names)
            statement = f"insert into {name} ({said}) values (:{', :'.join(names)})"  # noqa: S608
            connection.execute(text(statement), rows)
        if connection.dialect.name == "postgresql":
            _count_on(connection, old.rows)
    return old


def _count_on(connection: Connection, rows: _Rows) -> None:
    """As if the database had numbered the rows itself."""
    for name in rows.keys() - {"trail", "trail_head", "trail_tile"}:
        sequence = f"select setval(pg_get_serial_sequence('{name}', 'position'), {len(rows[name])})"
        connection.execute(text(sequence))


def rows_in(connection: Connection, names: object) -> _Rows:
    found: _Rows = {}
    for name in names:  # type: ignore[attr-defined]
        table = tables.METADATA.tables[name]
        query = sqlalchemy.select(table).order_by(*table.primary_key.columns)
        rows = [dict(row._mapping) for row in connection.execute(query)]
        if rows:
            found[name] = rows
    return found


def test_there_are_records_of_every_older_version() -> None:
    migrations = {path.name[:4] for path in VERSIONS.glob("0*.py")}

    assert {*EVERY} >= migrations - {HEAD_REVISION}
    assert max(migrations) == HEAD_REVISION


@pytest.mark.parametrize("revision", EVERY)
@pytest.mark.parametrize("settings", KINDS, indirect=True)
def test_what_an_older_desk_wrote_is_all_there(settings: Settings, revision: str) -> None:
    old = write(settings, revision)

    workspace = Workspace(settings)

    with workspace._desk.database.reading() as connection:
        assert revision_of(connection) == HEAD_REVISION
        assert rows_in(connection, old.rows) == old.rows
        assert guards.unguarded(connection) == ()
        size = old.checkpoint["entries"]
        assert root_of(size, node_in(connection, size)).hex() == old.checkpoint["root"]
    verification = workspace.verify_trail()
    assert verification.problems == ()
    assert verification.entries == old.rows["trail_head"][0]["entries"]
    assert workspace.dataset("orders").version == 2
    assert workspace.changes("orders") is None, "nobody looked at the newest version"
    assert len(workspace.releases("orders")) == 3
    budget = workspace.budget("customers")
    assert (budget.total.epsilon, len(budget.spends)) == (Decimal(4), 3)
    assert len(workspace.assessments()) == 1
    assert workspace.proof.lineage.edges()
    workspace.set_organisation(Organisation(name="goes on"))
    assert workspace.verify_trail().problems == ()


class Killing:
    """Counts calls, of Python and of C, and ends the process at one of them."""

    def __init__(self, at: int) -> None:
        self.calls, self._at = 0, at

    def __call__(self, _frame: FrameType, event: str, _: object) -> None:
        if event in ("call", "c_call", "c_return"):
            self.calls += 1
            if self.calls == self._at:
                os.kill(os.getpid(), signal.SIGKILL)


def opened_in_a_child(address: str, kill_at: int) -> int:
    """Open records in a process that is killed after so many calls; how many there were."""
    read, written = os.pipe()
    child = os.fork()
    if child == 0:
        counter = Killing(kill_at)
        sys.setprofile(counter)
        Database(address)
        sys.setprofile(None)
        os.write(written, str(counter.calls).encode())
        os._exit(0)
    os.close(written)
    os.waitpid(child, 0)
    with os.fdopen(read) as told:
        return int(told.read() or 0)


@pytest.mark.parametrize("settings", KINDS, indirect=True)
def test_an_upgrade_that_is_killed_leaves_the_old_records_or_the_new(
    settings: Settings, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    server = request.getfixturevalue("postgresql")

    def place(number: int) -> Settings:
        url = f"sqlite:///{tmp_path}/{number}/records.sqlite"
        if settings.database_url.startswith("postgresql"):
            url = server.address(server.new_database())
        return Settings(home=tmp_path / str(number), database_url=url, actor="tester")

    whole = place(0)
    write(whole, "0001")
    calls = opened_in_a_child(whole.database_url, 0)
    draw = random.Random(8)
    for point in range(1, POINTS):
        where = place(point)
        old = write(where, "0001")
        assert opened_in_a_child(where.database_url, draw.randint(1, calls)) == 0

        with Database.unopened(where.database_url).reading() as connection:
            assert revision_of(connection) in ("0001", HEAD_REVISION)
            is_old = revision_of(connection) == "0001"
            there = {*sqlalchemy.inspect(connection).get_table_names()} - {"alembic_version"}
            assert rows_in(connection, old.rows) == old.rows
            assert ("trail_tile" in there) is not is_old
            assert len(there) == (13 if is_old else len(tables.METADATA.tables))
        assert Workspace(where).verify_trail().problems == ()


@pytest.mark.parametrize("settings", KINDS, indirect=True)
def test_two_processes_that_open_older_records_at_once_upgrade_them_once(
    settings: Settings,
) -> None:
    write(settings, "0003")

    with ThreadPoolExecutor() as pool:
        both = [pool.submit(Database, settings.database_url) for _ in range(2)]
        for one in both:
            with one.result().reading() as connection:
                assert revision_of(connection) == HEAD_REVISION


@pytest.mark.parametrize("settings", KINDS, indirect=True)
def test_records_of_a_newer_desk_stay_as_they_are(settings: Settings) -> None:
    old = write(settings, "0008")
    database = Database.unopened(settings.database_url)
    with database.writing() as connection:
        connection.execute(text("update alembic_version set version_num = '9999'"))

    with pytest.raises(WorkspaceError, match="newer version of the desk"):
        Workspace(settings)

    with database.reading() as connection:
        assert revision_of(connection) == "9999"
        assert rows_in(connection, old.rows) == old.rows
