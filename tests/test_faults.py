"""Whatever breaks, nothing is lost or half-written, and it is said in a sentence.

A short version of `benchmarks/faults.py`, which tries every writing verb at many moments.
"""

from __future__ import annotations

import random
import re
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from benchmarks.faults import READS, UNTRIED, leaves
from compliance.cli.parser import parser
from compliance.dataset import RawFile
from compliance.dataset.nouns import Description
from compliance.errors import ComplianceError, WorkspaceError
from compliance.privacy import to_query
from compliance.privacy.nouns import Budget
from compliance.register.nouns import Organisation
from compliance.rights.nouns import Stage
from compliance.settings import Settings
from compliance.workspace import Workspace
from compliance.workspace.desk import Desk
from compliance.workspace.storing import store_bytes
from tests import fault_cases
from tests.conftest import ROOT
from tests.erasing_cases import ask, email, erase, files_of
from tests.postgresql import Restartable, restartable

ANN, PEOPLE = fault_cases.ANN, fault_cases.PEOPLE
ASKED = to_query({"unit": "person", "statistics": [{"count": "units"}]})
NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)
KILLS = 1


@pytest.fixture(scope="module")
def lines(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[list[str]]]:
    """A workspace, and lines of the command line that write each kind of thing."""
    home, every = fault_cases.prepared(tmp_path_factory.mktemp("faults"))
    return home, every[: fault_cases.SHORT]


def test_killed_at_any_moment_a_verb_was_done_or_can_be_done_again(
    lines: tuple[Path, list[list[str]]],
) -> None:
    home, every = lines
    draw = random.Random(9)
    trials = []
    for line in every:
        for _ in range(KILLS):
            trial = fault_cases.tried(home, line, draw)
            assert trial is not None, line
            assert trial.problems == [], (line, trial.at)
            trials.append(trial)

    assert sum(trial.was_killed for trial in trials) >= len(every)


@pytest.mark.parametrize("harm", fault_cases.HARMS)
def test_a_disk_that_takes_nothing_is_told_and_nothing_is_lost(
    harm: str, lines: tuple[Path, list[list[str]]]
) -> None:
    home, every = lines
    for line in every[::2]:
        assert fault_cases.refused(home, line, harm) == [], line


@pytest.mark.anywhere
def test_every_verb_is_typed_by_a_test_so_that_the_benchmark_tries_it(
    tmp_path: Path,
) -> None:
    texts = [path.read_text("utf-8") for path in (ROOT / "tests").glob("test_*.py")]
    typed = set(re.findall(r"[\w-]+", " ".join(text for text in texts if "cli_cases" in text)))
    verbs = [verb.split() for verb in leaves(parser())]

    typed.update(*fault_cases.prepared(tmp_path)[1])
    untyped = {" ".join(words) for words in verbs if not typed.issuperset(words)}
    assert untyped <= READS | UNTRIED.keys()


# --- the database, gone and back


@pytest.fixture(scope="module")
def fragile() -> Iterator[Restartable]:
    with restartable() as server:
        yield server


@pytest.fixture
def on_fragile(fragile: Restartable, tmp_path: Path) -> Workspace:
    server = fragile.server
    address = server.address(server.new_database())
    workspace = Workspace(Settings(home=tmp_path / "desk", database_url=address, actor="tester"))
    rows = "\n".join(["person,age", *(f"P{n},{20 + n}" for n in range(30))])
    files = [RawFile(name="people.csv", data=rows.encode())]
    workspace.add_files(files, "people", Description(population="people"))
    return workspace


@pytest.mark.anywhere
def test_without_its_database_the_desk_says_so_and_goes_on_when_it_is_back(
    fragile: Restartable, on_fragile: Workspace
) -> None:
    on_fragile.set_organisation(Organisation(name="before"))
    fragile.stop()
    try:
        for does in (
            lambda: on_fragile.set_organisation(Organisation(name="lost")),
            on_fragile.datasets,
            on_fragile.verify_trail,
            lambda: on_fragile.release("people", ASKED, Decimal("0.1"), Decimal("1e-9")),
            lambda: Workspace(on_fragile.settings),
        ):
            with pytest.raises(WorkspaceError, match="check that the server runs"):
                does()
    finally:
        fragile.start()

    assert on_fragile.organisation().name == "before"
    on_fragile.set_organisation(Organisation(name="after"))
    on_fragile.release("people", ASKED, Decimal("0.1"), Decimal("1e-9"))
    assert on_fragile.verify_trail().problems == ()
    assert len(on_fragile.budget("people").spends) == 1


