"""A process that was started for one run ends when the desk does, however the desk ends."""

from __future__ import annotations

import os

from flwr.supercore.app_utils import start_parent_process_monitor

from compliance.federated.flower.line import DESK_VARIABLE


def end_with_desk() -> None:
    """Look after the desk's process, where one has started this one; otherwise do nothing."""
    desk = os.environ.get(DESK_VARIABLE)
    if desk:
        start_parent_process_monitor(int(desk))
