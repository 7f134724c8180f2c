"""What all visitors of a server share: turns at the processor, workers beside it, memory.

Python runs one thread at a time. Two hundred pages drawn at once would all be slow, and the thread
that reads clicks and sends answers would wait behind them; so a few are drawn at a time, in the
order in which they were asked for. `begin` sets a server up for that. Without it, as in tests of
single pages, everything is done where it is asked for.
"""

from __future__ import annotations

import atexit
import ctypes
import gc
import importlib
import sys
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import streamlit as st
from streamlit import delta_generator
from streamlit.proto.NewSession_pb2 import CustomThemeConfig
from streamlit.runtime import Runtime, app_session
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.scriptrunner.script_runner import ScriptRunner
from streamlit.runtime.scriptrunner_utils.script_requests import RerunData

from compliance.settings import Settings

if TYPE_CHECKING:
    from compliance.workspace.beside import Crew

AT_ONCE = 1  # pages drawn
PATIENCE_S = 0.5  # then a page is drawn in any case: whoever has the turn waits for something
SWITCH_S = 0.002  # how long a thread may keep others waiting
TIDY_S = 30.0
# What `app.py` and the overview import.
FIRST_PAGE = (
    "pandas",
    "streamlit.elements.plotly_chart",
    "compliance.workspace.beside",
    "pages.parts.entrance",
    "pages.parts.explaining",
    "pages.parts.glancing",
    "pages.parts.improving",
    "pages.parts.guiding.beginning",
    "pages.parts.guiding.first_report",
    "pages.parts.guiding.presenting",
    "pages.parts.guiding.touring",
    "pages.parts.session",
    "pages.parts.trailing.verdict",
)
PAINTED_S = 2.0  # the browser of the first page still fetches what paints its charts
FIRST_PAGE_S = 5.0  # nobody came until then, so what is slow to load is loaded now
KEPT_S = 60.0  # a session whose browser has gone; then its uploads and choices are let go
_ARENAS = 2  # of the C library's memory; it would take eight times the cores
_M_ARENA_MAX = -8


