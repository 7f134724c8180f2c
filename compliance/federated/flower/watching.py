"""Processes that end together: a node with its executor, and what one run needs with the desk."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from collections.abc import Generator
from contextlib import contextmanager

from flwr.supercore.app_utils import start_parent_process_monitor

from compliance.federated.flower.line import DESK_VARIABLE


def end_with_desk() -> None:
    """Look after the desk's process, where one has started this one; otherwise do nothing."""
    desk = os.environ.get(DESK_VARIABLE)
    if desk:
        start_parent_process_monitor(int(desk))


@contextmanager
def together(command: list[str]) -> Generator[None, None, None]:
    """Run `command` beside what happens in the context; whichever ends first ends the other."""
    is_over = threading.Event()
    with subprocess.Popen(command) as beside:

        def watch() -> None:
            beside.wait()
            if not is_over.is_set():
                signal.raise_signal(signal.SIGTERM)

        threading.Thread(target=watch, daemon=True).start()
        try:
            yield
        finally:
            is_over.set()
            beside.terminate()
