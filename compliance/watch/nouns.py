"""An alarm: something unusual in what was done, with the reasons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
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
