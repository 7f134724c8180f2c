"""The desk's own trail as a log: tiles, signed heads, proofs, keys, batches, what is remembered."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from compliance.errors import (
    BrokenTrailError,
    FileMissingError,
    NoSuchEntryError,
    NotProvableError,
    TrailError,
    WorkspaceError,
)
from compliance.register.nouns import Organisation
from compliance.settings import Settings
from compliance.storage import records, tables, tiles
from compliance.trail import BEGINNING, record
from compliance.trail.verify_trail import (
    consistency_path,
    examine,
    inclusion_path,
    is_consistent,
    is_included,
    merkle_root,
    root_of,
)
from compliance.workspace import Workspace
from compliance.workspace.desk import Desk
from compliance.workspace.trails import memory, trails
from tests.postgresql import on_both, past_the_desk, without_triggers
from tests.trail_cases import verifier

NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)


def filled(desk: Desk, count: int, *, is_stored: bool = False) -> Desk:
    with desk.acts() as acts:
        for number in range(count):
            with acts.act("organisation.describe", f"act {number}") as act:
                if is_stored and number % 50 == 0:
                    act.store(tables.ORGANISATION, Organisation(name=f"name {number}"))
    return desk


@pytest.fixture
def desk(settings: Settings) -> Desk:
    return Desk(settings, clock=lambda: NOON)


@on_both
def test_heads_and_proofs_at_every_size_are_read_from_tiles(desk: Desk) -> None:
    filled(desk, 700)
    with desk.database.reading() as connection:
        lines = records.lines_of(connection)
        assert records.count(connection, tables.TRAIL_TILE) == 2
        for size in (0, 1, 255, 256, 257, 512, 513, 699, 700):
            node, top = tiles.node_in(connection, size), merkle_root(x.body for x in lines[:size])
            assert root_of(size, node).hex() == top
            for index in range(0, size, 61):
                path = inclusion_path(index, size, node)
                leaf = lines[index].leaf
                assert is_included(leaf, index, size, path, bytes.fromhex(top))
            for old in range(1, size, 67):
                start = bytes.fromhex(merkle_root(x.body for x in lines[:old]))
                path = consistency_path(old, size, node)
                assert is_consistent(old, start, size, bytes.fromhex(top), path)


@pytest.mark.in_a_file
def test_a_head_of_a_long_trail_takes_few_statements(desk: Desk) -> None:
    filled(desk, 2_000)
    asked: list[str] = []
    with desk.database.reading() as connection:
        raw = connection.connection.dbapi_connection
        assert isinstance(raw, sqlite3.Connection)
        raw.set_trace_callback(asked.append)
        trails.signed(desk, connection)
        inclusion_path(700, 2_000, tiles.node_in(connection, 2_000))
        raw.set_trace_callback(None)

    assert len(asked) <= 10


@on_both
def test_tiles_are_the_same_however_entries_were_written(
    desk: Desk, settings: Settings, tmp_path: Path
) -> None:
    one_by_one = Desk(Settings.from_environment({}, home=tmp_path / "other"), clock=lambda: NOON)
    for number in range(300):
        with one_by_one.act("organisation.describe", f"act {number}"):
            pass
    filled(desk, 100)
    filled(desk, 0)
    filled(desk, 200)
    found = []
    for each in (one_by_one, desk):
        with each.database.reading() as connection:
            found.append(tiles.kept(connection, 0, 0))
            assert trails.verify(connection).ok

    assert found[0] is not None
    assert len({tile.hashes[:32] for tile in found if tile}) == 1


SINCE_0008 = ("trail_tile", "anchor", "verified", "event", "signature")
SINCE_0009 = ("account", "visit", "four_eyes", "approval", "visit_seen", "preference")


@on_both
def test_an_older_workspace_gets_the_tiles_of_its_entries(desk: Desk) -> None:
    """As migration 0008 finds it: the entries of before, and no tiles."""
    filled(desk, 600, is_stored=True)
    with desk.database.reading() as connection:
        before = [tiles.kept(connection, 0, place) for place in (0, 1)]
    with closing(past_the_desk(desk.settings)) as connection:
        for table in (*SINCE_0008, *SINCE_0009):
            connection.execute(f"drop table {table}")  # type: ignore[call-overload]
        for table in tables.RECORDS:
            connection.execute(f"drop index if exists ix_{table.name}_entry")  # type: ignore[call-overload]
        connection.execute("update alembic_version set version_num = '0007'")
        connection.commit()

    again = Desk(desk.settings)

    with again.database.reading() as connection:
        assert [tiles.kept(connection, 0, place) for place in (0, 1)] == before
        assert trails.verify(connection).ok


@on_both
def test_checkpoints_proofs_and_exports_are_checked_by_the_script(
    settings: Settings, tmp_path: Path
) -> None:
    workspace = Workspace(settings)
    filled(Desk(settings), 300)
    log = workspace.proof.log
    old, entry, growth, export = (tmp_path / name for name in "cpge")
    old.write_text(log.checkpoint(), encoding="utf-8")
    log.rotate_key()
    entry.write_text(log.prove(17), encoding="utf-8")
    growth.write_text(log.prove_since(old), encoding="utf-8")
    export.write_text("".join(log.export()), encoding="utf-8")

    assert verifier(export, "--checkpoint", old, "--proof", entry).returncode == 0
    assert verifier("--proof", growth, "--checkpoint", old).returncode == 0
    for files in ({"checkpoint": old}, {"proof": entry}, {"proof": growth}, {"export": export}):
        found = log.verify(**files)
        assert (found.problems, found.warnings) == ((), ())
    acts = [entry.act for entry in workspace.entries(5)][::-1]
    assert acts == [
        *("trail.checkpoint", "trail.rotate_key", "trail.prove", "trail.prove", "trail.export")
    ]


def test_a_checkpoint_is_the_same_for_the_same_state_and_time(desk: Desk) -> None:
    filled(desk, 3)
    with desk.database.reading() as connection:
        first, second = trails.signed(desk, connection), trails.signed(desk, connection, NOON)
        later = trails.signed(desk, connection, NOON + timedelta(seconds=1))

    assert first == second
    assert first.is_signed
    assert (later.root, later.note != first.note) == (first.root, True)


def of_another_desk(folder: Path) -> Workspace:
    other = Workspace(Settings.from_environment({}, home=folder / "other"))
    filled(Desk(other.settings), 9)
    return other


FOREIGN: list[tuple[str, Callable[[Workspace], str]]] = [
    ("checkpoint", lambda other: other.checkpoint_trail()),
    ("export", lambda other: other.export_trail()),
    ("proof", lambda other: other.proof.log.prove(3)),
]


@pytest.mark.parametrize(("kind", "made"), FOREIGN)
def test_what_another_desk_handed_out_is_told(
    workspace: Workspace, tmp_path: Path, kind: str, made: Callable[[Workspace], str]
) -> None:
    filled(Desk(workspace.settings), 20)
    path = tmp_path / "foreign"
    path.write_text(made(of_another_desk(tmp_path)), encoding="utf-8")

    found = workspace.proof.log.verify(**{kind: path})

    assert any("another desk" in problem for problem in found.problems), found.problems


@pytest.mark.parametrize("kind", ["checkpoint", "export", "proof"])
def test_files_that_cannot_be_read_are_refused(
    workspace: Workspace, tmp_path: Path, kind: str
) -> None:
    path = tmp_path / "f"
    path.write_text("[" * 50_000)

    with pytest.raises(TrailError, match=f"cannot be read as a.? {kind}"):
        workspace.proof.log.verify(**{kind: path})
    with pytest.raises(FileMissingError):
        workspace.proof.log.verify(**{kind: tmp_path / "none"})


def test_an_export_of_a_history_that_was_cut_since_is_told(
    workspace: Workspace, tmp_path: Path
) -> None:
    filled(Desk(workspace.settings), 20)
    path = tmp_path / "e.jsonl"
    path.write_text(workspace.export_trail(), encoding="utf-8")
    with closing(past_the_desk(workspace.settings)) as connection:
        without_triggers(connection)
        connection.execute("delete from trail where number > 15")
        connection.execute(
            "update trail_head set entries = 15, hash = (select hash from trail where number = 15)"
        )
        connection.commit()

    found = workspace.proof.log.verify(export=path)

    assert any("some are missing" in problem for problem in found.problems)


@pytest.mark.parametrize("number", [0, 2, 10**9])
def test_only_entries_that_are_there_are_proved(workspace: Workspace, number: int) -> None:
    workspace.checkpoint_trail()

    with pytest.raises(NoSuchEntryError, match="it has 1"):
        workspace.proof.log.prove(number)
    assert len(workspace.entries()) == 1  # nothing was written


def test_no_growth_is_proved_from_a_checkpoint_that_saw_something_else(
    workspace: Workspace, tmp_path: Path
) -> None:
    filled(Desk(workspace.settings), 20)
    foreign, longer = tmp_path / "foreign", tmp_path / "longer"
    foreign.write_text(of_another_desk(tmp_path).checkpoint_trail(), encoding="utf-8")
    mine = json.loads(workspace.checkpoint_trail())
    unsigned = {k: mine[k] for k in ("kind", "root", "head", "at")}
    longer.write_text(json.dumps(unsigned | {"entries": 99}), encoding="utf-8")

    with pytest.raises(NotProvableError, match="another desk"):
        workspace.proof.log.prove_since(foreign)
    with pytest.raises(NotProvableError, match="saw 99 entries, now there are 21"):
        workspace.proof.log.prove_since(longer)
    longer.write_text(json.dumps(unsigned | {"entries": 9}), encoding="utf-8")
    with pytest.raises(NotProvableError, match="saw other entries"):
        workspace.proof.log.prove_since(longer)


def test_where_rows_are_missing_nothing_is_signed(workspace: Workspace) -> None:
    desk = filled(Desk(workspace.settings), 20)
    with closing(past_the_desk(workspace.settings)) as connection:
        without_triggers(connection)
        connection.execute("delete from trail where number = 7")
        connection.commit()

    with desk.database.reading() as connection:
        assert not trails.signed(desk, connection).is_signed
    with pytest.raises(BrokenTrailError):
        workspace.checkpoint_trail()


# --- keys


def test_the_key_is_made_once_kept_from_others_and_replaced(workspace: Workspace) -> None:
    log, path = workspace.proof.log, workspace.settings.home / "trail.key"
    origin, (first,) = log.keys()
    again = Workspace(workspace.settings).proof.log
    secret = path.read_text()
    new = log.rotate_key()

    assert again.keys() == (origin, (first, new))
    assert log.signed().key == new
    assert path.stat().st_mode & 0o077 == 0
    assert json.loads(secret)["seed"] not in path.read_text()
    assert json.loads(path.read_text())["seed"] not in workspace.export_trail()
    assert log.verify().ok


def test_a_key_whose_entry_was_written_is_in_force_after_a_crash(workspace: Workspace) -> None:
    """The desk ends between writing the entry and putting the new key in its place."""
    log, path = workspace.proof.log, workspace.settings.home / "trail.key"
    _, (first,) = log.keys()
    before = path.read_text()
    new = log.rotate_key()
    path.with_suffix(".key.next").write_text(path.read_text())
    path.write_text(before)

    assert log.keys()[1] == (first, new)
    assert not path.with_suffix(".key.next").exists()


def test_a_key_whose_entry_was_never_written_is_not_in_force(workspace: Workspace) -> None:
    log, path = workspace.proof.log, workspace.settings.home / "trail.key"
    origin, (first,) = log.keys()
    stray = {"origin": origin, "seed": "05" * 32, "before": [first]}
    path.with_suffix(".key.next").write_text(json.dumps(stray))

    assert log.keys() == (origin, (first,))
    new = log.rotate_key()
    assert log.keys() == (origin, (first, new))
    assert log.verify().ok


@pytest.mark.parametrize("text_", ["", "{}", '{"origin": "x", "seed": "zz"}', "[1]"])
def test_a_damaged_key_is_told_in_a_sentence(workspace: Workspace, text_: str) -> None:
    (workspace.settings.home / "trail.key").write_text(text_)

    with pytest.raises(WorkspaceError, match="damaged"):
        workspace.proof.log.keys()


# --- batches


@on_both
def test_acts_in_a_batch_are_entries_like_others(desk: Desk) -> None:
    filled(desk, 120, is_stored=True)
    with desk.database.reading() as connection:
        assert trails.verify(connection).ok
        assert records.count(connection, tables.ORGANISATION) == 3
        assert records.head_of(connection).entries == 120


@on_both
def test_an_act_that_fails_undoes_the_whole_batch_even_if_its_error_is_kept_back(
    desk: Desk,
) -> None:
    def kept_back() -> None:
        with desk.acts() as acts:
            with acts.act("organisation.describe", "x"):
                pass
            try:
                with acts.act("organisation.describe", "y") as act:
                    act.store(tables.ORGANISATION, Organisation(name="y"))
                    raise KeyError
            except KeyError:
                pass

    with pytest.raises(RuntimeError):
        kept_back()

    with desk.database.reading() as connection:
        assert records.count(connection, tables.TRAIL) == 0
        assert records.count(connection, tables.ORGANISATION) == 0


# --- what is remembered


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Trails of more than ten entries count as long."""
    monkeypatch.setattr(memory, "SHORT", 10)


