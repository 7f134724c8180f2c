"""A backup is one moment of everything, sealed; it comes back whole and verified, or not at all."""

from __future__ import annotations

import json
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from compliance.cli import main
from compliance.dataset import RawFile
from compliance.errors import (
    BackupError,
    ComplianceError,
    ErasingBusyError,
    NotBackedUpError,
    NotRestoredError,
    WorkspaceError,
)
from compliance.register.nouns import Organisation
from compliance.settings import Settings
from compliance.storage import copying, tables
from compliance.workspace import Workspace
from compliance.workspace.backups import restoring
from compliance.workspace.backups.members import Manifest, Writing
from compliance.workspace.backups.restoring import check, restore
from compliance.workspace.backups.sealing import CHUNK_BYTES, sealed, unsealed
from compliance.workspace.desk import RESTORING
from compliance.workspace.erasing.files import alone
from tests.erasing_cases import ask, email, erase, files_of
from tests.postgresql import Server, past_the_desk

pytestmark = [
    pytest.mark.in_a_file,
    pytest.mark.filterwarnings(r"ignore:os\.fork\(\) was called"),
]  # by a library that only warns

PASSWORD = "correct horse battery"  # noqa: S105
ANN = "ann@a.example"
PEOPLE = f"id,mail,town\n1,{ANN},Ulm\n2,bob@b.example,Bonn\n3,cem@c.example,Rom\n"

Place = Callable[[str], Settings]


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Guessing passwords may be cheap here."""
    monkeypatch.setattr("compliance.workspace.backups.sealing._COST", 2**4)


@pytest.fixture
def place(tmp_path: Path, request: pytest.FixtureRequest) -> Place:
    """A new place for a workspace, with its records in either kind of database."""
    numbers = iter(range(99))

    def made(kind: str = "sqlite") -> Settings:
        environment = {"PRIVACY_DESK_BACKUP_PASSWORD": PASSWORD}
        if kind == "postgresql":
            server: Server = request.getfixturevalue("postgresql")
            environment["PRIVACY_DESK_DATABASE_URL"] = server.address(server.new_database())
        return Settings.from_environment(environment, home=tmp_path / f"desk-{next(numbers)}")

    return made


def filled(settings: Settings) -> Workspace:
    """A workspace with people, a vault's kind of files, requests and more than one tile."""
    workspace = Workspace(settings)
    workspace.add_files(files_of(PEOPLE, "a"), "people")
    workspace.discover("people")
    ask(workspace, "R-1", [email(ANN)])
    for number in range(260):
        workspace.set_organisation(Organisation(name=f"Größe 数 {number}"))
    return workspace


def backed_up(workspace: Workspace, path: Path) -> Path:
    with path.open("wb") as file:
        file.writelines(workspace.backups.make())
    return path


def files_in(home: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(home)): path.read_bytes()
        for path in home.rglob("*")
        if path.is_file() and not path.name.startswith("records.") and path.name != "lock"
    }


def rows_in(settings: Settings, upto: int) -> dict[str, list[object]]:
    """All rows bound to the first entries."""
    found = {}
    with closing(past_the_desk(settings)) as connection:
        for table in tables.RECORDS:
            query = f"select * from {table.name} where entry <= {upto} order by position"  # noqa: S608
            found[table.name] = connection.execute(query).fetchall()
        query = f"select * from trail where number <= {upto} order by number"  # noqa: S608
        found["trail"] = connection.execute(query).fetchall()
    return found


@pytest.mark.parametrize(
    ("origin", "target"),
    [
        ("sqlite", "sqlite"),
        ("sqlite", "postgresql"),
        ("postgresql", "sqlite"),
        ("postgresql", "postgresql"),
    ],
)
def test_what_was_backed_up_comes_back_in_either_kind_of_database(
    origin: str, target: str, place: Place, tmp_path: Path
) -> None:
    old, new = place(origin), place(target)
    workspace = filled(old)
    path = backed_up(workspace, tmp_path / "b")
    summary = check(path, new)
    assert not new.home.exists(), "to look is not to restore"

    done = restore(path, new)

    assert done.verification.problems == ()
    assert done.verification.entries == summary.entries + 1
    assert files_in(new.home) == files_in(old.home)
    assert rows_in(new, summary.entries) == rows_in(old, summary.entries)
    restored = Workspace(new)
    assert restored.datasets() == workspace.datasets()
    assert [entry.act for entry in restored.entries(2)] == ["backup.restore", "backup.make"]
    assert restored.entries(2)[1].subject == summary.id
    restored.set_organisation(Organisation(name="goes on"))
    restored.add_files(files_of(PEOPLE + "4,dee@d.example,Ulm\n", "b"), "people")
    assert restored.verify_trail().problems == ()


