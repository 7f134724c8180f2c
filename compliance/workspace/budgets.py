"""Privacy budgets: decided by officers, spent by releases and runs, one ledger per population."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from sqlalchemy import Connection

from compliance.privacy import check_budget, state_of
from compliance.privacy.nouns import Budget, BudgetState, Event, Spend, SpendState
from compliance.settings import DEFAULT_DELTA, DEFAULT_EPSILON
from compliance.storage import records, tables
from compliance.workspace.desk import Act, Desk


def state(connection: Connection, population: str) -> BudgetState:
    """The budget of `population` as it stands."""
    decided = records.latest(connection, tables.BUDGET, Budget, population=population)
    total = decided or Budget(epsilon=DEFAULT_EPSILON, delta=DEFAULT_DELTA)
    spends = records.every(connection, tables.SPEND, Spend, population=population)
    return state_of(population, total, spends, is_decided=decided is not None)


def decide(desk: Desk, population: str, total: Budget) -> BudgetState:
    """Set the total of `population`.

    Raises:
        BudgetBelowSpentError: more than that is spent already.
    """
    with desk.act("budget.decide", population) as act:
        check_budget(state(act.connection, population), total)
        act.store(tables.BUDGET, total, population=population)
        act.facts |= {"epsilon": total.epsilon, "delta": total.delta}
        return state(act.connection, population)


def spend(
    act: Act,
    population: str,
    purpose: str,
    events: Sequence[Event],
    state_: SpendState = SpendState.SETTLED,
    *,
    id_: str | None = None,
) -> Spend:
    """Write a line into the ledger of `population`; `id_` settles an earlier reservation."""
    line = Spend(
        id=id_ or f"spend-{secrets.token_hex(6)}",
        population=population,
        purpose=purpose,
        events=tuple(events),
        state=state_,
        at=act.at,
    )
    act.store(tables.SPEND, line, id=line.id, population=population)
    return line
