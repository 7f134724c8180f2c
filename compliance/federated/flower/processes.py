"""The processes of a run on this machine: started together, and all of them ended in the end."""

from __future__ import annotations

import os
import secrets
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType

_MARK = "PRIVACY_DESK_RUN"
_GRACE_S = 3.0
_PAUSE_S = 0.05


class Processes:
    """What was started, by name; leaving the context ends all of it, with all that it started.

    Each process and its children carry a mark of this run in their environment, by which children
    are found that have left their parent's group, as Flower's do. Where a system does not show
    environments (all but Linux), these end by themselves when they miss their parent.
    """

    def __init__(self) -> None:
        """Nothing is started yet."""
        self._mark = secrets.token_hex(16)
        self._started: dict[str, subprocess.Popen[str]] = {}

    def __enter__(self) -> Processes:
        """The same."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End everything, whatever happened."""
        self.stop()

    def start(
        self,
        name: str,
        command: Sequence[str],
        *,
        at: Path,
        variables: Mapping[str, str],
        is_read: bool = False,
    ) -> subprocess.Popen[str]:
        """Start `command` in the folder `at`; what it says goes to `name`.log there.

        Args:
            is_read: its standard output is left to the caller.
        """
        with (at / f"{name}.log").open("w", encoding="utf-8") as log:
            started = subprocess.Popen(
                command,
                cwd=at,
                env={**variables, _MARK: self._mark},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE if is_read else log,
                stderr=log,
                text=True,
                start_new_session=True,
            )
        self._started[name] = started
        return started

    def has_ended(self, name: str) -> bool:
        """Whether a process that was started here is no more."""
        started = self._started.get(name)
        return started is not None and started.poll() is not None

    def pid(self, name: str) -> int:
        """The number of a process that was started here."""
        return self._started[name].pid

    def all_pids(self) -> set[int]:
        """All that run now: those started here and, on Linux, everything that they started."""
        own = {p.pid for p in self._started.values() if p.poll() is None}
        return own | _marked(f"{_MARK}={self._mark}".encode())

    def stop(self) -> None:
        """End everything: politely, and after a few seconds by force."""
        self._signal(signal.SIGTERM)
        until = time.monotonic() + _GRACE_S
        while self.all_pids() and time.monotonic() < until:
            time.sleep(_PAUSE_S)
        while self.all_pids():
            self._signal(getattr(signal, "SIGKILL", signal.SIGTERM))
            time.sleep(_PAUSE_S)
        for started in self._started.values():
            started.wait()
            if started.stdout is not None:
                started.stdout.close()

    def _signal(self, which: signal.Signals) -> None:
        for pid in self.all_pids():
            with suppress(ProcessLookupError):
                os.kill(pid, which)


def _marked(mark: bytes) -> set[int]:
    """The processes that carry `mark` in their environment and still run."""
    found = set()
    for place in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            is_marked = mark in (place / "environ").read_bytes().split(b"\0")
            if is_marked and b") Z " not in (place / "stat").read_bytes():
                found.add(int(place.name))
    return found
