"""The account of a population: what was done, what it costs, and what an officer allowed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

import msgspec

from compliance.errors import PrivacyParameterError

LEAST_EPSILON = Decimal("1e-6")
LEAST_DELTA = Decimal("1e-30")
LONGEST_ACTOR = 80
UNITS_PER_CLIP = 2**20  # updates lie on a grid: the 2^20th part of what one unit may add


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


class Period(StrEnum):
    """How often a budget begins anew. A budget that does is a weaker promise than one for good."""

    NONE = "none"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """What an officer decided for a population.

    Attributes:
        epsilon, delta: the total, of each period where there are periods; as in `Budget`.
        period: calendar periods in UTC.
        caps: by actor, the ε that this actor may spend of a period's total, at the same δ.
    """

    epsilon: Decimal
    delta: Decimal
    period: Period = Period.NONE
    caps: Mapping[str, Decimal] = field(default_factory=dict)

    def __post_init__(self) -> None:
        Budget(epsilon=self.epsilon, delta=self.delta)
        for actor, cap in self.caps.items():
            if not 0 < len(actor.strip()) <= LONGEST_ACTOR or not actor.isprintable():
                reason = f"name one actor, in {LONGEST_ACTOR} characters at most"
                raise PrivacyParameterError(name="A cap", given="for that name", reason=reason)
            Budget(epsilon=cap, delta=self.delta)

    @property
    def total(self) -> Budget:
        return Budget(epsilon=self.epsilon, delta=self.delta)


class GaussianEvent(msgspec.Struct, frozen=True, kw_only=True, tag="gaussian"):
    """Discrete Gaussian noise on whole numbers, independent on each.

    Attributes:
        statistic: what the numbers are.
        sensitivity_squared: the squared L2 distance that one person can cause.
        scale: the standard deviation.
        groups: in how many groups one person can change numbers; 0 where a record does not say.
        per_group: by how much in one group, summed over its numbers; 0 where it does not say.
    """

    statistic: str
    sensitivity_squared: int
    scale: float
    groups: int = 0
    per_group: int = 0


class LaplaceEvent(msgspec.Struct, frozen=True, kw_only=True, tag="laplace"):
    """Discrete Laplace noise on whole numbers, independent on each.

    Attributes:
        statistic: what the numbers are.
        sensitivity: the L1 distance that one person can cause.
        scale: of the noise.
        groups, per_group: as for `GaussianEvent`.
    """

    statistic: str
    sensitivity: int
    scale: float
    groups: int = 0
    per_group: int = 0


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
    """`rounds` Gaussian sums, each over a Poisson sample of the protected units.

    One unit adds a vector of whole numbers of L2 norm at most `UNITS_PER_CLIP`; the noise is
    discrete, with a standard deviation of `noise_multiplier` times that. With a `sampling_rate`
    of 1 everybody takes part, and each round is a plain Gaussian sum.
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
    """Runs and releases reserve what they may need; then they settle for what they used."""

    RESERVED = "reserved"
    SETTLED = "settled"
    ABORTED = "aborted"  # nothing was shown, so nothing is spent


class Spend(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a population's ledger: what was done, never only a price.

    Attributes:
        id: names it.
        population: whose budget.
        purpose: what it was for, in words.
        events: what was done.
        state: reserved, settled or aborted; the last two are final.
        at: when, UTC; of a spend in force, when it was first reserved.
        actor: who; empty in records that do not say.
        expires_at: from when on a reservation counts for nothing and cannot be settled; None
            where it never ends.
    """

    id: str
    population: str
    purpose: str
    events: tuple[Event, ...]
    state: SpendState
    at: datetime
    actor: str = ""
    expires_at: datetime | None = None


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


class Accountant(StrEnum):
    """A way to add up privacy losses. Each gives a bound that holds; none is always tightest."""

    PURE = "pure"  # the sum of ε at δ = 0
    ZCDP = "zcdp"  # the sum of ρ
    RENYI = "renyi"  # the sum of Rényi curves
    PLD = "pld"  # the convolution of privacy loss distributions


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """What one accountant says.

    Attributes:
        accountant: who.
        epsilon: rounded up to six decimals; None where this accountant cannot say.
        reason: why it cannot.
    """

    accountant: Accountant
    epsilon: Decimal | None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prices:
    """The ε of a fixed list of events at one δ, by every accountant.

    Attributes:
        delta: of all quotes; thresholds are paid from it.
        quotes: one per accountant, in their order.
    """

    delta: Decimal
    quotes: tuple[Quote, ...]

    @property
    def tightest(self) -> Quote | None:
        """The smallest ε; None where no accountant can say."""
        known = [(q.epsilon, n) for n, q in enumerate(self.quotes) if q.epsilon is not None]
        return self.quotes[min(known)[1]] if known else None

    def of(self, accountant: Accountant) -> Quote:
        """What `accountant` says."""
        return next(quote for quote in self.quotes if quote.accountant is accountant)


@dataclass(frozen=True, slots=True, kw_only=True)
class CapState:
    """An actor's part of a budget as it stands, in the present period and at the total's δ.

    Attributes:
        actor: who.
        epsilon: the cap.
        spent: by this actor.
        left: the largest ε that this actor's next release may ask, as far as the cap goes.
    """

    actor: str
    epsilon: Decimal
    spent: Price
    left: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetState:
    """A population's budget as it stands.

    Attributes:
        population: whose.
        total: decided by an officer, or the default; of one period where there are periods.
        is_decided: whether an officer decided it.
        spent: in the present period, at the total's δ.
        left: the largest ε that one more release may ask at the total's δ.
        share_spent: 0–1, additive over releases of one kind.
        spends: the ledger of all periods, oldest first.
        period: how often the budget begins anew.
        starts, ends: the present period, UTC, the end not included; None where there is none.
        since_beginning: the loss over all periods, at the total's δ times the periods with
            spends; None where no ε holds at that δ.
        caps: of single actors.
    """

    population: str
    total: Budget
    is_decided: bool
    spent: Price
    left: Price
    share_spent: float
    spends: tuple[Spend, ...]
    period: Period = Period.NONE
    starts: datetime | None = None
    ends: datetime | None = None
    since_beginning: Price | None = None
    caps: tuple[CapState, ...] = ()

    @property
    def counted(self) -> tuple[Spend, ...]:
        """The spends of the present period."""
        return tuple(s for s in self.spends if self.starts is None or s.at >= self.starts)
