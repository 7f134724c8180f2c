"""What differential privacy is asked, what it costs, and what comes out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

import msgspec

from compliance.errors import PrivacyParameterError
from compliance.privacy.nouns.question import Query

CONFIDENCE = 0.95  # of every stated margin
LEAST_EPSILON = Decimal("1e-6")
LEAST_DELTA = Decimal("1e-30")


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """A privacy loss (ε, δ), exact.

    Attributes:
        epsilon: 0.000001 up to 100; less would cost nothing in the six decimals of a price.
        delta: 0, or 1e-30 up to, not including, 1.
    """

    epsilon: Decimal
    delta: Decimal

    def __post_init__(self) -> None:
        if not self.epsilon.is_finite() or not LEAST_EPSILON <= self.epsilon <= 100:
            raise PrivacyParameterError(
                name="ε", given=f"{self.epsilon}"[:20], reason="it lies from 0.000001 to 100"
            )
        is_zero = self.delta.is_finite() and self.delta == 0
        if not is_zero and not (self.delta.is_finite() and LEAST_DELTA <= self.delta < 1):
            raise PrivacyParameterError(
                name="δ", given=f"{self.delta}"[:20], reason="it is 0, or from 1e-30 to below 1"
            )


class GaussianEvent(msgspec.Struct, frozen=True, kw_only=True, tag="gaussian"):
    """Discrete Gaussian noise of standard deviation `scale` on whole numbers.

    `sensitivity_squared` is the squared L2 distance that one person can cause.
    """

    statistic: str
    sensitivity_squared: int
    scale: float


class LaplaceEvent(msgspec.Struct, frozen=True, kw_only=True, tag="laplace"):
    """Discrete Laplace noise of scale `scale`; `sensitivity` is the L1 distance of one person."""

    statistic: str
    sensitivity: int
    scale: float


class ThresholdEvent(msgspec.Struct, frozen=True, kw_only=True, tag="threshold"):
    """Group keys published only above `threshold` people; fails with probability `delta`."""

    threshold: int
    delta: Decimal


class SelectionEvent(msgspec.Struct, frozen=True, kw_only=True, tag="selection"):
    """The index of the highest of some whole scores, chosen by Gumbel noise of scale `scale`.

    Attributes:
        sensitivity: the most that one person can change any score.
        draws: how many are chosen, one after the other.
        groups: in how many groups one person can change scores.
        is_monotonic: whether one person moves all scores the same way, which costs half.
    """

    statistic: str
    sensitivity: int
    scale: float
    draws: int = 1
    groups: int = 1
    is_monotonic: bool = False


class RandomisedResponseEvent(msgspec.Struct, frozen=True, kw_only=True, tag="randomised_response"):
    """Each person's own answer, true with `probability`, else any other of the categories."""

    statistic: str
    categories: int
    probability: float


class SynthesisEvent(msgspec.Struct, frozen=True, kw_only=True, tag="synthesis"):
    """Rows invented from noisy tables of counts, with zero-concentrated privacy loss `rho`."""

    rho: Decimal


class SampledGaussianEvent(msgspec.Struct, frozen=True, kw_only=True, tag="sampled_gaussian"):
    """`rounds` Gaussian sums, each over a Poisson sample of the people.

    The noise is `noise_multiplier` times what one person can change.
    """

    sampling_rate: float
    noise_multiplier: float
    rounds: int


Event = (
    GaussianEvent
    | LaplaceEvent
    | ThresholdEvent
    | SampledGaussianEvent
    | SelectionEvent
    | RandomisedResponseEvent
    | SynthesisEvent
)


class SpendState(StrEnum):
    """A run reserves what it may need and settles for what it used; a release settles at once."""

    RESERVED = "reserved"
    SETTLED = "settled"


class Spend(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a population's ledger: what was done, never only a price.

    Attributes:
        id: names it.
        population: whose budget.
        purpose: what it was for, in words.
        events: what was done.
        state: reserved or settled.
        at: when, UTC.
    """

    id: str
    population: str
    purpose: str
    events: tuple[Event, ...]
    state: SpendState
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """What some events cost together, or what is left.

    Attributes:
        epsilon, delta: the tightest (ε, δ) that holds.
        rho: the same under zero-concentrated differential privacy, where it exists.
    """

    epsilon: Decimal
    delta: Decimal
    rho: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetState:
    """A population's budget as it stands.

    Attributes:
        population: whose.
        total: decided by an officer, or the default.
        is_decided: whether an officer decided it.
        spent: at the total's δ.
        left: the largest ε that one more release may ask at the total's δ.
        share_spent: 0–1, additive over releases of one kind.
        spends: the ledger, oldest first.
    """

    population: str
    total: Budget
    is_decided: bool
    spent: Price
    left: Price
    share_spent: float
    spends: tuple[Spend, ...]


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
