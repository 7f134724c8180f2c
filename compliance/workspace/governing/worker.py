"""The worker: a process of its own that runs what schedules ask for."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from compliance.plain import from_json, to_json
from compliance.rules.nouns.audit import Ran
from compliance.workspace.desk import Desk

_LOOKS_EVERY_S = 20
_SEEN = "worker.json"


def work(desk: Desk, run_due: Callable[[], Iterable[Ran]], tell: Callable[[Ran], None]) -> None:
    """Run what is due until somebody stops the process.

    It reads the schedules anew each time, so a change holds at once and a moment that passed while
    no worker ran is made up for.

    Args:
        run_due: runs what is due.
        tell: called with each schedule that ran.
    """
    from apscheduler.schedulers.blocking import BlockingScheduler

    def look() -> None:
        _mark(desk)
        for ran in run_due():
            tell(ran)

    look()
    scheduler = BlockingScheduler()
    scheduler.add_job(look, "interval", seconds=_LOOKS_EVERY_S, max_instances=1, coalesce=True)
    scheduler.start()


def last_seen(desk: Desk) -> datetime | None:
    """When a worker last looked for work, UTC; None: never."""
    try:
        return from_json(datetime, (desk.settings.home / _SEEN).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def _mark(desk: Desk) -> None:
    (desk.settings.home / _SEEN).write_text(to_json(desk.clock()), encoding="utf-8")
