"""A few worker processes, and who may have one."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from multiprocessing.connection import Connection
from queue import LifoQueue
from typing import Any

from compliance.access.nouns import Actor
from compliance.errors import WorkStoppedError
from compliance.i18n import LANGUAGE
from compliance.settings import Settings
from compliance.workspace import recent
from compliance.workspace.beside.words import Call, Close, Next, Reply, Said

ENDING_S = 5.0


class Crew:
    """At most so many workers; one begins when there is work for it. Safe to share by threads."""

    def __init__(
        self,
        settings: Settings,
        most: int,
        waiting: Callable[[], AbstractContextManager[object]] = nullcontext,
    ) -> None:
        """Nobody works yet.

        Args:
            most: workers, at least one.
            waiting: entered while the caller waits for a worker, so that others may go on.
        """
        self._settings, self._waiting = settings, waiting
        # A worker that has begun lies on top, so that another begins only when all are at work.
        self._free: LifoQueue[_Worker | None] = LifoQueue()
        self._begun: set[_Worker] = set()
        for _ in range(most):
            self._free.put(None)

    def for_(self, actor: Actor, way: str) -> Callable[..., Any]:
        """The verb at `way` from the workspace, in the hands of `actor`, done by a worker."""

        def done(*given: object, **named: object) -> Any:
            return self.do(Call(way, given, named, actor, LANGUAGE.get(), recent.times_cleared()))

        return done

    def do(self, call: Call) -> Any:
        """What the verb gives: a value, or its progress, step by step.

        Raises:
            ComplianceError: it refuses, just as it would here.
            WorkStoppedError: the worker came to an end before the work did.
        """
        with self._waiting():
            worker = self._free.get()
        job = _Job(self, worker, self._waiting)
        reply = job.ask(call)
        if reply.said is Said.PROGRESS:
            return job
        job.end()
        return reply.value

    def warm(self) -> None:
        """Let one worker begin before there is work."""
        worker = self._free.get()
        self._free.put(worker or self.begun())

    def end(self) -> None:
        """Let all workers end; what they are doing is stopped."""
        for worker in list(self._begun):
            worker.end()
        self._begun.clear()

    def workers(self) -> tuple[int, ...]:
        """The process ids of those that have begun."""
        return tuple(worker.process.pid for worker in list(self._begun))

    def begun(self) -> _Worker:
        worker = _Worker(self._settings)
        self._begun.add(worker)
        return worker

    def back(self, worker: _Worker | None) -> None:
        """Take a worker back; None where it has ended."""
        self._free.put(worker)

    def lost(self, worker: _Worker) -> None:
        """One is not there any more."""
        worker.end()
        self._begun.discard(worker)


class _Job(Iterator[Any]):
    """One verb at work; a progress that can be closed, as a generator can."""

    def __init__(
        self,
        crew: Crew,
        worker: _Worker | None,
        waiting: Callable[[], AbstractContextManager[object]],
    ) -> None:
        self._crew, self._worker, self._waiting = crew, worker, waiting
        self._is_over = False

    def ask(self, word: Call | Next | Close) -> Reply:
        """Say `word` to the worker and hear what it replies."""
        try:
            with self._waiting():
                reply = self._heard(word)
        except (EOFError, OSError):
            if self._worker is not None:
                self._crew.lost(self._worker)
                self._worker = None
            self.end()
            raise WorkStoppedError() from None
        if reply.has_cleared:
            recent.clear_all()
        if reply.is_last and self._worker is not None:
            self._crew.lost(self._worker)
            self._worker = None
        if reply.refusal is not None:
            self.end()
            raise reply.refusal
        return reply

    def _heard(self, word: Call | Next | Close) -> Reply:
        if isinstance(word, Call) and (self._worker is None or not self._worker.is_there()):
            if self._worker is not None:
                self._crew.lost(self._worker)
            self._worker = None
            self._worker = self._crew.begun()
        if self._worker is None:
            raise EOFError
        return self._worker.ask(word)

    def __next__(self) -> Any:
        if self._is_over:
            raise StopIteration
        reply = self.ask(Next())
        if reply.said is Said.VALUE:
            self.end()
            raise StopIteration(reply.value)
        return reply.value

    def close(self) -> None:
        """Stop the work where it is; what it has done so far is stored as if stopped here."""
        if not self._is_over:
            self.ask(Close())
            self.end()

    def end(self) -> None:
        """Let the worker go."""
        if not self._is_over:
            self._is_over = True
            self._crew.back(self._worker)

    def __del__(self) -> None:
        # A progress that nobody looks at any more, as Python closes a generator.
        if not self._is_over:
            threading.Thread(target=self._abandoned, daemon=True).start()

    def _abandoned(self) -> None:
        try:
            self.close()
        except WorkStoppedError:
            return


class _Worker:
    """A process of its own, and the line to it."""

    def __init__(self, settings: Settings) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "compliance.workspace.beside.worker", str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
            )
        self._line = Connection(ours.detach())
        self._line.send(settings)

    def is_there(self) -> bool:
        return self.process.poll() is None

    def ask(self, word: Call | Next | Close) -> Reply:
        self._line.send(word)
        reply: Reply = self._line.recv()
        return reply

    def end(self) -> None:
        """Close the line, at which a worker ends; one that does not is killed."""
        self._line.close()
        try:
            self.process.wait(ENDING_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