@pytest.mark.anywhere
def test_an_act_during_which_the_database_goes_was_never_done(
    fragile: Restartable, on_fragile: Workspace
) -> None:
    before = on_fragile.verify_trail().entries
    desk = on_fragile._desk
    try:
        with pytest.raises(WorkspaceError), desk.act("organisation.describe", "x"):
            fragile.stop()
        with pytest.raises(WorkspaceError), desk.database.reading():
            pass
    finally:
        fragile.start()

    assert on_fragile.verify_trail().entries == before
    with desk.act("organisation.describe", "x"):
        pass
    found = on_fragile.verify_trail()
    assert (found.entries, found.problems) == (before + 1, ())


@pytest.mark.anywhere
def test_many_who_write_while_the_database_goes_and_comes_lose_nothing_that_was_answered(
    fragile: Restartable, on_fragile: Workspace
) -> None:
    on_fragile.decide_budget("people", Budget(epsilon=Decimal(50), delta=Decimal("1e-6")))
    stop, answered, odd = threading.Event(), [], []

    def release() -> None:
        while not stop.is_set():
            try:
                done = on_fragile.release("people", ASKED, Decimal("0.1"), Decimal("1e-9"))
                answered.append(done.id)
            except ComplianceError as error:
                if not isinstance(error, WorkspaceError):
                    odd.append(error)

    threads = [threading.Thread(target=release) for _ in range(3)]
    for thread in threads:
        thread.start()
    for _ in range(3):
        time.sleep(0.4)
        fragile.stop()
        fragile.start()
    time.sleep(0.4)
    stop.set()
    for thread in threads:
        thread.join()

    assert odd == []
    stored = {one.id for one in on_fragile.releases("people")}
    assert {*answered} <= stored, "what was answered is there"
    paid = {one.purpose for one in on_fragile.budget("people").spends if one.state == "settled"}
    assert paid == stored, "and paid for, and nothing else is"
    assert on_fragile.verify_trail().problems == ()


# --- clocks


class Clock:
    """What an administrator sets."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


@pytest.mark.parametrize("jump", [timedelta(days=-400), timedelta(days=400), timedelta(hours=-1)])
def test_a_clock_that_jumps_leaves_the_trail_whole(settings: Settings, jump: timedelta) -> None:
    clock = Clock()
    workspace = Workspace(settings, clock)
    said = Description(unit="id", population="people")  # type: ignore[arg-type]
    workspace.add_files(files_of(PEOPLE, "a"), "people", said)
    workspace.discover("people")
    ask(workspace, "R-1", [email(ANN)])

    clock.now += jump
    workspace.set_organisation(Organisation(name="later or earlier"))
    assert workspace.organisation().name == "later or earlier", "the newest row wins, not the time"
    assert erase(workspace, ["R-1"]).stage is Stage.PROVED
    clock.now -= jump
    workspace.assess()

    found = workspace.verify_trail()
    assert found.problems == ()
    numbers = [entry.number for entry in workspace.entries(100)]
    assert numbers == list(range(found.entries, 0, -1))
    assert found.warnings, "that times go back is said"


# --- halves


def test_files_that_were_begun_and_never_finished_go_when_they_are_old(settings: Settings) -> None:
    desk = Desk(settings)
    old, young = desk.datasets_folder / "a.1.partial", settings.home / "b.2.partial"
    for path in (old, young):
        path.write_bytes(b"half of somebody's rows")
    fault_cases.os.utime(old, (0, 0))
    store_bytes(desk.datasets_folder / "c.parquet", b"whole")

    Workspace(settings)

    assert not old.exists()
    assert young.exists(), "somebody may be writing it"
    assert (desk.datasets_folder / "c.parquet").exists()
