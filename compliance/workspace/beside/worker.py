"""A worker process: does what the server says, one thing at a time, until the line is closed.

python -m compliance.workspace.beside.worker LINE    # an inherited socket; the server's own use
"""

from __future__ import annotations

import gc
import os
import select
import signal
import sys
import threading
import traceback
from collections.abc import Iterator
from dataclasses import replace
from functools import reduce
from multiprocessing.connection import Connection
from pathlib import Path
from types import TracebackType

from compliance.errors import ComplianceError
from compliance.i18n import speaking
from compliance.settings import WORKER_BYTES
from compliance.workspace import Workspace, load_libraries, recent
from compliance.workspace.beside.words import Call, Close, Next, Reply, Said

NICE = 5  # pages come first


class Worker:
    """One workspace, opened once, and the work in hand."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._steps: Iterator[object] | None = None
        self._language = ""
        self._cleared = 0

    def answer(self, word: Call | Next | Close) -> Reply:
        """Do it; a refusal is an answer, too."""
        before = recent.times_cleared()
        if isinstance(word, Call):
            self._language = word.language
            if word.times_cleared != self._cleared:
                self._cleared = word.times_cleared
                recent.clear_all()
                before = recent.times_cleared()
        try:
            with speaking(self._language):
                reply = self._done(word)
        except ComplianceError as refusal:
            self._steps = None
            reply = Reply(Said.VALUE, refusal=refusal)
        is_over = self._steps is None
        return replace(
            reply,
            has_cleared=recent.times_cleared() != before,
            is_last=is_over and _memory_bytes() > WORKER_BYTES,
        )

    def _done(self, word: Call | Next | Close) -> Reply:
        if isinstance(word, Call):
            verb = reduce(getattr, word.way.split("."), self._workspace.acting(word.actor))
            found = verb(*word.given, **word.named)  # type: ignore[operator]
            if not isinstance(found, Iterator):
                return Reply(Said.VALUE, found)
            self._steps = found
            return Reply(Said.PROGRESS)
        if isinstance(word, Next) and self._steps is not None:
            try:
                return Reply(Said.STEP, next(self._steps))
            except StopIteration as end:
                self._steps = None
                return Reply(Said.VALUE, end.value)
        if (close := getattr(self._steps, "close", None)) is not None:
            close()
        self._steps = None
        return Reply(Said.VALUE)


def _memory_bytes() -> int:
    """Resident memory of this process; 0 where the system does not tell."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except OSError:
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")


def _end_with(line: Connection) -> None:
    """End this process as soon as the server has gone, even amid work: nothing is half-written."""
    gone = select.poll()
    gone.register(line.fileno(), getattr(select, "POLLRDHUP", 0))
    gone.poll()
    os._exit(0)


def _tell_where(kind: type[BaseException], _: BaseException, at: TracebackType | None) -> None:
    """Say what went wrong and where, without the words: they could hold values."""
    sys.stderr.write(f"A worker ended: {kind.__name__}\n")
    for frame in traceback.extract_tb(at):
        sys.stderr.write(f"  {frame.filename}:{frame.lineno} in {frame.name}\n")


def main(line: Connection) -> None:
    """Work until the line is closed. An error that is no refusal ends the process."""
    sys.excepthook = _tell_where
    os.nice(NICE)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the server ends, and then this
    settings = line.recv()
    threading.Thread(target=_end_with, args=[line], daemon=True).start()
    worker = Worker(Workspace(settings))
    load_libraries()
    gc.freeze()
    while True:
        try:
            word = line.recv()
        except (EOFError, OSError):
            return
        reply = worker.answer(word)
        line.send(reply)
        if reply.is_last:
            return


if __name__ == "__main__":
    main(Connection(int(sys.argv[1])))
