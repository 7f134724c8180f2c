"""Breaches and impact assessments as rules see them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from compliance.register.nouns import Record
from compliance.rules.facts.joining import Computed, moment
from compliance.rules.facts.tables import data
from compliance.rules.nouns import Assessed, Knowledge

PROVIDED: Mapping[str, frozenset[str]] = {
    "breach": frozenset(
        {
            *("late_without_reason", "ag_notice_late", "regulator_notice_missing"),
            "subjects_notified_or_exception",
        }
    ),
    "dpia": frozenset(
        {
            *("sections", "dpo_advice_recorded", "views_sought_or_reason", "residual_risk"),
            *("processing_changed_since_approval", "processing_started"),
        }
    ),
}


def breach(record: Record, known: Knowledge) -> Computed:
    """Which notices of a breach are late or missing, by its dates and numbers."""
    values = record.values
    facts: dict[str, object] = {}
    drawn: dict[str, object] = {}
    told = "authority_notified_at" in values
    late = _hours_late(values, known.at)
    if late is False and told and values["authority_notified_at"]:
        drawn["late_without_reason"] = False
    elif late and not values.get("authority_notified_at") and told:
        facts["late_without_reason"] = True  # nobody was told, so no reason was given either
    affected = values.get("ca_residents_affected")
    if isinstance(affected, int) and affected <= _limit("california_general"):
        drawn["ag_notice_late"] = False
    if told and values["authority_notified_at"]:
        drawn["regulator_notice_missing"] = False
    elif told and _is_at_least(values.get("kr_persons_affected"), "korea_regulator"):
        drawn["regulator_notice_missing"] = True
    if values.get("subjects_notified_at"):
        drawn["subjects_notified_or_exception"] = True
    return Computed(facts=facts, drawn=drawn)


def _hours_late(values: Mapping[str, object], at: datetime) -> bool | None:
    """Whether more than 72 hours passed; None where that cannot be said."""
    aware, told = moment(values.get("aware_at")), moment(values.get("authority_notified_at"))
    end = told if told is not None else at
    if not isinstance(aware, datetime) or not isinstance(end, datetime):
        return None
    if (aware.tzinfo is None) != (end.tzinfo is None):
        return None
    return end - aware > timedelta(hours=_limit("breach_notice_hours"))


def _is_at_least(value: object, name: str) -> bool:
    return isinstance(value, int) and value >= _limit(name)


def _limit(name: str) -> int:
    found: int = data("thresholds")[name]["value"]
    return found


def dpia(record: Record, known: Knowledge) -> Computed:
    """An assessment that was made elsewhere; all of it is recorded."""
    activity = known.register.record("activity", str(record.values.get("activity", "")))
    return Computed(drawn=_started(activity))


def assessed(one: Assessed, known: Knowledge) -> tuple[Record, Computed]:
    """An assessment that was made here, as a record with nothing typed."""
    record = Record(kind="dpia", id=one.id, name=one.title, values={})
    facts = {
        "processing_changed_since_approval": one.is_outdated,
        "reviewed_at": one.completed,
        **_started(known.register.record("activity", one.activity)),
        **one.facts,
    }
    return record, Computed(facts=facts)


def _started(activity: Record | None) -> dict[str, object]:
    """Whether the processing has begun, by the stage of its activity."""
    stage = activity.values.get("stage") if activity is not None else None
    return {} if stage is None else {"processing_started": stage in ("live", "ended")}
