"""Privacy budgets: decided by officers, spent by releases and runs, one ledger per population.

A spend is reserved in one short act, so that nothing else can take its place; the work is done
without holding up other writers; then it is settled in the act that stores the result, or aborted.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from types import MappingProxyType

from msgspec.structs import replace as changed
from sqlalchemy import Connection

from compliance.access.nouns import Sought
from compliance.privacy import check_budget, prices_of, state_of
from compliance.privacy.nouns import (
    Allowance,
    Budget,
    BudgetState,
    Event,
    Period,
    Price,
    Prices,
    Spend,
    SpendState,
)
from compliance.settings import DEFAULT_DELTA, DEFAULT_EPSILON
from compliance.storage import records, tables
from compliance.workspace.approving.acts import Spending, use
from compliance.workspace.desk import Act, Desk


def state(connection: Connection, population: str, at: datetime) -> BudgetState:
    """The budget of `population` as it stands at the moment `at`."""
    decided = records.latest(connection, tables.BUDGET, Allowance, population=population)
    spends = records.every(connection, tables.SPEND, Spend, population=population)
    return state_of(
        population, decided or _default(), spends, is_decided=decided is not None, at=at
    )


def shown(desk: Desk, connection: Connection, population: str) -> BudgetState:
    """The budget of `population` for somebody who looks; whoever spends asks `state`."""
    return desk.unchanged(
        connection, f"budget of {population}", lambda: state(connection, population, desk.clock())
    )


def prices(connection: Connection, population: str, at: datetime) -> Prices:
    """What the present period of `population` costs so far, by every accountant."""
    found = state(connection, population, at)
    events = [event for spend in found.counted for event in spend.events]
    return prices_of(events, found.total.delta)


def decide(
    desk: Desk,
    population: str,
    total: Budget | None = None,
    period: Period | None = None,
    caps: Mapping[str, Decimal | None] = MappingProxyType({}),
) -> BudgetState:
    """Set the total of `population`, its period or single caps; what is None stays as it is.

    Args:
        caps: by actor; None takes the actor's cap away.

    Raises:
        BudgetBelowSpentError: more than that is spent already.
    """
    with desk.act("budget.decide", population) as act:
        return decide_within(act, population, total, period, caps)


def decide_within(
    act: Act,
    population: str,
    total: Budget | None = None,
    period: Period | None = None,
    caps: Mapping[str, Decimal | None] = MappingProxyType({}),
) -> BudgetState:
    """As `decide`, as part of `act`.

    Raises:
        BudgetBelowSpentError: more than that is spent already.
    """
    before = state(act.connection, population, act.at)
    said = records.latest(act.connection, tables.BUDGET, Allowance, population=population)
    allowance = _decided(said or _default(), total, period, caps)
    check_budget(before, allowance, act.at)
    act.store(tables.BUDGET, allowance, population=population)
    act.facts |= {"epsilon": allowance.epsilon, "delta": allowance.delta}
    if allowance.period is not Period.NONE:
        act.facts["period"] = str(allowance.period)
    if allowance.caps:
        act.facts["caps"] = {who: str(cap) for who, cap in sorted(allowance.caps.items())}
    return state(act.connection, population, act.at)


def would_be(before: BudgetState, epsilon: Decimal, at: datetime) -> BudgetState:
    """The budget as it would stand with that total ε; nothing is written.

    Raises:
        BudgetBelowSpentError: more than that is spent already.
    """
    allowance = Allowance(
        epsilon=epsilon,
        delta=before.total.delta,
        period=before.period,
        caps={cap.actor: cap.epsilon for cap in before.caps},
    )
    check_budget(before, allowance, at)
    return state_of(before.population, allowance, before.spends, is_decided=True, at=at)


def reserve(
    act: Act,
    population: str,
    purpose: str,
    events: Sequence[Event],
    *,
    sought: Sought,
    asked: Budget | Price,
    lease: timedelta | None = None,
) -> Spend:
    """Take a place in the ledger of `population`; with a lease it ends by itself.

    The caller has checked in the same act that it fits. Whoever spends comes by here, so here the
    approval is used where a second person must approve.

    Args:
        sought: what it is for, as a second person approves it.
        asked: what it may cost.

    Raises:
        ApprovalNeededError: it is so much that a second person must approve it, and none did.
    """
    reservation = Spend(
        id=f"spend-{secrets.token_hex(6)}",
        population=population,
        purpose=purpose,
        events=tuple(events),
        state=SpendState.RESERVED,
        at=act.at,
        actor=act.actor,
        expires_at=None if lease is None else act.at + lease,
    )
    before = state(act.connection, population, act.at)
    spending = Spending(state=before, asked=asked, events=reservation.events)
    use(act, sought, spending, used_for=reservation.id)
    return _write(act, reservation)


def spend(
    act: Act,
    population: str,
    purpose: str,
    events: Sequence[Event],
    *,
    sought: Sought,
    asked: Budget | Price,
) -> Spend:
    """Pay at once for what is done in the same act; see `reserve`."""
    reserved = reserve(act, population, purpose, events, sought=sought, asked=asked)
    return settle(act, reserved, events)


def settle(act: Act, reservation: Spend, events: Sequence[Event]) -> Spend:
    """Spend what `reservation` holds for what was done."""
    done = changed(
        reservation,
        events=tuple(events),
        state=SpendState.SETTLED,
        at=act.at,
        actor=act.actor,
        expires_at=None,
    )
    return _write(act, done)


def abort(act: Act, reservation: Spend) -> None:
    """Give back what `reservation` holds; nothing happens where it is final already."""
    latest = records.latest(act.connection, tables.SPEND, Spend, id=reservation.id)
    if latest is not None and latest.state is SpendState.RESERVED:
        gone = changed(latest, events=(), state=SpendState.ABORTED, at=act.at, expires_at=None)
        _write(act, gone)


def _default() -> Allowance:
    return Allowance(epsilon=DEFAULT_EPSILON, delta=DEFAULT_DELTA)


def _decided(
    before: Allowance,
    total: Budget | None,
    period: Period | None,
    caps: Mapping[str, Decimal | None],
) -> Allowance:
    kept = {who: cap for who, cap in ({**before.caps, **caps}).items() if cap is not None}
    return Allowance(
        epsilon=before.epsilon if total is None else total.epsilon,
        delta=before.delta if total is None else total.delta,
        period=before.period if period is None else period,
        caps=kept,
    )


def _write(act: Act, spend: Spend) -> Spend:
    act.store(tables.SPEND, spend, id=spend.id, population=spend.population)
    return spend
