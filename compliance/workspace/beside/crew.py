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
from pathlib import Path
from queue import LifoQueue
from typing import Any

import compliance
from compliance.access.nouns import Actor
from compliance.errors import WorkStoppedError
from compliance.i18n import LANGUAGE
from compliance.settings import Settings
from compliance.workspace import recent
from compliance.workspace.beside.words import Call, Close, Next, Reply, Said

ROOT = Path(compliance.__file__).parent.parent
ENDING_S = 5.0
LOOK_S = 0.2
_PATH = os.pathsep.join(path for path in (str(ROOT), os.environ.get("PYTHONPATH")) if path)

Waiting = Callable[[], AbstractContextManager[object]]


class Crew:
    """At most so many workers; one begins when there is work for it. Safe to share by threads."""

    def __init__(
        self,
        settings: Settings,
        most: int,
        waiting: Waiting = nullcontext,
        look: Callable[[], object] = lambda: None,
    ) -> None:
        """Nobody works yet.

        Args:
            most: workers, at least one. Of several, one is kept for what is brief.
            waiting: entered while the caller waits for a worker, so that others may go on.
            look: called again and again while the caller waits for the value of a verb that may
                be stopped; what it raises stops that work, and no act of it is half-stored.
        """
        self.waiting, self.look = waiting, look
        self._settings = settings
        # A worker that has begun lies on top, so that another begins only when all are at work.
        self._free: LifoQueue[_Worker | None] = LifoQueue()
        self._for_long = threading.Semaphore(max(most - 1, 1))
        self._begun: set[_Worker] = set()
        for _ in range(most):
            self._free.put(None)

    def for_(
        self, actor: Actor, way: str, *, is_brief: bool, may_stop: bool = False
    ) -> Callable[..., Any]:
        """The verb at `way` from the workspace, in the hands of `actor`, done by a worker.

        Like the verb it gives a value, or its progress step by step, or refuses; besides, it
        raises `WorkStoppedError` where the worker came to an end before the work did.
        """

        def done(*given: object, **named: object) -> Any:
            call = Call(way, given, named, actor, LANGUAGE.get(), recent.times_cleared())
            return _Job(self, is_brief=is_brief, may_stop=may_stop).begun(call)

        return done

    def warm(self) -> None:
        """Let one worker begin before there is work."""
        worker = self.taken(is_brief=True)
        self.back(self.standing(worker), is_brief=True)

    def end(self) -> None:
        """Let all workers end; what they are doing is stopped."""
        for worker in list(self._begun):
            self.lost(worker)

    def workers(self) -> tuple[int, ...]:
        """The process ids of those that have begun."""
        return tuple(worker.process.pid for worker in list(self._begun))

    # What jobs do

    def taken(self, *, is_brief: bool) -> _Worker | None:
        """A worker, when there is one for such work; None for one that is yet to begin."""
        if not is_brief:
            self._for_long.acquire()
        return self._free.get()

    def standing(self, worker: _Worker | None) -> _Worker:
        """That worker, or another where it is not there."""
        if worker is not None and worker.process.poll() is None:
            return worker
        if worker is not None:
            self.lost(worker)
        begun = _Worker(self._settings)
        self._begun.add(begun)
        return begun

    def back(self, worker: _Worker | None, *, is_brief: bool) -> None:
        """Take a worker back; None where it has ended."""
        self._free.put(worker)
        if not is_brief:
            self._for_long.release()

    def lost(self, worker: _Worker) -> None:
        """See to it that a worker is not there any more."""
        self._begun.discard(worker)
        worker.end()


class _Job(Iterator[Any]):
    """One verb at work; a progress that can be closed, as a generator can."""

    def __init__(self, crew: Crew, *, is_brief: bool, may_stop: bool) -> None:
        self._crew, self._is_brief, self._may_stop = crew, is_brief, may_stop
        self._worker: _Worker | None = None
        self._is_over = True

    def begun(self, call: Call) -> Any:
        """What the verb gives at once: its value, or this, its progress."""
        with self._crew.waiting():
            self._worker = self._crew.taken(is_brief=self._is_brief)
            self._is_over = False
        reply = self._asked(call)
        if reply.said is Said.PROGRESS:
            return self
        self._end()
        return reply.value

    def __next__(self) -> Any:
        if self._is_over:
            raise StopIteration
        reply = self._asked(Next())
        if reply.said is Said.VALUE:
            self._end()
            raise StopIteration(reply.value)
        return reply.value

    def close(self) -> None:
        """Stop the work where it is; what it has done so far is stored as if stopped here."""
        if not self._is_over:
            self._asked(Close())
            self._end()

    def __del__(self) -> None:
        # A progress that nobody looks at any more: Python closes a generator, too.
        if not self._is_over and not sys.is_finalizing():
            threading.Thread(target=self._abandoned, daemon=True).start()

    def _abandoned(self) -> None:
        try:
            self.close()
        except WorkStoppedError:
            return

    def _asked(self, word: Call | Next | Close) -> Reply:
        """Say `word` to the worker, and hear its reply."""
        reply: Reply | None = None
        try:
            with self._crew.waiting():
                if isinstance(word, Call):
                    self._worker = self._crew.standing(self._worker)
                if self._worker is not None:
                    reply = self._worker.ask(word, self._looked(word))
        except (EOFError, OSError):
            raise WorkStoppedError() from None
        finally:
            if reply is None or reply.is_last:
                self._lose()
            if reply is None or reply.refusal is not None:
                self._end()
        if reply is None:
            raise WorkStoppedError()
        if reply.has_cleared:
            recent.clear_all()
        if reply.refusal is not None:
            raise reply.refusal
        return reply

    def _looked(self, word: Call | Next | Close) -> Callable[[], object] | None:
        """What looks whether the work is still wanted; steps of a progress are soon over."""
        return self._crew.look if isinstance(word, Call) and self._may_stop else None

    def _lose(self) -> None:
        if self._worker is not None:
            self._crew.lost(self._worker)
        self._worker = None

    def _end(self) -> None:
        if not self._is_over:
            self._is_over = True
            self._crew.back(self._worker, is_brief=self._is_brief)


class _Worker:
    """A process of its own, and the line to it."""

    def __init__(self, settings: Settings) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "compliance.workspace.beside.worker", str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                env={**os.environ, "OPENBLAS_NUM_THREADS": "1", "PYTHONPATH": _PATH},
            )
        self._line = Connection(ours.detach())
        self._line.send(settings)

    def ask(self, word: Call | Next | Close, look: Callable[[], object] | None = None) -> Reply:
        """Its reply; until then `look` is called now and then, and may raise."""
        self._line.send(word)
        is_wanted = look is None
        try:
            while look is not None and not self._line.poll(LOOK_S):
                look()
            is_wanted = True
        finally:
            if not is_wanted:
                self.process.kill()  # else its end would be waited for
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
