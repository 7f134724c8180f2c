"""Many officers at once on one server: how long a slider move takes, and what the memory does.

python benchmarks/load.py [--officers 200] [--busy 50] [--seconds 75] [--hour]

A server is started on this machine with the demo shop, and officers come to it as browsers do: over
the websocket, with Streamlit's own messages. Each acts about every two seconds: moves the ε slider
on Trade-off, or now and then another. Of the busy ones, each begins something heavy about once a
minute, page by page and click by click: a release through its dialog, a federated training, or the
audit report on everything. All of it is bounded in count and time, talks to 127.0.0.1 only, and
stops by itself.

With `--hour`, each officer does what an hour holds (1,800 acts) without thinking, and comes back
with a new browser now and then: what memory does is the answer, not how long an act takes.

Times are from the click to the end of the page's run, as the client sees it; the client has the
same two cores as the server, at a lower priority.
"""

from __future__ import annotations

import argparse
import asyncio
import math
import os
import random
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import defaultdict
from collections.abc import Awaitable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from compliance.settings import Settings  # noqa: E402
from compliance.workspace import Workspace  # noqa: E402

THINK_S = 2.0
COMING_S = 0.15  # between two officers who come
HEAVY_SHARE = 1 / 30  # of the acts of a busy officer
HEAVY = {"release": 0.6, "training": 0.2, "report": 0.2}
SLIDERS = {"epsilon": 0.8, "delta": 0.1, "prior": 0.1}
ROUNDS = 5
ACTS_AN_HOUR = 1_800
MOST_ERRORS = 20  # of one officer, who then gives up
ACTS_OF_A_VISIT = 100  # then a new browser, in an hour's worth
STEP_S = 120  # nobody waits longer for an answer
MOST_OFFICERS = 400
MOST_S = 5_400
SAMPLE_S = 5.0
NICE = 5


class Server:
    """The app on a free port of this machine, with a workspace of its own."""

    def __init__(self, home: Path) -> None:
        self.home = home / "desk"
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self._log = (home / "server.log").open("wb")
        self._process = subprocess.Popen(
            [
                *(sys.executable, "-m", "streamlit", "run", "pages/parts/server.py"),
                *("--server.port", str(self.port), "--server.headless", "true"),
            ],
            cwd=ROOT,
            env={**os.environ, "PRIVACY_DESK_HOME": str(self.home)},
            stdout=self._log,
            stderr=subprocess.STDOUT,
        )
        for _ in range(300):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}/_stcore/health", timeout=1)
                return
            except OSError:
                time.sleep(0.1)
        raise SystemExit("the server did not start")

    def cpu_s(self) -> float:
        """CPU seconds of the server and of the processes that it started."""
        return sum(_cpu_s(pid) for pid in self.tree())

    def memory_mb(self) -> float:
        """Resident memory of the server and of the processes that it started."""
        return sum(_memory_mb(pid) for pid in self.tree())

    def own_cpu_s(self) -> float:
        """CPU seconds of the server alone."""
        return _cpu_s(self._process.pid)

    def own_memory_mb(self) -> float:
        """Resident memory of the server alone."""
        return _memory_mb(self._process.pid)

    def workers(self) -> int:
        """How many processes it has started."""
        return len(self.tree()) - 1

    def end(self) -> None:
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
        self._log.close()

    def tree(self) -> list[int]:
        """The process ids of the server and of all that it started."""
        found, waiting = [], [self._process.pid]
        while waiting:
            pid = waiting.pop()
            found.append(pid)
            for task in Path(f"/proc/{pid}/task").glob("*/children"):
                try:
                    waiting += [int(child) for child in task.read_text().split()]
                except OSError:
                    continue
        return found