def tampered(desk: Desk, statement: str) -> None:
    with closing(past_the_desk(desk.settings)) as connection:
        if not isinstance(connection, sqlite3.Connection):
            without_triggers(connection)
            connection.execute(statement)
            connection.commit()
            return
        connection.execute("PRAGMA foreign_keys=OFF")
        triggers = "select name, tbl_name, sql from sqlite_master where type = 'trigger'"
        found = connection.execute(triggers).fetchall()
        for name, *_ in found:
            connection.execute(f"drop trigger {name}")
        connection.execute(statement)
        for *_, sql in found:
            connection.execute(sql)
        connection.commit()


EDIT = "update trail set body = replace(body, 'act 3', 'act X') where number = 4"


@pytest.mark.usefixtures("short")
def test_a_long_trail_is_read_on_from_where_it_was_read(desk: Desk) -> None:
    filled(desk, 300, is_stored=True)
    first = memory.state(desk)
    filled(desk, 60, is_stored=True)
    tampered(desk, EDIT)
    later = memory.state(desk, NOON + timedelta(minutes=5))
    whole = memory.state(desk, NOON + timedelta(minutes=5), is_whole=True)

    assert (first.verification.ok, first.whole_entries) == (True, 300)
    assert (later.verification.ok, later.verification.entries) == (True, 360)
    assert (later.whole_at, later.whole_entries) == (NOON, 300)
    assert "Entry 4 was changed" in whole.verification.problems[0]
    again = memory.state(desk, NOON + timedelta(minutes=5))
    assert again.verification.problems == whole.verification.problems


