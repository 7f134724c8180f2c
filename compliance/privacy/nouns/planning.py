"""How exact the numbers must be, and what that takes; bounds proposed by a private look."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from compliance.dataset.nouns import ColumnName
from compliance.errors import PrivacyParameterError
from compliance.privacy.nouns import Budget, Event, Price
from compliance.privacy.nouns.question import Query


class Coverage(StrEnum):
    """For how many of the groups that appear a target must hold."""

    MIDDLE = "middle"  # half of them
    MOST = "most"  # nine of ten
    ALL = "all"

    @property
    def share(self) -> float:
        return {"middle": 0.5, "most": 0.9, "all": 1.0}[self.value]


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """How exact one statistic must be, 95 times in 100.

    Attributes:
        statistic: its name.
        within: the largest margin: in the statistic's own unit, or a share of the number.
        is_relative: whether it is a share, 0.02 being 2 %.
        coverage: for how many groups.
    """

    statistic: str
    within: Decimal
    is_relative: bool = False
    coverage: Coverage = Coverage.MOST

    def __post_init__(self) -> None:
        if not (self.within.is_finite() and self.within > 0):
            reason = "a margin is a number above 0, such as 50 or 2 %"
            raise PrivacyParameterError(
                name="The margin", given=f"{self.within}"[:20], reason=reason
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """How far a plan meets one target.

    Attributes:
        statistic: its name.
        groups: how many groups appear.
        meeting: how many of them are within the target.
        widest: the widest margin of those.
    """

    statistic: str
    groups: int
    meeting: int
    widest: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """The smallest loss with which all targets are met. Computed on exact numbers: internal.

    Attributes:
        asked: the (ε, δ) to ask for.
        shares: how to divide it, for `Query.shares`.
        reached: per target, what it comes to.
    """

    asked: Budget
    shares: Mapping[str, Decimal]
    reached: tuple[Reached, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """Proposed bounds of one column, in its own unit."""

    column: ColumnName
    lower: Decimal
    upper: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """Bounds found by a private look at the data; paid for, and public from then on.

    Attributes:
        id: names it.
        dataset_id: the version that was looked at.
        population: whose budget paid.
        query: the question whose bounds were sought.
        asked: the (ε, δ) typed.
        price: what it costs on its own.
        max_groups: enough for about 95 of 100 people; per stretch of time, if there is a period.
        max_rows_per_group: likewise.
        most_periods: likewise; None without a period.
        ranges: per column, what holds about 98 of 100 values.
        events: what the ledger holds for it.
        libraries: name → version of what drew the noise.
        proposed_at: when, UTC.
        actor: who.
    """

    id: str
    dataset_id: str
    population: str
    query: Query
    asked: Budget
    price: Price
    max_groups: int
    max_rows_per_group: int
    most_periods: int | None
    ranges: tuple[Range, ...]
    events: tuple[Event, ...]
    libraries: Mapping[str, str]
    proposed_at: datetime
    actor: str
