"""What a command and all processes below it take, told by Linux' /proc; and the end of them.

Ray starts its own servers and workers, whose time no accounting of finished children shows
while they run, and which may outlive their parent.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
import time
from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

TICKS = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")
PAUSE_S = 0.1


class Mark(NamedTuple):
    """A line that the command said, and what had been taken by then."""

    said: str
    wall_s: float
    cpu_s: float


@dataclass(slots=True)
class Tree:
    """A process and whatever it has started.

    Attributes:
        root: its id.
        seconds: per process seen so far, by id and start, its CPU seconds when last seen.
        most: number of processes at once, at most.
        peak: bytes in memory over all of them at once, at most; shared pages count for each.
    """

    root: int
    seconds: dict[tuple[int, int], float] = field(default_factory=dict)
    most: int = 0
    peak: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def look(self) -> float:
        """CPU seconds so far; less what processes took that ran between two looks."""
        with self.lock:
            running = [status for status in map(_status, _ids()) if status]
            below = _below(self.root, self.seconds.keys(), running)
            for status in below:
                self.seconds[status.pid, status.born] = status.cpu_s
            self.most = max(self.most, len(below))
            self.peak = max(self.peak, sum(status.memory for status in below))
            return sum(self.seconds.values())

    def end(self) -> None:
        """End what is left: the same processes, not others that have got their ids since."""
        for pid, born in self.seconds:
            status = _status(pid)
            if status and status.born == born:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What a command took, all its processes together."""

    marks: Sequence[Mark]
    wall_s: float
    cpu_s: float
    processes: int
    peak: int


class _Status(NamedTuple):
    pid: int
    parent: int
    born: int
    cpu_s: float
    memory: int


def watched(
    command: Sequence[str | Path], *, folder: Path, environment: Mapping[str, str], log: Path
) -> Taken:
    """Run a command to its end, with a mark for each line that begins with “round”.

    Raises:
        SystemExit: it failed; says where its log lies.
    """
    before = time.perf_counter()
    with (
        log.open("w") as errors,
        subprocess.Popen(
            command,
            cwd=folder,
            env={**os.environ, **environment},
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        ) as process,
        ThreadPoolExecutor(max_workers=1) as aside,
    ):
        tree = Tree(root=process.pid)
        # What the command leaves behind may hold the pipe open, so it is ended aside.
        end = aside.submit(_end, process, tree)
        try:
            marks = [
                Mark(line.strip(), time.perf_counter() - before, tree.look())
                for line in process.stdout or ()
                if line.startswith("round")
            ]
        except BaseException:
            process.kill()
            raise
    if process.returncode:
        raise SystemExit(f"{command[0]} failed:\n{log.read_text()[-2000:]}")
    return Taken(
        marks=marks,
        wall_s=end.result() - before,
        cpu_s=tree.look(),
        processes=tree.most,
        peak=tree.peak,
    )


def _end(process: subprocess.Popen[str], tree: Tree) -> float:
    """Watch the command until it ends, and end what it leaves behind; when that was."""
    while process.poll() is None:
        tree.look()
        time.sleep(PAUSE_S)
    ended = time.perf_counter()
    tree.look()
    tree.end()
    return ended


def _ids() -> list[int]:
    return [int(place.name) for place in Path("/proc").iterdir() if place.name.isdigit()]


def _status(pid: int) -> _Status | None:
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:  # it has ended meanwhile
        return None
    words = text.rpartition(")")[2].split()  # a name may hold spaces and brackets
    cpu = (int(words[11]) + int(words[12])) / TICKS
    return _Status(pid, int(words[1]), int(words[19]), cpu, int(words[21]) * PAGE)


def _below(
    root: int, seen: Collection[tuple[int, int]], running: Sequence[_Status]
) -> list[_Status]:
    """Those running whom the root has started, whose parents have ended since included."""
    found = {each.pid for each in running if (each.pid, each.born) in seen or each.pid == root}
    while True:
        more = {each.pid for each in running if each.parent in found} - found
        if not more:
            return [each for each in running if each.pid in found]
        found |= more
