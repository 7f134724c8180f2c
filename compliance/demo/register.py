"""What the demo shop has on record of itself: activities, processors, transfers and the rest."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

from compliance.shipped import table

_DAYS = re.compile(r"([+-]\d+) days(?: (\d\d):(\d\d))?")


def shop_register(at: datetime) -> tuple[dict[str, Any], ...]:
    """The records, each with `kind`, `id`, `name`, `values`; their days count from `at` (UTC)."""
    records = table("compliance.demo", "data/register.yaml")["records"]
    return tuple({**record, "values": _dated(record["values"], at)} for record in records)


def shop_requests() -> tuple[dict[str, Any], ...]:
    """What some customers ask for, each with the steps that were taken since."""
    found: list[dict[str, Any]] = table("compliance.demo", "data/requests.yaml")["requests"]
    return tuple(found)


def _dated(value: Any, at: datetime) -> Any:
    """`value` with days that count from `at` as ISO 8601 dates, or moments where a time is said."""
    if isinstance(value, dict):
        return {name: _dated(one, at) for name, one in value.items()}
    if isinstance(value, list):
        return [_dated(one, at) for one in value]
    found = _DAYS.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        return value
    then = at + timedelta(days=int(found[1]))
    if found[2] is None:
        return then.date().isoformat()
    return then.replace(
        hour=int(found[2]), minute=int(found[3]), second=0, microsecond=0
    ).isoformat()
