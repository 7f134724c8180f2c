"""Many officers at once on one server: how long a slider move takes, and what the memory does.

python benchmarks/load.py [--officers 200] [--seconds 60] [--heavy 50]

A server is started on this machine with the demo shop, and officers come to it as browsers do: over
the websocket, with Streamlit's own messages. Each acts every two seconds or so. Most move the ε
slider on Trade-off; some publish, train and build reports in between. All of it is bounded in
count and time, talks to 127.0.0.1 only, and stops by itself.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState

ROOT = Path(__file__).resolve().parent.parent
THINK_S = 2.0
STEP_S = 120  # nobody waits longer for an answer
MOST_OFFICERS = 400
MOST_S = 3_600


class Server:
    """The app on a free port of this machine, with a workspace of its own."""

    def __init__(self, home: Path) -> None:
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
            env={**os.environ, "PRIVACY_DESK_HOME": str(home / "desk")},
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
        return sum(_cpu_s(pid) for pid in self._tree())

    def memory_mb(self) -> float:
        """Resident memory of the server and of the processes that it started."""
        return sum(_memory_mb(pid) for pid in self._tree())

    def end(self) -> None:
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
        self._log.close()

    def _tree(self) -> list[int]:
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
        self.bytes = 0

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
        await self._socket.close()

    async def _answered(self, message: BackMsg) -> None:
        await self._socket.send(message.SerializeToString())
        while True:
            data = await asyncio.wait_for(self._socket.recv(), STEP_S)
            self.bytes += len(data)
            told = ForwardMsg.FromString(data)
            kind = told.WhichOneof("type")
            if kind == "new_session":
                self._hash = told.new_session.page_script_hash
            elif kind == "delta" and told.delta.WhichOneof("type") == "new_element":
                self._drawn(told)
            elif kind == "script_finished":
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
        element = getattr(told.delta.new_element, kind)
        if kind == "exception":
            self.errors.append(element.type)
        if kind == "alert" and element.format == element.ERROR:
            self.errors.append("alert")
        id_ = getattr(element, "id", "")
        if id_.startswith("$$ID-"):
            key = id_.split("-", 2)[2]
            self.widgets[key] = element
            self._fragments[key] = told.delta.fragment_id
