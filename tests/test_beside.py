"""Long work is done by processes beside the server, as if it had been done in it."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import time
from collections.abc import Generator, Iterator
from decimal import Decimal
from functools import reduce
from itertools import islice
from pathlib import Path
from string import Formatter

import pytest

from compliance.access.nouns import Actor, Role
from compliance.dataset import RawFile
from compliance.errors import ComplianceError, UnknownDatasetError, WorkStoppedError
from compliance.federated import to_plan
from compliance.i18n import LANGUAGE, speaking
from compliance.privacy import to_query
from compliance.settings import Settings
from compliance.trail.nouns import AnchorKind
from compliance.workspace import Workspace, recent
from compliance.workspace.beside import LONG_WORK, Crew, through
from compliance.workspace.beside.words import Call, Close, Next, Reply, Said
from compliance.workspace.beside.worker import Worker
from tests.walked_shop import SAID, orders

ROOT = Path(__file__).resolve().parent.parent
OFFICER = Actor(name="A. Officer", roles=frozenset(Role))
PATIENCE_S = 60
QUERY = to_query({"unit": "customer", "by": ["country"], "statistics": [{"count": "rows"}]})
PLAN = to_plan({"sites": {"column": "store"}, "target": "returned", "rounds": 200})


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A workspace with one dataset, in this process."""
    home = tmp_path_factory.mktemp("beside") / "desk"
    workspace = Workspace(Settings.from_environment({}, home=home))
    workspace.add_files([RawFile(name="orders.csv", data=orders())], "orders", SAID)
    return workspace


@pytest.fixture(scope="module")
def crew(here: Workspace) -> Iterator[Crew]:
    """One worker for all tests of this file."""
    found = Crew(here.settings, 1)
    yield found
    found.end()


@pytest.fixture
def beside(here: Workspace, crew: Crew) -> Workspace:
    """The same workspace, in the hands of an officer, its long work done by the crew."""
    return through(here, crew).acting(OFFICER)


@pytest.mark.in_a_file
def test_a_worker_finds_what_would_be_found_here(here: Workspace, beside: Workspace) -> None:
    found = beside.discover("orders")

    assert found.labels == here.discover("orders").labels
    assert beside.prices("customers") == here.prices("customers")


@pytest.mark.in_a_file
def test_what_a_worker_writes_is_in_the_trail_under_whoever_asked(
    here: Workspace, beside: Workspace
) -> None:
    done = beside.release("orders", QUERY, Decimal("0.5"), Decimal("1e-6"))

    newest = here.entries(1)[0]
    assert here.releases("orders")[0] == done
    assert (newest.act, newest.actor) == ("release.publish", OFFICER.name)
    assert here.verify_trail().problems == ()


@pytest.mark.in_a_file
def test_a_refusal_comes_back_with_its_sentence_and_facts(
    here: Workspace, beside: Workspace
) -> None:
    with pytest.raises(UnknownDatasetError) as there:
        beside.discover("nowhere")
    with pytest.raises(UnknownDatasetError) as same:
        here.discover("nowhere")

    assert str(there.value) == str(same.value)
    assert there.value.facts == same.value.facts


@pytest.mark.in_a_file
def test_progress_comes_step_by_step_and_closing_it_stores_what_was_done(
    here: Workspace, beside: Workspace
) -> None:
    rounds = beside.federation.train("orders", PLAN)
    done = list(islice(rounds, 2))
    rounds.close()

    (run,) = here.federation.runs("orders")
    assert [one.round for one in done] == [1, 2]
    assert run.outcome.is_stopped
    assert list(run.outcome.rounds) == done
    assert list(rounds) == []


@pytest.mark.in_a_file
def test_a_killed_worker_is_one_plain_sentence_and_the_next_job_has_another(
    here: Workspace, beside: Workspace, crew: Crew
) -> None:
    rounds = beside.federation.train("orders", PLAN)
    next(rounds)
    (before,) = crew.workers()
    os.kill(before, signal.SIGKILL)

    with pytest.raises(WorkStoppedError, match="stopped before it ended"):
        list(rounds)
    assert beside.verify_trail().entries == here.verify_trail().entries
    assert before not in crew.workers()


@pytest.mark.anywhere
def test_a_worker_ends_with_the_server(here: Workspace) -> None:
    program = (
        "import os, pathlib, sys; from compliance.settings import Settings;"
        "from compliance.workspace.beside import Crew;"
        "home = pathlib.Path(sys.argv[1]);"
        "crew = Crew(Settings.from_environment({}, home=home), 1); crew.warm();"
        "print(crew.workers()[0], flush=True); os.kill(os.getpid(), 9)"
    )
    command = [sys.executable, "-c", program, str(here.settings.home)]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE_S)

    assert ended.returncode == -signal.SIGKILL
    assert is_gone(int(ended.stdout))


def is_gone(pid: int) -> bool:
    """Whether a process ends before patience does."""
    for _ in range(PATIENCE_S * 10):
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            return True
        if state == "Z":
            return True
        time.sleep(0.1)
    return False


def test_every_verb_on_the_list_is_there(here: Workspace) -> None:
    assert all(callable(reduce(getattr, way.split("."), here)) for way in LONG_WORK)


