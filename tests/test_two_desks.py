"""Two processes of the app on one workspace: each sees what the other did, and none undoes it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from multiprocessing.connection import Connection

import pytest

from compliance.dataset.nouns import ColumnName, Description
from compliance.discovery.nouns import IdentifierClass
from compliance.errors import ErasingBusyError
from compliance.privacy.nouns import Budget
from compliance.register.nouns import Organisation
from compliance.rights.nouns import Stage
from compliance.settings import Settings
from compliance.workspace import Workspace, noticing
from compliance.workspace.erasing.files import alone
from tests.erasing_cases import ask, email, erase, files_of
from tests.forked import START
from tests.postgresql import on_both

ANN = "ann@a.example"
PEOPLE = f"id,mail,town\n1,{ANN},Ulm\n2,bob@b.example,Bonn\n3,cem@c.example,Rom\n"

Ask = Callable[..., object]


def _seen(workspace: Workspace) -> dict[str, object]:
    """What an officer sees, as plain values."""
    found = workspace.discovery("people")
    (people,) = (one for one in workspace.datasets() if one.name == "people")
    return {
        "organisation": workspace.organisation().name,
        "version": people.id,
        "rows": people.rows,
        "hash": people.sha256,
        "label": found and next(one.semantic_type for one in found.labels if one.column == "town"),
        "budget": workspace.budget("people").total.epsilon,
        "entries": workspace.proof.log.state().verification.entries,
        "is_whole": workspace.proof.log.state().verification.ok,
        "erasures": len(workspace.rights.erasing.erasures()),
        "edges": len(workspace.proof.lineage.edges()),
    }


def _in_memory(workspace: Workspace) -> list[str]:
    """The contents whose rows are in memory, by their hashes."""
    workspace._desk.notice()
    return [name[0] for name in workspace._desk._tables._kept]


def _look_at_rows(workspace: Workspace) -> int:
    (people,) = (one for one in workspace.datasets() if one.name == "people")
    return int(workspace._desk.table(people).whole().num_rows)


def _is_busy(workspace: Workspace) -> bool:
    try:
        with alone(workspace._desk, 0.0):
            return False
    except ErasingBusyError:
        return True


def _act_often(workspace: Workspace, times: int) -> None:
    for number in range(times):
        workspace.set_organisation(Organisation(name=f"there {number}"))


def _serve(settings: Settings, answers: Connection) -> None:
    noticing.EVERY_S = 0.0
    workspace = Workspace(settings)
    answers.send("ready")
    while True:
        does, given = answers.recv()
        answers.send(does(workspace, *given))


@contextmanager
def other(settings: Settings) -> Iterator[Ask]:
    """Another process with the same workspace open; what it is asked it does there."""
    here, there = START.Pipe()
    process = START.Process(target=_serve, args=(settings, there), daemon=True)
    process.start()
    there.close()
    assert here.recv() == "ready"

    def ask_it(does: Callable[..., object], *given: object) -> object:
        here.send((does, given))
        return here.recv()

    yield ask_it
    process.kill()
    process.join()


@pytest.fixture
def people(workspace: Workspace) -> Workspace:
    said = Description(unit=ColumnName("id"), population="people")
    workspace.add_files(files_of(PEOPLE, "a"), "people", said)
    workspace.discover("people")
    return workspace


@on_both
def test_each_process_sees_what_the_other_did(people: Workspace) -> None:
    with other(people.settings) as ask_it:
        assert ask_it(_seen) == _seen(people)

        people.set_organisation(Organisation(name="new"))
        people.decide_budget("people", Budget(epsilon=Decimal(7), delta=Decimal("1e-6")))
        people.decide_labels("people", {"town": ("username", IdentifierClass.DIRECT)})
        before = ask_it(_seen)
        people.add_files(files_of(PEOPLE + "4,dee@d.example,Ulm\n", "b"), "people")
        after = ask_it(_seen)

        assert isinstance(before, dict)
        assert isinstance(after, dict)
        assert (before["organisation"], before["budget"]) == ("new", Decimal(7))
        assert before["label"] == "username"
        assert (before["rows"], after["rows"]) == (3, 4)
        assert after == _seen(people)


@on_both
def test_rows_that_one_process_erased_leave_the_memory_of_the_other(people: Workspace) -> None:
    with other(people.settings) as ask_it:
        assert ask_it(_look_at_rows) == 3
        (before,) = ask_it(_in_memory)  # type: ignore[misc]
        ask(people, "R-1", [email(ANN)])

        assert erase(people, ["R-1"]).stage is Stage.PROVED

        assert before not in ask_it(_in_memory)  # type: ignore[operator]
        assert ask_it(_look_at_rows) == 2
        assert ask_it(_seen) == _seen(people)


@on_both
def test_only_one_process_erases_at_a_time(people: Workspace) -> None:
    with other(people.settings) as ask_it:
        with alone(people._desk, 0.0):
            assert ask_it(_is_busy) is True
        assert ask_it(_is_busy) is False


@on_both
def test_two_processes_that_write_at_once_leave_one_whole_trail(people: Workspace) -> None:
    entries = people.verify_trail().entries
    with other(people.settings) as ask_it:
        there = threading.Thread(target=ask_it, args=(_act_often, 100))
        there.start()
        for number in range(100):
            people.set_organisation(Organisation(name=f"here {number}"))
        there.join()
    verification = people.verify_trail()

    assert verification.problems == ()
    assert verification.entries == entries + 200
    numbers = [entry.number for entry in people.entries(1_000)]
    assert numbers == list(range(entries + 200, 0, -1))


@on_both
def test_a_workspace_that_is_opened_meanwhile_leaves_an_erasure_alone(people: Workspace) -> None:
    """Whoever opens it finishes what was stopped; what still runs in another process was not."""
    ask(people, "R-1", [email(ANN)])
    steps = people.rights.erasing.erase(["R-1"])
    for _ in range(3):
        next(steps)

    with other(people.settings) as ask_it:
        assert ask_it(_look_at_rows) == 3, "not switched over yet"
        for _ in steps:
            pass
        assert ask_it(_look_at_rows) == 2
    assert people.verify_trail().problems == ()