def test_a_backup_shows_nothing_without_its_password(place: Place, tmp_path: Path) -> None:
    settings = place("sqlite")
    workspace = filled(settings)
    path = backed_up(workspace, tmp_path / "b")

    key = (settings.home / "secret.key").read_bytes()
    data = path.read_bytes()
    assert not any(piece in data for piece in (ANN.encode(), key, b"people", b"secret.key"))
    with pytest.raises(BackupError, match="password is another"):
        check(path, replace(settings, backup_password=PASSWORD[::-1]))


@pytest.mark.parametrize("password", ["", "short"])
def test_without_a_good_password_no_backup_is_made(
    password: str, place: Place, tmp_path: Path
) -> None:
    settings = replace(place("sqlite"), backup_password=password)
    workspace = Workspace(settings)

    with pytest.raises(NotBackedUpError, match="12 characters"):
        next(workspace.backups.make())
    (tmp_path / "b").touch()
    with pytest.raises(NotBackedUpError):
        restore(tmp_path / "b", replace(settings, home=tmp_path / "new"))
    assert workspace.entries() == ()
    assert not (tmp_path / "new").exists()


def test_a_backup_made_while_others_write_is_of_one_moment(place: Place, tmp_path: Path) -> None:
    workspace = filled(place("sqlite"))
    new = place("postgresql")
    stop, failed = threading.Event(), []

    def write() -> None:
        try:
            for number in range(10_000):
                if stop.is_set():
                    return
                text = f"id,mail,town\n{number},x{number}@x.example,Ulm\n"
                workspace.add_files([RawFile(name="x.csv", data=text.encode())], "more")
        except ComplianceError as error:  # told below
            failed.append(error)

    thread = threading.Thread(target=write)
    thread.start()
    try:
        paths = [backed_up(workspace, tmp_path / f"b{n}") for n in range(3)]
    finally:
        stop.set()
        thread.join()

    assert failed == []
    assert len({check(path, new).entries for path in paths}) == 3
    done = restore(paths[-1], new)
    assert done.verification.ok
    for dataset in Workspace(new).datasets():
        assert (new.home / "datasets" / f"{dataset.sha256}.parquet").exists()


def test_nobody_erases_while_a_backup_is_made(place: Place, tmp_path: Path) -> None:
    settings = place("sqlite")
    workspace = Workspace(settings)
    (settings.home / "runs" / f"{'0' * 64}.npz").write_bytes(bytes(3 * CHUNK_BYTES))
    parts = workspace.backups.make()
    next(parts)
    next(parts)

    with pytest.raises(ErasingBusyError), alone(workspace._desk, 0.0):
        pass
    for _ in parts:
        pass
    with alone(workspace._desk, 0.0):
        pass


# What is done to a backup, by a few bytes.
DAMAGED: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda data: b"",
    "foreign": lambda data: b"PK\x03\x04" + data,
    "only its mark": lambda data: data[:40],
    "cut within a chunk": lambda data: data[: len(data) // 2],
    "cut between chunks": lambda data: data[: 54 + CHUNK_BYTES + 16],
    "without its end": lambda data: data[:-1],
    "with more behind it": lambda data: data + b"x",
    "another salt": lambda data: data[:30] + bytes(1) + data[31:],
    "one bit": lambda data: data[:5_000] + bytes([data[5_000] ^ 1]) + data[5_001:],
    "chunks swapped": lambda data: (
        data[:54]
        + data[54 + CHUNK_BYTES + 16 : 54 + 2 * (CHUNK_BYTES + 16)]
        + data[54 : 54 + CHUNK_BYTES + 16]
        + data[54 + 2 * (CHUNK_BYTES + 16) :]
    ),
}


