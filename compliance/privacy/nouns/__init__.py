"""What differential privacy is asked, what it costs, and what comes out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from compliance.privacy.nouns.account import (
    UNITS_PER_CLIP,
    Accountant,
    Allowance,
    Budget,
    BudgetState,
    CapState,
    Event,
    GaussianEvent,
    LaplaceEvent,
    Period,
    Price,
    Prices,
    Quote,
    RandomisedResponseEvent,
    SampledGaussianEvent,
    SelectionEvent,
    Spend,
    SpendState,
    SynthesisEvent,
    ThresholdEvent,
)
from compliance.privacy.nouns.question import Query
from compliance.privacy.nouns.units import NoisePlace, PrivacyUnitKind, Protection

__all__ = [
    "CONFIDENCE",
    "UNITS_PER_CLIP",
    "Accountant",
    "Allowance",
    "Budget",
    "BudgetState",
    "CapState",
    "Clarity",
    "CurvePoint",
    "Dropped",
    "Event",
    "GaussianEvent",
    "LaplaceEvent",
    "NoisePlace",
    "Period",
    "Preview",
    "PreviewRow",
    "Price",
    "Prices",
    "PrivacyUnitKind",
    "Protection",
    "Quote",
    "RandomisedResponseEvent",
    "Release",
    "ReleasedValue",
    "SampledGaussianEvent",
    "SelectionEvent",
    "Spend",
    "SpendState",
    "SynthesisEvent",
    "ThresholdEvent",
]

CONFIDENCE = 0.95  # of every stated margin


@dataclass(frozen=True, slots=True, kw_only=True)
class Dropped:
    """What bounding left out. Exact counts of the data: for the officer, not for publication.

    Attributes:
        rows: rows that did not count, for any reason below.
        units: people of whom at least one row was dropped by the bounds.
        rows_without_unit: rows that name no person.
    """

    rows: int
    units: int
    rows_without_unit: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasedValue:
    """One published number.

    Attributes:
        keys: the group, one text per column of `by`.
        statistic: its name.
        value: in the column's own unit; counts may be negative, because noise is. The rank, where
            the largest groups were asked for.
        margin: the noise is within ± this with 95 % probability; None where no number could
            be formed.
        cell: of a histogram, which bar.
        low, high: of a quantile, the interval that holds the exact one with 95 % probability.
    """

    keys: tuple[str, ...]
    statistic: str
    value: float
    margin: float | None
    cell: str = ""
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """A published table, with everything that its guarantee rests on.

    Attributes:
        id: names it.
        dataset_id: the version it was computed from.
        population: whose budget paid.
        query: what was asked.
        asked: the (ε, δ) typed.
        price: what it costs on its own.
        values: the published numbers.
        dropped: what bounding left out; internal.
        events: what the ledger holds for it.
        libraries: name → version of what drew the noise.
        released_at: when, UTC.
        actor: who.
        prices: the same by every accountant, at the δ asked; None in records that do not say.
    """

    id: str
    dataset_id: str
    population: str
    query: Query
    asked: Budget
    price: Price
    values: tuple[ReleasedValue, ...]
    dropped: Dropped
    events: tuple[Event, ...]
    libraries: Mapping[str, str]
    released_at: datetime
    actor: str
    prices: Prices | None = None


class Clarity(StrEnum):
    """How much of a number the noise leaves to see."""

    CLEAR = "clear"  # margin up to a tenth of the number
    ROUGH = "rough"  # up to the number itself
    DROWNED = "drowned"  # more than the number


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewRow:
    """One line of the table that would be published.

    Attributes:
        keys: the group.
        statistic: its name.
        size: the number itself, before noise; for the officer only.
        margin: ± with 95 % probability; of a rank, how many other groups it can change with.
        relative: margin as a share of the number; None where the number is 0.
        clarity: in one word.
        cell: of a histogram, which bar.
    """

    keys: tuple[str, ...]
    statistic: str
    size: float
    margin: float
    relative: float | None
    clarity: Clarity
    cell: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CurvePoint:
    """The margin that an ε would give: `relative` is that of the middle group."""

    epsilon: float
    statistic: str
    margin: float
    relative: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What a release would look like. Nothing is drawn and nothing is spent.

    Attributes:
        asked: for which (ε, δ).
        rows: the table that would be published, with margins.
        curve: error against ε, per statistic.
        withheld_groups: groups that would most likely stay below the threshold.
        threshold: people that a group needs, where keys are private.
        attacker_percent: how sure an attacker can become at most, who starts from 50 %.
        dropped: what bounding leaves out.
    """

    asked: Budget
    rows: tuple[PreviewRow, ...]
    curve: tuple[CurvePoint, ...]
    withheld_groups: int
    threshold: int | None
    attacker_percent: float
    dropped: Dropped
