"""An erasure that is killed at any moment has not begun, or is finished by whoever comes next."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from compliance.dataset.nouns import ColumnName, Description
from compliance.rights.nouns import Stage, Step
from compliance.settings import Settings
from compliance.workspace import Workspace
from compliance.workspace.data import datasets
from compliance.workspace.desk import Desk
from compliance.workspace.erasing.files import unfinished
from tests.conftest import ROOT
from tests.erasing_cases import ask, email, files_of, standing
from tests.erasing_child import REQUEST

Try = Callable[[Path, int], dict[str, int]]

ANN = "ann@a.example"
PEOPLE = f"id,mail,town\n1,{ANN},Ulm\n2,bob@b.example,Bonn\n3,cem@c.example,Rom\n"
BOUGHT = "id,what,paid\n" + "".join(f"{n % 3 + 1},tea,{n}\n" for n in range(30))
POINTS = 50


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace in which Ann asked to be erased."""
    home = tmp_path_factory.mktemp("killed") / "template"
    workspace = Workspace(Settings.from_environment({}, home=home))
    said = Description(unit=ColumnName("id"), population="people")
    workspace.add_files(files_of(PEOPLE, "a"), "people", said)
    workspace.add_files(files_of(PEOPLE + "4,dee@d.example,Ulm\n", "b"), "people", said)
    workspace.add_files(files_of(BOUGHT, "c"), "bought", said)
    for name in ("people", "bought"):
        workspace.discover(name)
    ask(workspace, REQUEST, [email(ANN)], {"bought": "legal_obligation_or_public_task"})
    return home


@pytest.fixture(scope="module")
def attempt() -> Iterator[Try]:
    """Erase in a process of its own, killed after so many calls."""
    child = subprocess.Popen(
        [sys.executable, "-m", "tests.erasing_child"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )

    def attempted(home: Path, kill_at: int) -> dict[str, int]:
        assert child.stdin is not None
        assert child.stdout is not None
        child.stdin.write(json.dumps({"home": str(home), "kill_at": kill_at}) + "\n")
        child.stdin.flush()
        found: dict[str, int] = json.loads(child.stdout.readline())
        return found

    yield attempted
    assert child.stdin is not None
    child.stdin.close()
    child.wait(30)
    if child.stdout is not None:
        child.stdout.close()


@pytest.fixture(scope="module")
def whole(template: Path, attempt: Try, tmp_path_factory: pytest.TempPathFactory) -> dict[str, int]:
    """How many calls a whole erasure takes, and at which of them it begins to write."""
    home = tmp_path_factory.mktemp("whole") / "desk"
    shutil.copytree(template, home)
    found = attempt(home, 0)
    assert not found["killed"]
    return found


def who_is_there(home: Path) -> set[bool]:
    """Per dataset version, as somebody sees it who has not cleaned up, whether Ann is in it."""
    desk = Desk(Settings.from_environment({}, home=home))
    with desk.database.reading() as connection:
        every = datasets.every_version(connection)
    tables = [pq.read_table(desk.datasets_folder / f"{one.sha256}.parquet") for one in every]
    return {1 in table["id"].to_pylist() for table in tables}


def files_in(home: Path) -> dict[str, bytes]:
    """All files with rows."""
    return {path.name: path.read_bytes() for path in (home / "datasets").iterdir()}


def check(home: Path, template: Path) -> bool:
    """Nothing is half-done; whether the erasure is done."""
    seen = who_is_there(home)
    assert len(seen) == 1, "one version has her and another has not"
    workspace = Workspace(Settings.from_environment({}, home=home))
    assert who_is_there(home) == seen, "what was switched is never undone, nor the other way round"
    assert unfinished(workspace._desk) == ()
    assert workspace.verify_trail().problems == ()
    stages = [one.stage for one in workspace.rights.erasing.erasures()]
    request = standing(workspace, REQUEST)
    if seen == {True}:
        assert files_in(home) == files_in(template)
        assert (stages, request.step) == ([], Step.DECIDED)
        return False
    assert not any(ANN.encode() in data for data in files_in(home).values())
    assert not files_in(home).keys() & files_in(template).keys()
    assert (stages, request.step) == ([Stage.PROVED], Step.CARRIED_OUT)
    assert [one.left for one in workspace.rights.erasing.erasures()] == [0]
    return True


@pytest.mark.in_a_file
def test_killed_anywhere_it_has_not_begun_or_is_finished(
    template: Path, attempt: Try, whole: dict[str, int], tmp_path: Path
) -> None:
    draw = random.Random(20261126)
    points = [draw.randint(1, whole["calls"]) for _ in range(POINTS // 5)]
    points += [draw.randint(whole["first"], whole["calls"]) for _ in range(POINTS - len(points))]
    done = []
    for at in points:
        home = tmp_path / str(at)
        shutil.copytree(template, home, dirs_exist_ok=True)
        assert attempt(home, at)["killed"]
        done.append(check(home, template))
        shutil.rmtree(home)
    assert 0 < sum(done) < POINTS, "both ends were seen"


@pytest.mark.in_a_file
def test_killed_while_it_is_finished_it_is_finished_by_the_next(
    template: Path, attempt: Try, whole: dict[str, int], tmp_path: Path
) -> None:
    draw = random.Random(7)
    for nth in range(10):
        home = tmp_path / str(nth)
        shutil.copytree(template, home)
        attempt(home, draw.randint(whole["first"], whole["calls"]))
        attempt(home, draw.randint(whole["first"] // 2, whole["calls"]))
        check(home, template)
        assert not attempt(home, 0)["killed"]
        assert check(home, template), "asked again it is done"