@pytest.fixture(scope="module")
def long_backup(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A backup of several chunks."""
    folder = tmp_path_factory.mktemp("long")
    said = {"PRIVACY_DESK_BACKUP_PASSWORD": PASSWORD}
    workspace = Workspace(Settings.from_environment(said, home=folder / "desk"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("compliance.workspace.backups.sealing._COST", 2**4)
        (folder / "desk" / "runs" / f"{'0' * 64}.npz").write_bytes(os.urandom(3 * CHUNK_BYTES))
        return b"".join(workspace.backups.make())


@pytest.mark.parametrize("damage", DAMAGED.values(), ids=DAMAGED)
def test_a_damaged_backup_is_refused_in_a_sentence_and_nothing_stays(
    damage: Callable[[bytes], bytes], long_backup: bytes, place: Place, tmp_path: Path
) -> None:
    path, settings = tmp_path / "b", place("sqlite")
    path.write_bytes(damage(long_backup))

    for does in (check, restore):
        with pytest.raises(BackupError) as refused:
            does(path, settings)
        assert "\n" not in str(refused.value)
    assert not settings.home.exists()


HOSTILE_NAMES = [
    *("files/../../evil", "files//etc/passwd", "files/a/../../b", "files/..", "files/."),
    *("files/\\evil", "files/a\x00b", "files/C:evil", "files/.ssh", "files/", "evil", "rows/../x"),
    *("files/records.sqlite", "files/records.sqlite-wal", "files/restoring", "files/erasing/lock"),
    *(
        "files/x.partial",
        f"files/{'x' * 300}",
        "files/" + "a/" * 20 + "b",
        "files/a\nb",
        "files/a ",
    ),
]


def hostile(name: str, data: bytes = b"x", size: int | None = None) -> bytes:
    """A backup, rightly sealed, with a member that no desk writes."""
    writing = Writing()

    def parts() -> Iterator[bytes]:
        from datetime import UTC, datetime

        from compliance.workspace.backups.making import _about

        yield from writing.small("about", _about("backup-x", 1, datetime(2026, 1, 1, tzinfo=UTC)))
        yield from writing.member(name, len(data) if size is None else size, [data])
        manifest = Manifest(members=dict(writing.members), rows={}, entries=0, head="", root="")
        yield from writing.small("manifest", manifest)

    return b"".join(sealed(parts(), PASSWORD))


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_a_name_that_leads_elsewhere_is_refused(name: str, place: Place, tmp_path: Path) -> None:
    path, settings = tmp_path / "b", place("sqlite")
    path.write_bytes(hostile(name))
    before = {one.relative_to(tmp_path) for one in tmp_path.rglob("*")}

    with pytest.raises(BackupError, match="no desk writes"):
        restore(path, settings)

    assert {one.relative_to(tmp_path) for one in tmp_path.rglob("*")} == before


@pytest.mark.parametrize(
    ("name", "data", "size"),
    [
        pytest.param("files/a", b"x", 2**62, id="more bytes than it has"),
        pytest.param("rows/trail/0", b"x", 2**40, id="a line without end"),
        pytest.param("rows/trail/0", b"[1,2]", None, id="a row too short"),
        pytest.param("rows/trail/0", b"not json", None, id="no rows"),
        pytest.param("rows/trail/0", b'["x",1,{"a":1}]', None, id="values of another kind"),
        pytest.param("rows/trail/0", b"[" * 100_000, None, id="deeper than anybody writes"),
        pytest.param("rows/sqlite_master/0", b"[1]", None, id="a table of the database"),
        pytest.param("rows/trail_tile/0", b'[0,0,"%","%"]', None, id="no base64"),
        pytest.param("about", b"{}", None, id="said twice"),
        pytest.param("files/a", b"x", None, id="no trail"),
        pytest.param("rows/budget/0", b'[1,"p","{}",1]', None, id="a row of no entry"),
    ],
)
def test_what_no_desk_wrote_is_refused(
    name: str, data: bytes, size: int | None, place: Place, tmp_path: Path
) -> None:
    path = tmp_path / "b"
    path.write_bytes(hostile(name, data, size))

    for settings in (place("sqlite"), place("postgresql")):
        with pytest.raises(ComplianceError):
            restore(path, settings)
        assert not settings.home.exists()
        Workspace(settings)  # its records are still empty


def test_a_row_that_was_changed_before_it_was_sealed_is_found(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = filled(place("sqlite"))
    really = copying.rows_of

    def changed(connection: object, table: object) -> Iterator[tuple[bytes, int]]:
        for data, count in really(connection, table):  # type: ignore[arg-type]
            yield data.replace("数 7".encode(), "数 8".encode()), count

    monkeypatch.setattr(copying, "rows_of", changed)
    path = backed_up(workspace, tmp_path / "b")

    with pytest.raises(BackupError, match="does not verify"):
        check(path, workspace.settings)


def test_only_an_empty_place_is_restored_into(place: Place, tmp_path: Path) -> None:
    old, full, other = place("sqlite"), place("postgresql"), place("postgresql")
    path = backed_up(filled(old), tmp_path / "b")
    Workspace(full)
    before = files_in(full.home)
    empty_home = replace(full, home=tmp_path / "empty")

    with pytest.raises(NotRestoredError, match=r"folder .* not empty"):
        restore(path, full)
    with pytest.raises(NotRestoredError, match="database is not empty"):
        restore(path, empty_home)
    with closing(past_the_desk(other)) as connection:
        connection.execute("create table somebodys (x int)")
        connection.commit()
    with pytest.raises(NotRestoredError, match="database is not empty"):
        restore(path, other)

    assert files_in(full.home) == before
    assert not empty_home.home.exists()
    assert not other.home.exists()


def test_an_empty_folder_that_is_there_stays_when_nothing_is_restored(
    place: Place, tmp_path: Path
) -> None:
    settings = place("sqlite")
    settings.home.mkdir()
    (tmp_path / "b").write_bytes(b"no backup")

    with pytest.raises(BackupError):
        restore(tmp_path / "b", settings)

    assert list(settings.home.iterdir()) == []


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
@pytest.mark.parametrize("when", ["_write", "_verify", "_sync_all", "after the commit"])
def test_a_restore_that_is_killed_is_begun_anew_and_nobody_works_with_half_of_it(
    when: str, kind: str, place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new = place("sqlite"), place(kind)
    path = backed_up(filled(old), tmp_path / "b")
    child = os.fork()
    if child == 0:
        name = "_sync" if when == "after the commit" else when
        if when == "after the commit":
            monkeypatch.setattr(Path, "unlink", lambda *_: os._exit(9))
        monkeypatch.setattr(restoring, name, lambda *_: os._exit(9))
        restore(path, new)
        os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9
    assert (new.home / RESTORING).exists()

    with pytest.raises(WorkspaceError, match="restore it again"):
        Workspace(new)
    done = restore(path, new)

    assert done.verification.ok
    assert files_in(new.home) == files_in(old.home)
    assert Workspace(new).datasets() == Workspace(old).datasets()


def test_an_older_backup_over_a_newer_workspace_is_noticed_outside(
    place: Place, tmp_path: Path
) -> None:
    old = replace(place("sqlite"), anchors=(tmp_path / "outside.jsonl",))
    workspace = filled(old)
    path = backed_up(workspace, tmp_path / "b")
    workspace.set_organisation(Organisation(name="later"))
    seen = json.loads(workspace.checkpoint_trail())
    (tmp_path / "outside.jsonl").write_text(json.dumps(seen) + "\n")
    shutil.rmtree(old.home)

    done = restore(path, old)

    assert any(str(seen["entries"]) in one for one in done.verification.problems)


def test_who_is_erased_learns_which_backups_hold_them_still(place: Place, tmp_path: Path) -> None:
    settings = place("sqlite")
    workspace = filled(settings)
    path = backed_up(workspace, tmp_path / "b")
    made = check(path, settings).id

    done = erase(workspace, ["R-1"])

    assert [one.id for one in done.beyond if one.what == "backup"] == ["", made]
    restored = restore(path, place("sqlite"))
    assert restored.verification.ok, "she is back, which is why the desk says to erase her again"


def test_files_beside_the_desks_are_refused_and_halves_left_out(
    place: Place, tmp_path: Path
) -> None:
    settings = place("sqlite")
    workspace = Workspace(settings)
    (settings.home / "datasets" / "x.partial").write_bytes(b"half")
    (settings.home / "datasets" / "link").symlink_to("/etc/passwd")
    path = backed_up(workspace, tmp_path / "b")
    restore(path, new := place("sqlite"))
    assert not [name for name in files_in(new.home) if "partial" in name or "link" in name]

    (settings.home / ".hidden").write_bytes(b"mine")
    with pytest.raises(NotBackedUpError, match="1 files"):
        b"".join(workspace.backups.make())


def test_a_long_stream_is_sealed_and_read_chunk_by_chunk() -> None:
    import io

    for size in (0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 3 * CHUNK_BYTES):
        data = os.urandom(size)
        whole = list(sealed([data[:7], data[7:]], PASSWORD))
        assert max(map(len, whole)) <= CHUNK_BYTES + 16
        stream = io.BytesIO(b"".join(whole))
        assert b"".join(unsealed(stream, PASSWORD, "b")) == data


def test_the_command_line_makes_checks_and_restores(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PRIVACY_DESK_BACKUP_PASSWORD", PASSWORD)
    home, new, path = tmp_path / "home", tmp_path / "new", tmp_path / "desk.backup"
    at = ["--json", "--home", str(home)]
    assert main([*at, "organisation", "--name", "Shop"]) == 0
    assert main([*at, "backup", "make", "--out", str(home / "b")]) == 2
    assert "choose another place" in capsys.readouterr().err
    assert main([*at, "backup", "make", "--out", str(path)]) == 0
    capsys.readouterr()

    assert main(["--json", "--home", str(new), "backup", "check", str(path)]) == 0
    checked = json.loads(capsys.readouterr().out)
    assert not new.exists()
    assert main(["--json", "--home", str(new), "backup", "restore", str(path)]) == 0
    told = json.loads(capsys.readouterr().out)

    assert checked["entries"] == told["entries"] == 2
    assert "carry out those requests again" in told["note"]
    assert main(["--json", "--home", str(new), "backup", "restore", str(path)]) == 2
    assert "not empty" in capsys.readouterr().err
    assert main(["--home", str(new), "backup", "check", str(tmp_path / "none")]) == 2
    assert main(["--json", "--home", str(new), "trail", "verify"]) == 0
