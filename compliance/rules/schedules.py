"""When a schedule is due."""

from __future__ import annotations

import re
from datetime import datetime, tzinfo
from typing import Any
from urllib.parse import urlsplit

from compliance.errors import ScheduleError
from compliance.rules.nouns.audit import Schedule

_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat", "sun")
_FIELDS = 5


def check_schedule(schedule: Schedule) -> Schedule:
    """`schedule`, if it can be kept.

    Raises:
        ScheduleError: its times cannot be read, or an address cannot be one.
    """
    _trigger(schedule.cron, None)
    for mail in schedule.mails:
        if not re.fullmatch(r"[^@\s<>,;:\"]+@[^@\s<>,;:\"]+", mail):
            raise ScheduleError(problem="an e-mail address looks like officer@example.org")
    if schedule.webhook and not _is_web_address(schedule.webhook):
        raise ScheduleError(problem="a webhook's address begins with https:// or http://")
    return schedule


def _is_web_address(text: str) -> bool:
    if not re.fullmatch(r"https?://[^\s/?#]+\S*", text):
        return False
    try:
        place = urlsplit(text)
        return bool(place.hostname) and (place.port is None or place.port > 0)
    except ValueError:
        return False


def due_at(schedule: Schedule, now: datetime, zone: tzinfo) -> datetime | None:
    """The last moment at which `schedule` was due and not taken up; None: it is not due.

    What was missed while no worker ran is made up for once.

    Args:
        now: UTC.
        zone: whose hours the schedule's hours are.
    """
    slot = None
    following = next_after(schedule, schedule.claimed or schedule.made_at, zone)
    while following is not None and following <= now:
        slot, following = following, next_after(schedule, following, zone)
    return slot


def next_after(schedule: Schedule, moment: datetime, zone: tzinfo) -> datetime | None:
    """When `schedule` is due after `moment`; None: never again."""
    found: datetime | None = _trigger(schedule.cron, zone).get_next_fire_time(moment, moment)
    return found


def _trigger(cron: str, zone: tzinfo | None) -> Any:
    """What tells the moments of `cron`.

    Raises:
        ScheduleError: it cannot be read.
    """
    from apscheduler.triggers.cron import CronTrigger

    fields = cron.split()
    if len(fields) != _FIELDS:
        raise ScheduleError(problem="its times need five fields, such as “0 6 * * mon”")
    problem = "its times cannot be read; “0 6 * * mon” is an example"
    # crontab counts days of the week from Sunday, the library from Monday; names are the same.
    fields[4] = re.sub(r"(?<![/\w])[0-7](?!\w)", lambda found: _DAYS[int(found[0])], fields[4])
    try:
        return CronTrigger.from_crontab(" ".join(fields), timezone=zone or "UTC")
    except ValueError:
        raise ScheduleError(problem=problem) from None