class Turns:
    """Who may go on: so many at once, the others in the order in which they came."""

    def __init__(self, at_once: int = AT_ONCE, patience_s: float = PATIENCE_S) -> None:
        self._free, self._patience_s = at_once, patience_s
        self._lock = threading.Lock()
        self._waiting: deque[threading.Lock] = deque()
        self._mine = threading.local()

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for a turn, and have it; nobody waits longer than the patience lasts."""
        self._take()
        try:
            yield
        finally:
            self._give()

    @contextmanager
    def elsewhere(self) -> Iterator[None]:
        """Let others go on while this thread waits for something that is not the processor."""
        if not getattr(self._mine, "has_turn", False):
            yield
            return
        self._give()
        try:
            yield
        finally:
            self._take()

    def _take(self) -> None:
        with self._lock:
            is_free = self._free > 0
            self._free -= is_free
            if not is_free:
                ticket = threading.Lock()
                ticket.acquire()
                self._waiting.append(ticket)
        if not is_free and not ticket.acquire(timeout=self._patience_s):
            with self._lock:
                if ticket in self._waiting:  # else it was called at this very moment
                    self._waiting.remove(ticket)
                    self._free -= 1
        self._mine.has_turn = True

    def _give(self) -> None:
        self._mine.has_turn = False
        with self._lock:
            if self._waiting and self._free >= 0:
                self._waiting.popleft().release()
            else:
                self._free += 1


TURNS = Turns()
_LOADED = threading.Event()  # what the first page needs; pages wait for it
_LOADED.set()
_DRAWN = threading.Event()  # some page was
_CREW: list[Crew] = []


def crew() -> Crew | None:
    """Who does long work beside the server; None where it is done in place."""
    return _CREW[0] if _CREW else None


def wait_until_loaded() -> None:
    """Let the one thread that loads what a server begins with come to its end.

    Two that import modules which need each other could be handed a half of one.
    """
    _LOADED.wait()


def begin() -> threading.Thread:
    """Set this process up to serve many; once, before anybody comes.

    Returns:
        What loads beside, to be started as soon as the server answers: a browser needs as long
            to make itself ready as this does.
    """
    sys.setswitchinterval(SWITCH_S)
    few_arenas()
    _in_turns()
    _themes_kept()
    settings = Settings.from_environment()
    _LOADED.clear()
    threading.Thread(target=_tidy_forever, name="tidy up", daemon=True).start()
    return threading.Thread(target=_get_ready, args=(settings,), name="get ready", daemon=True)


def few_arenas() -> bool:
    """Keep memory that threads have given back in few places; whether the C library can."""
    try:
        return bool(ctypes.CDLL(None).mallopt(_M_ARENA_MAX, _ARENAS))
    except (AttributeError, OSError, TypeError):
        return False


def _in_turns() -> None:
    """Draw pages in turns, whoever asks for them."""
    drawn = ScriptRunner._run_script

    def in_turn(self: ScriptRunner, rerun_data: RerunData) -> None:
        wait_until_loaded()
        with TURNS.turn():
            drawn(self, rerun_data)
        _DRAWN.set()

    # Streamlit has no place of its own to wait in.
    ScriptRunner._run_script = in_turn  # type: ignore[method-assign]


def _themes_kept() -> None:
    """Write the theme once: Streamlit reads each of its colours again for every answer."""
    write = app_session._populate_theme_msg
    kept: dict[str, CustomThemeConfig] = {}

    def written(msg: CustomThemeConfig, section: str = "theme") -> None:
        if section not in kept:
            kept[section] = CustomThemeConfig()
            write(kept[section], section)
        msg.MergeFrom(kept[section])

    app_session._populate_theme_msg = written


def _still_wanted() -> None:
    """Let Streamlit end this run where somebody clicked or left: it does so when state is read."""
    if get_script_run_ctx(suppress_warning=True) is not None:
        st.session_state.get("sharing_wanted")


def _get_ready(settings: Settings) -> None:
    """Load what is slow to load, wake a worker, spare the garbage collector what stays.

    What the first page needs comes first, while its visitor's browser still loads Streamlit; the
    rest after that page is drawn, or its visitor would wait for all of it.
    """
    gc.disable()  # nothing of what is loaded goes away again
    try:
        _load_first_page()
        _hire(settings)
    finally:
        gc.enable()
        _LOADED.set()
    if _DRAWN.wait(FIRST_PAGE_S):
        time.sleep(PAINTED_S)
    if workers := crew():
        workers.warm()
    from compliance.workspace import load_libraries

    load_libraries()
    gc.collect()
    gc.freeze()


def _load_first_page() -> None:
    from compliance.glossary import glossary
    from compliance.rules import desk_pack

    delta_generator._use_warning_has_been_displayed = True  # else it reads all files of the stack
    for name in FIRST_PAGE:
        importlib.import_module(name)
    glossary()
    desk_pack()


def _hire(settings: Settings) -> None:
    from compliance.workspace.beside import Crew

    if settings.workers:
        _CREW.append(Crew(settings, settings.workers, TURNS.elsewhere, _still_wanted))
        atexit.register(_CREW[0].end)


def _tidy_forever() -> None:
    seen: dict[str, float] = {}
    while True:
        time.sleep(TIDY_S)
        if Runtime.exists():
            runtime = Runtime.instance()
            runtime._get_async_objs().eventloop.call_soon_threadsafe(tidy, runtime, seen)


def tidy(runtime: Runtime, seen: dict[str, float], now: float | None = None) -> None:
    """Close sessions whose browser went long ago; on the server's event loop.

    Streamlit keeps them, with uploaded files, until somebody else leaves.

    Args:
        seen: since when each was seen to be left; kept from call to call.
    """
    now = time.monotonic() if now is None else now
    sessions = runtime._session_mgr
    all_ = {info.session.id for info in sessions.list_sessions()}
    left = {id_ for id_ in all_ if not sessions.is_active_session(id_)}
    for id_ in seen.keys() - left:
        del seen[id_]
    for id_ in left:
        if now - seen.setdefault(id_, now) >= KEPT_S:
            runtime.close_session(id_)
            del seen[id_]
