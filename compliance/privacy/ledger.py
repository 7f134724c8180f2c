"""A population's ledger: what was spent, what is left, and whether more fits."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from decimal import ROUND_FLOOR, Decimal

from msgspec.structs import replace

from compliance.errors import (
    BudgetBelowSpentError,
    BudgetExceededError,
    CapExceededError,
    PrivacyParameterError,
    ReservationEndedError,
)
from compliance.privacy.accounting import (
    Loss,
    epsilon_left,
    fits,
    loss_of,
    price_of,
    share_spent,
)
from compliance.privacy.calibration import calibrate
from compliance.privacy.nouns import (
    Allowance,
    Budget,
    BudgetState,
    CapState,
    Event,
    Period,
    Price,
    Spend,
    SpendState,
)
from compliance.privacy.nouns.question import Query

_STEP = Decimal("0.0001")
_MONTHS = {Period.MONTH: 1, Period.QUARTER: 3, Period.YEAR: 12}


def state_of(
    population: str,
    allowance: Allowance,
    spends: Iterable[Spend],
    *,
    is_decided: bool,
    at: datetime,
) -> BudgetState:
    """The budget of `population` as its ledger stands at the moment `at`."""
    in_force = spends_in_force(spends, at)
    total, present = allowance.total, bounds_of(allowance.period, at)
    counted = _since(in_force, present)
    loss = _loss(counted)
    return BudgetState(
        population=population,
        total=total,
        is_decided=is_decided,
        spent=_price(counted, total.delta),
        left=Price(epsilon=epsilon_left(loss, total), delta=total.delta - loss_delta(counted)),
        share_spent=share_spent(loss, total) if counted else 0.0,
        spends=in_force,
        period=allowance.period,
        starts=present[0] if present else None,
        ends=present[1] if present else None,
        since_beginning=_since_beginning(allowance, in_force),
        caps=tuple(
            _cap_state(actor, Budget(epsilon=cap, delta=total.delta), counted)
            for actor, cap in sorted(allowance.caps.items())
        ),
    )


def bounds_of(period: Period, at: datetime) -> tuple[datetime, datetime] | None:
    """When the calendar period around `at` starts and ends in UTC; None for a budget for good."""
    if period is Period.NONE:
        return None
    now, months = at.astimezone(UTC), _MONTHS[period]
    first = now.year * 12 + (now.month - 1) // months * months
    start, end = (
        datetime(month // 12, month % 12 + 1, 1, tzinfo=UTC) for month in (first, first + months)
    )
    return start, end


def spends_in_force(spends: Iterable[Spend], at: datetime) -> tuple[Spend, ...]:
    """One line per spend, in the order of first writing: what counts at the moment `at`.

    A reservation counts in full until it is settled or aborted, or has expired. What it became
    first is final, and counts where the reservation was made.
    """
    latest: dict[str, Spend] = {}
    for spend in spends:
        before = latest.setdefault(spend.id, spend)
        if before.state is SpendState.RESERVED and spend is not before:
            latest[spend.id] = replace(spend, at=before.at, actor=before.actor)
    return tuple(s for s in latest.values() if s.state is SpendState.SETTLED or is_held(s, at))


def is_held(spend: Spend, at: datetime) -> bool:
    return spend.state is SpendState.RESERVED and (
        spend.expires_at is None or at < spend.expires_at
    )


def loss_delta(spends: Iterable[Spend]) -> Decimal:
    """The δ that thresholds have used for good."""
    return Decimal(
        sum((getattr(e, "delta", Decimal(0)) for s in spends for e in s.events), Decimal(0))
    )


def check_affordable(
    state: BudgetState,
    events: Sequence[Event],
    asked: Budget | Price,
    query: Query | None = None,
    *,
    actor: str = "",
) -> None:
    """Refuse `events` where they would exceed what is left of `state`, or of the cap of `actor`.

    Args:
        query: what the events answer; tells how much would have fitted.

    Raises:
        CapExceededError, BudgetExceededError: with what was spent, what is left and what is asked.
    """
    for cap in state.caps:
        if cap.actor == actor:
            _check_cap(state, cap, events, asked, query)
    if fits(_loss(state.counted, events), state.total):
        return
    left = _largest(state.counted, state.total, asked, query) if query else state.left.epsilon
    raise BudgetExceededError(
        asked=f"{asked.epsilon:f}",
        delta=f"{asked.delta:f}",
        spent=f"{state.spent.epsilon.normalize():f}",
        total=f"{state.total.epsilon:f}",
        left=f"{left.normalize():f}",
        period=f" until {state.ends:%Y-%m-%d}" if state.ends else "",
    )


def check_budget(state: BudgetState, allowance: Allowance, at: datetime) -> None:
    """Refuse an `allowance` that is spent already in its own present period.

    Raises:
        BudgetBelowSpentError: the ledger does not fit into it.
    """
    counted = _since(state.spends, bounds_of(allowance.period, at))
    if counted and not fits(_loss(counted), allowance.total):
        raise BudgetBelowSpentError(asked=f"{allowance.epsilon:f}", delta=f"{allowance.delta:f}")


def check_held(state: BudgetState, reservation: Spend) -> None:
    """Refuse to settle `reservation` where it counts no more, or where others took its place.

    The second can happen only where the clock was set back after the reservation had ended.

    Raises:
        ReservationEndedError: so nothing of it may be shown.
    """
    held = {spend.id for spend in state.spends if spend.state is SpendState.RESERVED}
    if reservation.id not in held or not fits(_loss(state.counted), state.total):
        ended = f"{reservation.expires_at:%H:%M} UTC" if reservation.expires_at else "once"
        raise ReservationEndedError(ended=ended)


def _check_cap(
    state: BudgetState,
    cap: CapState,
    events: Sequence[Event],
    asked: Budget | Price,
    query: Query | None,
) -> None:
    own = _of(cap.actor, state.counted)
    part = Budget(epsilon=cap.epsilon, delta=state.total.delta)
    if fits(_loss(own, events), part):
        return
    left = _largest(own, part, asked, query) if query else cap.left
    raise CapExceededError(
        actor=cap.actor,
        asked=f"{asked.epsilon:f}",
        delta=f"{asked.delta:f}",
        spent=f"{cap.spent.epsilon.normalize():f}",
        cap=f"{cap.epsilon.normalize():f}",
        left=f"{left.normalize():f}",
    )


def _since_beginning(allowance: Allowance, spends: Sequence[Spend]) -> Price | None:
    """What all periods cost together: each had a δ of its own, so their sum is that many times."""
    periods = len({bounds_of(allowance.period, spend.at) for spend in spends})
    try:
        return _price(spends, allowance.delta * max(periods, 1))
    except PrivacyParameterError:
        return None


def _cap_state(actor: str, part: Budget, counted: Sequence[Spend]) -> CapState:
    own = _of(actor, counted)
    return CapState(
        actor=actor,
        epsilon=part.epsilon,
        spent=_price(own, part.delta),
        left=epsilon_left(_loss(own), part),
    )


def _since(spends: Sequence[Spend], present: tuple[datetime, datetime] | None) -> tuple[Spend, ...]:
    return tuple(s for s in spends if present is None or s.at >= present[0])


def _of(actor: str, spends: Iterable[Spend]) -> tuple[Spend, ...]:
    return tuple(spend for spend in spends if spend.actor == actor)


def _loss(spends: Iterable[Spend], more: Sequence[Event] = ()) -> Loss:
    return loss_of([*(event for spend in spends for event in spend.events), *more])


def _price(spends: Sequence[Spend], delta: Decimal) -> Price:
    """What `spends` cost together at `delta`; nothing where there are none."""
    if not any(spend.events for spend in spends):
        return Price(epsilon=Decimal(0), delta=Decimal(0), rho=Decimal(0))
    return price_of(_loss(spends), delta)


def _largest(
    spends: Sequence[Spend], total: Budget, asked: Budget | Price, query: Query
) -> Decimal:
    """The largest ε, to four decimals, at which `query` would still have fitted into `total`."""
    low, high = Decimal(0), asked.epsilon
    while high - low > _STEP / 2:
        middle = (low + high) / 2
        if _would_fit(spends, total, Budget(epsilon=middle, delta=asked.delta), query):
            low = middle
        else:
            high = middle
    return low.quantize(_STEP, ROUND_FLOOR)


def _would_fit(spends: Sequence[Spend], total: Budget, tried: Budget, query: Query) -> bool:
    try:
        events = calibrate(query, tried).events
    except PrivacyParameterError:
        return True  # so little that no noise keeps it: the largest lies above
    return fits(_loss(spends, events), total)
