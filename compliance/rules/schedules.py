"""When a schedule is due."""

from __future__ import annotations

import re
from datetime import UTC, datetime, tzinfo
from typing import Any
from urllib.parse import urlsplit

from compliance.errors import ScheduleError
from compliance.i18n import mark
from compliance.rules.nouns.audit import Schedule

_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat", "sun")
_FIELDS = 5
_LONGEST_MAIL, _LONGEST_ADDRESS = 254, 2_000
# No sign that the header of a message gives a meaning of its own.
_MAIL = re.compile(r"(?!=\?)[^@\s<>,;:\"()\[\]\\]+@[\w-]+(?:\.[\w-]+)*")


def check_schedule(schedule: Schedule) -> Schedule:
    """`schedule`, if it can be kept.

    Raises:
        ScheduleError: its times cannot be read or never come, or an address cannot be one.
    """
    if next_after(schedule, schedule.made_at, UTC) is None:
        raise ScheduleError(problem=mark("no day has its times"))
    for mail in schedule.mails:
        if not is_mail(mail):
            raise ScheduleError(problem=mark("an e-mail address looks like officer@example.org"))
    if schedule.webhook and not _is_webhook(schedule.webhook):
        raise ScheduleError(
            problem=mark(
                "a webhook's address begins with https:// or http:// and a host, "
                "without a name and password"
            )
        )
    return schedule


def is_mail(address: str) -> bool:
    """Whether `address` can be one of e-mail."""
    is_short = len(address) <= _LONGEST_MAIL
    return is_short and address.isprintable() and bool(_MAIL.fullmatch(address))


def _is_webhook(address: str) -> bool:
    """Whether notices can be posted there; what cannot be parsed would end an audit later."""
    if len(address) > _LONGEST_ADDRESS or not address.isprintable() or " " in address:
        return False
    try:
        parts = urlsplit(address)
        is_whole = bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        return False
    return parts.scheme in ("https", "http") and is_whole and "@" not in parts.netloc


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
    if len(fields) != _FIELDS or not cron.isascii():
        raise ScheduleError(problem=mark("its times need five fields, such as “0 6 * * mon”"))
    problem = mark("its times cannot be read; “0 6 * * mon” is an example")
    # crontab counts days of the week from Sunday, the library from Monday; names are the same.
    fields[4] = re.sub(r"(?<![/\w])[0-7](?!\w)", lambda found: _DAYS[int(found[0])], fields[4])
    try:
        return CronTrigger.from_crontab(" ".join(fields), timezone=zone or "UTC")
    except ValueError:
        raise ScheduleError(problem=problem) from None
