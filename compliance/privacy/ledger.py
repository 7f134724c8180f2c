"""A population's ledger: what was spent, what is left, and whether more fits."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import ROUND_FLOOR, Decimal

from compliance.errors import (
    BudgetBelowSpentError,
    BudgetExceededError,
    PrivacyParameterError,
)
from compliance.privacy.accounting import epsilon_left, fits, loss_of, price_of, share_spent
from compliance.privacy.calibration import calibrate
from compliance.privacy.nouns import Budget, BudgetState, Event, Price, Spend
from compliance.privacy.nouns.question import Query

_STEP = Decimal("0.0001")


def state_of(
    population: str, total: Budget, spends: Sequence[Spend], *, is_decided: bool
) -> BudgetState:
    """The budget of `population` as its ledger stands."""
    in_force = spends_in_force(spends)
    loss = loss_of(event for spend in in_force for event in spend.events)
    nothing = Price(epsilon=Decimal(0), delta=Decimal(0), rho=Decimal(0))
    return BudgetState(
        population=population,
        total=total,
        is_decided=is_decided,
        spent=price_of(loss, total.delta) if in_force else nothing,
        left=Price(epsilon=epsilon_left(loss, total), delta=total.delta - loss_delta(in_force)),
        share_spent=share_spent(loss, total) if in_force else 0.0,
        spends=in_force,
    )


def spends_in_force(spends: Iterable[Spend]) -> tuple[Spend, ...]:
    """One line per spend, oldest first: where a reservation was settled, what it settled for."""
    latest: dict[str, Spend] = {}
    for spend in spends:
        latest[spend.id] = spend
    return tuple(latest.values())


def loss_delta(spends: Iterable[Spend]) -> Decimal:
    """The δ that thresholds have used for good."""
    return Decimal(
        sum((getattr(e, "delta", Decimal(0)) for s in spends for e in s.events), Decimal(0))
    )


def check_affordable(
    state: BudgetState, events: Sequence[Event], asked: Budget | Price, query: Query | None = None
) -> None:
    """Refuse `events` where they would exceed what is left of `state`.

    Args:
        query: what the events answer; tells how much would have fitted.

    Raises:
        BudgetExceededError: with what was spent, what is left and what is asked.
    """
    spent = [event for spend in state.spends for event in spend.events]
    if fits(loss_of([*spent, *events]), state.total):
        return
    left = _largest(state, spent, asked, query) if query else state.left.epsilon
    raise BudgetExceededError(
        asked=f"{asked.epsilon:f}",
        delta=f"{asked.delta:f}",
        spent=f"{state.spent.epsilon.normalize():f}",
        total=f"{state.total.epsilon:f}",
        left=f"{left.normalize():f}",
    )


def check_budget(state: BudgetState, total: Budget) -> None:
    """Refuse a budget `total` that is spent already.

    Raises:
        BudgetBelowSpentError: the ledger does not fit into it.
    """
    spent = [event for spend in state.spends for event in spend.events]
    if spent and not fits(loss_of(spent), total):
        raise BudgetBelowSpentError(asked=f"{total.epsilon:f}", delta=f"{total.delta:f}")


def _largest(
    state: BudgetState, spent: Sequence[Event], asked: Budget | Price, query: Query
) -> Decimal:
    """The largest ε, to four decimals, at which `query` would still have fitted."""
    low, high = Decimal(0), asked.epsilon
    while high - low > _STEP / 2:
        middle = (low + high) / 2
        if _would_fit(state, spent, Budget(epsilon=middle, delta=asked.delta), query):
            low = middle
        else:
            high = middle
    return low.quantize(_STEP, ROUND_FLOOR)


def _would_fit(state: BudgetState, spent: Sequence[Event], tried: Budget, query: Query) -> bool:
    try:
        events = calibrate(query, tried).events
    except PrivacyParameterError:
        return True  # so little that no noise keeps it: the largest lies above
    return fits(loss_of([*spent, *events]), state.total)
