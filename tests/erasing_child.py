"""Erases in processes of their own, and kills them in the middle; see `test_erasing_killed`.

Reads one JSON line per try from standard input: the workspace folder, and after how many calls of
Python functions the process is killed (0: never). Answers with a JSON line: how many there were,
and at which of them the first file was written.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path
from types import FrameType

from compliance.settings import Settings
from compliance.workspace import Workspace
from compliance.workspace.erasing.files import Journal
from tests.erasing_cases import erase, standing

REQUEST = "R-1"


class Counter:
    """Counts calls, of Python and of C, and kills the process at one of them."""

    def __init__(self, kill_at: int) -> None:
        self.calls, self.first, self._kill_at = 0, 0, kill_at

    def __call__(self, frame: FrameType, event: str, _: object) -> None:
        if event in ("call", "c_call", "c_return"):
            self.calls += 1
            if self.calls == self._kill_at:
                os.kill(os.getpid(), signal.SIGKILL)
            if not self.first and event == "call" and frame.f_code is Journal.begin.__code__:
                self.first = self.calls


def tried(home: Path, kill_at: int) -> dict[str, int]:
    """Open a workspace, which finishes what was stopped, and erase where that is still to do."""
    counter = Counter(kill_at)
    sys.setprofile(counter)
    workspace = Workspace(Settings.from_environment({}, home=home))
    if not standing(workspace, REQUEST).changed:
        erase(workspace, [REQUEST])
    sys.setprofile(None)
    return {"calls": counter.calls, "first": counter.first}


def main() -> None:
    for line in sys.stdin:
        asked = json.loads(line)
        read, write = os.pipe()
        child = os.fork()
        if child == 0:
            found = tried(Path(asked["home"]), asked["kill_at"])
            os.write(write, json.dumps(found).encode())
            os._exit(0)
        os.close(write)
        _, status = os.waitpid(child, 0)
        with os.fdopen(read) as told:
            found = json.loads(told.read() or "{}")
        found["killed"] = os.WIFSIGNALED(status)
        print(json.dumps(found), flush=True)  # noqa: T201 - it is the answer


if __name__ == "__main__":
    main()
