"""What a fixed list of events costs by every accountant, side by side."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from compliance.i18n import mark
from compliance.privacy.accounting import (
    loss_of,
    pure_epsilon,
    renyi_epsilon,
    zcdp_epsilon,
)
from compliance.privacy.nouns import Accountant, Event, Prices, Quote
from compliance.privacy.pld import by_pld

_NO_DELTA = mark("δ is 0, or thresholds leave nothing of it")


def prices_of(events: Sequence[Event], delta: Decimal) -> Prices:
    """The ε of `events` at `delta` by every accountant; each that is known holds on its own.

    Assumed: the events were fixed beforehand. Whether something fits a budget is never decided
    here but by `fits`. Takes about a second the first time in a process, see `by_pld`.
    """
    loss = loss_of(events)
    why_not_pure = mark("some of the noise has no ε at δ = 0")
    if loss.pure is not None:
        why_not_pure = mark("thresholds take more δ than this")
    why_not_zcdp = mark("sampled rounds have no ρ") if loss.rho is None else _NO_DELTA
    quotes = (
        _quote(Accountant.PURE, pure_epsilon(loss, delta), why_not_pure),
        _quote(Accountant.ZCDP, zcdp_epsilon(loss, delta), why_not_zcdp),
        _quote(Accountant.RENYI, renyi_epsilon(loss, delta), _NO_DELTA),
        by_pld(events, delta),
    )
    return Prices(delta=delta, quotes=quotes)


def _quote(accountant: Accountant, epsilon: Decimal | None, why_not: str) -> Quote:
    reason = why_not if epsilon is None else ""
    return Quote(accountant=accountant, epsilon=epsilon, reason=reason)