def _cpu_s(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _memory_mb(pid: int) -> float:
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except OSError:
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


@dataclass
class Seen:
    """What was measured."""

    times: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    errors: list[str] = field(default_factory=list)
    refused: int = 0
    memory: list[tuple[float, int, float, float]] = field(default_factory=list)
    acts: int = 0
    wall_s: float = 0.0
    cpu_s: float = 0.0
    own_cpu_s: float = 0.0

    def begin(self, server: Server) -> None:
        """Note from here on; of before only how long the first loads took."""
        self.times = defaultdict(list, {"first load": self.times["first load"]})
        self.acts, self.wall_s = 0, -time.monotonic()
        self.cpu_s, self.own_cpu_s = -server.cpu_s(), -server.own_cpu_s()

    def end(self, server: Server) -> None:
        """Note no more."""
        self.wall_s += time.monotonic()
        self.cpu_s += server.cpu_s()
        self.own_cpu_s += server.own_cpu_s()

    async def timed(self, kind: str, done: Awaitable[None]) -> None:
        """Wait for an answer, and note how long it took."""
        begun = time.perf_counter()
        await done
        self.times[kind].append(time.perf_counter() - begun)
        self.acts += 1


class Officer:
    """One browser tab, as the server sees it."""

    def __init__(self, port: int) -> None:
        self._port = port
        self.page = ""
        self._hash = ""
        self._run = 0
        self.widgets: dict[str, object] = {}  # by key: the element as it was drawn
        self._fragments: dict[str, str] = {}
        self.values: dict[str, WidgetState] = {}
        self.errors: list[str] = []
        self.refused = 0  # such as a release once the budget is used up
        self.bytes = 0
        self._socket: Any = None

    async def come(self, page: str) -> None:
        import websockets

        self._socket = await websockets.connect(
            f"ws://127.0.0.1:{self._port}/_stcore/stream",
            max_size=None,
            subprotocols=[websockets.Subprotocol("streamlit")],
            origin=websockets.Origin(f"http://127.0.0.1:{self._port}"),
            open_timeout=60,
        )
        await self.go(page)

    async def go(self, page: str) -> None:
        """Open a page."""
        self.page, self.values, self.widgets, self._fragments = page, {}, {}, {}
        message = BackMsg()
        message.rerun_script.page_name = page
        await self._answered(message)

    async def set(self, key: str, **value: object) -> None:
        """Change one widget, and wait until the page has been drawn anew."""
        element = self.widgets[key]
        state = WidgetState(id=element.id, **value)
        is_click = "trigger_value" in value
        sent = {**self.values, key: state}
        if not is_click:
            self.values = sent
        message = BackMsg()
        message.rerun_script.widget_states.widgets.extend(sent.values())
        message.rerun_script.page_script_hash = self._hash
        if self._fragments.get(key):
            message.rerun_script.fragment_id = self._fragments[key]
        await self._answered(message)

    async def leave(self) -> None:
        if self._socket is not None:
            await self._socket.close()

    async def _answered(self, message: BackMsg) -> None:
        await self._socket.send(message.SerializeToString())
        has_begun = False  # what finishes before was asked for earlier
        while True:
            data = await asyncio.wait_for(self._socket.recv(), STEP_S)
            self.bytes += len(data)
            told = ForwardMsg.FromString(data)
            kind = told.WhichOneof("type")
            if kind == "new_session":
                has_begun = True
            elif kind == "navigation":
                self._hash = told.navigation.page_script_hash
            elif kind == "delta" and told.delta.WhichOneof("type") == "new_element":
                self._drawn(told)
            elif kind == "script_finished" and has_begun:
                status = told.script_finished
                if status in (
                    ForwardMsg.FINISHED_SUCCESSFULLY,
                    ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY,
                ):
                    return
                if status == ForwardMsg.FINISHED_WITH_COMPILE_ERROR:
                    raise RuntimeError("the page did not compile")

    def _drawn(self, told: ForwardMsg) -> None:
        kind = told.delta.new_element.WhichOneof("type")
        if kind is None:
            return
        element = getattr(told.delta.new_element, kind)
        if kind == "exception":
            self.errors.append(element.type)
        if kind == "alert" and element.format == element.ERROR:
            self.refused += 1
        id_ = getattr(element, "id", "")
        if id_.startswith("$$ID-"):
            key = id_.split("-", 2)[2]
            self.widgets[key] = element
            self._fragments[key] = told.delta.fragment_id


async def slide(officer: Officer, seen: Seen) -> None:
    """Move one of the sliders on Trade-off."""
    (slider,) = random.choices(list(SLIDERS), list(SLIDERS.values()))
    key = f"tradeoff_{slider}"
    chosen = random.choice(list(officer.widgets[key].options))
    await seen.timed("slider move", officer.set(key, string_array_value={"data": [chosen]}))


async def release(officer: Officer, seen: Seen, epsilon: str = "0.01") -> None:
    """Publish the question in hand for a small ε, through the dialog."""
    await seen.timed("page opened", officer.go("release"))
    await seen.timed("field set", officer.set("release_epsilon", string_value=epsilon))
    await seen.timed("dialog opened", officer.set("release_ask", trigger_value=True))
    await seen.timed("release", officer.set("release_confirm", trigger_value=True))


async def train(officer: Officer, seen: Seen) -> None:
    """Train a common model in a few rounds, over sites made up: no law keeps their rows apart."""
    await seen.timed("page opened", officer.go("federated"))
    made_up = officer.widgets["federated_split"].options[-1]
    await seen.timed("field set", officer.set("federated_split", string_value=made_up))
    rounds = officer.set("federated_rounds", double_array_value={"data": [ROUNDS]})
    await seen.timed("field set", rounds)
    await seen.timed("training", officer.set("federated_start", trigger_value=True))


async def report(officer: Officer, seen: Seen) -> None:
    """Build the audit report on everything."""
    await seen.timed("page opened", officer.go("reports"))
    await seen.timed("report", officer.set("reports_submit", trigger_value=True))


DONE = {"release": release, "training": train, "report": report}


@dataclass
class Day:
    """How officers act: until when or how much, and how long they think."""

    port: int
    seen: Seen
    think_s: float
    ends: float
    acts: int
    acts_of_a_visit: int

    async def spent(self, *, is_busy: bool) -> None:
        """One officer's, visit after visit; where one ends in an error, the next goes on."""
        left, errors = self.acts, 0
        while left and errors < MOST_ERRORS and time.monotonic() < self.ends:
            officer, before = Officer(self.port), left
            try:
                await self.seen.timed("first load", officer.come("tradeoff"))
                while left and before - left < self.acts_of_a_visit:
                    if self.think_s:
                        await asyncio.sleep(self.think_s * random.uniform(0.5, 1.5))
                    if time.monotonic() > self.ends:
                        break
                    await self._act(officer, is_busy=is_busy)
                    left -= 1
            except (OSError, KeyError, RuntimeError, TimeoutError) as error:
                errors += 1
                self.seen.errors.append(f"{type(error).__name__} {error}"[:120])
            self._noted(officer)
            await officer.leave()

    async def _act(self, officer: Officer, *, is_busy: bool) -> None:
        if is_busy and random.random() < HEAVY_SHARE:
            (heavy,) = random.choices(list(HEAVY), list(HEAVY.values()))
            await DONE[heavy](officer, self.seen)
            await self.seen.timed("page opened", officer.go("tradeoff"))
        else:
            await slide(officer, self.seen)

    def _noted(self, officer: Officer) -> None:
        self.seen.errors += officer.errors
        self.seen.refused += officer.refused


async def watch(server: Server, seen: Seen) -> None:
    """Note the memory every few seconds."""
    while True:
        whole, own = server.memory_mb(), server.own_memory_mb()
        seen.memory.append((time.monotonic(), seen.acts, own, whole))
        await asyncio.sleep(SAMPLE_S)


async def work(server: Server, officers: int, busy: int, seconds: float, *, is_hour: bool) -> Seen:
    """All officers at once; what is noted begins when the last of them has come."""
    seen = Seen()
    day = Day(
        port=server.port,
        seen=seen,
        think_s=0.0 if is_hour else THINK_S,
        ends=time.monotonic() + MOST_S,
        acts=ACTS_AN_HOUR,
        acts_of_a_visit=ACTS_OF_A_VISIT if is_hour else ACTS_AN_HOUR,
    )
    at_work = []
    for number in range(officers):
        at_work.append(asyncio.create_task(day.spent(is_busy=number < busy)))
        await asyncio.sleep(COMING_S)
    for _ in range(STEP_S):
        if len(seen.times["first load"]) >= officers:
            break
        await asyncio.sleep(1)
    seen.begin(server)
    day.ends = time.monotonic() + seconds
    watching = asyncio.create_task(watch(server, seen))
    await asyncio.gather(*at_work)
    watching.cancel()
    seen.end(server)
    return seen


def told(seen: Seen) -> None:
    """What came of it, as a table."""
    print(f"{'':16}{'times':>8}{'median':>10}{'p95':>10}{'max':>10}   seconds")
    for kind, times in seen.times.items():
        ordered = sorted(times)
        p95 = ordered[math.ceil(0.95 * len(ordered)) - 1]
        middle = statistics.median(ordered)
        print(f"{kind:16}{len(ordered):8}{middle:10.3f}{p95:10.3f}{ordered[-1]:10.3f}")
    an_act_ms, own = 1e3 * seen.own_cpu_s / seen.acts, seen.own_cpu_s / seen.wall_s
    print(f"{seen.acts / seen.wall_s:.1f} acts a second for {seen.wall_s:.0f} s; ", end="")
    print(f"server {an_act_ms:.1f} ms of CPU an act ({own:.2f} cores), ", end="")
    print(f"with its workers {seen.cpu_s / seen.wall_s:.2f} cores")
    first, last = seen.memory[0], seen.memory[-1]
    print(f"memory of the server {first[2]:.0f} → {last[2]:.0f} MB, ", end="")
    print(f"with its workers {first[3]:.0f} → {last[3]:.0f} MB, ", end="")
    print(f"at most {max(one[3] for one in seen.memory):.0f} MB")
    print(f"refused in a sentence: {seen.refused}; ", end="")
    print(f"errors: {len(seen.errors)} {sorted(set(seen.errors))[:5]}")


def told_memory(seen: Seen) -> None:
    """Memory against acts, and its slope over the second half."""
    every = max(len(seen.memory) // 12, 1)
    for _, acts, own, whole in seen.memory[::every]:
        print(f"after {acts:8,} acts: server {own:6.0f} MB, with its workers {whole:6.0f} MB")
    late = seen.memory[len(seen.memory) // 2 :]
    slope = statistics.linear_regression([one[1] for one in late], [one[2] for one in late]).slope
    print(f"second half: {1e4 * slope:+.2f} MB per 10,000 acts (server)")


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    asked.add_argument("--officers", type=int)
    asked.add_argument("--busy", type=int)
    asked.add_argument("--seconds", type=float, default=75)
    asked.add_argument("--hour", action="store_true")
    given = asked.parse_args()
    officers = min(given.officers or (50 if given.hour else 200), MOST_OFFICERS)
    busy = min(officers // 4 if given.busy is None else given.busy, officers)
    seconds = MOST_S if given.hour else min(given.seconds, MOST_S)
    with tempfile.TemporaryDirectory() as folder:
        shop = Workspace(Settings.from_environment({}, home=Path(folder) / "desk"))
        for dataset in shop.build_demo():
            shop.discover(str(dataset.name))
        server = Server(Path(folder))
        os.nice(NICE)
        try:
            asyncio.run(warmed(server))
            print(
                f"{officers} officers, {busy} of them busy: one act in {1 / HEAVY_SHARE:.0f} is "
                f"heavy ({', '.join(f'{share:.0%} {what}' for what, share in HEAVY.items())}); "
                + ("no thinking" if given.hour else f"{THINK_S:.0f} s of thinking between acts")
            )
            seen = asyncio.run(work(server, officers, busy, seconds, is_hour=given.hour))
            told(seen)
            if given.hour:
                told_memory(seen)
        finally:
            server.end()


async def warmed(server: Server) -> None:
    """Let the server load what it loads once; it says nothing of that it is ready before."""
    officer = Officer(server.port)
    await officer.come("tradeoff")
    for _ in range(60):
        if server.workers():
            break
        await asyncio.sleep(1)
    await report(officer, Seen())
    await officer.leave()


if __name__ == "__main__":
    main()