@pytest.mark.usefixtures("short")
def test_what_was_read_before_is_read_again_after_an_hour(desk: Desk) -> None:
    filled(desk, 30)
    assert memory.state(desk).verification.ok
    tampered(desk, EDIT)

    assert memory.state(desk, NOON + timedelta(minutes=59)).verification.ok
    assert not memory.state(desk, NOON + timedelta(minutes=61)).verification.ok


@pytest.mark.usefixtures("short")
@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("update trail set body = replace(body, 'act 7', 'x') where number = 38", "Entry 38"),
        ("update trail_head set hash = 'x'", "replaced together with its hash"),
        ("insert into organisation (record, entry) values ('{}', 3)", "names entry 3"),
        ("delete from trail where number > 20", "missing"),
    ],
)
def test_of_what_came_since_nothing_goes_unseen(desk: Desk, statement: str, told: str) -> None:
    filled(desk, 30)
    memory.state(desk)
    filled(desk, 30)
    tampered(desk, statement)

    found = memory.state(desk, NOON + timedelta(minutes=1)).verification.problems

    assert any(told in problem for problem in found), found


@pytest.mark.usefixtures("short")
def test_a_process_that_saw_more_entries_says_that_the_newest_are_gone(desk: Desk) -> None:
    filled(desk, 30)
    memory.state(desk)
    tampered(desk, "delete from trail where number > 20")
    tampered(
        desk,
        "update trail_head set entries = 20, hash = (select hash from trail where number = 20)",
    )

    found = memory.state(desk, NOON + timedelta(minutes=1)).verification.problems

    assert "There were 30 entries, now there are 20: the newest are gone." in found


