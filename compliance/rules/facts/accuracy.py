"""How accurate a dataset is kept: what was corrected in time, and what people still wait for.

That a file was read says nothing of whether it is right; so the day on which it came is no check.
"""

from __future__ import annotations

from datetime import date

from dateutil.relativedelta import relativedelta

from compliance.i18n import mark
from compliance.register.nouns import Record
from compliance.rules.facts.joining import day, texts
from compliance.rules.facts.tables import data
from compliance.rules.nouns import Holding, Knowledge

_RIGHTS = ("rectification", "correct")
_OPEN = mark("whether somebody waits for a correction of it is not recorded")


def accuracy(holding: Holding, known: Knowledge) -> tuple[dict[str, object], dict[str, str]]:
    """The last correction that came in time, and how many are overdue."""
    name, today = holding.dataset.name, known.at.date()
    facts: dict[str, object] = {}
    corrected: list[date] = []
    late: list[bool | None] = []
    for record in known.register.of("request"):
        if record.is_removed or record.values.get("right") not in (*_RIGHTS, None):
            continue
        if (done := _corrected(record, name)) is not None:
            corrected.append(done)
        late.append(_is_late(record, name, today))
    if corrected:
        facts["last_quality_check_at"] = max(corrected)
    if any(late) or None not in late:
        facts["rectifications_late"] = sum(one is True for one in late)
        return facts, {}
    return facts, {"rectifications_late": _OPEN}


def _corrected(record: Record, name: str) -> date | None:
    """When a request had this dataset corrected; None where it did not, or too late."""
    values = record.values
    answered, end = day(values.get("responded_at")), _end(record)
    is_done = values.get("right") in _RIGHTS and values.get("outcome") == "fulfilled"
    if not is_done or name not in texts(values.get("datasets_changed")):
        return None
    return answered if answered and end and answered <= end else None


def _is_late(record: Record, name: str, today: date) -> bool | None:
    """Whether a request to correct this dataset waits beyond its time; None: nobody can say."""
    values = record.values
    if values.get("outcome") is not None or day(values.get("responded_at")) is not None:
        return False
    end, named = _end(record), texts(values.get("datasets"))
    if (end is not None and end >= today) or (named and name not in named):
        return False
    is_known = values.get("right") in _RIGHTS and named and end is not None
    return True if is_known and "responded_at" in values else None


def _end(record: Record) -> date | None:
    """The last day of a request; the law's own clock, which knows holidays, has its own rules."""
    received = day(record.values.get("received_at"))
    if received is None:
        return None
    is_longer = day(record.values.get("extension_notice_at")) is not None
    months = data("thresholds")["correction_months"]["extended" if is_longer else "value"]
    return received + relativedelta(months=months)
