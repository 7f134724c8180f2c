"""Many spend from one budget at once, and some die in the middle: it is never overspent."""

from __future__ import annotations

import signal
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from decimal import Decimal
from multiprocessing.connection import Connection

import pytest

from compliance.dataset import RawFile
from compliance.dataset.nouns import Description
from compliance.errors import BudgetExceededError
from compliance.privacy import fits, loss_of, to_query
from compliance.privacy.nouns import Budget, Spend, SpendState
from compliance.settings import Settings
from compliance.workspace import Workspace
from tests.forked import START
from tests.postgresql import on_both

PROCESSES, THREADS = 4, 16
PEOPLE = to_query({"unit": "person", "statistics": [{"count": "units"}]})
DELTA = Decimal("1e-9")


@pytest.fixture
def people(workspace: Workspace) -> Workspace:
    """Thirty people in a dataset `people`, with an ε that a few dozen small releases use up."""
    rows = "\n".join(["person,age", *(f"P{n},{20 + n}" for n in range(30))])
    description = Description(population="people")
    workspace.add_files([RawFile(name="people.csv", data=rows.encode())], "people", description)
    workspace.decide_budget("people", Budget(epsilon=Decimal(1), delta=Decimal("1e-6")))
    return workspace


def settled(workspace: Workspace) -> list[Spend]:
    """What is paid for; a reservation whose owner died ends by itself and pays for nothing."""
    spends = workspace.budget("people").spends
    return [spend for spend in spends if spend.state is SpendState.SETTLED]


def check_books(workspace: Workspace) -> None:
    """Every release is paid for once, every payment bought a release, and the trail is whole."""
    paid, releases = settled(workspace), workspace.releases("people")

    assert sorted(spend.purpose for spend in paid) == sorted(release.id for release in releases)
    bought = {release.id: release.events for release in releases}
    assert {spend.purpose: spend.events for spend in paid} == bought
    verification = workspace.verify_trail()
    assert verification.problems == ()
    assert verification.ok


def _spend_until_refused(workspace: Workspace, place: int) -> list[str]:
    """The releases that one spender was granted; each asks for another ε than its neighbours."""
    granted = []
    for step in range(1_000):
        epsilon = Decimal("0.10") + Decimal("0.01") * ((place + step) % 5)
        try:
            granted.append(workspace.release("people", PEOPLE, epsilon, DELTA).id)
        except BudgetExceededError:
            return granted
    raise AssertionError("the budget has no end")


def _spend_in_threads(settings: Settings, desk: Connection) -> None:
    workspace = Workspace(settings)
    desk.send("ready")
    desk.recv()
    with ThreadPoolExecutor(THREADS) as pool:
        spenders = [pool.submit(_spend_until_refused, workspace, place) for place in range(THREADS)]
        desk.send([spender.result() for spender in spenders])


@on_both
def test_64_spenders_in_4_processes_never_exceed_one_budget(people: Workspace) -> None:
    pipes = [START.Pipe() for _ in range(PROCESSES)]
    spenders = [
        START.Process(target=_spend_in_threads, args=(people.settings, there), daemon=True)
        for _, there in pipes
    ]
    for spender in spenders:
        spender.start()
    for here, there in pipes:
        there.close()  # so that a process that dies is noticed
        assert here.recv() == "ready"
    for here, _ in pipes:
        here.send("go")
    total = people.budget("people").total
    while any(spender.is_alive() for spender in spenders):
        held = people.budget("people").spends
        assert fits(loss_of(event for spend in held for event in spend.events), total)
        time.sleep(0.05)

    granted = [ids for here, _ in pipes for ids in here.recv()]
    assert len(granted) == PROCESSES * THREADS
    paid = settled(people)
    assert sorted(spend.purpose for spend in paid) == sorted(i for ids in granted for i in ids)
    assert fits(loss_of(event for spend in paid for event in spend.events), total)
    check_books(people)
    with pytest.raises(BudgetExceededError):
        people.release("people", PEOPLE, Decimal("0.14"), DELTA)


def _release_until_killed(settings: Settings, answer: Connection) -> None:
    workspace = Workspace(settings)
    while True:
        answer.send(workspace.release("people", PEOPLE, Decimal("0.1"), DELTA).id)


@on_both
def test_a_process_killed_in_the_middle_leaves_whole_books(people: Workspace) -> None:
    """Killed at twelve moments of a release, spread over as long as one takes."""
    people.decide_budget("people", Budget(epsilon=Decimal(100), delta=Decimal("1e-6")))
    answered = set()
    for moment in range(12):
        here, there = START.Pipe(duplex=False)
        victim = START.Process(
            target=_release_until_killed, args=(people.settings, there), daemon=True
        )
        victim.start()
        there.close()
        answered.add(here.recv())
        began = time.monotonic()
        answered.add(here.recv())
        time.sleep((time.monotonic() - began) * moment / 12)
        victim.kill()
        victim.join()
        with suppress(EOFError):
            while True:
                answered.add(here.recv())

        assert victim.exitcode == -signal.SIGKILL
        check_books(people)
        assert answered <= {release.id for release in people.releases("people")}
    people.release("people", PEOPLE, Decimal("0.1"), DELTA)  # and nobody has to wait for the dead
