"""Alarms: something unusual in what was done, with the reasons, and what people said of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class AlarmKind(StrEnum):
    """What is unusual."""

    BULK_EXPORT = "bulk export"
    ODD_HOURS = "odd hours"
    UNUSUAL_COLUMNS = "unusual columns"
    AVERAGING = "averaging attack"  # one question asked again and again
    DIFFERENCING = "differencing attack"  # questions that differ by a few people
    REFUSALS = "many refusals"
    NEW_ACTOR = "new actor"
    UNUSUAL = "unusual altogether"  # the detector's word, with what weighed most


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """One unusual thing.

    Attributes:
        id: short, and the same whenever the same entries are looked at.
        kind: what is unusual.
        actor: who did it.
        since, until: the entries' first and last moment, UTC.
        entries: their numbers in the trail.
        reasons: in words and numbers, most telling first.
        weight: how unusual, 0–1; it orders and decides nothing.
        facts: counts that the reasons rest on; never a cell value.
    """

    id: str
    kind: AlarmKind
    actor: str
    since: datetime
    until: datetime
    entries: tuple[int, ...]
    reasons: tuple[str, ...]
    weight: float
    facts: Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What helps to judge the trail and does not stand in it.

    Attributes:
        personal: by dataset, its columns that are direct identifiers or sensitive.
        ordinary: ids of alarms that an officer took for ordinary work; what they are about is
            habit from then on.
    """

    personal: Mapping[str, frozenset[str]] = field(default_factory=dict)
    ordinary: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledgement:
    """Somebody looked into an alarm.

    Attributes:
        by, at: who, and when, UTC.
        why: what it was.
        is_ordinary: it was ordinary work, so the like of it is habit from now on.
    """

    by: str
    at: datetime
    why: str
    is_ordinary: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Raised:
    """An alarm on record.

    Attributes:
        alarm: as the trail showed it when it was last looked at.
        raised_at: when it was first seen, or seen again after it had grown, UTC.
        acknowledged: None: nobody has looked into it yet.
    """

    alarm: Alarm
    raised_at: datetime
    acknowledged: Acknowledgement | None = None