def test_a_short_trail_is_always_read_whole(desk: Desk) -> None:
    filled(desk, 30)
    assert memory.state(desk).verification.ok
    tampered(desk, EDIT)

    assert not memory.state(desk).verification.ok


# --- canonical bytes


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**20), 10**20) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)


@given(st.dictionaries(st.text(max_size=6), VALUES, max_size=5), st.text(max_size=9))
def test_entries_are_canonical_json(facts: dict[str, object], subject: str) -> None:
    """The quick way of spelling them and RFC 8785 agree on every name and text."""
    body = record(BEGINNING, at=NOON, actor="a", act="b.c", subject=subject, facts=facts).body

    assert rfc8785.dumps(json.loads(body)).decode() == body


@on_both
def test_a_trail_with_entries_of_every_script_is_verified_on_both(settings: Settings) -> None:
    workspace = Workspace(replace(settings, actor="Œuvre “中” \u2028 🙂"))
    for _ in range(3):
        workspace.checkpoint_trail()

    assert workspace.verify_trail().ok
    with Desk(settings).database.reading() as connection:
        found = connection.execute(text("select count(*) from trail")).scalar()
    assert found == 3


def test_an_export_of_the_desk_stands_alone(workspace: Workspace, tmp_path: Path) -> None:
    filled(Desk(workspace.settings), 280, is_stored=True)
    path = tmp_path / "e.jsonl"
    path.write_text(workspace.export_trail(), encoding="utf-8")

    found = examine(path)

    assert (found.code, found.entries) == (0, 281)
    assert found.root == workspace.verify_trail().root