def test_what_is_not_on_the_list_is_asked_here(here: Workspace, beside: Workspace) -> None:
    assert beside.datasets() == here.datasets()
    assert beside.rights.requests.requests() == here.rights.requests.requests()
    assert through(here, None) is here


def kinds(of: type[ComplianceError] = ComplianceError) -> list[type[ComplianceError]]:
    """Every kind of refusal there is."""
    return [of, *(kind for one in of.__subclasses__() for kind in kinds(one))]


@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.__name__)
def test_every_refusal_can_be_carried_to_another_process(kind: type[ComplianceError]) -> None:
    refusal = kind.__new__(kind)
    ComplianceError.__init__(
        refusal, **{name: 3 for _, name, _, _ in Formatter().parse(kind.sentence) if name}
    )

    carried = pickle.loads(pickle.dumps(refusal))  # noqa: S301 - our own

    assert type(carried) is kind
    assert (str(carried), carried.facts) == (str(refusal), refusal.facts)


# A worker by itself, with a workspace that only says how it was asked.


class Asked:
    """Stands for a workspace."""

    def __init__(self, actor: str = "") -> None:
        self.actor = actor

    def acting(self, actor: Actor) -> Asked:
        return Asked(actor.name)

    def who(self) -> tuple[str, str]:
        return self.actor, LANGUAGE.get()

    def steps(self, stopped: list[str]) -> Generator[str, None, str]:
        try:
            yield LANGUAGE.get()
            yield "second"
        finally:
            stopped.append("stopped")
        return "end"

    def erases(self) -> None:
        recent.Recent(1, lambda _: 1).clear()


def call(way: str, *given: object) -> Call:
    return Call(way, given, {}, OFFICER, "zh", recent.times_cleared())


@pytest.fixture
def worker(monkeypatch: pytest.MonkeyPatch) -> Worker:
    """One in this process, which may have grown by other tests."""
    monkeypatch.setattr("compliance.workspace.beside.worker.WORKER_BYTES", 2**40)
    return Worker(Asked())  # type: ignore[arg-type]


def test_work_is_done_as_the_actor_and_in_the_language_of_whoever_asked(worker: Worker) -> None:
    with speaking("en"):
        reply = worker.answer(call("who"))

        assert reply.value == (OFFICER.name, "zh")
        assert LANGUAGE.get() == "en"


def test_each_step_is_asked_for_and_the_last_reply_has_the_value(worker: Worker) -> None:
    said = [worker.answer(call("steps", []))]
    said += [worker.answer(Next()) for _ in range(3)]

    assert [(one.said, one.value) for one in said] == [
        (Said.PROGRESS, None),
        (Said.STEP, "zh"),
        (Said.STEP, "second"),
        (Said.VALUE, "end"),
    ]


def test_work_that_is_closed_is_stopped_where_it_is(worker: Worker) -> None:
    stopped: list[str] = []
    worker.answer(call("steps", stopped))
    worker.answer(Next())
    assert stopped == []

    assert worker.answer(Close()) == Reply(Said.VALUE)
    assert stopped == ["stopped"]


def test_where_rows_were_erased_everybody_forgets(worker: Worker) -> None:
    kept: recent.Recent[str] = recent.Recent(9, lambda _: 1)
    kept.get(("a",), lambda: "a row")

    assert not worker.answer(call("who")).has_cleared
    assert worker.answer(call("erases")).has_cleared

    # In another process the call tells it.
    worker.answer(Call("who", (), {}, OFFICER, "en", recent.times_cleared() + 1))
    assert kept.look(("a",)) is None


def test_a_worker_that_has_grown_too_large_says_that_it_ends(
    worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not worker.answer(call("who")).is_last

    monkeypatch.setattr("compliance.workspace.beside.worker.WORKER_BYTES", 1)
    assert not worker.answer(call("steps", [])).is_last
    worker.answer(Close())
    assert worker.answer(call("who")).is_last


class ClickedElsewhereError(Exception):
    """What ends the run of a page."""


def clicked() -> None:
    raise ClickedElsewhereError


@pytest.mark.in_a_file
def test_what_would_leave_a_half_behind_is_done_whole_although_somebody_clicked(
    here: Workspace, tmp_path: Path
) -> None:
    """The demo shop is many acts, and invented rows are paid for before they are drawn."""
    assert {verb for verb, kind in LONG_WORK.items() if kind == "whole"} >= {
        "build_demo",
        "synthesise",
    }
    crew = Crew(here.settings, 2, look=clicked)
    here.proof.trail.keep("outside", AnchorKind.FILE, str(tmp_path / "anchor.jsonl"), "day")
    try:
        done = through(here, crew).acting(OFFICER).proof.trail.run("outside")
    finally:
        crew.end()

    assert done.last_done is not None


@pytest.mark.in_a_file
def test_long_work_that_nobody_waits_for_is_stopped_and_nothing_of_it_is_stored(
    here: Workspace,
) -> None:
    crew = Crew(here.settings, 2, look=clicked)
    before = here.verify_trail()
    try:
        with pytest.raises(ClickedElsewhereError, match=r"^$"):  # its worker takes longer to begin
            through(here, crew).acting(OFFICER).assess()
        assert crew.workers() == ()
    finally:
        crew.end()

    assert here.assessments() == ()
    assert here.verify_trail() == before
