"""The noise of each part of a release, what it costs, and what one stretch of time costs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, Decimal

from msgspec.structs import replace as replaced

from compliance.i18n import mark
from compliance.privacy.accounting import loss_of, price_of
from compliance.privacy.aggregates import KEYS_PART
from compliance.privacy.costs import (
    UNIT,
    epsilon_of,
    epsilon_of_answers,
    epsilon_of_selection,
    rho_of,
    rho_of_selection,
)
from compliance.privacy.nouns import (
    Event,
    GaussianEvent,
    LaplaceEvent,
    Price,
    RandomisedResponseEvent,
    Release,
    SampledGaussianEvent,
    SelectionEvent,
    SynthesisEvent,
    ThresholdEvent,
)
from compliance.privacy.nouns.disclosure import Parameter
from compliance.privacy.nouns.question import Mechanism

_SHOWN = Decimal("0.000001")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """The guarantee as a registry states it: the name of the variant and its parameters."""

    variant: str
    epsilon: Decimal
    delta: Decimal | None
    rho: Decimal | None


def stated(release: Release) -> Stated:
    """The guarantee that the events of `release` give, without a δ where none is needed."""
    loss = loss_of(release.events)
    if loss.pure is not None and not loss.delta:
        epsilon = (Decimal(loss.pure) / UNIT).quantize(_SHOWN, ROUND_CEILING)
        if release.query.mechanism is not Mechanism.GAUSSIAN or epsilon <= release.price.epsilon:
            return Stated(variant="Pure DP", epsilon=epsilon, delta=None, rho=None)
    rho = release.price.rho
    return Stated(
        variant="Approximate DP" if rho is None else "Zero-concentrated DP",
        epsilon=release.price.epsilon,
        delta=release.price.delta,
        rho=rho,
    )


def parameters(release: Release) -> tuple[Parameter, ...]:
    """One line per event of the ledger."""
    is_pure = release.query.mechanism is not Mechanism.GAUSSIAN
    return tuple(_parameter(event, is_pure=is_pure) for event in release.events)


def price_per_stretch(release: Release) -> Price | None:
    """What one person loses by what they did in one stretch of time; None without a period.

    The price of the release covers all stretches in which a person may count.
    """
    period = release.query.period
    if period is None:
        return None
    events = [_in_one_stretch(event, period.most) for event in release.events]
    return price_of(loss_of(events), release.price.delta or release.asked.delta)


def rho_price(rho: Decimal, delta: Decimal) -> Decimal:
    """The ε that ρ gives at `delta`, as this desk's accountant reads it off."""
    scale = math.sqrt(1 / (2 * float(rho)))
    event = GaussianEvent(statistic="", sensitivity_squared=1, scale=scale)
    return price_of(loss_of([event]), delta).epsilon


def _parameter(event: Event, *, is_pure: bool) -> Parameter:
    match event:
        case GaussianEvent(statistic=of, sensitivity_squared=squared, scale=scale):
            kind = _told(of, mark("discrete Gaussian"), "L2", math.sqrt(squared), scale)
            return replace(kind, rho=_exact(rho_of(event)))
        case LaplaceEvent(statistic=of, sensitivity=sensitivity, scale=scale):
            kind = _told(of, mark("discrete Laplace"), "L1", sensitivity, scale)
            return replace(kind, epsilon=_exact(epsilon_of(event)))
        case SelectionEvent(statistic=of, sensitivity=sensitivity, scale=scale):
            kind = _told(
                of, mark("exponential mechanism (Gumbel noise)"), "score", sensitivity, scale
            )
            if is_pure:
                return replace(kind, epsilon=_exact(epsilon_of_selection(event)))
            return replace(kind, rho=_exact(rho_of_selection(event)))
        case RandomisedResponseEvent(statistic=of, probability=truth):
            kind = _told(of, mark("randomised response"), "answer", 1, truth)
            return replace(kind, epsilon=_exact(epsilon_of_answers(event)))
        case ThresholdEvent(threshold=threshold, delta=delta):
            return replace(_told(KEYS_PART, mark("threshold"), "groups", 1, threshold), delta=delta)
        case SynthesisEvent(rho=rho):
            return replace(_told("rows", mark("noisy tables of counts"), "tables", 1, 1), rho=rho)
        case SampledGaussianEvent(noise_multiplier=noise):
            return _told(mark("model updates"), mark("sampled Gaussian"), "clip", 1, noise)


def _told(of: str, mechanism: str, norm: str, sensitivity: float, scale: float) -> Parameter:
    return Parameter(of=of, mechanism=mechanism, norm=norm, sensitivity=sensitivity, scale=scale)


def _in_one_stretch(event: Event, most: int) -> Event:
    """`event` for somebody who counts in one of `most` stretches; rounded up."""
    match event:
        case GaussianEvent(sensitivity_squared=squared):
            return replaced(event, sensitivity_squared=-(-squared // most))
        case LaplaceEvent(sensitivity=sensitivity):
            return replaced(event, sensitivity=-(-sensitivity // most))
        case SelectionEvent(groups=groups):
            return replaced(event, groups=-(-groups // most))
        case _:
            return event


def _exact(units: int) -> Decimal:
    return Decimal(units) / UNIT


def names_of(events: Sequence[Event]) -> tuple[str, ...]:
    """The parts that the events are about, as the ledger names them."""
    return tuple(getattr(event, "statistic", KEYS_PART) for event in events)
