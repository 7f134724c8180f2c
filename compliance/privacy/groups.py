"""The ε of those whom a run was not made for: a person with three devices, a site, a household.

A run protects one unit. Who counts as several of them is protected less, who is part of one at
least as well. The tight price of a group is that of a mixture of Gaussians, see `sampled`; it is
never above the general rule (ε, δ) → (kε, δ·(e^{kε} − 1)/(e^ε − 1)) of Vadhan 2017,
doi:10.1007/978-3-319-57048-8_7, lemma 2.2.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from decimal import Decimal

from msgspec.structs import replace

from compliance.errors import PrivacyParameterError
from compliance.i18n import mark
from compliance.privacy.nouns import Accountant, Quote, SampledGaussianEvent
from compliance.privacy.nouns.units import NoisePlace, PrivacyUnitKind, Protection
from compliance.privacy.pld import by_pld_of_group

WORTHLESS = 100  # an ε above this is no protection worth the name
_ORDER = tuple(PrivacyUnitKind)
_TOO_MUCH = mark("ε would be above {most}, which is no protection worth the name").format(
    most=WORTHLESS
)


def epsilon_of_group(event: SampledGaussianEvent, size: int, delta: Decimal) -> Quote:
    """ε at `delta` for somebody who counts as `size` of the protected units, all drawn apart.

    Tight where every round's sum is seen; an upper bound in any case. The members may lie at any
    sites. Takes about a tenth of a second, a second the first time in a process.

    Args:
        event: the sampled rounds of the run.
        size: at least 1; where a run protects persons, the persons of a household or a site.

    Raises:
        PrivacyParameterError: a group of less than one.

    Source: Ganesh 2024, arXiv:2401.10294.
    """
    if size < 1:
        raise PrivacyParameterError(
            name="The size of a group", given=size, reason="a group has at least one member"
        )
    if _least_epsilon(event, size, delta) > WORTHLESS:
        return _none(_TOO_MUCH)
    quote = by_pld_of_group(event, size, delta)
    return _none(_TOO_MUCH) if quote.epsilon is not None and quote.epsilon > WORTHLESS else quote


def protection_of_units(
    unit: PrivacyUnitKind,
    event: SampledGaussianEvent,
    delta: Decimal,
    sizes: Mapping[PrivacyUnitKind, int | None],
    *,
    place: NoisePlace = NoisePlace.CENTRAL,
) -> tuple[Protection, ...]:
    """How well a run that protects `unit` protects every kind of unit, the smallest first.

    Args:
        unit: what is drawn and clipped.
        event: its rounds, as `rounds.events_of_run` gives them.
        sizes: as how many of `unit` one of another kind counts at most. A smaller kind that is
            not named lies within one `unit`; of a larger kind that is not named, and of any whose
            number is None, nothing is said.
        place: where the noise is drawn. Where each person draws it, a group's messages are apart
            and cost the sum of their ρ; else their updates add up in one message.
    """
    known = {**dict.fromkeys(_below(unit), 1), **sizes, unit: 1}
    return tuple(_protection(kind, unit, event, delta, known, place) for kind in _ORDER)


def _protection(
    kind: PrivacyUnitKind,
    unit: PrivacyUnitKind,
    event: SampledGaussianEvent,
    delta: Decimal,
    sizes: Mapping[PrivacyUnitKind, int | None],
    place: NoisePlace,
) -> Protection:
    size = sizes.get(kind)
    if size is None:
        quote = _none(
            mark("nobody said as how many {protected}s one {kind} counts at most").format(
                protected=unit, kind=kind
            )
        )
    elif place is NoisePlace.LOCAL:
        quote = epsilon_of_group(replace(event, rounds=event.rounds * size), 1, delta)
    else:
        quote = epsilon_of_group(event, size, delta)
    why = _reason(kind, unit, size, place)
    if quote.epsilon is None:
        why = f"{why[:-1]}: {quote.reason}."
    return Protection(unit=kind, is_protected_unit=kind is unit, size=size, quote=quote, why=why)


def _reason(
    kind: PrivacyUnitKind, unit: PrivacyUnitKind, size: int | None, place: NoisePlace
) -> str:
    if kind is unit:
        text = mark("The run was made to protect one {protected}, whatever it holds.")
    elif size is None:
        text = mark("For one {kind} no ε can be said.")
    elif size > 1 and place is NoisePlace.LOCAL:
        text = mark(
            "One {kind} counts as up to {size:,} {protected}s, each of them with noise of its own."
        )
    elif size > 1:
        text = mark(
            "One {kind} counts as up to {size:,} {protected}s, each of them drawn on its own."
        )
    elif kind is PrivacyUnitKind.DEVICE and kind in _below(unit):
        text = mark(
            "One {kind} lies within one {protected}, if nobody else uses it, so it is protected at "
            "least as well."
        )
    elif kind in _below(unit):
        text = mark("One {kind} lies within one {protected}, so it is protected at least as well.")
    else:
        text = mark("One {kind} counts as one {protected}, so it is protected as well.")
    return text.format(kind=kind, protected=unit, size=size)


def _below(unit: PrivacyUnitKind) -> tuple[PrivacyUnitKind, ...]:
    return _ORDER[: _ORDER.index(unit)]


def _least_epsilon(event: SampledGaussianEvent, size: int, delta: Decimal) -> float:
    """An ε below which the worst group is certainly not protected; 0 where none is known.

    Add up all rounds, along the direction in which the group pulls, and ask whether the sum is
    above τ = its mean with the group, less two deviations. With the group it is, with probability
    3/4 at least (Chebyshev); without, with e^{−τ²/2V}/2 at most, V being the noise's variance. So
    ε ≥ τ²/2V + ln(2·(3/4 − δ)).
    """
    if delta > Decimal("0.25"):
        return 0.0
    rate, rounds = event.sampling_rate, event.rounds
    noise = event.noise_multiplier**2
    mean = rounds * size * rate
    deviation = math.sqrt(rounds * (noise + size * rate * (1 - rate)))
    return max(mean - 2 * deviation, 0.0) ** 2 / (2 * rounds * noise)


def _none(reason: str) -> Quote:
    return Quote(accountant=Accountant.PLD, epsilon=None, reason=reason)
