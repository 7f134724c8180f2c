"""What events cost together, in exact whole numbers.

Privacy loss is kept as a Rényi curve: for each order α of a fixed grid, the divergence of the
events so far, in units of 10⁻¹⁸ rounded up. Zero-concentrated events add the line ρ·α; a pure
ε event adds min(ε, α·ε²/2); sampled Gaussians add what `sampled` computes. Group keys
published over a threshold add their δ. Pure events are summed on their own as well, and the
tighter of the two prices holds.

Sources: Bun and Steinke 2016 (arXiv:1605.02065) for zCDP and Prop. 1.4 (pure ε is ε²/2-zCDP);
Canonne, Kamath, Steinke 2020 (arXiv:2004.00010), Prop. 12, for the way from Rényi to (ε, δ);
Mironov 2017 (arXiv:1702.07476) for composition.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from fractions import Fraction
from functools import lru_cache

from compliance.errors import PrivacyParameterError
from compliance.privacy.costs import (
    SAFETY,
    UNIT,
    epsilon_of,
    epsilon_of_answers,
    epsilon_of_selection,
    rho_of,
    rho_of_selection,
)
from compliance.privacy.nouns import (
    Budget,
    Event,
    GaussianEvent,
    LaplaceEvent,
    Price,
    RandomisedResponseEvent,
    SampledGaussianEvent,
    SelectionEvent,
    SynthesisEvent,
    ThresholdEvent,
)
from compliance.privacy.sampled import ORDERS as SAMPLED_ORDERS
from compliance.privacy.sampled import divergences

_ORDER_UNIT = 10**6
_SHOWN = Decimal("0.000001")

# Orders α, as whole multiples of 10⁻⁶: 1 + 0.01·1.02ⁿ up to about 10⁶, dense enough that the best
# of the grid is within 0.01 % of the best of all, and those at which sampling is computed.
ORDERS = tuple(
    sorted(
        {_ORDER_UNIT + round(10_000 * 1.02**n) for n in range(931)}
        | {round(order * _ORDER_UNIT) for order in SAMPLED_ORDERS}
    )
)
_FLOAT_ORDERS = tuple(order / _ORDER_UNIT for order in ORDERS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What one event adds to an account.

    Attributes:
        rho: under zero-concentrated differential privacy, in units; None where it has none.
        pure: ε at δ = 0, in units; None where there is none.
        delta: what it takes of δ for good.
        curve: its Rényi curve, None at orders without a bound; where left out, the line ρ·α.
    """

    rho: int | None = None
    pure: int | None = None
    delta: Fraction = Fraction(0)
    curve: tuple[int | None, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """The privacy loss of some events.

    Attributes:
        curve: per order of the grid, in units; None for an order at which it has no bound.
        pure: the plain sum of ε in units, where every event has one.
        rho: the sum of ρ in units, where every event has one.
        delta: what thresholds add.
    """

    curve: tuple[int | None, ...]
    pure: int | None
    rho: int | None
    delta: Fraction


@lru_cache(maxsize=1024)
def terms_of(event: Event) -> Terms:
    """What `event` adds. A new kind of event needs a case here, and one in `pld`; nothing else."""
    match event:
        case GaussianEvent():
            return Terms(rho=rho_of(event))
        case LaplaceEvent():
            return _pure_terms(epsilon_of(event))
        case RandomisedResponseEvent():
            return _pure_terms(epsilon_of_answers(event))
        case SelectionEvent():
            return Terms(rho=rho_of_selection(event), pure=epsilon_of_selection(event))
        case SynthesisEvent():
            return Terms(rho=math.ceil(Fraction(event.rho) * UNIT))
        case ThresholdEvent():
            return Terms(rho=0, pure=0, delta=Fraction(event.delta))
        case SampledGaussianEvent():
            return _sampled_terms(event)


def loss_of(events: Iterable[Event]) -> Loss:
    """The loss of `events` together; their order does not matter."""
    counted = [(terms_of(event), times) for event, times in Counter(events).items()]
    line = sum(times * (t.rho or 0) for t, times in counted if t.curve is None)
    curve: tuple[int | None, ...] = _line(line)
    for terms, times in counted:
        if terms.curve is not None:
            curve = _plus(curve, terms.curve, times)
    return Loss(
        curve=curve,
        pure=_sum((t.pure, times) for t, times in counted),
        rho=_sum((t.rho, times) for t, times in counted),
        delta=sum((times * t.delta for t, times in counted), Fraction(0)),
    )


def fits(loss: Loss, total: Budget) -> bool:
    """Whether `loss` stays within `total`. Exact: no rounding can let it through."""
    allowed = _units(total.epsilon)
    if loss.pure is not None and loss.pure <= allowed and loss.delta <= Fraction(total.delta):
        return True
    return any(
        spent is not None and spent <= room
        for spent, room in zip(loss.curve, _room(loss, total), strict=True)
    )


def price_of(loss: Loss, delta: Decimal) -> Price:
    """The tightest (ε, δ) that `loss` satisfies at `delta`, ε rounded up to six decimals.

    Raises:
        PrivacyParameterError: no ε holds at this δ, because thresholds used it up.
    """
    plain = loss.pure if loss.delta <= Fraction(delta) else None
    found = [units for units in (plain, _lowest(loss.curve, loss, delta)) if units is not None]
    if not found:
        reason = "the thresholds of earlier releases used it up"
        raise PrivacyParameterError(name="δ", given=f"{delta:f}", reason=reason)
    needs_delta = loss.delta > 0 or plain != min(found)
    rho = loss.rho if needs_delta and loss.delta == 0 else None
    return Price(
        epsilon=_shown(min(found)),
        delta=delta if needs_delta else Decimal(0),
        rho=None if rho is None else Decimal(rho) / UNIT,
    )


def pure_epsilon(loss: Loss, delta: Decimal) -> Decimal | None:
    """The plain sum of ε, six decimals; None where an event has none or thresholds need more δ."""
    holds = loss.delta <= Fraction(delta)
    return _shown(loss.pure) if holds and loss.pure is not None else None


def zcdp_epsilon(loss: Loss, delta: Decimal) -> Decimal | None:
    """ε at `delta` by the sum of ρ; None where an event has none or thresholds used δ up."""
    lowest = None if loss.rho is None else _lowest(_line(loss.rho), loss, delta)
    return None if lowest is None else _shown(lowest)


def renyi_epsilon(loss: Loss, delta: Decimal) -> Decimal | None:
    """ε at `delta` by the Rényi curve; None where thresholds used δ up."""
    lowest = _lowest(loss.curve, loss, delta)
    return None if lowest is None else _shown(lowest)


@lru_cache(maxsize=4096)
def rho_within(budget: Budget) -> int:
    """The largest ρ, in units, whose zCDP guarantee implies `budget`.

    Raises:
        PrivacyParameterError: δ is 0, which no Gaussian noise can keep.
    """
    if budget.delta == 0:
        raise PrivacyParameterError(
            name="δ", given=0, reason="Gaussian noise needs a δ above 0; choose one, or Laplace"
        )
    return _best_line(_room(_NOTHING, budget))


def epsilon_left(loss: Loss, total: Budget) -> Decimal:
    """The largest ε that one more Gaussian release with public keys may ask at the total's δ."""
    room = [
        None if spent is None or limit is None else limit - spent
        for spent, limit in zip(loss.curve, _room_or_none(loss, total), strict=True)
    ]
    line = _best_line(room)
    if line <= 0 or total.delta == 0:
        left = _units(total.epsilon) - loss.pure if loss.pure is not None else 0
        return (Decimal(max(left, 0)) / UNIT).quantize(_SHOWN, ROUND_FLOOR)
    offsets = _offsets(Fraction(total.delta))
    epsilon = min(
        -(-line * order // _ORDER_UNIT) + offset
        for order, offset in zip(ORDERS, offsets, strict=True)
        if offset is not None
    )
    shown = (Decimal(max(epsilon, 0)) / UNIT + Decimal("1e-12")).quantize(_SHOWN, ROUND_FLOOR)
    while shown > 0 and rho_within(Budget(epsilon=shown, delta=total.delta)) > line:
        shown -= _SHOWN
    return max(shown, Decimal(0))


def share_spent(loss: Loss, total: Budget) -> float:
    """Which share of `total` is used, 0–1 and more when over; releases of one kind add up."""
    shares = [
        spent / limit
        for spent, limit in zip(loss.curve, _room_or_none(loss, total), strict=True)
        if spent is not None and limit is not None and limit > 0
    ]
    if loss.pure is not None:
        shares.append(loss.pure / _units(total.epsilon))
    return min(shares, default=1.0)


def _lowest(curve: Sequence[int | None], loss: Loss, delta: Decimal) -> int | None:
    """The least ε in units that `curve` gives at what thresholds leave of `delta`."""
    offsets = _offsets(Fraction(delta) - loss.delta)
    return min(
        (
            max(spent + offset, 0)
            for spent, offset in zip(curve, offsets, strict=True)
            if spent is not None and offset is not None
        ),
        default=None,
    )


def _shown(units: int) -> Decimal:
    return (Decimal(units) / UNIT).quantize(_SHOWN, ROUND_CEILING)


def _units(amount: Decimal) -> int:
    return int((amount * UNIT).to_integral_value(ROUND_FLOOR))


def _pure_terms(epsilon: int) -> Terms:
    """Of an event with pure ε: it is ε²/2-zCDP, and no divergence is larger than ε."""
    rho = -(-epsilon * epsilon // (2 * UNIT))
    return Terms(rho=rho, pure=epsilon, curve=tuple(min(epsilon, line) for line in _line(rho)))


def _line(rho: int) -> tuple[int, ...]:
    return tuple(-(-rho * order // _ORDER_UNIT) for order in ORDERS)


def _plus(
    curve: tuple[int | None, ...], more: tuple[int | None, ...], times: int
) -> tuple[int | None, ...]:
    return tuple(
        None if before is None or one is None else before + times * one
        for before, one in zip(curve, more, strict=True)
    )


def _sum(amounts: Iterable[tuple[int | None, int]]) -> int | None:
    """The sum of so many times each amount; None where one is None."""
    total = 0
    for amount, times in amounts:
        if amount is None:
            return None
        total += amount * times
    return total


_NOTHING = Loss(curve=(0,) * len(ORDERS), pure=0, rho=0, delta=Fraction(0))


def _room(loss: Loss, total: Budget) -> list[int]:
    """Per order, the divergence that `total` allows once thresholds have taken their δ."""
    return [-1 if room is None else room for room in _room_or_none(loss, total)]


def _room_or_none(loss: Loss, total: Budget) -> list[int | None]:
    allowed = _units(total.epsilon)
    offsets = _offsets(Fraction(total.delta) - loss.delta)
    return [None if offset is None else allowed - offset for offset in offsets]


def _best_line(room: Sequence[int | None]) -> int:
    """The steepest line through zero that stays under `room` at one order."""
    return max(
        (
            limit * _ORDER_UNIT // order
            for limit, order in zip(room, ORDERS, strict=True)
            if limit is not None
        ),
        default=0,
    )


@lru_cache(maxsize=256)
def _offsets(delta: Fraction) -> tuple[int | None, ...]:
    """Per order, ε minus the divergence: ln((α−1)/α) − (ln δ + ln α)/(α−1), rounded up."""
    if delta <= 0:
        return (None,) * len(ORDERS)
    log_delta = math.log(delta.numerator) - math.log(delta.denominator)
    offsets: list[int | None] = []
    for order in ORDERS:
        alpha = order / _ORDER_UNIT
        excess = (order - _ORDER_UNIT) / _ORDER_UNIT
        offset = math.log(excess / alpha) - (log_delta + math.log(alpha)) / excess
        offsets.append(math.ceil(offset * UNIT) + SAFETY)
    return tuple(offsets)


def _sampled_terms(event: SampledGaussianEvent) -> Terms:
    """Of Poisson-sampled Gaussian rounds; where everybody takes part they are plain sums."""
    if event.sampling_rate == 1:
        one = math.ceil(1 / (2 * Fraction(event.noise_multiplier) ** 2) * UNIT)
        return Terms(rho=one * event.rounds)
    curve = _one_sampled_round(event.sampling_rate, event.noise_multiplier)
    return Terms(curve=tuple(None if spent is None else spent * event.rounds for spent in curve))


@lru_cache(maxsize=64)
def _one_sampled_round(rate: float, noise_multiplier: float) -> tuple[int | None, ...]:
    return tuple(
        math.ceil(divergence * UNIT) + SAFETY if math.isfinite(divergence) else None
        for divergence in divergences(rate, noise_multiplier, _FLOAT_ORDERS)
    )
