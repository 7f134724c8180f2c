"""From when on something is unusual, and what each act means; all of it data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from compliance.plain import from_plain
from compliance.shipped import table


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """The figures of `thresholds.yaml`, where each is explained."""

    look_back_days: int
    days_known: int
    desk_days_known: int
    habit_days: int
    bulk_factor: float
    bulk_days_own: int
    bulk_quantile: float
    hours_near: float
    hours_rare: float
    hours_far: float
    hours_least_spread: float
    hours_acts: int
    weekend_rare: float
    weekend_acts: int
    columns_acts: int
    columns_points: float
    repeat_days: int
    repeat_own: float
    repeat_all: float
    repeat_look: float
    differ_days: int
    differ_points: float
    refusals: int
    refusals_factor: float
    new_days: int
    forest_days: int
    forest_score: float
    forest_far: float
    forest_features: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Taking:
    """Something that can be taken out in bulk.

    Attributes:
        id: names it.
        says: in words.
        floor, ceiling: how much in a day is never too much, and always.
    """

    id: str
    says: str
    floor: int
    ceiling: int
    source: str
    as_of: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """What an act means; see `acts.yaml`."""

    takes: Mapping[str, str | int] = field(default_factory=dict)
    columns: tuple[str, ...] = ()
    asks: bool = False
    looks: bool = False
    refused: bool = False
    by_clock: bool = False


def rows(name: str) -> Any:
    """What stands in a data file of this room."""
    return table("compliance.watch", name)


@cache
def thresholds() -> Thresholds:
    """The figures in force."""
    return Thresholds(**{row["id"]: row["value"] for row in rows("thresholds.yaml")})


@cache
def takings() -> Sequence[Taking]:
    """What can be taken out in bulk."""
    return from_plain(tuple[Taking, ...], rows("takings.yaml"))


@cache
def meanings() -> Mapping[str, Meaning]:
    """What each act means."""
    return from_plain(dict[str, Meaning], rows("acts.yaml")["acts"])
