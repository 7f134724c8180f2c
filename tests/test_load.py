"""Several officers at once on one server, each as a browser speaks to it; see `benchmarks/load.py`.

How long anything takes is measured there; here, that all of it is done, by everybody, unharmed.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from benchmarks.load import Day, Officer, Seen, Server, release, report, slide, train
from compliance.plain import alone
from compliance.settings import Settings
from compliance.workspace import Workspace
from tests.kept import copied
from tests.walked_shop import walk

pytestmark = pytest.mark.in_a_file  # of a server of its own

PATIENCE_S = 240
OFFICERS = 5
DONE = {
    "slide": slide,
    "release": partial(release, epsilon="1"),  # of less nothing would be left in a shop so small
    "train": train,
    "report": report,
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The app on a shop of its own."""
    home = tmp_path_factory.mktemp("load")
    copied(home / "desk", walk)
    found = Server(home)
    yield found
    found.end()


@pytest.fixture
def shop(server: Server) -> Workspace:
    """The same records, seen past the server."""
    return Workspace(Settings.from_environment({}, home=server.home))


def test_all_kinds_of_acts_are_done_by_several_at_once(server: Server, shop: Workspace) -> None:
    before = [len(shop.releases("orders")), len(shop.federation.runs("orders"))]
    seen = Seen()

    async def day(acts: list[str]) -> None:
        officer = Officer(server.port)
        await officer.come("tradeoff")
        for act in acts:
            await DONE[act](officer, seen)
            await officer.go("tradeoff")
        seen.errors += officer.errors
        await officer.leave()

    async def all_at_once() -> None:
        kinds = ["slide", "release", "train", "report"]
        await asyncio.gather(*(day(kinds[n:] + kinds[:n]) for n in range(OFFICERS)))

    alone(lambda: asyncio.run(asyncio.wait_for(all_at_once(), PATIENCE_S)))

    assert seen.errors == []
    after = [len(shop.releases("orders")), len(shop.federation.runs("orders"))]
    assert [late - early for early, late in zip(before, after, strict=True)] == [OFFICERS, OFFICERS]
    assert shop.federation.runs("orders")[0].plan.site_column is None
    assert len(shop.reports()) == OFFICERS + 1
    assert shop.verify_trail().problems == ()
    assert len(seen.times["slider move"]) == OFFICERS


def test_a_slider_moves_while_another_officers_report_is_built(server: Server) -> None:
    order: list[str] = []

    async def both() -> None:
        one, other, seen = Officer(server.port), Officer(server.port), Seen()
        await one.come("reports")
        await other.come("tradeoff")
        building = asyncio.create_task(report(one, seen))
        building.add_done_callback(lambda _: order.append("report"))
        while not building.done():
            await slide(other, seen)
            order.append("slider")
        await building
        await one.leave()
        await other.leave()

    alone(lambda: asyncio.run(asyncio.wait_for(both(), PATIENCE_S)))

    assert order.index("report") > 1
    assert server.workers() >= 1


def test_officers_who_act_until_the_time_is_over_leave_no_error(server: Server) -> None:
    seen = Seen()
    day = Day(
        port=server.port,
        seen=seen,
        think_s=0.01,
        ends=time.monotonic() + PATIENCE_S,
        acts=4,
        acts_of_a_visit=2,
    )

    async def days() -> None:
        await asyncio.gather(*(day.spent(is_busy=False) for _ in range(OFFICERS)))

    alone(lambda: asyncio.run(asyncio.wait_for(days(), PATIENCE_S)))

    assert seen.errors == []
    assert len(seen.times["slider move"]) == 4 * OFFICERS
    assert len(seen.times["first load"]) == 2 * OFFICERS


def test_an_officer_whom_one_answer_failed_goes_on(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen, act, failed = Seen(), Day._act, []

    async def fails_once(day: Day, officer: Officer, *, is_busy: bool) -> None:
        if not failed:
            failed.append(officer)
            raise TimeoutError
        await act(day, officer, is_busy=is_busy)

    monkeypatch.setattr(Day, "_act", fails_once)
    day = Day(server.port, seen, 0.0, time.monotonic() + PATIENCE_S, 3, 10)

    alone(lambda: asyncio.run(asyncio.wait_for(day.spent(is_busy=False), PATIENCE_S)))

    assert len(seen.errors) == 1
    assert len(seen.times["slider move"]) == 3


def test_a_crowd_has_no_more_workers_than_was_set(server: Server) -> None:
    assert server.workers() <= Settings.from_environment({}).workers


def test_the_server_and_its_workers_end_together(tmp_path: Path) -> None:
    copied(tmp_path / "desk", walk)
    server = Server(tmp_path)

    async def come() -> None:
        officer = Officer(server.port)
        await officer.come("reports")
        await report(officer, Seen())
        await officer.leave()

    alone(lambda: asyncio.run(asyncio.wait_for(come(), PATIENCE_S)))
    workers = server.tree()[1:]
    assert workers
    server.end()
    for _ in range(PATIENCE_S * 10):
        if not any(Path(f"/proc/{pid}/stat").exists() for pid in workers):
            break
        time.sleep(0.1)

    assert not any(Path(f"/proc/{pid}/stat").exists() for pid in workers)
